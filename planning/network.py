"""The two passes over a plan: how late each item may start, and how early it can (RETROPLAN.md 2.3–2.5).

Boundaries are integers (calendars.py); dates appear only in what is read, `Dates`. A network is
compiled once and scheduled as often as its dates change; nothing recurses.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from functools import cached_property
from typing import NamedTuple

from planning.calendars import Calendar, CalendarEdge, due
from planning.graph import PlanLoop, order_of, reach
from planning.items import Item, Link
from planning.spans import Pieces, Span

__all__ = ["Dates", "Item", "Link", "Network", "PlanLoop", "Schedule", "schedule"]


class Dates(NamedTuple):
    """What people read of one item. Days are inclusive: the last one worked.

    For 0 days starts equal finishes: the day at whose end everything must be, or is, done.
    """

    latest_start: date
    due: date
    hard_latest_start: date
    hard_due: date
    early_start: date
    early_finish: date
    slack_days: int
    hard_slack_days: int
    driving: bool


def schedule(
    items: Iterable[Item],
    links: Iterable[Link],
    launch: date,
    buffer_days: int,
    status_date: date,
    calendar: Calendar,
    calendars: Mapping[str, Calendar] | None = None,
) -> "Schedule":
    """Both passes over a plan.

    launch       work ends by the end of the day before
    buffer_days  working days of the plan's calendar kept free before the launch
    status_date  today; its whole day can still be worked
    calendar     the plan's own: the buffer, working lags, and items that name none

    Raises PlanLoop naming the loop, CalendarEdge beyond 1970 to 2400, KeyError for an unknown key.
    """
    return Network(items, links, calendar, calendars or {}).schedule(launch, buffer_days, status_date)


class Network:
    """Items and links made ready for passes, in an order that respects the links."""

    def __init__(
        self,
        items: Iterable[Item],
        links: Iterable[Link],
        calendar: Calendar,
        calendars: Mapping[str, Calendar] | None = None,
    ):
        self.items = list(items)
        self.links = list(links)
        self.calendar = calendar
        self.keys = [item.key for item in self.items]
        self.index = {key: i for i, key in enumerate(self.keys)}
        self.calendars = {None: calendar, **(calendars or {})}
        self.outgoing: list[list[tuple[int, Link]]] = [[] for _ in self.items]
        self.incoming: list[list[tuple[int, Link]]] = [[] for _ in self.items]
        self._join()
        self.spans = [self._span(item) for item in self.items]
        self.order = order_of(self.followers, self.keys)

    def with_item(self, item: Item) -> "Network":
        """The same network with another item in the place of the one with its key; its length stays."""
        other = copy(self)
        other.items = [item if one.key == item.key else one for one in self.items]
        return other

    @property
    def followers(self) -> list[list[int]]:
        """For each item, those that wait for it directly."""
        return [[target for target, _ in links] for links in self.outgoing]

    def before(self, key: str) -> set[str]:
        """All that leads to an item, through any number of links."""
        sources = [[source for source, _ in links] for links in self.incoming]
        return {self.keys[i] for i in reach(sources, self.index[key])}

    def after(self, key: str) -> set[str]:
        """All that waits for an item, through any number of links."""
        return {self.keys[i] for i in reach(self.followers, self.index[key])}

    def schedule(self, launch: date, buffer_days: int, status_date: date) -> "Schedule":
        """Both passes, as the function `schedule`."""
        return Schedule(self, launch.toordinal(), buffer_days, status_date.toordinal())

    def _join(self) -> None:
        for link in self.links:
            source, target = self.index[link.source], self.index[link.target]
            self.outgoing[source].append((target, link))
            self.incoming[target].append((source, link))

    def _span(self, item: Item) -> Span:
        if not item.pieces:
            return Span(self.calendars[item.calendar], item.days)
        pieces = [Span(self.calendars[name], days) for days, name in item.pieces if days]
        if len(pieces) == 1:
            return pieces[0]
        return Pieces(pieces) if pieces else Span(self.calendars[item.calendar], 0)


class Schedule:
    """The dates of a network for one launch and one day.

    Lists of boundaries by the network's index: `latest_start`, `latest_finish` aim at the launch
    less its buffer, `hard_…` at the launch itself; `early_start`, `early_finish` begin today and
    keep what happened. `of(key)` gives them as people read them.
    """

    def __init__(self, network: Network, launch: int, buffer_days: int, today: int):
        self.network = network
        self.launch = launch
        self.target = network.calendar.bwd(launch, buffer_days)
        self.today = today
        self.latest_start, self.latest_finish = self._backward(self.target)
        if buffer_days:
            self.hard_latest_start, self.hard_latest_finish = self._backward(launch)
        else:
            self.hard_latest_start, self.hard_latest_finish = self.latest_start, self.latest_finish
        self.early_start, self.early_finish = self._forward()

    def with_answer(self, key: str, asked_on: date, answered_on: date) -> "Schedule":
        """The same plan, had this review been answered on this day: only what is early can differ. It began as it did, or then."""
        item = self.network.items[self.network.index[key]]
        asked_on = item.started_on or asked_on
        other = copy(self)
        other.__dict__.pop("driving", None)
        other.network = self.network.with_item(item._replace(started_on=asked_on, finished_on=answered_on))
        other.early_start, other.early_finish = other._forward()
        return other

    # What people read

    def of(self, key: str) -> Dates:
        """One item's dates."""
        return self._dates(self.network.index[key])

    def all(self) -> dict[str, Dates]:
        """Every item's dates, in the order they were given."""
        return {key: self._dates(i) for i, key in enumerate(self.network.keys)}

    @property
    def ready_boundary(self) -> int:
        """The boundary at which everything is done; today's if there is nothing to do."""
        return max(self.early_finish, default=self.today)

    @property
    def ready(self) -> date | None:
        """The latest early finish, inclusive; None without items."""
        return date.fromordinal(due(self.ready_boundary)) if self.early_finish else None

    @property
    def slack_days(self) -> int | None:
        """The least slack of any item not finished; None if there is none."""
        items = self.network.items
        open_items = (i for i, item in enumerate(items) if item.finished_on is None)
        return min((self.slack_of(i) for i in open_items), default=None)

    @property
    def launch_slack_days(self) -> int:
        """Working days of the plan, signed, from `ready` to the launch less its buffer."""
        return self._plan_days_from_ready(self.target)

    @property
    def hard_launch_slack_days(self) -> int:
        """Working days of the plan, signed, from `ready` to the launch itself."""
        return self._plan_days_from_ready(self.launch)

    @property
    def short_by_days(self) -> int:
        """Working days by which the launch cannot be met; 0 if it can."""
        return max(0, -self.hard_launch_slack_days)

    def slack_of(self, i: int) -> int:
        """Signed working days, in the item's calendar, from its early to its latest finish."""
        return self._slack(i, self.latest_finish)

    def hard_slack_of(self, i: int) -> int:
        """The same, to the launch without buffer."""
        return self._slack(i, self.hard_latest_finish)

    def free_slack_of(self, i: int) -> int | None:
        """Working days, in the item's calendar, by which it may slip before anything that waits for it begins later.

        None where nothing that has not begun waits for it. What has begun itself can only end later (RETROPLAN.md 2.5).
        """
        item, span = self.network.items[i], self.network.spans[i]
        rank, finish, start = span.calendar.rank, self.early_finish[i], self.early_start[i]
        found = []
        for j, link in self.network.outgoing[i]:
            waits = self.network.items[j].started_on is None and self.network.items[j].finished_on is None
            if not waits or (link.type[0] == "S" and item.started_on is not None):
                continue
            bound = self._less_lag(self.early_start[j] if link.type[1] == "S" else self.early_finish[j], link)
            if link.type[0] == "F":
                found.append(rank(bound) - rank(finish))
            else:
                found.append(rank(bound + 1) - 1 - rank(start) if span.days else rank(bound) - rank(start))
        return max(0, min(found)) if found else None

    # Why: tight links

    @cached_property
    def driving(self) -> frozenset[int]:
        """Items on a chain of tight links that ends at an item finishing at `ready`."""
        ready = self.ready_boundary
        found = {i for i, finish in enumerate(self.early_finish) if finish == ready}
        pending = list(found)
        while pending:
            fresh = {source for source, _ in self.tight_into(pending.pop())} - found
            found |= fresh
            pending += fresh
        return frozenset(found)

    def tight_into(self, j: int) -> list[tuple[int, Link]]:
        """The links that hold an item where it is: their bound is its early start.

        For an item in progress also the hard links that hold the rest of its work back.
        """
        start, span = self.early_start[j], self.network.spans[j]
        tight = [pair for pair in self.network.incoming[j] if self._begins_at(start, pair, span)]
        item = self.network.items[j]
        if item.started_on is None or item.finished_on is not None:
            return tight
        rest = self._rest_of(j)
        resumed = rest.until(self.early_finish[j])[0]
        holding = (pair for pair in self._holding(j) if pair not in tight)
        return tight + [pair for pair in holding if self._begins_at(resumed, pair, rest)]

    def tight_out_of(self, i: int) -> list[tuple[int, Link]]:
        """The links that keep an item from starting later: their bound gives its latest start."""
        span, latest = self.network.spans[i], self.latest_start[i]
        starts = self.latest_start, self.latest_finish
        return [pair for pair in self.network.outgoing[i] if self._start_due(*pair, span, *starts) == latest]

    def broken(self) -> list[Link]:
        """Hard links that the facts have overtaken: work began, or ended, before it should."""
        return [
            link
            for j, item in enumerate(self.network.items)
            if item.started_on or item.finished_on
            for i, link in self.network.incoming[j]
            if link.strength == "hard" and self._overtaken(i, j, link)
        ]

    # The passes

    def _backward(self, end: int) -> tuple[list[int], list[int]]:
        """(latest starts, latest finishes) so that everything is done by the boundary `end`."""
        network = self.network
        starts, finishes = [end] * len(network.items), [end] * len(network.items)
        for i in reversed(network.order):
            item, span = network.items[i], network.spans[i]
            finish, begin = end, None
            if item.deadline is not None or item.pinned_on is not None:
                finish, begin = self._own_bounds(item, end)
            for j, link in network.outgoing[i]:
                bound = starts[j] if link.type[1] == "S" else finishes[j]
                if link.lag:
                    bound = self._less_lag(bound, link)
                if link.type[0] == "S":
                    begin = bound if begin is None or bound < begin else begin
                elif bound < finish:
                    finish = bound
            try:
                starts[i], finishes[i] = span.until(finish) if begin is None else _latest(span, finish, begin)
            except CalendarEdge as edge:
                raise _edge_at(item, edge) from None
        return starts, finishes

    def _forward(self) -> tuple[list[int], list[int]]:
        """(early starts, early finishes) from today on, keeping what has happened."""
        network = self.network
        self.early_start = starts = [self.today] * len(network.items)
        self.early_finish = finishes = [self.today] * len(network.items)
        for j in network.order:
            item = network.items[j]
            try:
                starts[j], finishes[j] = self._earliest(j, item)
            except CalendarEdge as edge:
                raise _edge_at(item, edge) from None
        return starts, finishes

    def _earliest(self, j: int, item: Item) -> tuple[int, int]:
        if item.finished_on is not None:
            return self._as_done(j, item)
        if item.started_on is not None:
            return self._in_progress(j, item.started_on.toordinal())
        begin = self.today
        if item.not_before is not None or item.pinned_on is not None:
            begin = max(begin, item.first_boundary)
        span = self.network.spans[j]
        for i, link in self.network.incoming[j]:
            plain = link.type == "FS" and not link.lag
            bound = self.early_finish[i] if plain else self._start_bound(i, link, span)
            if bound > begin:
                begin = bound
        return span.since(begin)

    def _as_done(self, j: int, item: Item) -> tuple[int, int]:
        assert item.finished_on is not None
        finish = item.finished_on.toordinal() + 1
        span = self.network.spans[j]
        if not span.days:
            return finish, finish
        return (item.started_on.toordinal() if item.started_on else span.until(finish)[0]), finish

    def _in_progress(self, j: int, start: int) -> tuple[int, int]:
        """What has begun keeps its start; the rest waits for today and for hard links only."""
        rest = self._rest_of(j)
        begin = max(self.today, start)
        for i, link in self._holding(j):
            begin = max(begin, self._start_bound(i, link, rest))
        return start, rest.since(begin)[1]

    def _holding(self, j: int) -> list[tuple[int, Link]]:
        """The links that hold the rest of what has begun."""
        hard = (pair for pair in self.network.incoming[j] if pair[1].strength == "hard")
        return [(i, link) for i, link in hard if not self._handed_over(i, j, link)]

    def _handed_over(self, i: int, j: int, link: Link) -> bool:
        """Whether a review was asked about what is done: its answer is awaited from today on (RETROPLAN.md 2.4), also on that very day."""
        finished_on = self.network.items[i].finished_on
        done = finished_on is not None and finished_on.toordinal() <= self.today
        return done and link.type == "FS" and not link.lag and self.network.items[j].kind == "review"

    def _rest_of(self, j: int) -> Span:
        """What is left of an item that has started."""
        item, span = self.network.items[j], self.network.spans[j]
        assert item.started_on is not None
        left = item.remaining_days
        if left is None:
            left = span.left_since(item.started_on.toordinal(), self.today)
        return Span(span.calendar, left)

    # Bounds of one link

    def _start_bound(self, i: int, link: Link, span: Span) -> int:
        """The boundary before which the link's target, being so long, may not start."""
        bound = self._plus_lag(self.early_finish[i] if link.type[0] == "F" else self.early_start[i], link)
        return bound if link.type[1] == "S" else span.start_to_end_at(bound)

    def _begins_at(self, start: int, pair: tuple[int, Link], span: Span) -> bool:
        """Whether the link alone would make its target begin there."""
        return span.since(self._start_bound(*pair, span))[0] == start

    def _start_due(self, j: int, link: Link, span: Span, starts: list[int], finishes: list[int]) -> int:
        """The latest start that the link alone would leave its source."""
        bound = self._less_lag(starts[j] if link.type[1] == "S" else finishes[j], link)
        return span.until(bound)[0] if link.type[0] == "F" else span.start_at_latest(bound)

    def _plus_lag(self, t: int, link: Link) -> int:
        return t + link.lag if link.lag_unit == "calendar" else self.network.calendar.fwd(t, link.lag)

    def _less_lag(self, t: int, link: Link) -> int:
        return t - link.lag if link.lag_unit == "calendar" else self.network.calendar.bwd(t, link.lag)

    def _overtaken(self, i: int, j: int, link: Link) -> bool:
        bound = self._plus_lag(self.early_finish[i] if link.type[0] == "F" else self.early_start[i], link)
        if link.type[1] == "S":
            return bound > self.early_start[j]
        return self.network.items[j].finished_on is not None and bound > self.early_finish[j]

    # Small parts

    def _own_bounds(self, item: Item, end: int) -> tuple[int, int | None]:
        """(latest finish, latest start if pinned) by the end and the item's own deadline and pin."""
        if item.deadline is not None:
            end = min(end, item.deadline.toordinal() + 1)
        return end, item.pin

    def _slack(self, i: int, latest: list[int]) -> int:
        calendar = self.network.spans[i].calendar
        return calendar.rank(latest[i]) - calendar.rank(self.early_finish[i])

    def _plan_days_from_ready(self, end: int) -> int:
        calendar = self.network.calendar
        return calendar.rank(end) - calendar.rank(self.ready_boundary)

    def _dates(self, i: int) -> Dates:
        # 0 days are shown by the day before their boundary, starts as well as finishes
        shift = 0 if self.network.spans[i].days else 1
        day = date.fromordinal
        return Dates(
            day(self.latest_start[i] - shift),
            day(due(self.latest_finish[i])),
            day(self.hard_latest_start[i] - shift),
            day(due(self.hard_latest_finish[i])),
            day(self.early_start[i] - shift),
            day(due(self.early_finish[i])),
            self.slack_of(i),
            self.hard_slack_of(i),
            i in self.driving,
        )


def _latest(span: Span, finish: int, begin: int) -> tuple[int, int]:
    """(start, finish) as late as both bounds allow: LS and LF of RETROPLAN.md 2.3."""
    start = min(span.until(finish)[0], span.start_at_latest(begin))
    return span.since(start)


def _edge_at(item: Item, edge: CalendarEdge) -> CalendarEdge:
    return CalendarEdge('Step "%(step)s": %(fault)s', step=item.key, fault=edge.message)
