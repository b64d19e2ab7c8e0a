"""A seat: one reviewer's place in one review, and the answers given from it."""

import enum
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.rules import APPROVED, CHANGES_REQUESTED
from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime
from storage.workspaces import Guest, Membership

UNDO_SECONDS = 30


class Verdict(enum.StrEnum):
    APPROVED = APPROVED
    CHANGES_REQUESTED = CHANGES_REQUESTED
    UNDONE = "undone"
    """takes back the decision it replaces; what stood before that one stands again"""
    LIFTED = "lifted"
    """the owner, by name, lifts somebody's changes_requested"""


ANSWERS = (Verdict.APPROVED, Verdict.CHANGES_REQUESTED)
"""the verdicts a reviewer gives; the others take one back"""


class SeatState(enum.StrEnum):
    WAITING = "waiting"
    APPROVED = APPROVED
    CHANGES_REQUESTED = CHANGES_REQUESTED


class Seat(Identified, Model):
    """`holder` is who fills it: `member:id`, `link:id` (a personal link) or `guest:link:email` (said at a general link)."""

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("review_id", "holder"),)

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    holder: Mapped[str] = mapped_column(String(320), index=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200), default="")
    membership_id: Mapped[str | None] = mapped_column(ForeignKey("memberships.id"), index=True)
    link_id: Mapped[str | None] = mapped_column(ForeignKey("guest_links.id"))
    verified: Mapped[bool]
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    decisions: Mapped[list["Decision"]] = relationship(order_by="Decision.at, Decision.id", back_populates="seat")

    @property
    def standing(self) -> "Decision | None":
        """The decision that holds from this seat now."""
        return standing(self.decisions)

    @property
    def answer(self) -> str | None:
        decision = self.standing
        return decision.verdict if decision else None

    @property
    def state(self) -> SeatState:
        return SeatState(self.answer or SeatState.WAITING)


class Decision(Identified, Model):
    """One answer from one seat on one version. Never edited: a changed mind is a new row naming the one it replaces."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("replaces_id"),)

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"), index=True)
    seat_id: Mapped[str] = mapped_column(ForeignKey("seats.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("decisions.id"))
    by_key: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    seat: Mapped[Seat] = relationship(back_populates="decisions")

    @classmethod
    def visible_to(cls, actor):
        """The decisions of the reviews an actor may see."""
        from review.reviews import Review

        return select(cls).where(cls.review_id.in_(Review.visible_to(actor).with_only_columns(Review.id)))

    def undoable_by(self, actor) -> bool:
        return self.by_key == actor.key and self.verdict in ANSWERS

    @property
    def in_time(self) -> bool:
        """Whether it may still be undone: within 30 s of having been made."""
        return utcnow() <= self.at + timedelta(seconds=UNDO_SECONDS)


def holder_of(actor: Membership | Guest) -> str:
    """The seat holder an actor is when they speak for themselves: a member, or a guest by the e-mail they gave."""
    if isinstance(actor, Guest):
        return f"guest:{actor.link_id}:{actor.email}"
    return actor.key


def standing(decisions) -> Decision | None:
    """The decision that holds after a chain of them: an undone one gives back what it had replaced."""
    by_id = {decision.id: decision for decision in decisions}
    decision = decisions[-1] if decisions else None
    while decision is not None and decision.verdict == Verdict.UNDONE:
        undone = by_id[decision.replaces_id]
        decision = by_id.get(undone.replaces_id)
    return None if decision is None or decision.verdict == Verdict.LIFTED else decision
