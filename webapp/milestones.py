"""A milestone as pages show it: where it stands, what holds it, and what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planning.network import Dates
from planning.states import DeliverableState, Flow, Health
from planning.steps import Step
from planning.whys import Whys
from review.desk import Holder
from webapp.board import note_of
from webapp.outlook import Outlook


@dataclass(frozen=True)
class GateShown:
    """One gate: the deliverable whose approval the milestone waits for, where it is, and who has it."""

    gate_id: str
    step: Step
    state: DeliverableState
    note: str
    holders: Sequence[Holder]
    version_id: str | None


@dataclass(frozen=True)
class MilestoneShown:
    """`days` completes "short" and "late"; `blocked_by` are the milestones that must pass first, `frees` what follows it."""

    step: Step
    flow: Flow
    health: Health
    days: int
    dates: Dates
    promised: date | None
    gates: Sequence[GateShown]
    blocked_by: Sequence[Step]
    frees: Sequence[Step]
    live_keys: str
    whys: Whys

    @property
    def open_gates(self) -> list[GateShown]:
        return [gate for gate in self.gates if not gate.state.is_clear]

    @property
    def waits_for_a_hand(self) -> bool:
        """Whether somebody may pass it now."""
        return self.flow is Flow.READY


def milestones_of(outlook: Outlook) -> list[MilestoneShown]:
    """All of them, by the day they are due."""
    plan = outlook.plan
    ordered = sorted(plan.milestones, key=lambda one: (plan.dates[one.id].due, one.position))
    return [milestone_shown(outlook, milestone) for milestone in ordered]


def milestone_shown(outlook: Outlook, milestone: Step) -> MilestoneShown:
    plan = outlook.plan
    promised, health, dates = plan.promised.get(milestone.id), plan.health_of(milestone), plan.dates[milestone.id]
    return MilestoneShown(
        step=milestone, flow=plan.states.flows[milestone.id], health=health, days=_days(outlook, health, dates, promised),
        dates=dates, promised=promised.finish if promised else None,
        gates=[_gate(outlook, gate) for gate in plan.gates_of[milestone.id]],
        blocked_by=[plan.step_by_id[key] for key in plan.states.blocked_by.get(milestone.id, ())],
        frees=[plan.step_by_id[link.target_id] for link in plan.links if link.source_id == milestone.id],
        live_keys=f"step_{milestone.id} {outlook.live_keys}", whys=outlook.whys,
    )


def _days(outlook: Outlook, health: Health, dates: Dates, promised) -> int:
    if health is Health.SHORT:
        return max(0, -dates.hard_slack_days)
    if health is Health.LATE and promised:
        return outlook.plan.calendar.working_days_between(promised.finish, outlook.campaign.today)
    return 0


def _gate(outlook: Outlook, gate) -> GateShown:
    step = outlook.plan.step_by_id[gate.deliverable_id]
    version = outlook.desk.version_of(step)
    return GateShown(
        gate.id, step, outlook.plan.deliverable_states[step.id], note_of(outlook, step), outlook.desk.holders(step),
        version.id if version else None,
    )
