"""First answers kept for a day, so that a call sent again under its Idempotency-Key is answered, not done, again."""

from datetime import datetime, timedelta

from sqlalchemy import String, Text, UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime, db, is_sqlite, new_id

KEPT = timedelta(days=1)


class Answer(Identified, Model):
    """The first successful answer to one actor's key; `fingerprint` is the digest of method, path and body asked."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("actor_key", "key"),)

    actor_key: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)

    @classmethod
    def given(cls, actor_key: str, key: str) -> "Answer | None":
        """What this actor's key was answered, if that is less than a day ago."""
        return db.session.scalar(
            select(cls).where(cls.actor_key == actor_key, cls.key == key, cls.at > utcnow() - KEPT)
        )


def keep_answer(actor_key: str, key: str, fingerprint: str, status: int, body: str) -> None:
    """Keep a first answer in the transaction of what it answers, in the place of one of this key that is past its day."""
    columns = {"fingerprint": fingerprint, "status": status, "body": body, "at": utcnow()}
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    kept = insert(Answer).values(id=new_id(), actor_key=actor_key, key=key, **columns)
    db.session.execute(kept.on_conflict_do_update(index_elements=["actor_key", "key"], set_=columns))


def forget_old() -> int:
    """Drop answers past their day; how many."""
    return db.session.execute(delete(Answer).where(Answer.at <= utcnow() - KEPT)).rowcount  # type: ignore[attr-defined]
