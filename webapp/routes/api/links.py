"""Guest links: made, listed, revoked."""

from collections import defaultdict

from flask import Response, current_app
from flask_babel import gettext as _
from sqlalchemy import select

from planning.campaigns import Campaign
from review.links import GuestLink, make_link
from storage.assets import Asset, Version, current_versions
from storage.db import db
from storage.workspaces import Right, Sight
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor, member
from webapp.addresses import address_of
from webapp.errors import Problem
from webapp.idempotency import reply
from webapp.loading import allow, load, lock_for_act
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import NewItem, NewLink, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.shapes import link_json

LATEST = "latest"


def _with_url(kept: dict) -> dict:
    """A kept answer with its link, which is stored nowhere, put back; null if it is over."""
    return kept | {"url": _url(load(GuestLink, kept["id"]))}


@bp.get("/campaigns/<campaign_id>/links")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(answers.Link)})
def links(campaign_id: str, query: Paged):
    """A campaign's links, newest first, reviewers' personal ones among them."""
    campaign = load(Campaign, campaign_id)
    rows, cursor = page_of(
        GuestLink.visible_to(current_actor).where(GuestLink.campaign_id == campaign.id), GuestLink, query, newest_first=True
    )
    sights = _sights(rows)
    return _unstored(listed([link_json(link, sights[link.id], _url(link)) for link in rows], cursor))


@bp.post("/campaigns/<campaign_id>/links")
@open_to(ACTOR)
@call(body=NewLink, answers={201: answers.Link}, remade=_with_url)
def create_link(campaign_id: str, body: NewLink):
    """Let someone without an account see what is listed, and comment, decide or download as the rights say."""
    campaign = load(Campaign, campaign_id)
    allow(campaign.sharable_by(current_actor))
    if body.expires_on and body.expires_on < campaign.today:
        raise Problem(422, "past", _("A link ends today at the earliest."))
    lock_for_act(campaign.id)
    link = make_link(
        campaign.id, _items(campaign, body.items), [Right(right) for right in body.rights], by=member(),
        secret_key=current_app.config["SECRET_KEY"], passcode=body.passcode, expires_on=body.expires_on,
    )
    db.session.flush()
    sights = _sights([link])[link.id]
    return _unstored(reply(link_json(link, sights, _url(link)), 201, kept=link_json(link, sights, None)))


@bp.delete("/links/<guest_link_id>")
@open_to(ACTOR)
@call(answers={204: None})
def revoke(guest_link_id: str):
    """Revoke a link: its pages, passes and sockets end at once. Revoking twice is once."""
    link = load(GuestLink, guest_link_id)
    allow(link.revocable_by(current_actor))
    lock_for_act(link.campaign_id)
    db.session.refresh(link)
    link.revoke(member())
    return reply(None, 204)


def _items(campaign: Campaign, items: list[NewItem]) -> list[tuple[Version, bool]]:
    return [_item(campaign, item) for item in items]


def _item(campaign: Campaign, item: NewItem) -> tuple[Version, bool]:
    asset = load(Asset, item.asset_id)
    latest = item.version_id == LATEST
    version = current_versions([asset.id])[asset.id] if latest else load(Version, item.version_id)
    if (version.asset_id, asset.scope_id) != (asset.id, campaign.id):
        raise Problem(422, "other_item", _("A link shows versions of this campaign's assets, each with its own asset."))
    return version, latest


def _url(link: GuestLink) -> str | None:
    return None if link.over else address_of(link)


def _sights(links: list[GuestLink]) -> dict[str, list[Sight]]:
    found = defaultdict(list)
    held = select(Sight).where(Sight.holder_id.in_([link.id for link in links])).order_by(Sight.id)
    for sight in db.session.scalars(held):
        found[sight.holder_id].append(sight)
    return found


def _unstored(response: Response) -> Response:
    """Whoever holds a link's address may come in by it: no cache keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
