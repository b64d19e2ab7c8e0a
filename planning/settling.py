"""After any change of how deliverables stand: gates clear, milestones pass or reopen, and what that unblocks is said.

Runs under the scope's lock in the transaction of what caused it. It compares what is kept (clearings, closings)
with what is true now, so running it again changes nothing.
"""

from planning.campaigns import Campaign
from planning.gates import Clearing, Closing, Gate
from planning.plan import Plan, load_plan
from planning.states import Flow, newly_passed
from planning.steps import Step
from storage.clock import utcnow
from storage.db import db, new_id
from storage.events import lock, record


class NotReady(Exception):
    """The milestone cannot be passed yet: an approval is missing, or a milestone before it has not passed."""


def settle(scope_id: str, *, by) -> list[str]:
    """Bring the facts of a campaign's gates and milestones up to date; the ids of milestones that passed, in order.

    A scope that is no campaign (an asset of the workspace's own) has nothing to settle.
    """
    lock(scope_id)
    with db.session.no_autoflush:  # all that happened is written at once, at the commit
        campaign = db.session.get(Campaign, scope_id)
        if campaign is None:
            return []
        plan = load_plan(campaign, dated=False)
        _settle_gates(plan, by)
        _reopen(plan, by)
        return _pass(plan, by)


def close_by_hand(milestone: Step, by) -> list[str]:
    """A named member passes a milestone that waits for one; the ids of those that passed. Raises NotReady."""
    lock(milestone.campaign_id)
    campaign = db.session.get_one(Campaign, milestone.campaign_id)
    plan = load_plan(campaign, dated=False)
    if plan.states.flows[milestone.id] is not Flow.READY:
        raise NotReady
    _close(plan, milestone, by)
    return [milestone.id, *_pass(load_plan(campaign, dated=False), by)]


def _settle_gates(plan: Plan, by) -> None:
    standing = {clearing.gate_id: clearing for clearing in plan.clearings if clearing.ended_at is None}
    for gate in plan.gates:
        done, clearing = plan.is_clear(gate.deliverable_id), standing.get(gate.id)
        if done and clearing is None:
            db.session.add(Clearing(id=new_id(), gate_id=gate.id, campaign_id=gate.campaign_id, by_key=_key(by), at=utcnow()))
            _record("gate.cleared", gate, by)
        elif clearing is not None and not done:
            clearing.ended_at = utcnow()
            _record("gate.lapsed", gate, by)


def _reopen(plan: Plan, by) -> None:
    for milestone in plan.milestones:
        closing = plan.last_closing.get(milestone.id)
        if closing and _stands(plan, milestone) and not _clear(plan, milestone):
            closing.reopened_at = utcnow()
            _record_milestone("milestone.reopened", milestone, by, {"closing": closing.number})


def _pass(plan: Plan, by) -> list[str]:
    """Pass what passes by itself, in the order of the links, so that one may unblock the next."""
    again = {key for key, closing in plan.last_closing.items() if closing.reopened_at is not None}
    passed = newly_passed(plan.plan_facts, reopened_before=again)
    for milestone_id in passed:
        _close(plan, plan.step_by_id[milestone_id], by)
    return passed


def _stands(plan: Plan, milestone: Step) -> bool:
    closing = plan.last_closing.get(milestone.id)
    return closing is not None and closing.reopened_at is None


def _clear(plan: Plan, milestone: Step) -> bool:
    return all(plan.is_clear(gate.deliverable_id) for gate in plan.gates_of[milestone.id])


def _close(plan: Plan, milestone: Step, by) -> None:
    before = plan.last_closing.get(milestone.id)
    closing = Closing(
        id=new_id(), milestone_id=milestone.id, campaign_id=milestone.campaign_id,
        number=before.number + 1 if before else 1, by_key=_key(by), at=utcnow(),
    )
    db.session.add(closing)
    unblocks = [link.target_id for link in plan.links if link.source_id == milestone.id]
    _record_milestone("milestone.unblocked", milestone, by, {"closing": closing.number, "unblocks": unblocks})


def _record(name: str, gate: Gate, by) -> None:
    record(
        name, f"gate:{gate.id}", by=by, scope_id=gate.campaign_id,
        keys=(f"campaign_{gate.campaign_id}", f"step_{gate.milestone_id}", f"step_{gate.deliverable_id}"),
        body={"milestone": gate.milestone_id, "deliverable": gate.deliverable_id},
    )


def _record_milestone(name: str, milestone: Step, by, body: dict) -> None:
    keys = (f"campaign_{milestone.campaign_id}", f"step_{milestone.id}")
    record(name, f"milestone:{milestone.id}", by=by, scope_id=milestone.campaign_id, keys=keys, body=body)


def _key(by) -> str:
    return by.key if by else "system"
