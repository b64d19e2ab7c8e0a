"""What a client is asked: each version they may see, and the review of it they may answer.

One rule for guests and for members with the role client: everything comes through `visible_to`.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import or_, select

from planning.campaigns import Campaign
from planning.gates import Gate
from planning.steps import Step
from review.annotations import commentable_by
from review.reviews import Review, ReviewState, with_answers
from review.seats import Decision, Seat
from storage.assets import Asset, Version, current_versions
from storage.db import db
from storage.workspaces import Actor, Guest, Right
from webapp import people
from webapp.actors import current_actor
from webapp.standing import rule_told


class Standing(enum.StrEnum):
    """Where an ask stands for this client."""

    WAITING = "waiting"
    """their answer is awaited"""
    ANSWERED = "answered"
    SEEN = "seen"
    """nothing is asked: it is there to be looked at"""
    CLOSED = "closed"
    """others have answered, or the review was withdrawn: nothing is needed"""
    REPLACED = "replaced"
    """a newer version has come before they answered"""


@dataclass
class Ask:
    """One version before one client. `newer` is the asset's latest where that is another one."""

    actor: Actor
    version: Version
    review: Review | None = None
    newer: Version | None = None
    newer_visible: bool = False
    gated: bool = False

    @property
    def seat(self) -> Seat | None:
        return self.review.seat_of(self.actor) if self.review else None

    @property
    def decision(self) -> Decision | None:
        """What they have said, as it stands."""
        return self.seat.standing if self.seat else None

    def called(self, seat: Seat) -> str:
        """A reviewer's name, as this client may know it."""
        return people.called(seat, self.actor)

    @property
    def undoable(self) -> Decision | None:
        """Their decision while it can still be undone."""
        last = self.seat.decisions[-1] if self.seat and self.seat.decisions else None
        return last if last and last.in_time and last.undoable_by(self.actor) and self._undo_holds else None

    @property
    def standing(self) -> Standing:
        if self.decision:
            return Standing.ANSWERED
        if self.open:
            return Standing.WAITING
        if self.newer:
            return Standing.REPLACED
        return Standing.CLOSED if self.review else Standing.SEEN

    @property
    def open(self) -> bool:
        """Whether they may decide now."""
        return self.review is not None and not self.review.over and self.review.decidable_by(self.actor)

    @property
    def lapsed(self) -> bool:
        """Whether a newer version has made their yes stale."""
        return self.newer is not None and self.decision is not None and self.decision.verdict == "approved"

    @property
    def rule_told(self) -> str:
        return rule_told(self.review) if self.review else ""

    @property
    def counts_later(self) -> bool:
        """Whether a member must accept their answer before it counts."""
        return self.review is not None and self.review.rule == "all" and not (self.seat and self.seat.verified)

    @property
    def commentable(self) -> bool:
        return commentable_by(self.actor)

    @property
    def live_keys(self) -> str:
        keys = [f"version_{self.version.id}", f"asset_{self.version.asset_id}"]
        return " ".join(keys + ([f"review_{self.review.id}"] if self.review else []))

    @property
    def _undo_holds(self) -> bool:
        return self.review is not None and self.newer is None and self.review.outcome != ReviewState.WITHDRAWN


def asks_of(actor: Actor) -> list[Ask]:
    """Everything this client sees, what waits for them first, by its due date."""
    versions = list(db.session.scalars(Version.visible_to(actor).order_by(Version.created_at.desc(), Version.id)))
    return sorted(_asks(actor, versions), key=_order)


def ask_about(actor: Actor, version: Version) -> Ask:
    """One version."""
    return next(iter(_asks(actor, [version])))


