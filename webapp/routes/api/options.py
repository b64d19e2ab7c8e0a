"""What can be done about a plan that is too short: the options, the acceptance of one, and taking that back."""

from planning.accepting import accept
from planning.amending import MovedOn
from planning.campaigns import Campaign
from planning.decisions import PlanDecision
from planning.offers import Offer, offers, option_json
from planning.plan import load_plan
from planning.undoing import undo as undo_decision
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor, member
from webapp.idempotency import reply
from webapp.loading import allow, load
from webapp.routes.api import answers, bp, plananswers
from webapp.routes.api.bodies import Acceptance, Nothing, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.campaigns import moved_on
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.planshapes import campaign_card
from webapp.routes.api.shapes import at, on


@bp.get("/campaigns/<campaign_id>/options")
@open_to(ACTOR)
@call(answers={200: plananswers.Options})
def options(campaign_id: str):
    """At most five ways to meet the launch, each with what it leaves; none while it can be met. Nothing is kept."""
    campaign = load(Campaign, campaign_id)
    plan = load_plan(campaign)
    return {
        "short_by_days": plan.schedule.short_by_days, "ready": on(plan.schedule.ready), "row_version": campaign.row_version,
        "items": [_offer(offer) for offer in offers(plan)],
    }


@bp.post("/campaigns/<campaign_id>/options/<option_id>/acceptance")
@open_to(ACTOR)
@call(body=Acceptance, answers={201: plananswers.Accepted})
def accept_option(campaign_id: str, option_id: str, body: Acceptance):
    """Do what the option says and promise the dates that follow; 409 if the campaign has moved on, or it is no longer on offer."""
    campaign = load(Campaign, campaign_id)
    allow(campaign.plannable_by(current_actor))
    try:
        accepted = accept(campaign, option_id, row_version=body.row_version, by=member(), name=body.name)
    except MovedOn as stale:
        raise moved_on(campaign=campaign_card(stale.row)) from stale  # type: ignore[arg-type]
    return reply(
        {
            "decision": _decision(accepted.decision), "baseline": accepted.baseline.number, "row_version": campaign.row_version,
            "unblocked": accepted.unblocked,
        },
        201,
    )  # fmt: skip


@bp.get("/campaigns/<campaign_id>/plan-decisions")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(plananswers.PlanDecision)})
def plan_decisions(campaign_id: str, query: Paged):
    """The options that were accepted, newest first, those that were taken back among them."""
    campaign = load(Campaign, campaign_id)
    seen = PlanDecision.visible_to(current_actor).where(PlanDecision.campaign_id == campaign.id)
    rows, cursor = page_of(seen, PlanDecision, query, newest_first=True, by=PlanDecision.seq)
    return listed([_decision(decision) for decision in rows], cursor)


@bp.post("/plan-decisions/<plan_decision_id>/undo")
@open_to(ACTOR)
@call(body=Nothing, answers={201: plananswers.Undone})
def undo_plan_decision(plan_decision_id: str, body: Nothing):
    """Put the plan back as it was before, and promise what was promised then; 409 once somebody has acted on the decision."""
    decision = load(PlanDecision, plan_decision_id)
    campaign = load(Campaign, decision.campaign_id)
    allow(campaign.plannable_by(current_actor))
    unblocked = undo_decision(decision, by=member())
    return reply({"decision": _decision(decision), "row_version": campaign.row_version, "unblocked": unblocked}, 201)


def _offer(offer: Offer) -> dict:
    return option_json(offer) | {"holds": offer.option.holds, "people": sorted(offer.option.people)}


def _decision(decision: PlanDecision) -> dict:
    return {
        "id": decision.id, "campaign_id": decision.campaign_id, "option": decision.option, "by": decision.by_id, "at": at(decision.at),
        "slack_days_before": decision.slack_days_before, "hard_slack_days_before": decision.hard_slack_days_before,
        "slack_days_after": decision.slack_days_after, "hard_slack_days_after": decision.hard_slack_days_after,
        "undone_at": at(decision.undone_at), "undone_by": decision.undone_by_id,
    }
