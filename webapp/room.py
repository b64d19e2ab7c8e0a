"""A version as its page shows it to one actor: its place among the others, its review, its notes, and what a yes would do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.orm import selectinload

from planning.campaigns import Campaign
from planning.states import Flow
from planning.steps import Step
from review.annotations import Annotation, commentable_by
from review.desk import Holder, sitting_in
from review.links import GuestLink
from review.reviews import Review, ReviewState
from review.seats import Decision, Seat
from storage.assets import Version
from storage.db import db
from webapp.addresses import address_of
from webapp.listing import deliverable_of, versions_of
from webapp.outlook import Outlook
from webapp.people import called
from webapp.room_data import data_of
from webapp.talk import Talk


@dataclass(frozen=True)
class SeatShown:
    """A reviewer's place: who, their answer that stands, a link to copy, and what the reader may do about it."""

    seat: Seat
    who: Holder
    decision: Decision | None
    link: str | None
    may_lift: bool
    may_accept: bool


@dataclass(frozen=True)
class Effect:
    """What a yes would do to the plan: the milestones it passes, and what follows them."""

    passes: Sequence[Step]
    frees: Sequence[Step]


class Room:
    """One version and one reader. Everything is read through what the reader may see."""

    def __init__(self, version: Version, actor):
        self.version, self.actor = version, actor

    @cached_property
    def versions(self) -> list[Version]:
        return versions_of(self.actor, self.version.asset_id)

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def is_current(self) -> bool:
        return self.newest.id == self.version.id

    @cached_property
    def step(self) -> Step | None:
        return deliverable_of(self.actor, self.version.asset_id)

    @cached_property
    def campaign(self) -> Campaign | None:
        """The campaign it belongs to, for those who may see its plan."""
        return db.session.scalar(Campaign.visible_to(self.actor).where(Campaign.id == self.version.scope_id))

    @cached_property
    def outlook(self) -> Outlook | None:
        return Outlook(self.campaign) if self.campaign else None

    @cached_property
    def reviews(self) -> list[Review]:
        """Of all versions of the asset, the newest first."""
        seen = Review.visible_to(self.actor).where(Review.asset_id == self.version.asset_id)
        answers = selectinload(Review.seats).selectinload(Seat.decisions)
        return list(db.session.scalars(seen.options(answers).order_by(Review.opened_at.desc(), Review.id.desc())))

    @cached_property
    def review_states(self) -> dict[str, ReviewState]:
        """{version id: how its latest review stands}"""
        return {review.version_id: review.state for review in reversed(self.reviews)}

    @property
    def review(self) -> Review | None:
        """The latest review of this version."""
        return next((review for review in self.reviews if review.version_id == self.version.id), None)

    @property
    def may_decide(self) -> bool:
        return bool(self.review and not self.review.over and self.review.decidable_by(self.actor))

    @property
    def may_ask(self) -> bool:
        """Whether this version can be put up now: it is the current one, and no review of it is under way or has approved it."""
        over = self.review is None or self.review.state in (ReviewState.WITHDRAWN, ReviewState.SUPERSEDED)
        return self.actor.is_team and self.is_current and over

    @property
    def may_comment(self) -> bool:
        return commentable_by(self.actor)

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
    def notes(self) -> list[Annotation]:
        """In reading order."""
        return self.talk.notes

    @cached_property
    def talk(self) -> Talk:
        return Talk(self.version, self.actor)

    @property
    def data(self) -> dict:
        """What the page's scripts begin with."""
        return data_of(self.talk)

    @cached_property
    def effect(self) -> Effect | None:
        """Said to those who see the plan, before the click."""
        if self.outlook is None or self.step is None or self.review is None:
            return None
        plan, step = self.outlook.plan, self.step
        passes = [one for one in plan.milestones if self._would_pass(one)]
        followers = [plan.step_by_id[link.target_id] for one in passes for link in plan.links if link.source_id == one.id]
        return Effect(passes, [follower for follower in followers if follower.id != step.id])

    def _would_pass(self, milestone: Step) -> bool:
        plan, step = self.outlook.plan, self.step  # type: ignore[union-attr]
        waits_for = [gate.deliverable_id for gate in plan.gates_of[milestone.id]]
        others_clear = all(plan.is_clear(one) for one in waits_for if one != step.id)  # type: ignore[union-attr]
        held = plan.states.flows[milestone.id] in (Flow.BLOCKED, Flow.PASSED)
        return step.id in waits_for and others_clear and not held and milestone.closes != "by_hand"  # type: ignore[union-attr]

    def _links(self, review: Review) -> dict[str, GuestLink]:
        ids = [seat.link_id for seat in review.seats if seat.link_id]
        rows = db.session.scalars(GuestLink.visible_to(self.actor).where(GuestLink.id.in_(ids))) if ids else ()
        return {row.id: row for row in rows}

    def _seat(self, review: Review, seat: Seat, who: Holder, links: dict[str, GuestLink]) -> SeatShown:
        link = links.get(seat.link_id or "")
        personal = link is not None and link.email is not None and not link.over and not review.over
        return SeatShown(
            seat=seat, who=who if seat.membership_id else replace(who, name=called(seat, self.actor)), decision=seat.standing, link=address_of(link) if link and personal else None,
            may_lift=self.actor.is_owner and not review.over and seat.answer == "changes_requested",
            may_accept=self.actor.is_team and not review.over and not seat.verified,
        )
