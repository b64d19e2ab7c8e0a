"""An asset's own address leads to its newest version, whichever that is."""

from flask import Blueprint, abort, redirect, url_for

from storage.assets import Asset
from webapp.access import MEMBER, open_to
from webapp.actors import current_actor
from webapp.listing import versions_of
from webapp.loading import load

bp = Blueprint("assets", __name__)


@bp.get("/assets/<asset_id>")
@open_to(MEMBER)
def show(asset_id: str):
    versions = versions_of(current_actor, load(Asset, asset_id).id)
    if not versions:
        abort(404)
    return redirect(url_for("versions.show", version_id=versions[-1].id))
