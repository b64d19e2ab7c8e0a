"""What is booked of slack lost and won, from facts alone: the parts add up to the whole, however often one looks.

The slack of the launch and of each milestone is followed day by day, from where the ledger was left. What a new day
costs with what had happened by then is time's, and lies with whoever held the chain; what the facts of a day change is
its acts'. Nothing here knows a row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from planning.items import Item
from planning.network import Network, Schedule

Subject = str | None
"""A milestone's key; None for the launch."""


class Cause(StrEnum):
    OPENING = "opening"  # what there was to begin with
    # Time went by while …
    LATE_ANSWER = "late_answer"  # … a review waited for its answer
    LATE_WORK = "late_work"  # … a step could have begun, or been done
    TIME = "time"  # … nothing that is known held the chain, or calendars gave a day back
    # Somebody …
    SUBMITTED = "submitted"
    ASKED = "asked"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    TAKEN_BACK = "taken_back"  # … undid an answer, lifted one, or withdrew the question
    STALE = "stale"  # … put up a version newer than the approved one
    WAIVED = "waived"
    REOPENED = "reopened"  # … asked again for what had been waived
    PASSED = "passed"  # … passed a milestone by hand
    PROGRESS = "progress"  # … said how a step goes
    AMENDED_STEP = "amended_step"
    AMENDED_CAMPAIGN = "amended_campaign"
    PROMISED_ANEW = "promised_anew"  # … moved the launch, and with it what is promised
    DECIDED = "decided"  # … accepted an option, or took that back
    SEVERAL = "several"  # … and somebody else, before either was booked
    OTHER = "other"  # nobody: a calendar knows its holidays better


DATED = frozenset({Cause.SUBMITTED, Cause.APPROVED, Cause.WAIVED, Cause.PASSED, Cause.PROGRESS})
"""What these do is a fact with a day, that can be told apart from the other changes of a plan later."""


class Slack(NamedTuple):
    """Signed working days, to the target and to the launch itself."""

    days: int
    hard_days: int

    def less(self, other: "Slack") -> "Slack":
        return Slack(self.days - other.days, self.hard_days - other.hard_days)

    def and_(self, other: "Slack") -> "Slack":
        return Slack(self.days + other.days, self.hard_days + other.hard_days)


NOTHING = Slack(0, 0)


class Act(NamedTuple):
    """What somebody did on a day that can have moved dates; `step` is the key it is about."""

    event_id: str
    day: date
    cause: Cause
    step: str | None = None


class Booking(NamedTuple):
    """One entry to be: `slack` is what is left after it."""

    day: date
    subject: Subject
    cause: Cause
    step: str | None
    event_id: str | None
    events: int
    delta: Slack
    slack: Slack


@dataclass(frozen=True)
class Course:
    """A plan as its rows tell it now, to be looked at on any day.

    milestones  keys of those whose slack is followed
    waiting     keys of steps that wait for an answer, besides reviews that have begun
    """

    network: Network
    launch: date
    buffer_days: int
    milestones: Sequence[str] = ()
    waiting: frozenset[str] = field(default_factory=frozenset)

    def on(self, day: date, known: date, today: date) -> Schedule:
        """Both passes from a day, with what had happened by the end of `known`. What came after it until today had not."""
        items = [_known(item, known, today) for item in self.network.items]
        network = self.network
        if items != network.items:
            network = Network(items, network.links, network.calendar, network.calendars)
        return network.schedule(self.launch, self.buffer_days, day)

    def slack(self, schedule: Schedule) -> dict[Subject, Slack]:
        """What a schedule leaves the launch and each milestone."""
        index = schedule.network.index
        left: dict[Subject, Slack] = {key: Slack(schedule.slack_of(index[key]), schedule.hard_slack_of(index[key])) for key in self.milestones}
        return {None: Slack(schedule.launch_slack_days, schedule.hard_launch_slack_days), **left}


def book(before: Mapping[Subject, Slack], since: date, course: Course, today: date, acts: Sequence[Act] = ()) -> list[Booking]:
    """The entries that lead from what was booked last to what there is now, in the order of days.

    before  what was left of each subject when it was booked last, on the day `since`
    course  the plan as it is now; acts: what was done to it since, in its order; none means that nothing was

    Of each subject the deltas add up to the slack of today less the one before. One that was not followed is opened.
    Changes without a date of their own (a duration, the launch) are booked on the day of the act that made them. What
    moved nothing is not booked: looking again gives no entry.
    """
    return list(_Walk(before, since, course, max(since, today), acts).entries())


