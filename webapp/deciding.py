"""Deciding on a version as its room shows it to one reader: who is asked, what they said, what a yes would do, and what can be taken back."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from planning.consequences import Consequences, consequences
from planning.states import Flow
from planning.steps import Step
from review.annotations import Annotation, Priority
from review.desk import Holder, sitting_in
from review.foreseeing import foreseen
from review.links import GuestLink
from review.reviews import Review, ReviewState
from review.rules import satisfied
from review.seats import UNDO_SECONDS, Decision, Seat, SeatState, Verdict
from storage.db import db
from webapp import asks
from webapp.addresses import address_of
from webapp.i18n import moment
from webapp.people import called, reads_note
from webapp.room import Room
from webapp.standing import listed, standing_told


@dataclass(frozen=True)
class SeatShown:
    """A reviewer's place: who, their answer that stands, a link to copy, and what the reader may do about it."""

    seat: Seat
    who: Holder
    decision: Decision | None
    note: str
    link: str | None
    may_lift: bool
    may_accept: bool


@dataclass(frozen=True)
class Waiting:
    """A milestone that waits for this visual, and where it stands."""

    milestone: Step
    flow: Flow


@dataclass(frozen=True)
class Later:
    """A milestone that would be reached on another day, and what the launch's slack would be."""

    milestone: Step
    before: date
    after: date
    slack_before: int
    slack_after: int


