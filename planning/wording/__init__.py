"""Why a date is what it is, as facts, and who puts them into words: one module a language.

A wording knows grammar and nothing of plans; `whys.py` knows plans and no grammar. Names of steps are data: they are
told as they are.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from planning.items import Link


class Told(NamedTuple):
    """A step as sentences speak of it.

    days      working days it takes; 0: a point in time, that is reached
    rounds    of a review given in rounds, else 0
    calendar  the name of the calendar its days are of; None: it has none
    """

    name: str
    days: int
    rounds: int = 0
    calendar: str | None = None


class Tie(NamedTuple):
    """A tight link between two steps."""

    source: Told
    target: Told
    link: Link


class Goal(StrEnum):
    """What a chain of latest dates ends at."""

    LAUNCH = "launch"
    PIN = "pin"
    DEADLINE = "deadline"


class End(NamedTuple):
    """The end of a chain: its last step, and the day it is pinned to or must end on; `buffer` lies before a launch."""

    kind: Goal
    step: Told
    day: date | None = None
    buffer: bool = False


class Latest(NamedTuple):
    """Why a step may start no later than `day`: its next ties, then the end; `cut` if ties are left out in between."""

    step: Told
    day: date
    ties: tuple[Tie, ...]
    end: End
    cut: bool


class Fact(StrEnum):
    """What a chain of early dates begins at."""

    TODAY = "today"
    NOT_BEFORE = "not_before"
    PIN = "pin"
    BEGUN = "begun"
    DONE = "done"


class Root(NamedTuple):
    """The beginning of a chain: its first step, a fact and the day of it; `left` are the days that what has begun still takes."""

    kind: Fact
    step: Told
    day: date
    left: int = 0


class DayOff(NamedTuple):
    """A day that is not worked, and so puts a step off; `holiday` is its name, empty for an own day off."""

    day: date
    holiday: str
    calendar: str | None


class Earliest(NamedTuple):
    """Why a step cannot start or end sooner: the ties that hold it, nearest first, then the root; `cut` as in Latest.

    start   None of what has begun or is done
    now     whether a point in time can be reached at once
    """

    step: Told
    start: date | None
    finish: date
    now: bool
    today: date
    ties: tuple[Tie, ...]
    root: Root
    cut: bool
    day_off: DayOff | None


class Wording(Protocol):
    """Sentences in one language, each of a length that does not grow with the plan."""

    def latest(self, why: Latest) -> str: ...

    def earliest(self, why: Earliest) -> str: ...


def wording_of(language: str) -> Wording:
    """The words of a language by its code; English for one that is not known."""
    from planning.wording import english, french

    return {"fr": french.French()}.get(language.partition("-")[0], english.English())
