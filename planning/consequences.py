"""What an act would do to a plan, or has done: two plans compared, before and after (RETROPLAN.md 5.1, 5.8).

A preview compares the plan with a copy (overlay.py); the same figures come out when the act is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planning.network import Dates
from planning.plan import Plan
from planning.states import Flow, Health
from planning.steps import Step


@dataclass(frozen=True)
class LaunchFigures:
    """Where the whole plan stands: days of the plan's calendar, signed, to target and launch."""

    launch: date
    ready: date | None
    slack_days: int
    hard_slack_days: int
    short_by_days: int


@dataclass(frozen=True)
class StepShift:
    """One step whose dates, slack or state would be others."""

    step: Step
    before: Dates
    after: Dates
    state_before: str
    state_after: str

    @property
    def moves(self) -> bool:
        """Whether it would be worked on, or is due, on other days: what people have to be told."""
        return self.before[:6] != self.after[:6]


@dataclass(frozen=True)
class MilestoneShift:
    milestone: Step
    flow_before: Flow
    flow_after: Flow
    health_before: Health
    health_after: Health


@dataclass(frozen=True)
class Consequences:
    """What differs. `passes`, `reopens` are milestones, `frees` what follows those that pass, `people` e-mails."""

    before: LaunchFigures
    after: LaunchFigures
    steps: Sequence[StepShift]
    milestones: Sequence[MilestoneShift]
    passes: Sequence[Step]
    reopens: Sequence[Step]
    frees: Sequence[Step]
    people: Sequence[str]

    @property
    def nothing(self) -> bool:
        return self.before == self.after and not self.steps and not self.milestones

    @property
    def slack_lost_days(self) -> int:
        """Working days of the plan that the launch's slack would lose; negative where it wins some."""
        return self.before.slack_days - self.after.slack_days


def consequences(before: Plan, after: Plan) -> Consequences:
    """Of two plans of one campaign. Raises CalendarEdge."""
    steps = [shift for step in after.steps if step.id in before.step_by_id and (shift := _step_shift(before, after, step))]
    milestones = [shift for one in after.milestones if one.id in before.step_by_id and (shift := _milestone_shift(before, after, one))]
    passes = [one.milestone for one in milestones if one.flow_after is Flow.PASSED]
    moved = [shift.step for shift in steps if shift.moves]
    return Consequences(
        before=_figures(before),
        after=_figures(after),
        steps=steps,
        milestones=milestones,
        passes=passes,
        reopens=[one.milestone for one in milestones if one.flow_after is Flow.REOPENED],
        frees=_followers(after, passes),
        people=sorted({person for step in moved for person in step.people}),
    )


def _figures(plan: Plan) -> LaunchFigures:
    schedule = plan.schedule
    return LaunchFigures(
        plan.campaign.launch, schedule.ready, schedule.launch_slack_days, schedule.hard_launch_slack_days, schedule.short_by_days
    )


def _step_shift(before: Plan, after: Plan, step: Step) -> StepShift | None:
    shift = StepShift(
        step, before.dates[step.id], after.dates[step.id], before.state_of(before.step_by_id[step.id]), after.state_of(step)
    )
    same = (shift.before, shift.state_before) == (shift.after, shift.state_after)
    return None if same else shift


def _milestone_shift(before: Plan, after: Plan, milestone: Step) -> MilestoneShift | None:
    was = before.step_by_id[milestone.id]
    shift = MilestoneShift(
        milestone, before.states.flows[was.id], after.states.flows[milestone.id], before.health_of(was), after.health_of(milestone)
    )
    same = (shift.flow_before, shift.health_before) == (shift.flow_after, shift.health_after)
    return None if same else shift


def _followers(plan: Plan, passes: list[Step]) -> list[Step]:
    """What may begin once these have passed: it waited for them, has not begun, and no other milestone holds it."""
    passed = {one.id for one in passes}
    hard = [link for link in plan.links if link.strength == "hard"]
    held = {link.target_id for link in hard if plan.gates_of[link.source_id] and plan.states.flows.get(link.source_id) not in (Flow.PASSED, Flow.REOPENED)}
    targets = [plan.step_by_id[key] for key in dict.fromkeys(link.target_id for link in hard if link.source_id in passed) if key not in passed | held]
    return [step for step in targets if plan.progress(step)[:2] == (None, None) and plan.states.flows.get(step.id) is not Flow.BLOCKED]
