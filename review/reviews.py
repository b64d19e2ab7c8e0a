"""A review: one version put before its reviewers, with a due date and a rule.

Each act here happens under the campaign's lock (storage.events.lock), so that of two people at once exactly one
closes the review; the compare-and-set on its row says so a second time.
"""

import enum
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ForeignKey, String, bindparam, exists, literal, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from planning.settling import settle
from review.rules import CHANGES_REQUESTED, Rule, counts, needed, satisfied
from review.seats import Decision, Seat, SeatState, Verdict, holder_of
from storage.assets import Version
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db, insert_row, new_id
from storage.drills import failpoint
from storage.events import lock, record
from storage.text import kept
from storage.workspaces import Guest, Membership, Right


class ReviewState(enum.StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ReviewOver(Exception):
    """The review takes no decision any more; `review` says how it ended."""

    def __init__(self, review: "Review"):
        super().__init__(review.outcome)
        self.review = review


class NotWhatWasPutUp(Exception):
    """The version or digest seen is not what this review is about."""


class NotIntroduced(Exception):
    """A guest at a general link must give a name and an e-mail before deciding."""


class NothingToLift(Exception):
    """This seat asks for no changes now."""


class TooLate(Exception):
    """The decision can no longer be undone."""


class Review(Identified, Model):
    """`outcome` is null while it takes decisions; `sha256` is the digest of what was put up."""

    __tablename__ = "reviews"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    scope_id: Mapped[str] = mapped_column(ForeignKey("logs.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("versions.id"), index=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    rule: Mapped[Rule] = mapped_column(CanonicalJSON)
    due: Mapped[date | None]
    opened_by: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    outcome: Mapped[ReviewState | None] = mapped_column(String(16))
    closed_by: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[Version] = relationship()
    seats: Mapped[list[Seat]] = relationship(order_by="Seat.created_at, Seat.id")
    opener: Mapped[Membership] = relationship()
    _taken = None

    @classmethod
    def visible_to(cls, actor):
        """The team sees its workspace's reviews; a client those they are named in, a guest those of what the link shows."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        if actor.is_team:
            return seen
        versions = Version.visible_to(actor).with_only_columns(Version.id)
        seen = seen.where(cls.version_id.in_(versions))
        if isinstance(actor, Guest):
            own = _seated().where(Seat.link_id == actor.link_id)
            return seen.where(or_(own, ~_is_personal(actor.link_id)) if Right.DECIDE in actor.rights else own)
        return seen.where(_seated().where(Seat.membership_id == actor.id))

    @property
    def state(self) -> ReviewState:
        if self.outcome is not None:
            return ReviewState(self.outcome)
        asks = any(seat.answer == CHANGES_REQUESTED for seat in self.counted)
        return ReviewState.CHANGES_REQUESTED if asks else ReviewState.OPEN

    @property
    def over(self) -> bool:
        return self.outcome is not None

    @property
    def counted(self) -> list[Seat]:
        """The seats whose answers count under this rule."""
        return [seat for seat in self.seats if counts(self.rule, seat.verified)]

    @property
    def awaited(self) -> list[Seat]:
        return [] if self.over else [seat for seat in self.counted if seat.state == SeatState.WAITING]

    @property
    def needed(self) -> int:
        return needed(self.rule, len(self.counted))

    def seat_of(self, actor) -> Seat | None:
        """The seat this actor would decide from, if they have one already."""
        personal = f"link:{actor.link_id}" if isinstance(actor, Guest) else None
        holders = (holder_of(actor), personal)
        return next((seat for seat in self.seats if seat.holder in holders), None)

    def decidable_by(self, actor) -> bool:
        """Named reviewers may decide; so may a guest whose link says so."""
        return self.seat_of(actor) is not None or (isinstance(actor, Guest) and Right.DECIDE in actor.rights)

    def withdrawable_by(self, actor) -> bool:
        return actor.is_team

    def decide(self, by, verdict: str, *, version_id: str, sha256: str, note: str = "") -> Decision:
        """Answer for one seat, and close the review if its rule is satisfied by it.

        Raises ReviewOver when it was approved, superseded or withdrawn before, NotWhatWasPutUp when what was seen
        is not what it is about, NotIntroduced for a guest without a name. Nothing is changed then.
        """
        self.take()
        if self.over:
            raise ReviewOver(self)
        if (version_id, sha256.lower()) != (self.version_id, self.sha256):
            raise NotWhatWasPutUp
        decision = self._add_decision(self._take_seat(by), verdict, note, by)
        record("decision.made", f"review:{self.id}", by=by, **self._about(), body={"decision": decision.id, "verdict": verdict})
        self._conclude(by)
        failpoint("decision.before_commit")
        return decision

    def undo(self, decision: Decision, by) -> Decision:
        """Take a decision back within 30 s; what it closed is open again.

        Raises TooLate, or ReviewOver if it was withdrawn or a newer version is there, also after it was approved.
        """
        self.take()
        if self.outcome in (ReviewState.SUPERSEDED, ReviewState.WITHDRAWN) or not self.version.is_current:
            raise ReviewOver(self)
        if not decision.in_time or decision.seat.decisions[-1] is not decision:
            raise TooLate
        undone = self._add_decision(decision.seat, Verdict.UNDONE, "", by)
        self._set_outcome(None, by)
        record("decision.undone", f"review:{self.id}", by=by, **self._about(), body={"decision": undone.id, "replaces": decision.id})
        self._conclude(by)
        return undone

    def lift(self, seat: Seat, by: Membership) -> Decision:
        """The owner, by name, lifts one reviewer's changes_requested. Raises NothingToLift, ReviewOver."""
        self.take()
        if self.over:
            raise ReviewOver(self)
        if seat.answer != CHANGES_REQUESTED:
            raise NothingToLift
        lifted = self._add_decision(seat, Verdict.LIFTED, "", by)
        record("decision.lifted", f"review:{self.id}", by=by, **self._about(), body={"decision": lifted.id})
        self._conclude(by)
        return lifted

    def accept_seat(self, seat: Seat, by: Membership) -> None:
        """A member vouches for an unverified answer, so that it counts under *all*."""
        self.take()
        if self.over:
            raise ReviewOver(self)
        seat.verified, seat.accepted_by = True, by.id
        record("seat.accepted", f"review:{self.id}", by=by, **self._about(), body={"seat": seat.id})
        self._conclude(by)

    def withdraw(self, by: Membership) -> None:
        """Take the question back; its answers no longer count."""
        self.take()
        if self.over:
            raise ReviewOver(self)
        self._set_outcome(ReviewState.WITHDRAWN, by)
        record("review.withdrawn", f"review:{self.id}", by=by, **self._about())
        settle(self.scope_id, by=by)

    def supersede(self, by, newer: Version) -> None:
        """Close it because a newer version came; the caller settles the campaign once for all of them."""
        self._set_outcome(ReviewState.SUPERSEDED, by)
        record("review.superseded", f"review:{self.id}", by=by, **self._about(), body={"newer": newer.id, "number": newer.number})

    def take(self) -> None:
        """Lock its campaign and read it again with its answers, once in a transaction: what was loaded before may be old."""
        transaction = db.session().get_transaction()
        if transaction is None or transaction is not self._taken:
            lock(self.scope_id)
            Review.under_lock(self.id)

    @classmethod
    def under_lock(cls, review_id: str) -> "Review":
        """The review with its answers, as they are now that its scope is locked."""
        review = db.session.scalars(_again(), {"review_id": review_id}).unique().one()
        review._taken = db.session().get_transaction()
        return review

    def _take_seat(self, by) -> Seat:
        seat = self.seat_of(by)
        if seat is None:
            seat = self._seat_for_guest(by)
        elif isinstance(by, Guest) and by.name and not seat.name:
            seat.name = by.name
        if seat.accepted_by and seat.decisions[-1].by_key != by.key:
            seat.verified, seat.accepted_by = False, None  # a member vouched for whoever answered before
        return seat

    def _seat_for_guest(self, by: Guest) -> Seat:
        if not (by.name and by.email):
            raise NotIntroduced
        seat = Seat(
            id=new_id(), review_id=self.id, holder=holder_of(by), email=by.email, name=by.name,
            link_id=by.link_id, verified=False, decisions=[],
        )
        self.seats.append(seat)
        return seat

    def _add_decision(self, seat: Seat, verdict: str, note: str, by) -> Decision:
        """It is dated after the one it replaces whatever the clocks say: their order tells which one holds."""
        db.session.flush()  # a seat that is new comes first
        last = seat.decisions[-1] if seat.decisions else None
        at = max(utcnow(), last.at + timedelta(microseconds=1)) if last else utcnow()
        decision = Decision(
            id=new_id(), review_id=self.id, seat_id=seat.id, verdict=Verdict(verdict), note=kept(note), by_key=by.key,
            by_name=by.name, replaces_id=last.id if last else None, at=at,
        )
        insert_row(decision)
        set_committed_value(decision, "seat", seat)
        set_committed_value(seat, "decisions", [*seat.decisions, decision])
        return decision

    def _conclude(self, by) -> None:
        """Close the review if its rule is satisfied now; either way the plan hears of it."""
        if not self.over and satisfied(self.rule, [seat.answer for seat in self.counted]):
            self._set_outcome(ReviewState.APPROVED, by)
            record("review.approved", f"review:{self.id}", by=by, **self._about())
        else:
            self._set_outcome(self.outcome, by)
        self.unblocked = settle(self.scope_id, by=by)

    def _set_outcome(self, outcome: ReviewState | None, by) -> None:
        """The compare-and-set. In plain SQL: nothing pending is written before its time, and the row here is told by hand."""
        by_key, at = (by.key if by else "system", utcnow()) if outcome else (None, None)
        values = {"outcome": outcome, "closed_by": by_key, "closed_at": at, "row_version": self.row_version + 1}
        seen = {"review_id": self.id, "seen_version": self.row_version}
        if db.session.connection().execute(_outcome_set(), values | seen).rowcount != 1:
            raise ReviewOver(self)
        for name, value in values.items():
            set_committed_value(self, name, value)

    def _about(self) -> dict:
        keys = (f"review_{self.id}", f"version_{self.version_id}", f"asset_{self.asset_id}", f"campaign_{self.scope_id}")
        return {"scope_id": self.scope_id, "version_id": self.version_id, "shared": True, "keys": keys}


@cache
def _seated():
    """That somebody sits in the review. What is asked at every decision is built once."""
    return exists().where(Seat.review_id == Review.id)


@cache
def _again():
    again = select(Review).where(Review.id == bindparam("review_id")).options(with_answers())
    return again.execution_options(populate_existing=True)


@cache
def _outcome_set():
    rows = Review.__table__
    seen = (rows.c.id == bindparam("review_id"), rows.c.row_version == bindparam("seen_version"))
    names = ("outcome", "closed_by", "closed_at", "row_version")
    return update(rows).where(*seen).values({name: bindparam(name) for name in names})  # type: ignore[arg-type]


def with_answers():
    """A loading option: the seats with what was decided from each, in the same query."""
    return joinedload(Review.seats).joinedload(Seat.decisions)


def _is_personal(link_id):
    """That the link is one reviewer's own: it shows what they were asked, and not what others were."""
    return exists().where(Seat.holder == literal("link:", String) + link_id)


def open_reviews(asset_id: str) -> list[Review]:
    """The reviews of an asset that still take decisions."""
    found = select(Review).where(Review.asset_id == asset_id, Review.outcome.is_(None)).options(with_answers())
    return list(db.session.scalars(found).unique())
