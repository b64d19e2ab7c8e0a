"""A duration in a calendar, or several one after the other, laid before or after a boundary."""

from collections.abc import Sequence

from planning.calendars import Calendar


class Span:
    """A duration in a calendar: where it falls before a boundary, and after one."""

    __slots__ = ("calendar", "days")

    def __init__(self, calendar: Calendar, days: int):
        self.calendar = calendar
        self.days = days

    def until(self, finish: int) -> tuple[int, int]:
        """(start, finish) as late as possible; 0 days keep their boundary, never snapped."""
        return self.calendar.span_until(finish, self.days) if self.days else (finish, finish)

    def start_at_latest(self, bound: int) -> int:
        """The last start at or before a boundary."""
        return self.calendar.floor_start(bound) if self.days else bound

    def since(self, start: int) -> tuple[int, int]:
        """(start, finish) as soon as possible."""
        return self.calendar.span_from(start, self.days) if self.days else (start, start)

    def start_to_end_at(self, bound: int) -> int:
        """The boundary from which it would finish at the first end of a working day at or after one."""
        return self.until(self.calendar.ceil_end(bound))[0] if self.days else bound

    def left_since(self, start: int, today: int) -> int:
        """Days not yet worked today of what began at `start`; at least 1 of what has any."""
        worked = max(0, self.calendar.rank(today) - self.calendar.rank(start))
        return max(1, self.days - worked) if self.days else 0


class Pieces(Span):
    """Spans one after the other, each in its own calendar; `days` is their sum, in the first's."""

    __slots__ = ("spans",)

    def __init__(self, spans: Sequence[Span]):
        super().__init__(spans[0].calendar, sum(span.days for span in spans))
        self.spans = spans

    def until(self, finish: int) -> tuple[int, int]:
        for span in reversed(self.spans):
            finish, _ = span.until(finish)
        return self.since(finish)

    def since(self, start: int) -> tuple[int, int]:
        first, start = self.spans[0].since(start)
        for span in self.spans[1:]:
            _, start = span.since(start)
        return first, start

    def start_to_end_at(self, bound: int) -> int:
        """The first start from which it finishes at or after one: two calendars may skip an end, or meet it from several starts."""
        start = bound
        for span in reversed(self.spans):
            start = span.start_to_end_at(bound)
            bound = span.calendar.floor_start(start - 1) + 1  # the first boundary from which this piece begins there
        return start
