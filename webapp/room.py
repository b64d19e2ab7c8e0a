"""A version as its page shows it to one actor: its place among the others, its review, its notes, and what a yes would do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from planning.campaigns import Campaign
from planning.states import Flow
from planning.steps import Step
from review.annotations import Annotation, Priority, commentable_by
from review.desk import Holder, sitting_in
from review.links import GuestLink
from review.reviews import Review, ReviewState
from review.rules import satisfied
from review.seats import UNDO_SECONDS, Decision, Seat, SeatState, Verdict
from storage.assets import Asset, Version
from storage.blobs import RenditionState
from storage.db import db
from webapp import asks
from webapp.addresses import address_of
from webapp.listing import deliverable_of, versions_of
from webapp.outlook import Outlook
from webapp.people import called
from webapp.pictures import pictures_of, tiles_of
from webapp.room_data import data_of
from webapp.standing import standing_told
from webapp.talk import Talk

FIRST, MOST = 1024, 2048
"""The longest side, in pixels, of the picture a room begins with, and of the largest it may begin with on a wide screen."""


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


class Way(NamedTuple):
    label: str
    url: str


class Neighbour(NamedTuple):
    """Another visual of the campaign, by the version to show."""

    id: str
    name: str


class Neighbours(NamedTuple):
    before: Neighbour | None
    after: Neighbour | None


class LeftOpen(NamedTuple):
    version: Version
    count: int


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

    @property
    def page(self) -> str:
        return self.page_of(self.version)

    def page_of(self, version) -> str:
        """The address of the room of a version, or of a neighbour, for this reader."""
        return self.talk.at.page(version.id)

    @property
    def back(self) -> Way:
        """Where one came from: the campaign's board, or all that is shown to a client."""
        if self.ask:
            return Way(_("Back to all that is shown"), asks.here("show"))
        if self.campaign:
            return Way(_("Back to %(campaign)s", campaign=self.campaign.name), url_for("campaigns.show", campaign_id=self.campaign.id))
        return Way(_("Back to the campaigns"), url_for("campaigns.index"))

    @cached_property
    def ask(self) -> asks.Ask | None:
        """What a client is asked about this version; the team is asked by its seats."""
        return None if self.actor.is_team else asks.ask_about(self.actor, self.version)

    ask_at = staticmethod(asks.here)

    @property
    def must_introduce(self) -> bool:
        return asks.must_introduce(self.actor)

    @property
    def replaced_by(self) -> Version | None:
        """The version that has come since, also where this reader may not see it yet."""
        if self.ask:
            return self.ask.newer
        return None if self.is_current else self.newest

    @property
    def shows_newer(self) -> bool:
        return self.ask.newer_visible if self.ask else True

    @property
    def previous(self) -> Version | None:
        """The version before this one, of those the reader may see."""
        return next((one for one in reversed(self.versions) if one.number < self.version.number), None)

    @cached_property
    def left_open(self) -> LeftOpen | None:
        """What is still open on the version before this one, while this is the current one."""
        before = self.previous
        if self.replaced_by or not before:
            return None
        seen = Annotation.visible_to(self.actor).where(Annotation.version_id == before.id, Annotation.resolved_at.is_(None))
        count = db.session.scalar(select(func.count()).select_from(seen.with_only_columns(Annotation.id).subquery())) or 0
        return LeftOpen(before, count) if count else None

    @cached_property
    def neighbours(self) -> Neighbours:
        """The visuals of the campaign before and after this one, each by its latest version that the reader may see."""
        seen = Version.visible_to(self.actor).join(Asset, Asset.id == Version.asset_id).where(Asset.scope_id == self.version.scope_id)
        columns = seen.with_only_columns(Version.asset_id, Version.id, Asset.name).order_by(Asset.created_at, Asset.id, Version.number)
        latest = {asset_id: Neighbour(id_, name) for asset_id, id_, name in db.session.execute(columns)}
        at = list(latest).index(self.version.asset_id)
        in_order = list(latest.values())
        return Neighbours(in_order[at - 1] if at else None, in_order[at + 1] if at + 1 < len(in_order) else None)

    @cached_property
    def pictures(self) -> list[dict]:
        return pictures_of(self.version, self.page)

    @property
    def tiles(self) -> dict | None:
        return tiles_of(self.version, self.page)

    @property
    def more_to_come(self) -> bool:
        """Whether larger or smaller pictures of it are still being made."""
        return any(one.state in (RenditionState.WAITING, RenditionState.TRY_AGAIN) for one in self.version.blob.made)

    @property
    def first(self) -> dict | None:
        """The picture the page begins with: small enough to be there at once."""
        large = [one for one in self.pictures if max(one["width"], one["height"]) >= FIRST]
        return next(iter(large), None) or next(iter(self.pictures[-1:]), None)

    @property
    def srcset(self) -> str:
        fit = [one for one in self.pictures if max(one["width"], one["height"]) <= MOST]
        return ", ".join(f"{one['url']} {one['width']}w" for one in fit)

    @property
    def sizes(self) -> str:
        """How wide the stage shows it, before any script: as wide or as high as there is room (static/css/room.css)."""
        across = self.first["width"] / self.first["height"] if self.first else 1
        return f"(width < 48rem) min(100vw, {across:.3f} * (100vh - 19.5rem)), min(100vw - 20rem, {across:.3f} * (100vh - 8rem))"

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

    @cached_property
    def review(self) -> Review | None:
        """Of several reviews of this version the one that waits for the reader, else the latest."""
        if self.ask:
            return self.ask.review
        here = [review for review in self.reviews if review.version_id == self.version.id]
        return next((review for review in here if self._awaits_reader(review)), None) or next(iter(here), None)

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
    def is_last_yes(self) -> bool:
        """Whether the reader's yes satisfies the rule, as the others have answered by now."""
        review = self.review
        return review is not None and satisfied(review.rule, [Verdict.APPROVED if seat is self.own_seat else seat.answer for seat in review.counted])

    @property
    def decide_at(self) -> str:
        assert self.review
        return asks.here("decide", review_id=self.review.id) if self.ask else url_for("reviews.decide", review_id=self.review.id)

    @property
    def undoable(self) -> Decision | None:
        """The reader's own decision while it can still be taken back."""
        if self.ask:
            return self.ask.undoable
        last = self.own_seat.decisions[-1] if self.own_seat and self.own_seat.decisions else None
        withdrawn = self.review and self.review.outcome == ReviewState.WITHDRAWN
        return last if last and last.in_time and last.undoable_by(self.actor) and self.is_current and not withdrawn else None

    @property
    def undo_at(self) -> str:
        assert self.undoable
        decision_id, review_id = self.undoable.id, self.undoable.review_id
        return asks.here("undo", decision_id=decision_id) if self.ask else url_for("reviews.undo", review_id=review_id, decision_id=decision_id)

    @property
    def undoable_until(self) -> str:
        assert self.undoable
        return (self.undoable.at + timedelta(seconds=UNDO_SECONDS)).isoformat()

    @cached_property
    def must_fix_open(self) -> int:
        seen = Annotation.visible_to(self.actor).where(Annotation.version_id == self.version.id, Annotation.resolved_at.is_(None))
        must = seen.where(Annotation.priority == Priority.MUST).with_only_columns(Annotation.id)
        return db.session.scalar(select(func.count()).select_from(must.subquery())) or 0

    @property
    def standing_told(self) -> str:
        """How the review stands, and whom it waits for, in a sentence."""
        if self.review is None:
            return ""
        if self.replaced_by and self.review.outcome == ReviewState.APPROVED:
            return _("Approved, until version %(number)s replaced this one.", number=self.replaced_by.number)
        awaited = [one.who.name for one in self.seats if one.seat in self.review.awaited]
        return standing_told(self.review, awaited, [one.who.name for one in self.seats if one.seat.state == SeatState.CHANGES_REQUESTED])

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
        return Effect(passes, list({follower.id: follower for follower in followers if follower.id != step.id}.values()))

    def _awaits_reader(self, review: Review) -> bool:
        seat = review.seat_of(self.actor)
        return seat is not None and seat.answer is None and not review.over

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
