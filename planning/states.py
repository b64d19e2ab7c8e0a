"""Where deliverables and milestones stand, from facts alone (RETROPLAN.md 2.6).

Nothing here is stored: states are read anew from what was submitted, answered and closed, so they
cannot disagree with the reviews. Two axes for a milestone, flow and health, so that "blocked" never
hides "late".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from planning.graph import order_of
from planning.items import Link


class StepState(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class DeliverableState(StrEnum):
    NOTHING_SUBMITTED = "nothing_submitted"
    IN_PRODUCTION = "in_production"
    WAITING_FOR_REVIEW = "waiting_for_review"
    CHANGES_REQUESTED = "changes_requested"
    STALE = "stale"
    APPROVED = "approved"
    WAIVED = "waived"

    @property
    def is_clear(self) -> bool:
        """Whether it holds no gate."""
        return self in (DeliverableState.APPROVED, DeliverableState.WAIVED)


class Flow(StrEnum):
    NOT_STARTED = "not_started"
    IN_PRODUCTION = "in_production"
    WAITING_FOR_REVIEW = "waiting_for_review"
    CHANGES_REQUESTED = "changes_requested"
    READY = "ready"
    PASSED = "passed"
    REOPENED = "reopened"
    BLOCKED = "blocked"


class Health(StrEnum):
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    SHORT = "short"
    LATE = "late"
    PASSED_ON_TIME = "passed_on_time"
    PASSED_LATE = "passed_late"


@dataclass(frozen=True, slots=True)
class DeliverableFacts:
    """What happened to one deliverable. Versions are numbers, the highest submitted is current.

    submitted  the current version; approved: the highest whose quorum approved; asked: the highest
               put up for review; None each time for none
    changes    a required reviewer's last answer on the current version asks for changes
    open       a review of the current version takes answers
    waived     a named person waived it
    """

    submitted: int | None = None
    approved: int | None = None
    changes: bool = False
    asked: int | None = None
    open: bool = False
    waived: bool = False
    started: bool = False
    submitted_on: date | None = None
    asked_on: date | None = None
    satisfied_on: date | None = None


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """One milestone: the deliverables its gates wait for, whether it was closed, and how it closes.

    A closing that was followed by a reopening is still a closing: `closed` stays true.
    """

    deliverables: tuple[str, ...] = ()
    closed: bool = False
    closes_itself: bool = True


@dataclass(frozen=True)
class PlanFacts:
    """A whole plan as facts. Keys are any strings, the same throughout.

    steps         every step's key, milestones among them
    milestones    facts by key; deliverables: facts by key, absent means nothing happened
    started       keys of steps on which work began
    """

    steps: Sequence[str]
    links: Sequence[Link]
    milestones: Mapping[str, MilestoneFacts]
    deliverables: Mapping[str, DeliverableFacts] = field(default_factory=dict)
    started: Collection[str] = frozenset()


@dataclass(frozen=True)
class PlanStates:
    """Where a whole plan stands: states of deliverables, flows of milestones and what blocks them.

    `blocked_by` names, for each blocked milestone, the nearest ones that must pass first.
    """

    deliverables: Mapping[str, DeliverableState]
    flows: Mapping[str, Flow]
    blocked_by: Mapping[str, tuple[str, ...]]

    @property
    def reopened(self) -> frozenset[str]:
        """Milestones that were passed and are so no longer."""
        return frozenset(key for key, flow in self.flows.items() if flow is Flow.REOPENED)

    def unblocks(self, milestone: str) -> tuple[str, ...]:
        """The milestones that wait for this one to pass."""
        return tuple(key for key, blockers in self.blocked_by.items() if milestone in blockers)


def step_state(started: bool, finished: bool) -> StepState:
    """Of work; of a review: started once asked, finished once satisfied."""
    if finished:
        return StepState.DONE
    return StepState.IN_PROGRESS if started else StepState.NOT_STARTED


def deliverable_state(facts: DeliverableFacts) -> DeliverableState:
    """The first line that holds of the deliverables' table."""
    if facts.waived:
        return DeliverableState.WAIVED
    if facts.submitted is None:
        return DeliverableState.NOTHING_SUBMITTED
    if facts.changes:
        return DeliverableState.CHANGES_REQUESTED
    if facts.approved == facts.submitted:
        return DeliverableState.APPROVED
    if facts.approved is not None and (facts.asked is None or facts.asked < facts.submitted):
        return DeliverableState.STALE
    if facts.open:
        return DeliverableState.WAITING_FOR_REVIEW
    return DeliverableState.IN_PRODUCTION


def flow(closed: bool, deliverables: Collection[DeliverableState], blocked: bool, started: bool) -> Flow:
    """The first line that holds of the flow table.

    A milestone without deliverables is ready unless blocked, and waits for a named member.
    """
    clear = all(state.is_clear for state in deliverables)
    if closed:
        return Flow.PASSED if clear else Flow.REOPENED
    if blocked:
        return Flow.BLOCKED
    if DeliverableState.CHANGES_REQUESTED in deliverables:
        return Flow.CHANGES_REQUESTED
    if DeliverableState.WAITING_FOR_REVIEW in deliverables or DeliverableState.STALE in deliverables:
        return Flow.WAITING_FOR_REVIEW
    if clear:
        return Flow.READY
    return Flow.IN_PRODUCTION if started else Flow.NOT_STARTED


