"""The review room as a page and in its live parts, for whoever comes in: by their account, or by a link."""

from flask import abort, render_template
from flask_babel import gettext as _

from storage.assets import Version
from storage.workspaces import Guest
from webapp import asks, fragments
from webapp.actors import current_actor
from webapp.deciding import Deciding
from webapp.i18n import zone
from webapp.listing import seq_of_version
from webapp.loading import load
from webapp.reasons import sentence_for
from webapp.room import Room

PARTS = "bar, notices, decision, waiting, pictures"


def render_room(room: Room, live: dict | None) -> str:
    guest_link = current_actor.link_id if isinstance(current_actor, Guest) else None
    return render_template("room/show.html", room=room, deciding=Deciding(room), live=live, reason=_reason(room.version), guest_link=guest_link)


def render_part(version_id: str, part: str):
    """One live part of it. It holds this reader's own buttons, so it is theirs alone; the time to undo runs out in the page itself."""
    seq = seq_of_version(current_actor, version_id)
    if seq is None:
        abort(404)
    etag = fragments.revision(part, version_id, seq, current_actor.key, current_actor.role, asks.must_introduce(current_actor), zone())
    return fragments.unchanged(etag) or fragments.answer(_part(version_id, part), etag)


def _part(version_id: str, part: str) -> str:
    room = Room(load(Version, version_id), current_actor)
    return fragments.fragment(f"room/{part}", room=room, deciding=Deciding(room), reason=_reason(room.version))


def _reason(version: Version) -> str:
    """Why there is no picture to see."""
    if version.state == "opaque":
        return sentence_for(version.blob.reason) or _("This kind of file is kept as it is and cannot be shown. Download it to open it.")
    failed = version.state == "processing" and any(one.state == "bad_file" for one in version.blob.renditions)
    return sentence_for("unreadable") if failed else ""
