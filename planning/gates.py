"""Gates and closings: which approvals a milestone waits for, and the facts of their having cleared."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime


class Gate(Identified, Model):
    """This milestone waits for this deliverable's approval. `rule` is what its reviews are opened with by default."""

    __tablename__ = "gates"
    __table_args__ = (UniqueConstraint("milestone_id", "deliverable_id"),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    milestone_id: Mapped[str] = mapped_column(ForeignKey("steps.id"))
    deliverable_id: Mapped[str] = mapped_column(ForeignKey("steps.id"), index=True)
    rule: Mapped[str | dict | None] = mapped_column(CanonicalJSON)
    row_version: Mapped[int] = mapped_column(default=1)


class Clearing(Identified, Model):
    """A gate cleared; `ended_at` is when the approval behind it went stale or was taken back."""

    __tablename__ = "clearings"
    __table_args__ = (
        Index("uq_clearings_standing", "gate_id", unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )

    gate_id: Mapped[str] = mapped_column(ForeignKey("gates.id"), index=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    by_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Closing(Identified, Model):
    """A milestone passed, for the `number`th time; `reopened_at` is when one of its approvals fell away again."""

    __tablename__ = "closings"
    __table_args__ = (UniqueConstraint("milestone_id", "number"),)

    milestone_id: Mapped[str] = mapped_column(ForeignKey("steps.id"))
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    number: Mapped[int]
    by_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