class _Walk:
    def __init__(self, before: Mapping[Subject, Slack], since: date, course: Course, today: date, acts: Sequence[Act]):
        self.left, self.since, self.course, self.today, self.acts = dict(before), since, course, today, acts

    def entries(self) -> Iterator[Booking]:
        known = self.since if self.acts else self.today
        schedule = self.course.on(self.since, known, self.today)
        undated, changed = self._undated(), self._changes(self.left, schedule)
        changed_on = min(max(undated[-1].day, self.since), self.today) if undated else self.since
        for day in _days(self.since, self.today):
            acts, facts = self._told_on(day), {}
            if day > self.since:
                later = self.course.on(day, known, self.today)
                yield from self._of_time(day, schedule, later)
                known = day if self.acts else self.today
                schedule = self.course.on(day, known, self.today)
                facts = self._changes(self.course.slack(later), schedule)
            if day == changed_on and acts == undated:
                facts, changed = _together(facts, changed), {}
            yield from self._of_acts(day, facts, acts)
            if day == changed_on:
                yield from self._of_acts(day, changed, undated)
        yield from self._openings(schedule)

    def _changes(self, before: Mapping[Subject, Slack], schedule: Schedule) -> dict[Subject, Slack]:
        """What of the subjects that are followed differs in this schedule."""
        now = self.course.slack(schedule)
        changes = {subject: now[subject].less(before[subject]) for subject in now if subject in self.left}
        return {subject: delta for subject, delta in changes.items() if delta != NOTHING}

    def _of_time(self, day: date, schedule: Schedule, later: Schedule) -> Iterator[Booking]:
        for subject, delta in self._changes(self.course.slack(schedule), later).items():
            cause, step = held_by(later, subject, self.course.waiting) if delta.days < 0 else (Cause.TIME, None)
            yield self._entry(day, subject, delta, cause, step)

    def _of_acts(self, day: date, changes: dict[Subject, Slack], acts: Sequence[Act]) -> Iterator[Booking]:
        for subject, delta in changes.items():
            if not acts:
                yield self._entry(day, subject, delta, Cause.OTHER, None)
                continue
            cause, step = _shared(acts)
            yield self._entry(day, subject, delta, cause, step, acts[-1].event_id, len(acts))

    def _openings(self, schedule: Schedule) -> Iterator[Booking]:
        for subject, slack in self.course.slack(schedule).items():
            if subject not in self.left:
                self.left[subject] = slack
                yield self._entry(self.today, subject, NOTHING, Cause.OPENING, None)

    def _entry(self, day: date, subject: Subject, delta: Slack, cause: Cause, step: str | None, event_id: str | None = None, events: int = 0) -> Booking:
        self.left[subject] = self.left[subject].and_(delta)
        return Booking(day, subject, cause, step, event_id, events, delta, self.left[subject])

    def _undated(self) -> Sequence[Act]:
        """The acts that can have changed what has no date of its own; all of them if there are none such."""
        return [act for act in self.acts if not (act.cause in DATED and act.day > self.since)] or self.acts

    def _told_on(self, day: date) -> Sequence[Act]:
        """Who told the facts of a day: that day's acts, else the first after it, who told them later."""
        later = [act for act in self.acts if act.day > day]
        return [act for act in self.acts if act.day == day] or later[:1] or self.acts[-1:]


def held_by(schedule: Schedule, subject: Subject, waiting: frozenset[str] = frozenset()) -> tuple[Cause, str | None]:
    """What holds the chain that drives a subject: a review that waits for its answer, else the first step not done."""
    heads = [schedule.network.items[i] for i in _heads(schedule, driving_to(schedule, subject))]
    for item in heads:
        if item.key in waiting or _waits_for_answer(item):
            return Cause.LATE_ANSWER, item.key
    return (Cause.LATE_WORK, heads[0].key) if heads else (Cause.TIME, None)


def driving_to(schedule: Schedule, subject: Subject) -> frozenset[int]:
    """The items on chains of tight links that end at a milestone, or at what is done last before the launch."""
    if subject is None:
        return schedule.driving
    found = {schedule.network.index[subject]}
    pending = list(found)
    while pending:
        fresh = {source for source, _ in schedule.tight_into(pending.pop())} - found
        found |= fresh
        pending += fresh
    return frozenset(found)


def _heads(schedule: Schedule, chain: frozenset[int]) -> list[int]:
    """Where an open chain begins: items that nothing open before them holds, and that could go on today; in their order."""
    items = schedule.network.items
    still_open = {i for i in chain if items[i].finished_on is None}
    first = [i for i in sorted(still_open) if not any(source in still_open for source, _ in schedule.tight_into(i))]
    return [i for i in first if items[i].started_on or items[i].first_boundary <= schedule.today]


def _waits_for_answer(item: Item) -> bool:
    """A review that has begun was asked; one that comes back after changes has its days left said."""
    return item.kind == "review" and item.started_on is not None and item.remaining_days is None


def _shared(acts: Sequence[Act]) -> tuple[Cause, str | None]:
    """The cause and the step of acts that are booked together, as far as one can be said for all of them."""
    causes, steps = {act.cause for act in acts}, {act.step for act in acts}
    return (causes.pop() if len(causes) == 1 else Cause.SEVERAL), (steps.pop() if len(steps) == 1 else None)


def _together(some: dict[Subject, Slack], others: dict[Subject, Slack]) -> dict[Subject, Slack]:
    """What the same acts changed, whether it has a day of its own or not."""
    sums = {subject: some.get(subject, NOTHING).and_(others.get(subject, NOTHING)) for subject in {**some, **others}}
    return {subject: delta for subject, delta in sums.items() if delta != NOTHING}


def _known(item: Item, known: date, today: date) -> Item:
    """An item without what happened to it after a day; what is said of days to come was said before."""
    started, finished = (None if day and known < day <= today else day for day in (item.started_on, item.finished_on))
    if (started, finished) == (item.started_on, item.finished_on):
        return item
    return item._replace(started_on=started, finished_on=finished)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days) for days in range((last - first).days + 1))
