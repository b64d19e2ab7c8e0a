"""A version's page for members, which is the review room, and the way to its bytes."""

from flask import Blueprint

from storage.assets import Version
from storage.workspaces import Guest
from webapp import sending_on
from webapp.access import ACTOR, MEMBER, open_to
from webapp.actors import current_actor
from webapp.listing import seq_of_version
from webapp.loading import allow, load
from webapp.room import Room
from webapp.routes.rooms import PARTS, render_part, render_room

bp = Blueprint("versions", __name__)


@bp.get("/versions/<version_id>")
@open_to(MEMBER)
def show(version_id: str):
    seq = seq_of_version(current_actor, version_id)
    room = Room(load(Version, version_id), current_actor)
    in_campaign = room.version.scope_id != room.version.workspace_id
    return render_room(room, live={"campaign_id": room.version.scope_id, "seq": seq} if in_campaign else None)


@bp.get(f"/versions/<version_id>/<any({PARTS}):part>")
@open_to(MEMBER)
def part(version_id: str, part: str):
    """One live part of the page."""
    return render_part(version_id, part)


@bp.get("/versions/<version_id>/renditions/<name>")
@open_to(ACTOR)
def rendition(version_id: str, name: str):
    """302 to the picture at one size."""
    version = load(Version, version_id)
    return sending_on.to_rendition(version, name, link=_link())


@bp.get("/versions/<version_id>/tiles/<level>/<column>_<row>")
@open_to(ACTOR)
def tile(version_id: str, level: str, column: str, row: str):
    """302 to a tile of a huge picture."""
    return sending_on.to_tile(current_actor, version_id, level, column, row, link=_link())


@bp.get("/versions/<version_id>/original")
@open_to(ACTOR)
def original(version_id: str):
    """302 to the upload itself, as a download."""
    version = load(Version, version_id)
    allow(version.downloadable_by(current_actor))
    return sending_on.to_original(version, link=_link())


def _link() -> str:
    return current_actor.link_id if isinstance(current_actor, Guest) else ""
