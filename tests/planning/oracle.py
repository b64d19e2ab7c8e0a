"""A plan's dates found by trying day after day: slow, plain, and without one formula of planning/ (RETROPLAN.md 2.2–2.5).

It knows which days are worked, what a link means forward, and no backward rule at all: the latest
start is the first that holds when days are tried from the end downwards. Boundaries are those of
planning/calendars.py: the integer of a day is its 00:00, and work occupies [start, finish).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from itertools import count

import holidays

from planning.calendars import CalendarSpec
from planning.items import Item, Link

Worked = Callable[[int], bool]
Parts = Sequence[tuple[int, Worked]]
Spot = tuple[int, int]


@cache
def worked_by(spec: CalendarSpec) -> Worked:
    """Whether a day is worked, by the words of CalendarSpec and the public holidays as they are published."""
    closed = holidays.country_holidays(spec.country, subdiv=spec.subdivision) if spec.country else {}

    @cache
    def is_working(day: int) -> bool:
        on = date.fromordinal(day)
        usual = on.weekday() in spec.weekdays and on not in spec.days_off and on not in closed
        return usual or on in spec.working_days

    return is_working


def days_between(is_working: Worked, first: int, last: int) -> int:
    """Working days from one boundary to another, counted; negative where the last comes first."""
    counted = sum(map(is_working, range(min(first, last), max(first, last))))
    return counted if first <= last else -counted


def boundary_after(is_working: Worked, t: int, n: int) -> int:
    """The first boundary that leaves n working days between t and it; of n below 0 they lie before t."""
    passed = 0
    while passed < n:
        passed += is_working(t)
        t += 1
    while n < 0 and passed + is_working(t - 1) <= -n:
        passed += is_working(t - 1)
        t -= 1
    return t


def boundary_before(is_working: Worked, t: int, n: int) -> int:
    """The last boundary from which n working days are left until t, n ≥ 0."""
    return next(b for b in count(t, -1) if days_between(is_working, b, t) >= n)


def spots(parts: Parts, starts: Iterable[int]) -> Iterator[Spot]:
    """The (start, finish) that parts one after the other may have; no parts keep any boundary."""
    for start in starts:
        if not parts or parts[0][1](start):
            finish = start
            for days, is_working in parts:
                finish = boundary_after(is_working, finish, days)
            yield start, finish


class Oracle:
    """A plan, given as `planning.network.schedule` takes it, with specs in place of calendars."""

    def __init__(
        self,
        items: Sequence[Item],
        links: Sequence[Link],
        launch: date,
        buffer_days: int,
        today: date,
        spec: CalendarSpec,
        specs: Mapping[str, CalendarSpec],
    ):
        self.items = {item.key: item for item in items}
        self.links = links
        self.today = today.toordinal()
        self.plan_days = worked_by(spec)
        self.worked = {None: self.plan_days, **{name: worked_by(one) for name, one in specs.items()}}
        self.launch = launch.toordinal()
        self.target = boundary_before(self.plan_days, self.launch, buffer_days)
        self.early = {}
        self.late = {self.target: {}, self.launch: {}}
        for key in items_in_order(self.items, links):
            self.early[key] = self._early(key)
        for key in reversed(items_in_order(self.items, links)):
            for end in self.late:
                self.late[end][key] = self._late(key, end)

    # Slack

    def slack(self, key: str, end: int) -> int:
        """Working days of the item, signed, from its early finish to the finish that `end` allows at the latest."""
        return days_between(self.worked[self.items[key].calendar], self.early[key][1], self.late[end][key][1])

    def least_slack(self) -> int | None:
        unfinished = (key for key, item in self.items.items() if item.finished_on is None)
        return min((self.slack(key, self.target) for key in unfinished), default=None)

    @cached_property
    def ready(self) -> int:
        return max(finish for _, finish in self.early.values())

    def launch_slack(self, end: int) -> int:
        return days_between(self.plan_days, self.ready, end)

    # Links that decide

    def driving(self) -> set[str]:
        """What ends when all is ready, and whatever a tight link leads to it from."""
        found = {key for key, (_, finish) in self.early.items() if finish == self.ready}
        while fresh := {link.source for key in found for link in self.tight_into(key)} - found:
            found |= fresh
        return found

    def tight_into(self, key: str) -> set[Link]:
        """Links without which it could begin earlier, were there no others; of work in progress also its rest."""
        item = self.items[key]
        tight = {link for link in self._into(key) if self._begins(link, self._parts(item), self.early[key][0])}
        if item.started_on and not item.finished_on:
            rest = self._rest(item)
            resumed = self._resumed(item)[0]
            tight |= {link for link in self._holding(item) if self._begins(link, rest, resumed)}
        return tight

    def tight_out_of(self, key: str) -> set[Link]:
        """Links without which it could begin later, were there no others and no launch."""
        spot, parts = self.late[self.target][key], self._parts(self.items[key])
        later = next(spots(parts, count(spot[0] + 1)))
        after = self.late[self.target]
        return {link for link in self._out_of(key) if not self._holds(link, later, after[link.target])} & {
            link for link in self._out_of(key) if self._holds(link, spot, after[link.target])
        }

    def broken(self) -> set[Link]:
        """Hard links whose meaning the facts of their target contradict."""
        begun = {key for key, item in self.items.items() if item.started_on or item.finished_on}
        hard = (link for key in begun for link in self._into(key, "hard"))
        return {link for link in hard if not self._holds(link, self.early[link.source], self.early[link.target])}

    def _begins(self, link: Link, parts: Parts, start: int) -> bool:
        """Whether the earliest place that this link alone would allow begins there."""
        spot, sooner = next(spots(parts, count(start))), next(spots(parts, count(start - 1, -1)))
        source = self.early[link.source]
        return spot[0] == start and self._holds(link, source, spot) and not self._holds(link, source, sooner)

    # The passes

    def _early(self, key: str) -> Spot:
        item = self.items[key]
        if item.finished_on:
            return self._as_it_was(item)
        if item.started_on:
            return item.started_on.toordinal(), self._resumed(item)[1]
        first = max(self.today, item.not_before.toordinal() if item.not_before else 0, self._pin(item) or 0)
        return self._earliest(self._parts(item), first, self._into(key))

    def _resumed(self, item: Item) -> Spot:
        """Where the rest of begun work lies: from today, and after what hard links hold it back for."""
        first = max(self.today, item.started_on.toordinal())
        return self._earliest(self._rest(item), first, self._holding(item))

    def _holding(self, item: Item) -> list[Link]:
        """The hard links into begun work, less those that gave a review what it is asked about: its answer is awaited already."""
        hard = self._into(item.key, "hard")
        if item.kind != "review":
            return hard
        done = {key for key, other in self.items.items() if other.finished_on}
        return [link for link in hard if link.source not in done or (link.type, link.lag) != ("FS", 0)]

    def _earliest(self, parts: Parts, first: int, links: Sequence[Link]) -> Spot:
        return next(
            spot
            for spot in spots(parts, count(first))
            if all(self._holds(link, self.early[link.source], spot) for link in links)
        )

    def _late(self, key: str, end: int) -> Spot:
        item, after = self.items[key], self.late[end]
        last = min(end, item.deadline.toordinal() + 1) if item.deadline else end
        pin = self._pin(item)
        return next(
            spot
            for spot in spots(self._parts(item), count(last, -1))
            if spot[1] <= last
            and (pin is None or spot[0] <= pin)
            and all(self._holds(link, spot, after[link.target]) for link in self._out_of(key))
        )

    def _as_it_was(self, item: Item) -> Spot:
        """Its facts; a start that nobody told is the last that leaves its days until the finish."""
        finish, parts = item.finished_on.toordinal() + 1, self._parts(item)
        if not parts:
            return finish, finish
        if item.started_on:
            return item.started_on.toordinal(), finish
        return next(start for start, end in spots(parts, count(finish, -1)) if end <= finish), finish

    # What things mean

    def _holds(self, link: Link, source: Spot, target: Spot) -> bool:
        """Whether the link is kept: the forward meaning of RETROPLAN.md 2.3."""
        since = source[1] if link.type in ("FS", "FF") else source[0]
        until = target[0] if link.type in ("FS", "SS") else target[1]
        if link.lag_unit == "calendar":
            return until >= since + link.lag
        return until >= boundary_after(self.plan_days, since, link.lag)

    def _parts(self, item: Item) -> Parts:
        pieces = item.pieces or ((item.days, item.calendar),)
        return [(days, self.worked[name]) for days, name in pieces if days]

    def _rest(self, item: Item) -> Parts:
        """What is left of begun work, in the item's own calendar; at least a day unless somebody told."""
        whole = sum(days for days, _ in self._parts(item))
        is_working = self.worked[item.calendar]
        left = item.remaining_days
        if left is None:
            gone = max(0, days_between(is_working, item.started_on.toordinal(), self.today))
            left = max(1, whole - gone) if whole else 0
        return [(left, is_working)] if left else []

    def _pin(self, item: Item) -> int | None:
        if item.pinned_on is None:
            return None
        return item.pinned_on.toordinal() + (0 if self._parts(item) else 1)

    def _into(self, key: str, strength: str | None = None) -> list[Link]:
        return [link for link in self.links if link.target == key and strength in (None, link.strength)]

    def _out_of(self, key: str) -> list[Link]:
        return [link for link in self.links if link.source == key]


def items_in_order(keys: Iterable[str], links: Sequence[Link]) -> list[str]:
    """The keys, each after those it waits for."""
    left, order = list(keys), []
    while left:
        key = next(key for key in left if not any(link.target == key and link.source in left for link in links))
        left.remove(key)
        order.append(key)
    return order
