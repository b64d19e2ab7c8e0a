"""What holds of every network: a buffer only makes dates earlier, and the driving chain is the longest path."""

from datetime import timedelta

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.calendars import CalendarSpec, calendar_from
from planning.network import Item, Link, schedule
from tests.planning.days import FR, WEEK, june

PATCHY = calendar_from(
    CalendarSpec(weekdays=(0, 2, 3, 5), days_off=frozenset({june(9), june(23)}), working_days=frozenset({june(13)}))
)
NAMED = {"week": WEEK, "patchy": PATCHY, "fr": FR}


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
