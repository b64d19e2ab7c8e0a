"""Who said something, as it is signed and drawn: notes and the answers under them."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.workspaces import Guest


class Authored:
    """A row that somebody said, signed when it was said."""

    author_key: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(200))
    author_kind: Mapped[str] = mapped_column(String(8))

    def sign(self, by) -> None:
        self.author_key, self.author_name, self.author_kind = by.key, signature(by), kind_of(by)

    def is_by(self, actor) -> bool:
        return self.author_key == actor.key


def signature(actor) -> str:
    """What a note is signed with: the name, else what stands before the @ of the e-mail, which is nobody else's to read."""
    return actor.name or actor.email.partition("@")[0]


def kind_of(actor) -> str:
    """Who is speaking, as people are drawn: team, client or guest."""
    if isinstance(actor, Guest):
        return "guest"
    return "team" if actor.is_team else "client"
