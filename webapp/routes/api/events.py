"""What happened in a campaign, for whoever asks what they missed."""

from flask import abort, jsonify

from storage.events import since
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor
from webapp.loading import watchable
from webapp.routes.api import bp, plananswers
from webapp.routes.api.bodies import After
from webapp.routes.api.calls import call
from webapp.routes.api.shapes import event_json


@bp.get("/campaigns/<campaign_id>/events")
@open_to(ACTOR)
@call(query=After, answers={200: plananswers.Events})
def events(campaign_id: str, query: After):
    """The events one may see after a seq, 500 a page; `seq` says how far the answer reaches."""
    if not campaign_id.isalnum() or not campaign_id.isascii() or not watchable(current_actor, campaign_id):
        abort(404)
    rows, reached = since(current_actor, campaign_id, query.after)
    return jsonify(items=[event_json(row, current_actor) for row in rows], seq=reached)
