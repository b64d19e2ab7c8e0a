"""What could be done about a plan that is too short: a few options, each simulated on a copy (RETROPLAN.md 2.8).

Nothing is moved by itself. For each kind of change the one that helps most is taken, and a next one beside it as long
as the launch is still missed; moving the launch is listed always, and last.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice

from planning.items import Link, days_of_rounds
from planning.network import Schedule
from planning.planfile import PlanFile
from planning.planparts import Step
from planning.retroplan import network_of

MOST_OPTIONS = 5
MOST_CHANGES = 3
MOST_TRIED = 12
"""Of one kind at a time, the longest steps first: each try is two passes over the plan."""
FLOOR_DAYS = 1
"""No review is asked for faster than this without history that says it can be done."""


Candidates = Callable[[PlanFile, int], Iterator["Change"]]


class Kind(StrEnum):
    SHORTEN_REVIEW = "shorten_review"
    RUN_PARALLEL = "run_parallel"
    MOVE_SCOPE = "move_scope"
    MOVE_LAUNCH = "move_launch"


@dataclass(frozen=True)
class Change:
    """One change of a plan.

    step    the review that is answered sooner, the step that begins earlier, or what leaves this launch
    after   of a step that begins earlier: the step it no longer waits for
    days    of a review: working days it is to take
    launch  of a launch that moves: the day it moves to
    """

    kind: Kind
    step: str = ""
    after: str = ""
    days: int = 0
    launch: date | None = None


@dataclass(frozen=True)
class Option:
    """Changes that belong together, and the plan as they would leave it.

    slack_days, hard_slack_days  working days of the plan, signed, to the target and to the launch
    people                       who would have to do otherwise
    at_risk_days                 days of work begun before what it waited for is approved
    """

    changes: tuple[Change, ...]
    ready: date | None
    slack_days: int
    hard_slack_days: int
    people: frozenset[str]
    at_risk_days: int

    @property
    def holds(self) -> bool:
        """Whether the launch would be met."""
        return self.hard_slack_days >= 0


def options(plan: PlanFile) -> list[Option]:
    """At most five ways to meet the launch, the best first; none if it is met. Raises CalendarEdge."""
    short = _schedule(plan).short_by_days
    if not short:
        return []
    found = [option for one_kind in CANDIDATES if (option := _best(plan, short, one_kind))]
    if not any(option.holds for option in found):
        every = _best(plan, short, *CANDIDATES)
        found += [every] if every and all(every.changes != option.changes for option in found) else []
    launch = date.fromordinal(network_of(plan).calendar.fwd(plan.launch.toordinal(), short))
    return [*sorted(found, key=_rank)[: MOST_OPTIONS - 1], simulated(plan, (Change(Kind.MOVE_LAUNCH, launch=launch),))]


def changed(plan: PlanFile, changes: Iterable[Change]) -> PlanFile:
    """The plan as the changes leave it; the one given stays as it is."""
    for change in changes:
        plan = _APPLIED[change.kind](plan, change)
    return plan


def simulated(plan: PlanFile, changes: tuple[Change, ...]) -> Option:
    """The plan with these changes, reckoned on a copy. Raises CalendarEdge."""
    left = _schedule(changed(plan, changes))
    steps = {step.id: step for step in plan.steps}
    touched = [steps[change.step] for change in changes if change.step]
    return Option(
        changes, left.ready, left.launch_slack_days, left.hard_launch_slack_days,
        frozenset(person for step in touched for person in step.people),
        sum(steps[change.step].days for change in changes if change.kind is Kind.RUN_PARALLEL),
    )  # fmt: skip


# The search


def _best(plan: PlanFile, short: int, *kinds: Candidates) -> Option | None:
    """The best change, and as long as the launch is missed the best one beside it that helps further."""
    best, taken = None, ()
    while len(taken) < MOST_CHANGES and not (best and best.holds):
        before = best.hard_slack_days if best else _schedule(plan).hard_launch_slack_days
        now = changed(plan, taken)
        offered = [change for kind in kinds for change in islice(kind(now, short), MOST_TRIED) if change not in taken]
        tried = [simulated(plan, (*taken, change)) for change in offered]
        further = max((one for one in tried if one.hard_slack_days > before), key=_gain, default=None)
        if further is None:
            break
        best, taken = further, further.changes
    return best


def _gain(option: Option) -> tuple:
    return option.hard_slack_days, -len(option.people), -option.at_risk_days, [change.step for change in reversed(option.changes)]


def _rank(option: Option) -> tuple:
    """What holds the launch first, then fewest people, then fewest changes, then by name."""
    return not option.holds, len(option.people), len(option.changes), [(change.kind, change.step) for change in option.changes]


def _schedule(plan: PlanFile) -> Schedule:
    return network_of(plan).schedule(plan.launch, plan.buffer_days, plan.status_date)


def _driving(plan: PlanFile) -> list[Step]:
    """The steps on a driving chain that have not begun, the longest first."""
    steps = (plan.steps[i] for i in sorted(_schedule(plan).driving))
    return sorted((step for step in steps if step.started_on is None and step.finished_on is None), key=lambda step: -step.days)


# What each kind can offer


def _shorter_reviews(plan: PlanFile, short: int) -> Iterator[Change]:
    for step in _driving(plan):
        answer = step.days if step.sla_days is None else step.sla_days
        if step.kind == "review" and answer > FLOOR_DAYS:
            yield Change(Kind.SHORTEN_REVIEW, step.id, days=max(FLOOR_DAYS, answer - short))


def _parallel_steps(plan: PlanFile, short: int) -> Iterator[Change]:
    soft: dict[str, list[str]] = {}
    begins_with = {(link.source, link.target) for link in plan.links if link.type == "SS"}
    for link in plan.links:
        if link.strength == "soft" and link.type == "FS" and (link.source, link.target) not in begins_with:
            soft.setdefault(link.target, []).append(link.source)
    for step in _driving(plan):
        yield from (Change(Kind.RUN_PARALLEL, step.id, after=source) for source in soft.get(step.id, ()))


def _slipping_steps(plan: PlanFile, short: int) -> Iterator[Change]:
    return (Change(Kind.MOVE_SCOPE, step.id) for step in _driving(plan) if step.can_slip)


CANDIDATES: tuple[Candidates, ...] = (_shorter_reviews, _parallel_steps, _slipping_steps)


# What each does to a plan


def _with_shorter_review(plan: PlanFile, change: Change) -> PlanFile:
    return replace(plan, steps=tuple(_shortened(step, change.days) if step.id == change.step else step for step in plan.steps))


def _shortened(step: Step, days: int) -> Step:
    if step.sla_days is None:
        return step._replace(days=days)
    return step._replace(sla_days=days, days=days_of_rounds(days, step.rounds or 1, step.rework_days or 0))


def _with_parallel(plan: PlanFile, change: Change) -> PlanFile:
    """It begins as what it waited for begins; what comes after it waits for both."""
    links = [
        link._replace(type="SS") if (link.source, link.target, link.type) == (change.after, change.step, "FS") else link
        for link in plan.links
    ]
    there = {(link.source, link.target) for link in links if link.type == "FS"}
    after = [link.target for link in links if link.source == change.step]
    links += [Link(change.after, target) for target in dict.fromkeys(after) if (change.after, target) not in there]
    return replace(plan, links=tuple(links))


def _without(plan: PlanFile, change: Change) -> PlanFile:
    """The links are bridged around what leaves."""
    into = [link for link in plan.links if link.target == change.step]
    out = [link for link in plan.links if link.source == change.step]
    kept = [link for link in plan.links if change.step not in (link.source, link.target)]
    there = {(link.source, link.target) for link in kept if link.type == "FS"}
    bridges = {(one.source, other.target): Link(one.source, other.target) for one in into for other in out}
    steps = (step._replace(of=None) if step.of == change.step else step for step in plan.steps if step.id != change.step)
    return replace(plan, steps=tuple(steps), links=(*kept, *(link for pair, link in bridges.items() if pair not in there)))


def _launched_later(plan: PlanFile, change: Change) -> PlanFile:
    assert change.launch
    return replace(plan, launch=change.launch)


_APPLIED: dict[Kind, Callable[[PlanFile, Change], PlanFile]] = {
    Kind.SHORTEN_REVIEW: _with_shorter_review,
    Kind.RUN_PARALLEL: _with_parallel,
    Kind.MOVE_SCOPE: _without,
    Kind.MOVE_LAUNCH: _launched_later,
}