def health(
    *,
    today: date,
    committed: date | None,
    early_finish: date,
    due: date,
    hard_due: date,
    slack_days: int,
    initial_slack_days: int | None = None,
    passed_on: date | None = None,
    p_hold: float | None = None,
    p_hold_threshold: float = 0.7,
) -> Health:
    """The first line that holds of the health axis. All dates are inclusive, as people read them.

    committed           the day promised when the plan was last accepted; None: nothing was promised
    passed_on           the day it passed, if its flow is passed
    initial_slack_days  slack at that acceptance; a tenth of it, or 1 day, is the threshold
    p_hold              the last stored forecast, 0–1; None until there is one
    """
    if passed_on is not None:
        on_time = committed is None or passed_on <= committed
        return Health.PASSED_ON_TIME if on_time else Health.PASSED_LATE
    if committed is not None and today > committed:
        return Health.LATE
    if early_finish > hard_due:
        return Health.SHORT
    if early_finish > due or is_thin(slack_days, initial_slack_days):
        return Health.AT_RISK
    if p_hold is not None and p_hold < p_hold_threshold:
        return Health.AT_RISK
    return Health.ON_TRACK


def is_thin(slack_days: int, initial_slack_days: int | None = None) -> bool:
    """Whether slack is 0 to 1 day, or to a tenth of what it was, the larger."""
    return 0 <= slack_days * 10 <= max(10, initial_slack_days or 0)


def plan_states(facts: PlanFacts) -> PlanStates:
    """Where every deliverable and milestone stands. Time grows with steps and links."""
    return _Walk(facts).states()


def newly_passed(facts: PlanFacts, reopened_before: Collection[str] = ()) -> list[str]:
    """The milestones that pass by themselves now, each after those it waited for.

    facts            after the change, closings as they were before it
    reopened_before  `plan_states(facts before the change).reopened`

    A milestone with gates that closes itself passes once its gates are clear and nothing blocks it;
    its passing may let the next one pass, in the same list. One that was closed, reopened, and has
    its deliverables approved again passes again, however it closes. The caller writes one new
    closing and records `milestone.unblocked` for each. A milestone without gates, or closed by
    hand, is not in the list: it becomes ready.
    """
    walk = _Walk(facts, passing=True)
    again = {key for key in reopened_before if walk.flows.get(key) is Flow.PASSED}
    passed = again.union(walk.passed)
    return [key for key in walk.in_order() if key in passed]


class _Walk:
    """One pass over the steps in order, carrying which milestones hold what follows.

    Milestones that hold are bits of an integer: joining them is one operation however many there are.
    """

    def __init__(self, facts: PlanFacts, passing: bool = False):
        self.facts = facts
        self.passing = passing
        self.passed: list[str] = []
        self.flows: dict[str, Flow] = {}
        self.deliverables = {key: deliverable_state(told) for key, told in facts.deliverables.items()}
        self.names = list(facts.milestones)
        self.bits = {key: 1 << bit for bit, key in enumerate(self.names)}
        self.index = {key: i for i, key in enumerate(facts.steps)}
        self.held = [0] * len(facts.steps)
        self.begun = [False] * len(facts.steps)
        self._go()

    def states(self) -> PlanStates:
        flows = {key: self.flows[key] for key in self.names}
        blocked = (key for key, flow in flows.items() if flow is Flow.BLOCKED)
        blocked_by = {key: self._names_of(self.held[self.index[key]]) for key in blocked}
        return PlanStates(self.deliverables, flows, blocked_by)

    def in_order(self) -> list[str]:
        return [self.facts.steps[i] for i in self.order]

    def _go(self) -> None:
        links = self._links()
        self.order = order_of([[target for target, _ in row] for row in links], self.facts.steps)
        for i in self.order:
            key = self.facts.steps[i]
            if key in self.facts.milestones:
                held, begun = self._milestone(i, key), False
            else:
                held, begun = self.held[i], self.begun[i] or self._has_begun(key)
            for target, hard in links[i]:
                self.begun[target] |= begun
                if hard:
                    self.held[target] |= held

    def _links(self) -> list[list[tuple[int, bool]]]:
        links: list[list[tuple[int, bool]]] = [[] for _ in self.facts.steps]
        for link in self.facts.links:
            links[self.index[link.source]].append((self.index[link.target], link.strength == "hard"))
        return links

    def _milestone(self, i: int, key: str) -> int:
        """Settles a milestone's flow; which milestones hold what follows it."""
        told = self.facts.milestones[key]
        states = [self.deliverables.get(one, DeliverableState.NOTHING_SUBMITTED) for one in told.deliverables]
        begun = self.begun[i] or any(self._has_begun(one) for one in told.deliverables)
        flow_now = flow(told.closed, states, bool(self.held[i]), begun)
        if self.passing and flow_now is Flow.READY and told.deliverables and told.closes_itself:
            self.passed.append(key)
            flow_now = Flow.PASSED
        self.flows[key] = flow_now
        holds = told.deliverables and flow_now not in (Flow.PASSED, Flow.REOPENED)
        return self.bits[key] if holds else self.held[i]

    def _has_begun(self, key: str) -> bool:
        told = self.facts.deliverables.get(key)
        return key in self.facts.started or (told is not None and (told.started or told.submitted is not None))

    def _names_of(self, bits: int) -> tuple[str, ...]:
        names = []
        while bits:
            highest = bits.bit_length() - 1
            names.append(self.names[highest])
            bits ^= 1 << highest
        return tuple(reversed(names))
