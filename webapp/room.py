"""A version as its page shows it to one actor: its place among the others, its review, its pictures and its notes."""

from functools import cached_property
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from planning.campaigns import Campaign
from planning.steps import Step
from review.annotations import Annotation
from review.reviews import Review, ReviewState
from review.seats import Seat
from storage.assets import Asset, Version
from storage.blobs import RenditionState
from storage.db import db
from webapp import asks
from webapp.listing import deliverable_of, versions_of
from webapp.outlook import Outlook
from webapp.pictures import pictures_of, tiles_of
from webapp.room_data import data_of
from webapp.talk import Talk

FIRST, MOST = 1024, 2048
"""The longest side, in pixels, of the picture a room begins with, and of the largest it may begin with on a wide screen."""


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

    @cached_property
    def lapsed_yes(self) -> int | None:
        """The number of an earlier version to which this client said yes, while they have not answered on this one."""
        if self.ask is None or self.ask.decision or self.ask.newer or (self.review and self.review.outcome == ReviewState.APPROVED):
            return None
        return asks.lapsed_yes(self.actor, self.version)

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
        """Of several reviews of this version the one that waits for the reader, else the latest that was not withdrawn."""
        if self.ask:
            return self.ask.review
        here = [review for review in self.reviews if review.version_id == self.version.id]
        standing = [review for review in here if review.outcome != ReviewState.WITHDRAWN]
        return next((review for review in here if self._awaits_reader(review)), None) or next(iter([*standing, *here]), None)

    @cached_property
    def talk(self) -> Talk:
        return Talk(self.version, self.actor)

    @property
    def data(self) -> dict:
        """What the page's scripts begin with."""
        return data_of(self.talk)

    def _awaits_reader(self, review: Review) -> bool:
        seat = review.seat_of(self.actor)
        return seat is not None and seat.answer is None and not review.over