class Deciding:
    """On the room's version, by whoever looks at it, in the review that is before them, if any."""

    def __init__(self, room: Room):
        self.room, self.actor = room, room.actor

    @property
    def review(self) -> Review | None:
        return self.room.review

    @property
    def may_decide(self) -> bool:
        return bool(self.review and not self.review.over and self.review.decidable_by(self.actor))

    @property
    def may_ask(self) -> bool:
        """Whether this version can be put up now: it is the current one, and no review of it is under way or has approved it."""
        if not (self.actor.is_team and self.room.is_current):
            return False
        here = [review for review in self.room.reviews if review.version_id == self.room.version.id]
        return all(review.outcome in (ReviewState.WITHDRAWN, ReviewState.SUPERSEDED) for review in here)

    @property
    def is_last_yes(self) -> bool:
        """Whether the reader's yes satisfies the rule, as the others have answered by now."""
        review = self.review
        return review is not None and satisfied(review.rule, [Verdict.APPROVED if seat is self.own_seat else seat.answer for seat in review.counted])

    @property
    def decide_at(self) -> str:
        assert self.review
        return asks.here("decide", review_id=self.review.id) if self.room.ask else url_for("reviews.decide", review_id=self.review.id)

    @property
    def undoable(self) -> Decision | None:
        """The reader's own decision while it can still be taken back."""
        if self.room.ask:
            return self.room.ask.undoable
        last = self.own_seat.decisions[-1] if self.own_seat and self.own_seat.decisions else None
        withdrawn = self.review and self.review.outcome == ReviewState.WITHDRAWN
        return last if last and last.in_time and last.undoable_by(self.actor) and self.room.is_current and not withdrawn else None

    @property
    def undo_at(self) -> str:
        assert self.undoable
        decision_id, review_id = self.undoable.id, self.undoable.review_id
        return asks.here("undo", decision_id=decision_id) if self.room.ask else url_for("reviews.undo", review_id=review_id, decision_id=decision_id)

    @property
    def undoable_until(self) -> str:
        assert self.undoable
        return (self.undoable.at + timedelta(seconds=UNDO_SECONDS)).isoformat()

    @cached_property
    def must_fix_open(self) -> int:
        seen = Annotation.visible_to(self.actor).where(Annotation.version_id == self.room.version.id, Annotation.resolved_at.is_(None))
        must = seen.where(Annotation.priority == Priority.MUST).with_only_columns(Annotation.id)
        return db.session.scalar(select(func.count()).select_from(must.subquery())) or 0

    @property
    def standing_told(self) -> str:
        """How the review stands, and whom it waits for, in a sentence."""
        if self.review is None:
            return ""
        if self.review.outcome == ReviewState.APPROVED:
            return self._approved_told(self.review)
        awaited = [one.who.name for one in self.seats if one.seat in self.review.awaited]
        return standing_told(self.review, awaited, [one.who.name for one in self.seats if one.seat.state == SeatState.CHANGES_REQUESTED])

    def _approved_told(self, review: Review) -> str:
        if self.room.replaced_by:
            return _("Approved, until version %(number)s replaced this one.", number=self.room.replaced_by.number)
        counted = review.counted
        names = dict.fromkeys(one.who.name for one in self.seats if one.seat in counted and one.seat.state == SeatState.APPROVED)
        if not names:
            return _("Approved.")
        return _("Approved by %(names)s, %(moment)s.", names=listed(list(names)), moment=moment(review.closed_at))

    @property
    def own_seat(self) -> Seat | None:
        return self.review.seat_of(self.actor) if self.review else None

    @cached_property
    def seats(self) -> list[SeatShown]:
        review = self.review
        if review is None:
            return []
        who, links = sitting_in([review]), self._links(review)
        return [self._seat(review, seat, who[seat.id], links) for seat in review.seats]

    @property
    def faces(self) -> list[SeatShown]:
        """Each person once. Who is named and came by a general link too sits twice: what counts is shown before what does not."""
        assert self.review
        counted, people = self.review.counted, {}
        for one in sorted(self.seats, key=lambda one: (one.seat in counted, one.seat.answer == Verdict.CHANGES_REQUESTED, one.seat.answer is not None)):
            people[one.seat.email or one.seat.id] = one
        return [one for one in self.seats if one in people.values()]

    @cached_property
    def holds(self) -> list[Waiting]:
        """The milestones that wait for the visual, told to those who see the plan."""
        if self.room.outlook is None or self.room.step is None:
            return []
        plan, step_id = self.room.outlook.plan, self.room.step.id
        waiting = [one for one in plan.milestones if any(gate.deliverable_id == step_id for gate in plan.gates_of[one.id])]
        return [Waiting(one, plan.states.flows[one.id]) for one in waiting]

    @property
    def reopens(self) -> list[Step]:
        """The milestones that a new version would reopen; what was waived needs no yes."""
        waived = self.room.outlook is not None and self.room.step is not None and self.room.step.id in self.room.outlook.plan.waived
        return [] if waived else [one.milestone for one in self.holds if one.flow is Flow.PASSED]

    @property
    def replaceable(self) -> bool:
        """Whether a new version would take back a yes that stands."""
        approved = self.review is not None and self.review.outcome == ReviewState.APPROVED
        return approved and self.room.is_current and self.room.version.asset.uploadable_by(self.actor)

    @cached_property
    def if_approved(self) -> Consequences | None:
        """What a yes would do to the plan, once all who are awaited have said so: told to those who see the plan."""
        return self._foreseen(Verdict.APPROVED)

    @cached_property
    def later(self) -> Later | None:
        """By how much a no would put off the first milestone that waits for the visual; None where it would not."""
        told = self._foreseen(Verdict.CHANGES_REQUESTED)
        if told is None:
            return None
        waiting = {one.milestone.id for one in self.holds}
        shift = next((one for one in told.steps if one.step.id in waiting and one.after.early_finish > one.before.early_finish), None)
        days = (shift.before.early_finish, shift.after.early_finish) if shift else None
        return Later(shift.step, *days, told.before.slack_days, told.after.slack_days) if shift and days else None

    def _foreseen(self, verdict: Verdict) -> Consequences | None:
        if self.room.outlook is None or self.room.step is None or self.review is None:
            return None
        plan = self.room.outlook.plan
        return consequences(plan, foreseen(plan, self.review, self.actor, verdict, others_too=verdict is Verdict.APPROVED))

    def _links(self, review: Review) -> dict[str, GuestLink]:
        ids = [seat.link_id for seat in review.seats if seat.link_id]
        rows = db.session.scalars(GuestLink.visible_to(self.actor).where(GuestLink.id.in_(ids))) if ids else ()
        return {row.id: row for row in rows}

    def _seat(self, review: Review, seat: Seat, who: Holder, links: dict[str, GuestLink]) -> SeatShown:
        link = links.get(seat.link_id or "")
        personal = link is not None and link.email is not None and not link.over and not review.over
        return SeatShown(
            seat=seat, who=who if seat.membership_id else replace(who, name=called(seat, self.actor)), decision=seat.standing,
            note=seat.standing.note if seat.standing and reads_note(self.actor, review, seat) else "", link=address_of(link) if link and personal else None,
            may_lift=self.actor.is_owner and not review.over and seat.answer == "changes_requested",
            may_accept=self.actor.is_team and not review.over and not seat.verified,
        )