def lapsed_yes(actor: Actor, version: Version) -> int | None:
    """The number of the latest earlier version to which they said yes, also where that version is shown to them no more."""
    earlier = select(Review, Version.number).join(Version, Version.id == Review.version_id).options(with_answers())
    not_withdrawn = or_(Review.outcome.is_(None), Review.outcome != ReviewState.WITHDRAWN)
    earlier = earlier.where(Review.asset_id == version.asset_id, Version.number < version.number, not_withdrawn)
    for review, number in db.session.execute(earlier.order_by(Version.number.desc(), Review.opened_at.desc(), Review.id.desc())).unique():
        seat = review.seat_of(actor)
        if seat and seat.standing:
            return number if seat.standing.verdict == "approved" else None
    return None


def campaigns_seen(actor: Actor) -> dict[str, Campaign]:
    """The campaigns of which they see a version: their names and launches, nothing of their plans."""
    seen = select(Campaign).where(Campaign.id.in_(Asset.visible_to(actor).with_only_columns(Asset.scope_id)))
    return {campaign.id: campaign for campaign in db.session.scalars(seen.order_by(Campaign.launch, Campaign.id))}


def decision_seen(actor: Actor, decision_id: str) -> Decision | None:
    """A decision of a review they may see."""
    reviews = Review.visible_to(actor).with_only_columns(Review.id)
    return db.session.scalar(select(Decision).where(Decision.id == decision_id, Decision.review_id.in_(reviews)))


def here(page: str, **more) -> str:
    """The address of one of these pages for whoever asks: under their link, or among the members' pages."""
    fixed = {"link_id": current_actor.link_id} if isinstance(current_actor, Guest) else {}
    return url_for(f"guests.{page}" if fixed else f"clients.{page}", **fixed, **more)


def must_introduce(actor: Actor) -> bool:
    """Whether a guest has still to say who they are before they act; who came by a personal link is known."""
    acts = isinstance(actor, Guest) and {Right.COMMENT, Right.DECIDE} & actor.rights
    return bool(acts) and not actor.email  # type: ignore[union-attr]


def _asks(actor: Actor, versions: list[Version]) -> Iterable[Ask]:
    reviews, latest = _reviews(actor, versions), current_versions({version.asset_id for version in versions})
    held, seen = _gated(versions), _visible_ids(actor, latest.values())
    for version in versions:
        newest = latest[version.asset_id]
        newer = newest if newest.id != version.id else None
        yield Ask(
            actor, version, review=_theirs(actor, reviews[version.id]), newer=newer, newer_visible=bool(newer and newer.id in seen),
            gated=version.asset_id in held,
        )


def _reviews(actor: Actor, versions: list[Version]) -> dict[str, list[Review]]:
    found = defaultdict(list)
    seen = Review.visible_to(actor).where(Review.version_id.in_([version.id for version in versions])).options(with_answers())
    for review in db.session.scalars(seen.order_by(Review.opened_at.desc())).unique():
        found[review.version_id].append(review)
    return found


def _theirs(actor: Actor, reviews: list[Review]) -> Review | None:
    """Of several reviews of a version: one that waits for them, else one they answered, else the newest."""
    waiting = [review for review in reviews if not review.over and not _answered(actor, review)]
    answered = [review for review in reviews if _answered(actor, review)]
    return next(iter([*waiting, *answered, *reviews]), None)


def _answered(actor: Actor, review: Review) -> bool:
    seat = review.seat_of(actor)
    return seat is not None and seat.standing is not None


def _visible_ids(actor: Actor, versions: Iterable[Version]) -> set[str]:
    seen = Version.visible_to(actor).with_only_columns(Version.id)
    return set(db.session.scalars(seen.where(Version.id.in_([version.id for version in versions]))))


def _gated(versions: list[Version]) -> set[str | None]:
    """Of these assets, those whose approval a milestone waits for."""
    assets = {version.asset_id for version in versions}
    held = select(Step.asset_id).join(Gate, Gate.deliverable_id == Step.id).where(Step.asset_id.in_(assets), Step.slipped_at.is_(None))
    return set(db.session.scalars(held))


def _order(ask: Ask):
    review = ask.review
    return ask.standing != Standing.WAITING, review.due if review and review.due else date.max
