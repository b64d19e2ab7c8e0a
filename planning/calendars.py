"""Working days: which days are worked, and the six maps over day boundaries (RETROPLAN.md 2.2).

An instant is a day boundary: `date.toordinal()`, the start (00:00) of that day. Work occupies
[start, finish), so the day that people read as due is `finish - 1`. Whole days, integers only.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, compress

from planning.messages import Message, Refusal

FIRST = date(1970, 1, 1).toordinal()
END = date(2400, 12, 31).toordinal() + 1
NEAR = date(2070, 1, 1).toordinal()
"""Most plans never look past NEAR; a calendar is built to there, and to END when asked."""


class CalendarEdge(Refusal):
    """A computation left the days that calendars cover, 1970 to 2400, or met no working day."""


class UnknownCountry(Refusal):
    """A country or subdivision that the source of public holidays does not have."""


class ClosedBy(StrEnum):
    """Why a day is not worked."""

    HOLIDAY = "holiday"
    DAY_OFF = "day_off"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a day is not worked; `name` is the holiday's, and empty for the other reasons."""

    reason: ClosedBy
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """What a calendar is made of. Equal specs share one Calendar.

    country, subdivision  ISO codes ("GB", "ENG"); none: no public holidays. GB without a
                          subdivision has only the days that its four countries share
    weekdays              worked days of the week, Monday 0
    days_off              extra days not worked
    working_days          days worked whatever the rest says
    """

    country: str | None = None
    subdivision: str | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()


MONDAY_TO_FRIDAY = CalendarSpec()


def spec_of_country(code: str) -> CalendarSpec:
    """The calendar that "FR" or "GB-ENG" names. Raises UnknownCountry."""
    country, dash, subdivision = code.partition("-")
    ensure_country(country, subdivision if dash else None)
    return CalendarSpec(country, subdivision if dash else None)


def ensure_country(country: str, subdivision: str | None = None) -> None:
    """Raises UnknownCountry, with a sentence, unless public holidays are known for them."""
    if country not in _country_codes():
        raise UnknownCountry("No public holidays are known for the country %(country)s.", country=repr(country))
    if subdivision is not None:
        _ensure_subdivision(country, subdivision)


@lru_cache(maxsize=128)
def calendar_from(spec: CalendarSpec) -> "Calendar":
    """The calendar of a spec, made once. Raises UnknownCountry."""
    if spec.country is not None:
        ensure_country(spec.country, spec.subdivision)
    return Calendar(spec)


def due(finish: int) -> int:
    """The day that people read: the last one worked before the boundary `finish`."""
    return finish - 1


