"""A campaign's plan, given out: as plan.json, as a table, to Microsoft Project, and to people's calendars."""

from flask import Response, jsonify

from planning.baselines import first_of
from planning.campaigns import Campaign
from planning.exchange.ical import ical_of
from planning.exchange.mspdi import mspdi_of
from planning.exchange.table import csv_of
from planning.exporting import plan_file
from planning.plan import load_plan
from planning.planfile import PlanFile, dump
from webapp.access import ACTOR, open_to
from webapp.loading import load
from webapp.routes.api import bp, plananswers
from webapp.routes.api.calls import call

TEXT = {"type": "string"}


@bp.get("/campaigns/<campaign_id>/plan.json")
@open_to(ACTOR)
@call(answers={200: plananswers.Plan})
def plan_json(campaign_id: str):
    """The plan, out: computed by `backbeat retroplan` it gives the campaign's own dates."""
    return jsonify(dump(_plan(campaign_id)[1]))


@bp.get("/campaigns/<campaign_id>/plan.csv")
@open_to(ACTOR)
@call(answers={200: None}, other_types={"text/csv": TEXT})
def plan_csv(campaign_id: str):
    """The same as a table for spreadsheets: a row for the plan, one for each calendar, one for each step."""
    campaign, plan = _plan(campaign_id)
    return _file(campaign, "csv", "\ufeff" + csv_of(plan), "text/csv; charset=utf-8")


@bp.get("/campaigns/<campaign_id>/plan.xml")
@open_to(ACTOR)
@call(answers={200: None}, other_types={"application/xml": TEXT})
def plan_xml(campaign_id: str):
    """The same for Microsoft Project (MSPDI), with the first baseline as baseline 0."""
    campaign, plan = _plan(campaign_id)
    first = first_of(campaign.id)
    return _file(campaign, "xml", mspdi_of(plan, campaign.name, baseline=first.spans if first else {}), "application/xml")


@bp.get("/campaigns/<campaign_id>/plan.ics")
@open_to(ACTOR)
@call(answers={200: None}, other_types={"text/calendar": TEXT})
def plan_ics(campaign_id: str):
    """What is still to be done, for calendars: each step at the latest days that the launch leaves it."""
    campaign, plan = _plan(campaign_id)
    return _file(campaign, "ics", ical_of(plan, name=campaign.name, uid=campaign.id, revision=campaign.seq), "text/calendar; charset=utf-8")


def _plan(campaign_id: str) -> tuple[Campaign, PlanFile]:
    campaign = load(Campaign, campaign_id)
    return campaign, plan_file(load_plan(campaign))


def _file(campaign: Campaign, ending: str, content: str | bytes, media_type: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"{campaign.name}.{ending}")
    return response
