"""Versions and assets: what they are, and the way to their bytes.

No answer holds a signed address: a stable one checks the right and sends on to an address of minutes.
"""

from storage.assets import Asset, Version, current_versions
from storage.db import db
from storage.workspaces import Guest
from webapp.access import ACTOR, open_to
from webapp.actors import actor, current_actor
from webapp.loading import allow, load
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import AssetsAsked
from webapp.routes.api.calls import call
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.shapes import asset_json, version_json
from webapp.sending_on import to_original, to_rendition, to_tile


@bp.get("/assets")
@open_to(ACTOR)
@call(query=AssetsAsked, answers={200: answers.listing(answers.Asset)})
def assets(query: AssetsAsked):
    """The assets one may see, newest first; of one campaign, or of all."""
    seen = Asset.visible_to(current_actor)
    if query.campaign_id:
        seen = seen.where(Asset.scope_id == query.campaign_id)
    rows, cursor = page_of(seen, Asset, query, newest_first=True)
    current = _current_versions([asset.id for asset in rows])
    return listed([asset_json(asset, current.get(asset.id)) for asset in rows], cursor)


@bp.get("/assets/<asset_id>")
@open_to(ACTOR)
@call(answers={200: answers.AssetInFull})
def asset(asset_id: str):
    """An asset and those of its versions one may see, the first one first."""
    found = load(Asset, asset_id)
    seen = Version.visible_to(current_actor).where(Version.asset_id == found.id).order_by(Version.number)
    versions = list(db.session.scalars(seen))
    current = versions[-1] if versions else None
    return asset_json(found, current) | {"versions": [version_json(version) for version in versions]}


@bp.get("/versions/<version_id>")
@open_to(ACTOR)
@call(answers={200: answers.Version})
def version(version_id: str):
    """One version and its renditions."""
    return version_json(load(Version, version_id))


@bp.get("/versions/<version_id>/original")
@open_to(ACTOR)
@call(answers={}, redirects=True)
def original(version_id: str):
    """302 to the untouched upload, as a download under its own name, for 60 seconds."""
    found = load(Version, version_id)
    allow(found.downloadable_by(current_actor))
    return to_original(found, link=_link_id())


@bp.get("/versions/<version_id>/renditions/<name>")
@open_to(ACTOR)
@call(answers={}, redirects=True)
def rendition(version_id: str, name: str):
    """302 to a rendition, for 5 minutes; 404 while it is not made."""
    return to_rendition(load(Version, version_id), name, link=_link_id())


@bp.get("/versions/<version_id>/tiles/<level>/<column>_<row>")
@open_to(ACTOR)
@call(answers={}, redirects=True)
def tile(version_id: str, level: str, column: str, row: str):
    """302 to a tile, for 5 minutes, where the version's `tiles` say that there are any."""
    return to_tile(current_actor, version_id, level, column, row, link=_link_id())


def _current_versions(asset_ids: list[str]) -> dict[str, Version]:
    """The latest version one may see of each asset, in one query."""
    if current_actor.is_team:
        return current_versions(asset_ids)
    seen = Version.visible_to(current_actor).where(Version.asset_id.in_(asset_ids)).order_by(Version.number)
    return {version.asset_id: version for version in db.session.scalars(seen)}


def _link_id() -> str:
    """The guest link the bytes are sent by, if any."""
    who = actor()
    return who.link_id if isinstance(who, Guest) else ""