class Calendar:
    """The working days of one spec, as ranks and days; to its callers it never changes.

    All maps take and give day boundaries as integers, and raise CalendarEdge outside 1970 to 2400
    (a wrong answer is worse: a negative index would silently wrap round).
    """

    __slots__ = ("_days", "_ranks", "_until", "spec")

    def __init__(self, spec: CalendarSpec):
        self.spec = spec
        self._lay_out(NEAR)

    def rank(self, t: int) -> int:
        """r(t): how many working days of the calendar lie before t. Only differences matter."""
        if t >= FIRST:
            try:
                return self._ranks[t - FIRST]
            except IndexError:
                if t <= END:
                    self._lay_out(END)
                    return self._ranks[t - FIRST]
        raise CalendarEdge(_EDGE)

    def day(self, rank: int) -> int:
        """w[rank]: the working day that has `rank` working days before it."""
        if rank >= 0:
            try:
                return self._days[rank]
            except IndexError:
                if self._until < END:
                    self._lay_out(END)
                    return self.day(rank)
        raise CalendarEdge(_EDGE)

    def fwd(self, t: int, n: int) -> int:
        """The boundary n working days after t, at the end of a day; n of any sign, 0 is t itself."""
        return self.day(self.rank(t) + n - 1) + 1 if n else t

    def bwd(self, t: int, n: int) -> int:
        """The latest start that leaves n working days before t; n of any sign, 0 is t itself."""
        return self.day(self.rank(t) - n) if n else t

    def ceil_start(self, t: int) -> int:
        """The first working day at or after t."""
        return self.day(self.rank(t))

    def floor_start(self, t: int) -> int:
        """The last working day at or before t."""
        return self.day(self.rank(t + 1) - 1)

    def ceil_end(self, t: int) -> int:
        """The first end of a working day at or after t."""
        return self.day(self.rank(t - 1)) + 1

    def span_from(self, t: int, n: int) -> tuple[int, int]:
        """(start, finish) of n > 0 working days begun as soon as possible from t."""
        rank = self.rank(t)
        return self.day(rank), self.day(rank + n - 1) + 1

    def span_until(self, t: int, n: int) -> tuple[int, int]:
        """(start, finish) of n > 0 working days done as late as possible before t."""
        rank = self.rank(t) - n
        return self.day(rank), self.day(rank + n - 1) + 1

    def working_days_between(self, first: date, last: date) -> int:
        """Working days from `first` up to and without `last`; negative when last comes first."""
        return self.rank(last.toordinal()) - self.rank(first.toordinal())

    def is_working(self, day: date) -> bool:
        """Whether that day is worked."""
        t = day.toordinal()
        return self.rank(t + 1) > self.rank(t)

    def closed_because(self, day: date, language: str = "en") -> Closed | None:
        """Why that day is not worked, a holiday by its name in the language; None if it is."""
        if self.is_working(day):
            return None
        if name := self._holidays(language).get(day.toordinal()):
            return Closed(ClosedBy.HOLIDAY, name)
        return Closed(ClosedBy.DAY_OFF if day in self.spec.days_off else ClosedBy.WEEKEND)

    def arrays(self, until: int = END) -> tuple[array, array]:
        """(ranks, days) for vectorised work: ranks[t - FIRST] for t up to `until`, and w itself.

        They are the calendar's own: read them, never write. They may reach further than asked.
        """
        if until > self._until:
            self._lay_out(END)
        return self._ranks, self._days

    def _lay_out(self, until: int) -> None:
        """Count up to `until`; ranks begin at FIRST always, so laying out further changes none."""
        worked = self._worked(until)
        self._days = array("i", compress(range(FIRST, until), worked))
        self._ranks = array("i", accumulate(worked, initial=0))
        self._until = until

    def _worked(self, until: int) -> bytearray:
        """A flag per day from FIRST to `until`: the week, less holidays and days off, plus extra days."""
        week = bytes(weekday in self.spec.weekdays for weekday in _week_from(FIRST))
        worked = bytearray((week * ((until - FIRST) // 7 + 1))[: until - FIRST])
        _mark(worked, self._holidays(), 0)
        _mark(worked, (day.toordinal() for day in self.spec.days_off), 0)
        _mark(worked, (day.toordinal() for day in self.spec.working_days), 1)
        return worked

    def _holidays(self, language: str | None = None) -> Mapping[int, str]:
        if self.spec.country is None:
            return {}
        return _public_holidays(self.spec.country, self.spec.subdivision, language)


_EDGE = Message("The plan leaves the days that can be computed: 1970 to 2400.")


def _week_from(t: int) -> list[int]:
    first = date.fromordinal(t).weekday()
    return [(first + i) % 7 for i in range(7)]


def _mark(worked: bytearray, days: Iterable[int], flag: int) -> None:
    for day in days:
        if 0 <= day - FIRST < len(worked):
            worked[day - FIRST] = flag


# The package `holidays` is slow to import, and needed only where a calendar has a country.


@lru_cache(maxsize=256)
def _public_holidays(country: str, subdivision: str | None, language: str | None) -> Mapping[int, str]:
    """Names by day, in every year that the source knows: 2100 is the last of most countries."""
    import holidays

    known = holidays.country_holidays(country, subdiv=subdivision)
    first, last = max(1970, known.start_year), min(2400, known.end_year)
    spoken = _spoken(known, language) if language else None
    known = holidays.country_holidays(country, subdiv=subdivision, years=range(first, last + 1), language=spoken)
    return {day.toordinal(): name for day, name in known.items()}


def _spoken(known, language: str) -> str | None:
    """The source's own word for the language: "en" is found as en_US; None: the country's own."""
    choices = [
        choice
        for choice in known.supported_languages
        if choice == language or choice.partition("_")[0] == language.partition("_")[0]
    ]
    return min(choices, key=lambda choice: (choice != language, choice != "en_US"), default=None)


@lru_cache(maxsize=1)
def _country_codes() -> frozenset[str]:
    from holidays.registry import COUNTRIES

    return frozenset(code for names in COUNTRIES.values() for code in names[1:])


def _ensure_subdivision(country: str, subdivision: str) -> None:
    import holidays

    unknown = UnknownCountry(
        "No public holidays are known for the subdivision %(subdivision)s of %(country)s.",
        subdivision=repr(subdivision), country=country,
    )
    if not subdivision:
        raise unknown
    try:
        holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError:
        raise unknown from None
