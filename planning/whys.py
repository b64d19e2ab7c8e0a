"""Why a date is what it is, in words: the next tight links, then the end of their chain."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from planning.calendars import due
from planning.items import Item, Link
from planning.network import Schedule

NAMED_LINKS = 3
LAUNCH = "the launch"


class Whys:
    """English sentences about the latest starts of one schedule.

    names     what people call each step, by key
    calendar  what the plan calls its own calendar; None: it has no name

    A sentence names three tight links at most, so its length does not grow with the plan.
    """

    def __init__(self, schedule: Schedule, names: Mapping[str, str], calendar: str | None = None):
        self.schedule = schedule
        self.network = schedule.network
        self.names = names
        self.calendar = calendar

    def of(self, key: str) -> str:
        """Why this step may start no later than it may."""
        i = self.network.index[key]
        return f"{self._opening(i)}, because {self._chain(i)}."

    def _opening(self, i: int) -> str:
        start, name = self.schedule.latest_start[i], self._name(i)
        if self.network.spans[i].days:
            return f"{name} may start on {_day(start)} at the latest"
        return f"{name} must be reached by the end of {_day(due(start))}"

    def _chain(self, i: int) -> str:
        """Script needs 3 days of fr before Script review, which needs …, and so on to the launch."""
        steps = self._tight_from(i)
        if not steps:
            return f"it {self._end_clause(i)}"
        clauses = [self._clause(*step) for step in steps]
        last = steps[-1][1]
        if self._next[last] is None:
            clauses.append(self._end_clause(last))
            tail = ""
        else:
            tail = f", and so on to {self._end(self._ends[last])}"
        first = steps[0]
        if _is_plain(first[2]):  # "because Script needs …" already says that it comes before
            subject, clauses = self._name(first[1]), clauses[1:]
        else:
            subject = "it"
        if not clauses:
            return f"{subject} follows{tail}"
        return f"{subject} " + ", which ".join(clauses) + tail

    def _tight_from(self, i: int) -> list[tuple[int, int, Link]]:
        """The next tight links, (source, target, link), three at most."""
        found: list[tuple[int, int, Link]] = []
        while len(found) < NAMED_LINKS and (step := self._next[i]) is not None:
            target, link = step
            found.append((i, target, link))
            i = target
        return found

    @cached_property
    def _next(self) -> list[tuple[int, Link] | None]:
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

    # Words

    def _clause(self, i: int, j: int, link: Link) -> str:
        """What link and duration ask of i: "needs 3 days of fr before Script review"."""
        lag = _lag(link)
        if link.type == "FS":
            asked = self._needs(i) if self.network.spans[i].days else "must be reached"
            return f"{asked} {lag}before {self._name(j)}"
        verb = "must end" if link.type[0] == "F" else "must start"
        ending = "starts" if link.type[1] == "S" else "ends"
        return f"{verb} {lag}before {self._name(j)} {ending}"

    def _needs(self, i: int) -> str:
        item, days = self.network.items[i], self.network.spans[i].days
        if item.pieces:
            return f"needs {_count(days, 'day')} in {_count((len(item.pieces) + 1) // 2, 'round')}"
        calendar = item.calendar or self.calendar
        return f"needs {_count(days, 'day')} of {calendar}" if calendar else f"needs {_count(days, 'working day')}"

    def _end_clause(self, i: int) -> str:
        asked = self._needs(i) if self.network.spans[i].days else "must be reached"
        end = self._end(i)
        if end == LAUNCH and self.schedule.target < self.schedule.launch:
            end = f"{LAUNCH} and the buffer before it"
        return f"{asked} before {end}"

    def _end(self, i: int) -> str:
        """What a chain ends at: a pin, a deadline, or the launch."""
        item = self.network.items[i]
        if item.pin is not None and self.schedule.latest_start[i] <= item.pin:
            return f"the {item.pinned_on:%-d %B %Y} that {self._name(i)} is pinned to"
        if self._is_at_deadline(item):
            assert item.deadline is not None
            return f"the end of {_day(item.deadline.toordinal())}, the deadline of {self._name(i)}"
        return LAUNCH

    def _is_at_deadline(self, item: Item) -> bool:
        return item.deadline is not None and item.deadline.toordinal() + 1 < self.schedule.target

    def _name(self, i: int) -> str:
        key = self.network.keys[i]
        return self.names.get(key) or key


def _is_plain(link: Link) -> bool:
    return link.type == "FS" and not link.lag


def _lag(link: Link) -> str:
    if not link.lag:
        return ""
    days = _count(abs(link.lag), "working day" if link.lag_unit == "working" else "calendar day")
    return (
        f"and {days} more " if link.lag > 0 and link.type == "FS" else f"{days} " if link.lag > 0 else f"less {days} "
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _day(ordinal: int) -> str:
    return f"{date.fromordinal(ordinal):%-d %B %Y}"
