"""Why a date is what it is, in words: the next tight links, then the end of their chain."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import chain

from planning.calendars import due
from planning.items import Item, Link
from planning.network import Schedule
from planning.spans import Span
from planning.wording import DayOff, Earliest, End, Fact, Goal, Latest, Root, Tie, Told, wording_of

NAMED_LINKS = 3
LOOKED_AT_DAYS = 60
"""Among so many days the one not worked is looked for; what is put off for longer has other reasons."""

Step = tuple[int, Link]
Held = tuple[int, bool]
"""An item by its index, and whether its end counts, or only its start."""


class Whys:
    """Sentences about the dates of one schedule, in one language.

    names     what people call each step, by key
    calendar  what the plan calls its own calendar; None: it has no name
    language  "en" or "fr"

    A sentence names three tight links at most, so its length does not grow with the plan.
    """

    def __init__(self, schedule: Schedule, names: Mapping[str, str], calendar: str | None = None, language: str = "en"):
        self.schedule = schedule
        self.network = schedule.network
        self.names = names
        self.calendar = calendar
        self.language = language
        self._wording = wording_of(language)
        self._roots: dict[Held, Held] = {}

    def of(self, key: str) -> str:
        """Why this step may start no later than it may."""
        i = self.network.index[key]
        ties, last = self._tight_from(i)
        day = self.schedule.latest_start[i]
        return self._wording.latest(
            Latest(
                step=self._told(i),
                day=date.fromordinal(day if self.network.spans[i].days else due(day)),
                ties=ties,
                end=self._end(self._ends[last]),
                cut=self._next[last] is not None,
            )
        )

    def of_early(self, key: str) -> str:
        """Why this step cannot start, or end, sooner than it can."""
        i = self.network.index[key]
        item, days = self.network.items[i], self.network.spans[i].days
        start, finish = self.schedule.early_start[i], self.schedule.early_finish[i]
        ties, last = self._held_from(i)
        begins = item.started_on is None and item.finished_on is None
        return self._wording.earliest(
            Earliest(
                step=self._told(i),
                start=date.fromordinal(start) if begins else None,
                finish=date.fromordinal(due(finish)),
                now=finish <= self.schedule.today,
                today=date.fromordinal(self.schedule.today),
                ties=ties,
                root=self._root(*self._root_of(last)),
                cut=self._hold(*last) is not None,
                day_off=self._day_off(i) if begins and days else None,
            )
        )

    def _told(self, i: int) -> Told:
        item, key = self.network.items[i], self.network.keys[i]
        rounds = (len(item.pieces) + 1) // 2 if item.pieces else 0
        return Told(self.names.get(key) or key, self.network.spans[i].days, rounds, item.calendar or self.calendar)

    def _tie(self, i: int, j: int, link: Link) -> Tie:
        return Tie(self._told(i), self._told(j), link)

    # No later

    def _tight_from(self, i: int) -> tuple[tuple[Tie, ...], int]:
        """The next tight links, three at most, and where they lead."""
        found: list[Tie] = []
        while len(found) < NAMED_LINKS and (step := self._next[i]) is not None:
            target, link = step
            found.append(self._tie(i, target, link))
            i = target
        return tuple(found), i

    @cached_property
    def _next(self) -> list[Step | None]:
        """For each item, the first link that keeps it from starting later."""
        return [next(iter(self.schedule.tight_out_of(i)), None) for i in range(len(self.network.items))]

    @cached_property
    def _ends(self) -> list[int]:
        """For each item, the last of its chain of tight links."""
        ends = list(range(len(self.network.items)))
        for i in reversed(self.network.order):
            if (step := self._next[i]) is not None:
                ends[i] = ends[step[0]]
        return ends

    def _end(self, i: int) -> End:
        """What a chain ends at: a pin, a deadline, or the launch."""
        item, told = self.network.items[i], self._told(i)
        if item.pin is not None and self.schedule.latest_start[i] <= item.pin:
            return End(Goal.PIN, told, item.pinned_on)
        if item.deadline is not None and item.deadline.toordinal() + 1 < self.schedule.target:
            return End(Goal.DEADLINE, told, item.deadline)
        return End(Goal.LAUNCH, told, buffer=self.schedule.target < self.schedule.launch)

    # No sooner

    def _held_from(self, j: int) -> tuple[tuple[Tie, ...], Held]:
        """The links that hold it, nearest first, three at most, and where they come from."""
        found: list[Tie] = []
        held = j, True
        while len(found) < NAMED_LINKS and (step := self._hold(*held)) is not None:
            source, link = step
            found.append(self._tie(source, held[0], link))
            held = source, link.type[0] == "F"
        return tuple(found), held

    def _root_of(self, held: Held) -> Held:
        """The first of the chain of links that hold an item; each is walked once."""
        walked = []
        while held not in self._roots and (step := self._hold(*held)) is not None:
            walked.append(held)
            held = step[0], step[1].type[0] == "F"
        root = self._roots.get(held, held)
        self._roots.update(dict.fromkeys(walked, root))
        return root

    def _hold(self, j: int, end_counts: bool) -> Step | None:
        """The link that an item's early dates hang on; None where they hang on today or on a fact of its own."""
        item = self.network.items[j]
        if item.finished_on is not None or (item.started_on is not None and not end_counts):
            return None
        if item.started_on is not None:
            return self._holding_the_rest(j, item.started_on.toordinal())
        return None if self._begins_today(j) else next(iter(self.schedule.tight_into(j)), None)

    def _holding_the_rest(self, j: int, start: int) -> Step | None:
        """The hard link that holds back what is left of an item."""
        rest = Span(self.network.spans[j].calendar, self._left(j))
        if rest.since(max(self.schedule.today, start))[1] == self.schedule.early_finish[j]:
            return None
        hard = (step for step in self.schedule.tight_into(j) if step[1].strength == "hard")
        return max(hard, key=lambda step: self._point(*step), default=None)

    def _left(self, j: int) -> int:
        item = self.network.items[j]
        if item.remaining_days is not None or item.started_on is None:
            return item.remaining_days or 0
        return self.network.spans[j].left_since(item.started_on.toordinal(), self.schedule.today)

    def _begins_today(self, j: int) -> bool:
        return self.network.spans[j].since(self.schedule.today)[0] == self.schedule.early_start[j]

    def _point(self, i: int, link: Link) -> int:
        """The boundary that the link tells its target, lag and all."""
        point = self.schedule.early_finish[i] if link.type[0] == "F" else self.schedule.early_start[i]
        return point + link.lag if link.lag_unit == "calendar" else self.network.calendar.fwd(point, link.lag)

    def _root(self, j: int, end_counts: bool) -> Root:
        item, told = self.network.items[j], self._told(j)
        if item.finished_on is not None and (end_counts or item.started_on is None):
            return Root(Fact.DONE, told, item.finished_on)
        if item.started_on is not None:
            return Root(Fact.BEGUN, told, item.started_on, self._left(j))
        return self._bound(j, item, told)

    def _bound(self, j: int, item: Item, told: Told) -> Root:
        if not self._begins_today(j):
            if item.pinned_on is not None and item.pin == item.first_boundary:
                return Root(Fact.PIN, told, item.pinned_on)
            if item.not_before is not None:
                return Root(Fact.NOT_BEFORE, told, item.not_before)
        return Root(Fact.TODAY, told, date.fromordinal(self.schedule.today))

    def _day_off(self, j: int) -> DayOff | None:
        """The first holiday, or own day off, that the item is put off by, or that lies within it."""
        if (step := self._hold(j, True)) is not None and step[1].type[1] == "F":
            return None
        item, calendar = self.network.items[j], self.network.spans[j].calendar
        start, finish = self.schedule.early_start[j], self.schedule.early_finish[j]
        within = () if item.pieces else range(start, min(finish, start + LOOKED_AT_DAYS))
        name = item.pieces[0][1] if item.pieces else item.calendar
        for t in chain(range(max(self._candidate(j), start - LOOKED_AT_DAYS), start), within):
            day = date.fromordinal(t)
            closed = calendar.closed_because(day, self.language) if day.weekday() in calendar.spec.weekdays else None
            if closed:
                return DayOff(day, closed.name, name or self.calendar)
        return None

    def _candidate(self, j: int) -> int:
        """The boundary from which it could start if every day were worked."""
        step = self._hold(j, True)
        if step is None:
            return self.schedule.today if self._begins_today(j) else self.network.items[j].first_boundary
        return self._point(*step)
