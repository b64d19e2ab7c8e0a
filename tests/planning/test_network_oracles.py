"""The two passes against what shares no formula with them: an engine that scans days, and the longest path."""

from datetime import date, timedelta

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.calendars import CalendarSpec, calendar_from
from planning.network import Item, Link, schedule
from tests.planning.days import FR, WEEK, june

# A second engine that shares no formula with the first: it tries days one by one.

PATCHY = calendar_from(
    CalendarSpec(weekdays=(0, 2, 3, 5), days_off=frozenset({june(9), june(23)}), working_days=frozenset({june(13)}))
)
NAMED = {"week": WEEK, "patchy": PATCHY, "fr": FR}


def worked(calendar, start, finish):
    """Working days in [start, finish), counted."""
    return sum(calendar.is_working(date.fromordinal(day)) for day in range(start, finish))


def shifted(t, lag, unit):
    """The boundary `lag` days after t; in working days, that many ends of a day of WEEK further."""
    if unit == "calendar" or not lag:
        return t + lag
    ends = [day + 1 for day in range(t - 60, t + 60) if worked(WEEK, day, day + 1)]
    return ends[sum(end <= t for end in ends) - 1 + lag]


def holds(link, a, b):
    """Whether the link is kept by its ends' (start, finish)."""
    source, target = (a[1] if link.type[0] == "F" else a[0]), (b[0] if link.type[1] == "S" else b[1])
    return target >= shifted(source, link.lag, link.lag_unit)


def placements(item, calendar, window):
    """Every (start, finish) an item may have, earliest first."""
    if not item.days:
        return [(t, t) for t in window]
    found = []
    for start in window:
        finish = start
        while worked(calendar, start, finish) < item.days:
            finish += 1
        if worked(calendar, start, start + 1):
            found.append((start, finish))
    return found


def early_by_trying(items, links, today):
    """(start, finish) by key; items come in an order that respects links."""
    placed = {}
    for item in items:
        incoming = [link for link in links if link.target == item.key]
        first = max(today, item.not_before.toordinal() if item.not_before else 0)
        placed[item.key] = next(
            spot
            for spot in placements(item, NAMED[item.calendar], range(first, first + 120))
            if all(holds(link, placed[link.source], spot) for link in incoming)
        )
    return placed


def late_by_trying(items, links, end):
    placed = {}
    for item in reversed(items):
        outgoing = [link for link in links if link.source == item.key]
        last = min(end, item.deadline.toordinal() + 1 if item.deadline else end)
        placed[item.key] = next(
            spot
            for spot in reversed(placements(item, NAMED[item.calendar], range(last - 120, last + 1)))
            if spot[1] <= last and all(holds(link, spot, placed[link.target]) for link in outgoing)
        )
    return placed


@st.composite
def networks(draw):
    size = draw(st.integers(1, 6))
    items = [
        Item(
            str(i),
            draw(st.integers(0, 4)),
            draw(st.sampled_from(sorted(NAMED))),
            not_before=draw(st.none() | st.dates(june(7), june(20))),
            deadline=draw(st.none() | st.dates(june(15), june(28))),
        )
        for i in range(size)
    ]
    pairs = [(a, b) for b in range(size) for a in range(b)]
    links = [
        Link(
            str(a),
            str(b),
            draw(st.sampled_from(["FS", "SS", "FF", "SF"])),
            draw(st.integers(-3, 4)),
            draw(st.sampled_from(["working", "calendar"])),
        )
        for a, b in (draw(st.lists(st.sampled_from(pairs), max_size=7)) if pairs else [])
    ]
    return items, links


@settings(max_examples=250, deadline=None)
@given(networks(), st.dates(june(7), june(13)), st.dates(june(14), date(2027, 7, 4)))
def test_both_passes_agree_with_trying_every_day(network, today, launch):
    items, links = network
    plan = schedule(items, links, launch, 0, today, WEEK, NAMED)

    assert dict(zip(plan.network.keys, zip(plan.early_start, plan.early_finish, strict=True), strict=True)) == (
        early_by_trying(items, links, today.toordinal())
    )
    assert dict(zip(plan.network.keys, zip(plan.latest_start, plan.latest_finish, strict=True), strict=True)) == (
        late_by_trying(items, links, launch.toordinal())
    )


@settings(max_examples=100, deadline=None)
@given(networks(), st.integers(0, 5))
def test_the_buffer_only_ever_makes_dates_earlier(network, buffer_days):
    items, links = network
    plan = schedule(items, links, june(28), buffer_days, june(7), WEEK, NAMED)

    assert all(a <= b for a, b in zip(plan.latest_finish, plan.hard_latest_finish, strict=True))
    assert all(finish <= plan.target for finish in plan.latest_finish)
    assert any(plan.early_finish[i] == plan.ready_boundary for i in plan.driving)
    assert plan.short_by_days == max(0, -plan.hard_launch_slack_days)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9), st.data())
def test_one_calendar_agrees_with_the_longest_path(size, data):
    days = [data.draw(st.integers(0, 5)) for _ in range(size)]
    pairs = [(a, b) for b in range(size) for a in range(b) if data.draw(st.booleans())]
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(size), days=0)
    graph.add_weighted_edges_from([(a, b, days[a]) for a, b in pairs])
    graph.add_weighted_edges_from([(a, "end", days[a]) for a in range(size)])
    longest = networkx.dag_longest_path_length(graph)
    every_day = calendar_from(CalendarSpec(weekdays=tuple(range(7))))
    items = [Item(str(i), days[i]) for i in range(size)]
    links = [Link(str(a), str(b)) for a, b in pairs]
    plan = schedule(items, links, june(30), 0, june(1), every_day)

    assert plan.ready == june(1) + timedelta(days=longest - 1)
    assert plan.launch_slack_days == plan.slack_days == 29 - longest
    if longest:
        on_path = networkx.dag_longest_path(graph)[:-1]
        assert all(plan.of(str(i)).driving for i in on_path)
