"""The page of a member with the role client: what waits for them, over all campaigns of the workspace."""

from flask import Blueprint, redirect, request, url_for

from webapp.access import MEMBER
from webapp.actors import current_actor
from webapp.routes.asks import add_pages

bp = Blueprint("clients", __name__, url_prefix="/client")


@bp.before_request
def send_the_team_home():
    """The team has pages of its own, which show more."""
    if request.method == "GET" and current_actor.is_team:
        return redirect(url_for("campaigns.index"))
    return None


add_pages(bp, "", MEMBER)
