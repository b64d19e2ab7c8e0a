"""The links of a campaign as its page lists them: what each shows, to whom, and who has used it."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from planning.campaigns import Campaign
from review.links import GuestLink
from storage.assets import Asset, Version
from storage.db import db
from storage.workspaces import Actor, GuestPass, Sight
from webapp.addresses import address_of


@dataclass(frozen=True)
class Item:
    """An asset a link shows; `number` is the version's, or None where it shows whatever is the latest."""

    name: str
    number: int | None


@dataclass(frozen=True)
class SharedLink:
    """A link, its address, what it shows, and the passes browsers got for it, newest first."""

    link: GuestLink
    url: str
    items: list[Item]
    passes: list[GuestPass]


def links_of(campaign: Campaign, actor: Actor) -> list[SharedLink]:
    """The links of a campaign, those that still stand first, then by age."""
    links = list(db.session.scalars(GuestLink.visible_to(actor).where(GuestLink.campaign_id == campaign.id)))
    links.sort(key=lambda link: (link.over, -link.created_at.timestamp()))
    items, passes = _items(links), _passes(links)
    return [SharedLink(link, address_of(link), items[link.id], passes[link.id]) for link in links]


def sharable_assets(campaign: Campaign, actor: Actor) -> list[Asset]:
    """The campaign's assets that have a version to show."""
    seen = Asset.visible_to(actor).where(Asset.scope_id == campaign.id).options(selectinload(Asset.versions))
    return [asset for asset in db.session.scalars(seen.order_by(Asset.created_at, Asset.id)) if asset.versions]


def chosen_items(assets: list[Asset], form) -> list[tuple[Version, bool]]:
    """What a form chose of each asset: "latest", a version's id, or nothing."""
    chosen = []
    for asset in assets:
        choice = form.get(f"item-{asset.id}", "")
        if choice == "latest":
            chosen.append((asset.versions[-1], True))
        chosen += [(version, False) for version in asset.versions if version.id == choice]
    return chosen


def _items(links: list[GuestLink]) -> dict[str, list[Item]]:
    found = defaultdict(list)
    sights = (
        select(Sight.holder_id, Asset.name, Version.number)
        .join(Asset, Asset.id == Sight.asset_id)
        .outerjoin(Version, Version.id == Sight.version_id)
        .where(Sight.holder_id.in_([link.id for link in links]))
        .order_by(Asset.created_at, Asset.id)
    )
    for holder_id, name, number in db.session.execute(sights):
        found[holder_id].append(Item(name, number))
    return found


def _passes(links: list[GuestLink]) -> dict[str, list[GuestPass]]:
    found = defaultdict(list)
    held = select(GuestPass).where(GuestPass.holder_id.in_([link.id for link in links])).order_by(GuestPass.created_at.desc())
    for guest_pass in db.session.scalars(held):
        found[guest_pass.holder_id].append(guest_pass)
    return found
