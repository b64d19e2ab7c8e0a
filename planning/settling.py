"""After any change of how deliverables stand: gates clear, milestones pass or reopen, and what that unblocks is said.

Runs under the scope's lock in the transaction of what caused it. It compares what is kept (clearings, closings)
with what is true now, so running it again changes nothing.
"""

from planning.gates import Clearing, Closing
from planning.now import GateNow, PlanNow, StepNow, plan_now
from planning.states import Flow, newly_passed
from planning.steps import Step
from storage.clock import utcnow
from storage.db import db, insert_rows, new_id
from storage.events import lock, record


class NotReady(Exception):
    """The milestone cannot be passed yet: an approval is missing, or a milestone before it has not passed."""


def settle(scope_id: str, *, by) -> list[str]:
    """Bring the facts of a campaign's gates and milestones up to date; the ids of milestones that passed, in order.

    A scope that is no campaign (an asset of the workspace's own) has nothing to settle.
    """
    lock(scope_id)
    db.session.flush()
    plan = plan_now(scope_id)
    if plan is None:
        return []
    _settle_gates(plan, by)
    _reopen(plan, by)
    return _pass(plan, by)


def close_by_hand(milestone: Step, by) -> list[str]:
    """A named member passes a milestone that waits for one; the ids of those that passed. Raises NotReady, LeftLaunch."""
    lock(milestone.campaign_id)
    db.session.refresh(milestone)
    milestone.ensure_in_launch()
    plan = _plan(milestone.campaign_id)
    if plan.states.flows[milestone.id] is not Flow.READY:
        raise NotReady
    _close(plan, [milestone.id], by)
    return [milestone.id, *_pass(_plan(milestone.campaign_id), by)]


def _plan(campaign_id: str) -> PlanNow:
    plan = plan_now(campaign_id)
    assert plan
    return plan


def _settle_gates(plan: PlanNow, by) -> None:
    cleared = [gate for gate in plan.gates if plan.is_clear(gate.deliverable_id) and gate.id not in plan.cleared]
    lapsed = [gate for gate in plan.gates if not plan.is_clear(gate.deliverable_id) and gate.id in plan.cleared]
    insert_rows(Clearing, [_clearing(plan, gate, by) for gate in cleared])
    for gate in cleared:
        _record("gate.cleared", plan, gate, by)
    for gate in lapsed:
        db.session.get_one(Clearing, plan.cleared[gate.id]).ended_at = utcnow()
        _record("gate.lapsed", plan, gate, by)


def _clearing(plan: PlanNow, gate: GateNow, by) -> dict:
    return {"id": new_id(), "gate_id": gate.id, "campaign_id": plan.campaign.id, "by_key": _key(by), "at": utcnow()}


def _reopen(plan: PlanNow, by) -> None:
    for milestone in plan.milestones:
        closing = plan.last_closing.get(milestone.id)
        if closing and not closing.reopened and not _clear(plan, milestone):
            db.session.get_one(Closing, closing.id).reopened_at = utcnow()
            _record_milestone("milestone.reopened", plan, milestone.id, by, {"closing": closing.number})


def _pass(plan: PlanNow, by) -> list[str]:
    """Pass what passes by itself, in the order of the links, so that one may unblock the next."""
    again = {key for key, closing in plan.last_closing.items() if closing.reopened}
    passed = newly_passed(plan.plan_facts, reopened_before=again)
    _close(plan, passed, by)
    return passed


def _clear(plan: PlanNow, milestone: StepNow) -> bool:
    return all(plan.is_clear(gate.deliverable_id) for gate in plan.gates_of[milestone.id])


def _close(plan: PlanNow, milestone_ids: list[str], by) -> None:
    closings = [_closing(plan, milestone_id, by) for milestone_id in milestone_ids]
    insert_rows(Closing, closings)
    for closing in closings:
        milestone_id = closing["milestone_id"]
        unblocks = [link.target_id for link in plan.links if link.source_id == milestone_id]
        _record_milestone("milestone.unblocked", plan, milestone_id, by, {"closing": closing["number"], "unblocks": unblocks})


def _closing(plan: PlanNow, milestone_id: str, by) -> dict:
    before = plan.last_closing.get(milestone_id)
    return {
        "id": new_id(), "milestone_id": milestone_id, "campaign_id": plan.campaign.id,
        "number": before.number + 1 if before else 1, "by_key": _key(by), "at": utcnow(),
    }


def _record(name: str, plan: PlanNow, gate: GateNow, by) -> None:
    record(
        name, f"gate:{gate.id}", by=by, scope_id=plan.campaign.id,
        keys=(f"campaign_{plan.campaign.id}", f"step_{gate.milestone_id}", f"step_{gate.deliverable_id}"),
        body={"milestone": gate.milestone_id, "deliverable": gate.deliverable_id},
    )


def _record_milestone(name: str, plan: PlanNow, milestone_id: str, by, body: dict) -> None:
    keys = (f"campaign_{plan.campaign.id}", f"step_{milestone_id}")
    record(name, f"milestone:{milestone_id}", by=by, scope_id=plan.campaign.id, keys=keys, body=body)


def _key(by) -> str:
    return by.key if by else "system"
