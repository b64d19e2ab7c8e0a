"""Steps: what planners plan, and how those who do the work say it goes; waivers of deliverables."""

from flask import abort
from flask_babel import gettext as _

from planning.amending import MovedOn, amend_step
from planning.campaigns import Campaign
from planning.exporting import checked_changes
from planning.plan import load_plan
from planning.steps import Step
from planning.waiving import lift_waiver, standing_waiver, waive
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor, member
from webapp.errors import Problem
from webapp.idempotency import reply
from webapp.loading import allow, load, lock_for_act
from webapp.routes.api import bp, plananswers
from webapp.routes.api.bodies import NewWaiver, StepChange
from webapp.routes.api.calls import call
from webapp.routes.api.campaigns import moved_on
from webapp.routes.api.planshapes import step_json, waiver_json

PROGRESS = {"started_on", "finished_on", "remaining_days"}
"""What a creative may say of their own steps."""


@bp.patch("/campaigns/<campaign_id>/steps/<step_id>")
@open_to(ACTOR)
@call(body=StepChange, answers={200: plananswers.Step})
def amend_a_step(campaign_id: str, step_id: str, body: StepChange):
    """Change a step; 409 with the current row if it has moved on. A creative says how their own steps go, no more."""
    campaign, step = step_of(campaign_id, step_id)
    changes = {name: getattr(body, name) for name in body.model_fields_set - {"row_version"}}
    allow(step.progressable_by(current_actor))
    allow(campaign.plannable_by(current_actor) or changes.keys() <= PROGRESS)
    lock_for_act(campaign.id)
    plan = load_plan(campaign)
    if step.row_version == body.row_version:
        changes = checked_changes(plan, step, changes)
    try:
        amend_step(step, changes, row_version=body.row_version, by=member())
    except MovedOn as stale:
        raise moved_on(step=step_json(load_plan(campaign), step)) from stale
    return reply(step_json(load_plan(campaign), step))


@bp.post("/campaigns/<campaign_id>/steps/<step_id>/waiver")
@open_to(ACTOR)
@call(body=NewWaiver, answers={200: plananswers.Waiver, 201: plananswers.Waiver})
def waive_a_deliverable(campaign_id: str, step_id: str, body: NewWaiver):
    """Dispense a deliverable from approval, with a reason; if it is waived already, 200 with the waiver that stands."""
    campaign, step = step_of(campaign_id, step_id)
    allow(campaign.plannable_by(current_actor))
    _ensure_deliverable(step)
    lock_for_act(campaign.id)
    standing = standing_waiver(step)
    unblocked = [] if standing else waive(step, body.reason, member())
    waiver = standing or standing_waiver(step)
    assert waiver
    return reply(waiver_json(waiver, unblocked), 200 if standing else 201)


@bp.delete("/campaigns/<campaign_id>/steps/<step_id>/waiver")
@open_to(ACTOR)
@call(answers={204: None})
def unwaive_a_deliverable(campaign_id: str, step_id: str):
    """Ask for its approval again."""
    campaign, step = step_of(campaign_id, step_id)
    allow(campaign.plannable_by(current_actor))
    lift_waiver(step, member())
    return reply(None, 204)


def step_of(campaign_id: str, step_id: str) -> tuple[Campaign, Step]:
    """A campaign and one of its steps, or 404."""
    campaign = load(Campaign, campaign_id)
    step = load(Step, step_id)
    if step.campaign_id != campaign.id:
        abort(404)
    return campaign, step


def _ensure_deliverable(step: Step) -> None:
    if not step.is_deliverable:
        raise Problem(422, "no_deliverable", _("Only a deliverable waits for approval."))
