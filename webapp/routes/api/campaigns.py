"""Campaigns: made from a plan or a template, looked at with everything reckoned, amended."""

from flask import Response, jsonify
from flask_babel import gettext as _

from planning.amending import MovedOn, amend_campaign
from planning.campaigns import Campaign, creatable_by
from planning.founding import found_campaign, moved
from planning.plan import load_plan
from planning.planfile import PlanFile, plan_from
from planning.templates import plan_from_template
from storage.clock import today
from storage.workspaces import Membership
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor, member
from webapp.errors import Problem
from webapp.fragments import unchanged
from webapp.idempotency import reply
from webapp.loading import allow, load
from webapp.routes.api import answers, bp, plananswers
from webapp.routes.api.bodies import CampaignChange, NewCampaign, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.planshapes import campaign_card, campaign_json


@bp.get("/campaigns")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(plananswers.CampaignCard)})
def campaigns(query: Paged):
    """The campaigns one may see, newest first."""
    rows, cursor = page_of(Campaign.visible_to(current_actor), Campaign, query, newest_first=True)
    return listed([campaign_card(campaign) for campaign in rows], cursor)


@bp.post("/campaigns")
@open_to(ACTOR)
@call(body=NewCampaign, answers={201: plananswers.Campaign})
def create_campaign(body: NewCampaign):
    """Make a campaign from a plan, a template, or nothing yet."""
    allow(creatable_by(current_actor))
    by = member()
    plan = moved(_plan(body, by), launch=body.launch, buffer_days=body.buffer_days)
    calendar = body.calendar or (by.workspace.country or None if plan.calendar is None and body.plan is None else None)
    campaign = found_campaign(body.name, plan, by=by, calendar=calendar)
    return reply(campaign_json(load_plan(campaign)), 201)


@bp.get("/campaigns/<campaign_id>")
@open_to(ACTOR)
@call(answers={200: plananswers.Campaign})
def campaign(campaign_id: str):
    """A campaign and its plan as it stands; the ETag changes with its log and with the day."""
    found = load(Campaign, campaign_id)
    etag = f"{found.seq}.{found.today}"
    return unchanged(etag) or _tagged(jsonify(campaign_json(load_plan(found))), etag)


@bp.patch("/campaigns/<campaign_id>")
@open_to(ACTOR)
@call(body=CampaignChange, answers={200: plananswers.Campaign})
def amend(campaign_id: str, body: CampaignChange):
    """Another name, launch or buffer; 409 with the current row if it has moved on."""
    found = load(Campaign, campaign_id)
    allow(found.plannable_by(current_actor))
    changes = {name: getattr(body, name) for name in body.model_fields_set - {"row_version"}}
    try:
        amend_campaign(found, changes, row_version=body.row_version, by=member())
    except MovedOn as stale:
        raise moved_on(campaign=campaign_card(stale.row)) from stale  # type: ignore[arg-type]
    return reply(campaign_json(load_plan(found)))


def moved_on(**row) -> Problem:
    """409 with the row as it stands now."""
    return Problem(409, "moved_on", _("Somebody changed this since you read it. Look again, then decide."), **row)


def _plan(body: NewCampaign, by: Membership) -> PlanFile:
    day = today(by.workspace.zone)
    if body.plan is not None:
        return plan_from({**body.plan, "launch": body.launch.isoformat()}, day)
    if body.template is None:
        return plan_from({"launch": body.launch.isoformat(), "steps": []}, day)
    return plan_from_template(body.template, body.launch, day, by.user.language)


def _tagged(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    return response
