"""Lists through what the reader may see: a workspace's campaigns, a campaign's assets, an asset's versions."""

from dataclasses import dataclass

from sqlalchemy import select

from planning.campaigns import Campaign
from planning.steps import Step
from storage.assets import Asset, Version, current_versions
from storage.db import db
from storage.events import Log
from webapp.outlook import Outlook


@dataclass(frozen=True)
class Tile:
    """An asset in a grid; `step` is the deliverable it was made for, if any, `state` that one's."""

    asset: Asset
    version: Version
    step: Step | None
    state: str | None


def campaigns_of(actor) -> list[Campaign]:
    """The next launch first; what has launched last, the latest before the older."""
    rows = list(db.session.scalars(Campaign.visible_to(actor).order_by(Campaign.launch, Campaign.created_at)))
    to_come = [row for row in rows if row.launch >= row.today]
    return to_come + [row for row in reversed(rows) if row.launch < row.today]


def campaign_of_step(actor, step_id: str) -> Campaign | None:
    """The campaign of a step, if the actor may see it: one read."""
    here = select(Step.campaign_id).where(Step.id == step_id)
    return db.session.scalar(Campaign.visible_to(actor).where(Campaign.id.in_(here)))


def seq_of_version(actor, version_id: str) -> int | None:
    """How far the log that tells of a version has come; None if the actor may not see the version. One read."""
    seen = Version.visible_to(actor).where(Version.id == version_id)
    logged = seen.join(Asset, Asset.id == Version.asset_id).join(Log, Log.id == Asset.scope_id)
    return db.session.scalar(logged.with_only_columns(Log.seq))


def grid_of(actor, outlook: Outlook) -> list[Tile]:
    """A campaign's assets, the one with the newest version first."""
    assets = list(db.session.scalars(Asset.visible_to(actor).where(Asset.scope_id == outlook.campaign.id)))
    versions = current_versions([asset.id for asset in assets])
    steps = {step.asset_id: step for step in outlook.plan.steps if step.asset_id}
    tiles = [_tile(outlook, asset, versions[asset.id], steps.get(asset.id)) for asset in assets if asset.id in versions]
    return sorted(tiles, key=lambda tile: tile.version.created_at, reverse=True)


def versions_of(actor, asset_id: str) -> list[Version]:
    """An asset's versions that the actor may see, the first one first."""
    return list(db.session.scalars(Version.visible_to(actor).where(Version.asset_id == asset_id).order_by(Version.number)))


def deliverable_of(actor, asset_id: str) -> Step | None:
    """The step of the plan that an asset was made for, where the actor may see that."""
    return db.session.scalar(Step.visible_to(actor).where(Step.asset_id == asset_id, Step.slipped_at.is_(None)).order_by(Step.position).limit(1))


def _tile(outlook: Outlook, asset: Asset, version: Version, step: Step | None) -> Tile:
    return Tile(asset, version, step, outlook.plan.state_of(step) if step else None)
