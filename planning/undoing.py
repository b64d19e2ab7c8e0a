"""An accepted option is taken back, for as long as nobody acted on it."""

from datetime import date

from sqlalchemy import select

from planning.acts import DATELESS, MOVING
from planning.campaigns import Campaign
from planning.decisions import PlanDecision
from planning.patches import put_back
from planning.plan import load_plan
from planning.settling import settle
from planning.steps import Commitment, Step
from storage.clock import utcnow
from storage.db import db
from storage.events import Event, lock, record
from storage.workspaces import Membership


class AlreadyUndone(Exception):
    """The decision was taken back before."""


class ActedOn(Exception):
    """Somebody acted on what the decision changed: a step, a review or the launch, or decided once more."""


def undo(decision: PlanDecision, *, by: Membership) -> list[str]:
    """Put the rows back as they were, and promise once more what was promised before; ids of milestones that passed.

    Raises AlreadyUndone, ActedOn.
    """
    lock(decision.campaign_id)
    db.session.refresh(decision)
    if decision.undone_at is not None:
        raise AlreadyUndone
    if _acted_on(decision):
        raise ActedOn
    campaign = db.session.get_one(Campaign, decision.campaign_id)
    db.session.refresh(campaign)
    put_back(campaign, decision.before)
    campaign.row_version += 1
    unblocked = settle(campaign.id, by=by)
    for step_id, (start, finish, slack_days) in decision.before["promised"].items():
        db.session.add(Commitment(step_id=step_id, start=date.fromisoformat(start), finish=date.fromisoformat(finish), slack_days=slack_days))
    decision.undone_at, decision.undone_by_id = utcnow(), by.id
    _record(decision, campaign, by)
    return unblocked


def _acted_on(decision: PlanDecision) -> bool:
    """Whether a later act rests on what the decision changed.

    Another step's days may have changed since; a decision that was itself undone is as if it had not been.
    """
    later = select(PlanDecision.id).where(
        PlanDecision.campaign_id == decision.campaign_id, PlanDecision.seq > decision.seq, PlanDecision.undone_at.is_(None)
    )
    if db.session.scalar(later.limit(1)):
        return True
    touched = _touched_keys(decision)
    events = select(Event).where(Event.scope_id == decision.campaign_id, Event.seq > decision.seq, Event.name.in_(MOVING.keys() - _OWN))
    return any(_rests_on(event, touched) for event in db.session.scalars(events))


_OWN = {"plan.decided", "plan.undone"}


def _rests_on(event: Event, touched: set[str]) -> bool:
    """A moved launch is promised anew, whatever the decision was about; a name or who does it changes no plan."""
    changed = set(event.body.get("changed", ()))
    if event.name == "campaign.amended":
        return "launch" in changed
    only_words = event.name == "step.amended" and changed <= DATELESS
    return not only_words and not touched.isdisjoint(event.keys)


def _touched_keys(decision: PlanDecision) -> set[str]:
    """What events about its steps, and about the assets of its deliverables, carry."""
    ids = set(decision.before["touched"])
    steps = list(db.session.scalars(select(Step).where(Step.id.in_(ids))))
    deliverables = select(Step.asset_id).where(Step.id.in_({step.of_id or step.id for step in steps}), Step.asset_id.is_not(None))
    return {f"step_{id_}" for id_ in ids} | {f"asset_{asset_id}" for asset_id in db.session.scalars(deliverables)}


def _record(decision: PlanDecision, campaign: Campaign, by: Membership) -> None:
    schedule = load_plan(campaign).schedule
    record(
        "plan.undone", f"plan_decision:{decision.id}", by=by, scope_id=campaign.id,
        keys=(f"campaign_{campaign.id}", *(f"step_{step_id}" for step_id in decision.before["touched"])),
        body={
            "launch": campaign.launch.isoformat(), "launch_slack_days": schedule.launch_slack_days,
            "hard_launch_slack_days": schedule.hard_launch_slack_days,
        },
    )
