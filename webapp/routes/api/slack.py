"""The slack ledger: what became of each day of slack, and whose doing it was."""

from flask import jsonify

from planning.campaigns import Campaign
from planning.slack import SlackEntry, entries_of, story
from webapp.access import ACTOR, open_to
from webapp.loading import load
from webapp.routes.api import bp, plananswers
from webapp.routes.api.bodies import Paged
from webapp.routes.api.calls import call
from webapp.routes.api.paging import page_of
from webapp.routes.api.shapes import at, on


@bp.get("/campaigns/<campaign_id>/slack")
@open_to(ACTOR)
@call(query=Paged, answers={200: plananswers.SlackLedger})
def slack(campaign_id: str, query: Paged):
    """Each day of slack lost or won, the oldest first, of the launch and of each milestone; the figures on top are the launch's."""
    campaign = load(Campaign, campaign_id)
    launch = story(campaign.id)
    rows, cursor = page_of(entries_of(campaign.id), SlackEntry, query, by=SlackEntry.number)
    return jsonify(
        initial_slack_days=launch.initial_slack_days, slack_days=launch.slack_days, consumed_days=launch.consumed_days,
        consumed_percent=launch.consumed_percent, booked_to=on(launch.booked_to),
        by_cause=[{"cause": cause, "consumed_days": days} for cause, days in launch.by_cause.items()],
        items=[_entry(row) for row in rows], next=cursor,
    )


def _entry(row: SlackEntry) -> dict:
    return {
        "number": row.number, "day": on(row.day), "milestone_id": row.milestone_id, "cause": row.cause, "step_id": row.step_id,
        "event_id": row.event_id, "events": row.events, "delta_days": row.delta_days, "slack_days": row.slack_days,
        "hard_slack_days": row.hard_slack_days, "at": at(row.at),
    }
