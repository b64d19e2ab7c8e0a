"""A human accepts an option: rows, promises, a decision and a baseline, in one transaction (RETROPLAN.md 2.8).

What an option moves out of a launch is marked as gone (`Step.slipped_at`) and kept: the passes, and everything else that
is derived, leave it out with its links and gates, and new links bridge it. So coming back is taking the mark away.
"""

from dataclasses import dataclass

from planning.amending import MovedOn
from planning.baselines import Baseline, Occasion, ensure_first, freeze
from planning.campaigns import Campaign
from planning.decisions import PlanDecision
from planning.founding import promise
from planning.offers import Offer, offers, option_json
from planning.patches import write
from planning.plan import Plan, load_plan
from planning.settling import settle
from planning.steps import Commitment
from storage.clock import utcnow
from storage.db import db, new_id
from storage.events import lock, record
from storage.workspaces import Membership


class OptionGone(Exception):
    """The option is not one of those on offer now: the plan is another one, or long enough."""


@dataclass(frozen=True)
class Accepted:
    """What an acceptance left; `unblocked` are the ids of milestones that passed by it."""

    decision: PlanDecision
    baseline: Baseline
    unblocked: list[str]


def accept(campaign: Campaign, option_id: str, *, row_version: int, by: Membership, name: str | None = None) -> Accepted:
    """Do what the option says, and promise the dates that follow. Raises MovedOn, OptionGone, or CalendarEdge.

    name  what the plan is to be called; None: it is called by its day
    """
    lock(campaign.id)
    db.session.refresh(campaign)
    if campaign.row_version != row_version:
        raise MovedOn(campaign)
    plan = load_plan(campaign)
    offer = next((one for one in offers(plan) if one.id == option_id), None)
    if offer is None:
        raise OptionGone
    ensure_first(campaign, by=by)
    schedule = plan.schedule
    before = {"promised": _promises(plan), "touched": sorted(_touched(plan, offer)), **write(plan, offer.patch)}
    campaign.row_version += 1
    unblocked = settle(campaign.id, by=by)
    after = load_plan(campaign)
    decision = PlanDecision(
        id=new_id(), workspace_id=campaign.workspace_id, campaign_id=campaign.id, by_id=by.id, at=utcnow(), option=option_json(offer),
        before=before, slack_days_before=schedule.launch_slack_days, hard_slack_days_before=schedule.hard_launch_slack_days,
        slack_days_after=after.schedule.launch_slack_days, hard_slack_days_after=after.schedule.hard_launch_slack_days,
    )
    decision.seq = _record(decision, plan, by)
    db.session.add(decision)
    db.session.flush()
    baseline = freeze(after, promise(after), Occasion.ACCEPTED, by=by, name=name, decision_id=decision.id)
    return Accepted(decision, baseline, unblocked)


def _promises(plan: Plan) -> dict[str, list]:
    """What people were told until now."""
    return {step.id: _as_told(plan.promised[step.id]) for step in plan.steps if step.id in plan.promised}


def _as_told(promised: Commitment) -> list:
    return [promised.start.isoformat(), promised.finish.isoformat(), promised.slack_days]


def _record(decision: PlanDecision, plan: Plan, by: Membership) -> int:
    """After everything that the acceptance itself set going, so that whatever has a greater seq is another act."""
    told = record(
        "plan.decided", f"plan_decision:{decision.id}", by=by, scope_id=decision.campaign_id,
        keys=(f"campaign_{decision.campaign_id}", *(f"step_{step_id}" for step_id in decision.before["touched"])),
        body={
            "changes": decision.changes, "launch": plan.campaign.launch.isoformat(),
            "launch_slack_days": [decision.slack_days_before, decision.slack_days_after],
            "hard_launch_slack_days": [decision.hard_slack_days_before, decision.hard_slack_days_after],
        },
    )
    return told.seq


def _touched(plan: Plan, offer: Offer) -> set[str]:
    """The steps whose rows, links or gates it changes."""
    patch = offer.patch
    named = {step_id for change in offer.option.changes for step_id in (change.step, change.after) if step_id}
    bridged = {step_id for link in patch.links for step_id in (link.source, link.target)}
    gated = {gate.milestone_id for gate in plan.gates if gate.deliverable_id in patch.slips}
    return named | bridged | gated | {step_id for pair in patch.gates for step_id in pair}
