"""What a note or an answer said, or where its mark was, before somebody changed it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db, new_id


class Revision(Identified, Model):
    """The words or the mark until `at`, when `by` changed them. `audience` is who could read them then."""

    __tablename__ = "revisions"

    annotation_id: Mapped[str] = mapped_column(ForeignKey("annotations.id"), index=True)
    reply_id: Mapped[str | None] = mapped_column(ForeignKey("replies.id"))
    body: Mapped[str | None] = mapped_column(Text)
    shape: Mapped[dict | None] = mapped_column(CanonicalJSON)
    audience: Mapped[str] = mapped_column(String(16))
    by_key: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


def keep_before(annotation, by, *, reply=None, body: str | None = None, shape: dict | None = None) -> None:
    """Write down what is about to be replaced."""
    author = reply or annotation
    db.session.add(Revision(
        id=new_id(), annotation_id=annotation.id, reply_id=reply.id if reply else None, body=body, shape=shape,
        audience=annotation.audience, by_key=by.key, by_name=author.author_name, at=utcnow(),
    ))


def history_of(annotation, actor) -> list[Revision]:
    """The earlier states of a note and its answers, oldest first; to a client or guest only what was shared then."""
    seen = select(Revision).where(Revision.annotation_id == annotation.id)
    if not actor.is_team:
        seen = seen.where(Revision.audience == "shared")
    kept = list(db.session.scalars(seen.order_by(Revision.at, Revision.id)))
    standing = {reply.id for reply in annotation.replies}
    return [row for row in kept if row.reply_id is None or row.reply_id in standing]
