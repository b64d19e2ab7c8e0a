"""Working days: dates that anyone can check in a calendar, and the law of RETROPLAN.md 2.2."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.calendars import (
    END,
    FIRST,
    MONDAY_TO_FRIDAY,
    CalendarEdge,
    CalendarSpec,
    Closed,
    ClosedBy,
    UnknownCountry,
    calendar_from,
    due,
    spec_of_country,
)

FR = calendar_from(spec_of_country("FR"))
EN = calendar_from(spec_of_country("GB-ENG"))
PRESS = calendar_from(
    CalendarSpec("FR", None, (0, 1, 2, 3, 4, 5), frozenset({date(2027, 5, 7)}), frozenset({date(2027, 5, 9)}))
)
calendars = st.sampled_from([FR, EN, PRESS])
boundaries = st.integers(date(2024, 1, 1).toordinal(), date(2032, 1, 1).toordinal())
counts = st.integers(0, 80)


def t(*day):
    return date(*day).toordinal()


def test_may_2027_in_france_and_england():
    assert not FR.is_working(date(2027, 5, 6))  # Ascension
    assert not FR.is_working(date(2027, 5, 17))  # Whit Monday
    assert FR.is_working(date(2027, 5, 3))
    assert not EN.is_working(date(2027, 5, 3))  # early May bank holiday
    assert EN.is_working(date(2027, 5, 6))


def test_the_six_maps_around_ascension():
    thursday = t(2027, 5, 6)

    assert FR.fwd(thursday, 1) == t(2027, 5, 8)
    assert FR.bwd(thursday, 1) == t(2027, 5, 5)
    assert FR.ceil_start(thursday) == t(2027, 5, 7)
    assert FR.floor_start(thursday) == t(2027, 5, 5)
    assert FR.ceil_end(thursday) == t(2027, 5, 6)
    assert FR.ceil_end(thursday + 1) == t(2027, 5, 8)
    assert due(thursday) == t(2027, 5, 5)


def test_nothing_is_no_step_even_on_a_holiday():
    assert FR.fwd(t(2027, 5, 6), 0) == FR.bwd(t(2027, 5, 6), 0) == t(2027, 5, 6)


def test_leads_end_and_begin_days_too():
    friday = t(2027, 6, 11)

    assert FR.fwd(friday, -1) == t(2027, 6, 10)
    assert FR.bwd(friday, -1) == t(2027, 6, 14)


def test_extra_working_days_win_over_days_off_and_holidays():
    spec = CalendarSpec("FR", days_off=frozenset({date(2027, 5, 7)}), working_days=frozenset({date(2027, 5, 7)}))

    assert calendar_from(spec).is_working(date(2027, 5, 7))
    assert PRESS.is_working(date(2027, 5, 9))
    assert not PRESS.is_working(date(2027, 5, 7))
    assert PRESS.is_working(date(2027, 5, 15))
    assert not PRESS.is_working(date(2027, 5, 16))
    whit = CalendarSpec("FR", working_days=frozenset({date(2027, 5, 17)}))
    assert calendar_from(whit).is_working(date(2027, 5, 17))


def test_without_a_country_there_are_no_holidays():
    assert calendar_from(MONDAY_TO_FRIDAY).is_working(date(2027, 12, 24) + timedelta(days=7))
    assert calendar_from(MONDAY_TO_FRIDAY).working_days_between(date(2027, 1, 1), date(2028, 1, 1)) == 261


def test_working_days_between_are_signed():
    assert FR.working_days_between(date(2027, 5, 5), date(2027, 5, 14)) == 6
    assert FR.working_days_between(date(2027, 5, 14), date(2027, 5, 5)) == -6


def test_why_a_day_is_closed():
    assert FR.closed_because(date(2027, 5, 6), "fr") == Closed(ClosedBy.HOLIDAY, "Ascension")
    assert FR.closed_because(date(2027, 5, 6), "en") == Closed(ClosedBy.HOLIDAY, "Ascension Day")
    assert PRESS.closed_because(date(2027, 5, 7)) == Closed(ClosedBy.DAY_OFF)
    assert FR.closed_because(date(2027, 5, 15)) == Closed(ClosedBy.WEEKEND)
    assert FR.closed_because(date(2027, 5, 14)) is None


def test_equal_specs_share_a_calendar():
    assert calendar_from(CalendarSpec("FR")) is FR


@pytest.mark.parametrize("code", ["XX", "fr", "", "-ENG", "GB-", "GB-ZZ", "HolidayBase", "__name__"])
def test_an_unknown_country_is_named(code):
    with pytest.raises(UnknownCountry, match="No public holidays are known"):
        spec_of_country(code)


def test_england_has_days_that_the_four_countries_do_not_share():
    assert calendar_from(spec_of_country("GB")).is_working(date(2027, 3, 29))
    assert not EN.is_working(date(2027, 3, 29))  # Easter Monday


def test_the_edges_are_errors_and_never_wrap_round():
    for far in (
        lambda: FR.bwd(FIRST, 1),
        lambda: FR.fwd(FIRST - 1, 1),
        lambda: FR.fwd(END, 1),
        lambda: FR.rank(END + 1),
        lambda: FR.floor_start(FIRST),
        lambda: FR.ceil_end(FIRST),
        lambda: FR.fwd(FIRST + 9, -40),
        lambda: FR.bwd(END, -1),
        lambda: FR.fwd(FIRST, 10**30),
    ):
        with pytest.raises(CalendarEdge, match="1970 to 2400"):
            far()


def test_the_first_and_the_last_day_can_be_worked():
    every_day = calendar_from(CalendarSpec(weekdays=tuple(range(7))))

    assert every_day.bwd(END, END - FIRST) == FIRST
    assert every_day.fwd(FIRST, END - FIRST) == END


def test_a_calendar_that_never_works_says_so():
    with pytest.raises(CalendarEdge):
        calendar_from(CalendarSpec(weekdays=())).ceil_start(t(2027, 5, 6))


def test_looking_far_changes_nothing_near():
    spec = CalendarSpec("FR", weekdays=(0, 1, 2))
    calendar = calendar_from(spec)
    near = calendar.fwd(t(2027, 5, 6), 30)

    assert calendar.fwd(t(2200, 5, 6), 30) > t(2200, 5, 6)
    assert calendar.fwd(t(2027, 5, 6), 30) == near
    ranks, days = calendar.arrays()
    assert len(ranks) == END - FIRST + 1
    assert days[ranks[near - FIRST]] == calendar.ceil_start(near)


@given(calendars, boundaries, boundaries, counts)
def test_the_law(calendar, s, limit, n):
    assert (calendar.fwd(s, n) <= limit) == (s <= calendar.bwd(limit, n))


@given(calendars, boundaries, st.integers(-60, 60), st.integers(-90, 90))
def test_leads_are_bound_and_counter_bound(calendar, s, offset, n):
    limit = s + offset
    assert (calendar.fwd(s, n) <= limit) == (s <= calendar.bwd(limit, n))


@given(calendars, boundaries)
def test_starts_and_ends_are_the_nearest_ones(calendar, b):
    def working(day):
        return calendar.is_working(date.fromordinal(day))

    assert calendar.ceil_start(b) == next(day for day in range(b, b + 30) if working(day))
    assert calendar.floor_start(b) == next(day for day in range(b, b - 30, -1) if working(day))
    assert calendar.ceil_end(b) == next(day for day in range(b, b + 30) if working(day - 1))


@given(calendars, boundaries, st.integers(1, 60))
def test_a_span_holds_its_days_and_touches_both_ends(calendar, b, n):
    start, finish = calendar.span_from(b, n)
    assert (start, finish) == (calendar.ceil_start(b), calendar.fwd(b, n))
    start, finish = calendar.span_until(b, n)
    assert (start, finish) == (calendar.bwd(b, n), calendar.fwd(start, n))
    assert calendar.rank(finish) - calendar.rank(start) == n


@given(calendars, boundaries, st.integers(0, 200))
def test_ranks_count_days_one_by_one(calendar, b, n):
    days = (date.fromordinal(day) for day in range(b, b + n))
    assert calendar.rank(b + n) - calendar.rank(b) == sum(map(calendar.is_working, days))
