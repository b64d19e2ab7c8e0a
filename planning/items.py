"""What a plan is made of, for the passes: items and the links between them (RETROPLAN.md 2.1)."""

from datetime import date
from typing import Literal, NamedTuple

LinkType = Literal["FS", "SS", "FF", "SF"]
LagUnit = Literal["working", "calendar"]
Strength = Literal["hard", "soft"]


class Item(NamedTuple):
    """One piece of work, review or milestone (0 days).

    days            whole working days of `calendar`, ≥ 0
    calendar        a name among the network's calendars; None: the plan's own
    pieces          in place of `days`: ((days, calendar), …) one after the other, each in its own
                    calendar, as a review of several rounds is
    not_before      first day it may start
    deadline        last day it may be worked on
    pinned_on       the day it must start on; for 0 days, the day at whose end it must be done
    started_on      the day it did start; finished_on the last day it was worked on
    remaining_days  left of an item that has started; None: `days` less the working days since,
                    at least 1
    """

    key: str
    days: int = 0
    calendar: str | None = None
    kind: str = "work"
    not_before: date | None = None
    deadline: date | None = None
    pinned_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    remaining_days: int | None = None
    pieces: tuple[tuple[int, str | None], ...] = ()

    @property
    def pin(self) -> int | None:
        """The boundary it is pinned to: the start of that day, its end for 0 days."""
        if self.pinned_on is None:
            return None
        return self.pinned_on.toordinal() + (not self.days and not self.pieces)

    @property
    def first_boundary(self) -> int:
        """The boundary before which it may not start; 0 if nothing of its own holds it."""
        earliest = self.not_before.toordinal() if self.not_before else 0
        return max(earliest, self.pin or 0)


class Link(NamedTuple):
    """`target` waits for `source`. Lag is signed; working lags count days of the plan's calendar.

    A soft link is preferred: it holds what has not started, but not the rest of what has.
    """

    source: str
    target: str
    type: LinkType = "FS"
    lag: int = 0
    lag_unit: LagUnit = "working"
    strength: Strength = "hard"


def days_of_rounds(sla_days: int, rounds: int, rework_days: int) -> int:
    """R·sla + (R − 1)·rework: the whole of a review of R rounds (RETROPLAN.md 2.1)."""
    return rounds * sla_days + (rounds - 1) * rework_days


def pieces_of(
    calendar: str | None, sla_days: int | None, rounds: int | None, rework_days: int | None
) -> tuple[tuple[int, str | None], ...]:
    """A review's R answers in its calendar with R - 1 reworks in the plan's between; none where it has days instead."""
    if sla_days is None:
        return ()
    answer, rework = (sla_days, calendar), (rework_days or 0, None)
    return (answer, *(piece for _ in range((rounds or 1) - 1) for piece in (rework, answer)))
