"""Gates, and the milestones they hold."""

from flask_babel import gettext as _

from planning.campaigns import Campaign
from planning.gating import NotAGate, add_gate
from planning.plan import load_plan
from planning.settling import NotReady, close_by_hand
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor, member
from webapp.errors import Problem
from webapp.idempotency import reply
from webapp.loading import allow, load
from webapp.routes.api import bp, plananswers
from webapp.routes.api.bodies import AtLeast, NewGate, Nothing
from webapp.routes.api.calls import call
from webapp.routes.api.planshapes import gate_json, milestone_json
from webapp.routes.api.steps import step_of


@bp.post("/campaigns/<campaign_id>/gates")
@open_to(ACTOR)
@call(body=NewGate, answers={200: plananswers.Gate, 201: plananswers.Gate})
def create_gate(campaign_id: str, body: NewGate):
    """Make a milestone wait for a deliverable; the same pair again is the same gate."""
    campaign = load(Campaign, campaign_id)
    allow(campaign.plannable_by(current_actor))
    milestone, deliverable = step_of(campaign_id, body.milestone_id)[1], step_of(campaign_id, body.deliverable_id)[1]
    try:
        gate, is_new = add_gate(milestone, deliverable, rule_of(body.rule), by=member())
    except NotAGate:
        raise Problem(422, "no_gate", _("A gate is of a milestone and a deliverable of this campaign.")) from None
    return reply(gate_json(gate, load_plan(campaign, dated=False).is_clear(deliverable.id)), 201 if is_new else 200)


@bp.post("/campaigns/<campaign_id>/milestones/<milestone_id>/passing")
@open_to(ACTOR)
@call(body=Nothing, answers={201: plananswers.Passing})
def pass_milestone(campaign_id: str, milestone_id: str, body: Nothing):
    """Pass a milestone by hand that is ready and waits for a named member; 409 while something holds it."""
    campaign, milestone = step_of(campaign_id, milestone_id)
    allow(campaign.plannable_by(current_actor))
    if not milestone.is_milestone:
        raise Problem(422, "no_milestone", _("Only a milestone is passed."))
    try:
        unblocked = close_by_hand(milestone, member())
    except NotReady:
        raise Problem(409, "not_ready", _("This milestone cannot pass yet: an approval is missing, or it has passed already.")) from None
    return reply({"milestone": milestone_json(load_plan(campaign), milestone), "unblocked": unblocked}, 201)


def rule_of(rule):
    """A body's rule as review/rules.py has it."""
    return {"at_least": rule.at_least} if isinstance(rule, AtLeast) else rule
