"""A version's page: the visual, its place among the others, its review and its notes; and the way to its bytes."""

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from storage.assets import Version
from storage.workspaces import Guest
from webapp import fragments, sending_on
from webapp.access import ACTOR, MEMBER, open_to
from webapp.actors import current_actor
from webapp.i18n import zone
from webapp.listing import seq_of_version
from webapp.loading import allow, load
from webapp.reasons import sentence_for
from webapp.room import Room

bp = Blueprint("versions", __name__)


@bp.get("/versions/<version_id>")
@open_to(MEMBER)
def show(version_id: str):
    seq = seq_of_version(current_actor, version_id)
    room = Room(load(Version, version_id), current_actor)
    in_campaign = room.version.scope_id != room.version.workspace_id
    live = {"campaign_id": room.version.scope_id, "seq": seq} if in_campaign else None
    return render_template("versions/show.html", room=room, live=live, reason=_reason(room.version))


@bp.get("/versions/<version_id>/<any(visual, review):part>")
@open_to(MEMBER)
def part(version_id: str, part: str):
    """One live part of the page. It holds this reader's own buttons, so it is theirs alone."""
    seq = seq_of_version(current_actor, version_id)
    if seq is None:
        abort(404)
    etag = fragments.revision(part, version_id, seq, current_actor.key, current_actor.role, zone())
    return fragments.unchanged(etag) or fragments.answer(_part(version_id, part), etag)


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


def _part(version_id: str, part: str) -> str:
    room = Room(load(Version, version_id), current_actor)
    return fragments.fragment(f"versions/{part}", room=room, reason=_reason(room.version))


def _reason(version: Version) -> str:
    """Why there is no picture to see."""
    if version.state == "opaque":
        return sentence_for(version.blob.reason) or _("This kind of file is kept as it is and cannot be shown. Download it to open it.")
    failed = version.state == "processing" and any(one.state == "bad_file" for one in version.blob.renditions)
    return sentence_for("unreadable") if failed else ""


def _link() -> str:
    return current_actor.link_id if isinstance(current_actor, Guest) else ""
