"""Replies: what is said under a note, read by whoever may read the note."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.authorship import Authored
from review.revisions import keep_before
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime
from storage.text import kept

if TYPE_CHECKING:
    from review.annotations import Annotation


class Reply(Identified, Authored, Model):
    """One answer under an annotation. `mentions`: {key: name as called}. Deleted ones are kept, and shown to nobody."""

    __tablename__ = "replies"
    __table_args__ = (UniqueConstraint("annotation_id", "uuid"),)

    uuid: Mapped[str] = mapped_column(String(36))
    annotation_id: Mapped[str] = mapped_column(ForeignKey("annotations.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    mentions: Mapped[dict] = mapped_column(CanonicalJSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    annotation: Mapped["Annotation"] = relationship(back_populates="all_replies")

    @classmethod
    def visible_to(cls, actor):
        return _under(actor).where(cls.deleted_at.is_(None))

    @classmethod
    def restorable_by(cls, actor):
        """Their own that they deleted, under notes they can still read."""
        return _under(actor).where(cls.deleted_at.is_not(None), cls.author_key == actor.key)

    def editable_by(self, actor) -> bool:
        return self.is_by(actor) and self.annotation.answerable_by(actor)

    def edit(self, body: str, by) -> None:
        self.annotation.look_again(by)
        said = kept(body)
        if self.deleted_at is None and said != self.body:
            keep_before(self.annotation, by, reply=self, body=self.body)
            self.body, self.edited_at = said, utcnow()
            self.mentions = self.annotation.mentioned_in(said, by)
            self.annotation.told("annotation.reply_edited", by, reply=self.uuid, mentions=sorted(self.mentions))

    def delete(self, by) -> None:
        self.annotation.look_again(by)
        if self.deleted_at is None:
            self.deleted_at = utcnow()
            self.annotation.told("annotation.reply_deleted", by, reply=self.uuid)

    def restore(self, by) -> None:
        self.annotation.look_again(by)
        if self.deleted_at is not None:
            self.deleted_at = None
            self.annotation.told("annotation.reply_restored", by, reply=self.uuid)


def _under(actor):
    """Those under the notes one may read."""
    from review.annotations import Annotation

    return select(Reply).where(Reply.annotation_id.in_(Annotation.visible_to(actor).with_only_columns(Annotation.id)))
