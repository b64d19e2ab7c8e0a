"""The two passes against trying every day (oracle.py), on thousands of small networks, and against the longest path on large ones."""

from datetime import date, timedelta
from itertools import product
from random import Random

import networkx
import pytest

from planning.calendars import Calendar, CalendarSpec, calendar_from
from planning.items import Item, Link, pieces_of
from planning.network import schedule
from planning.spans import Pieces
from tests.planning.days import EN, FR, WEEK, june
from tests.planning.oracle import Oracle, boundary_after, boundary_before, days_between, worked_by

NETWORKS = 10_000
BLOCK = 1000

NEW_YEAR = date(2027, 1, 1)
CHRISTMAS = frozenset(date(2027, 12, day) for day in range(20, 32))
SPECS = {
    "fr": CalendarSpec("FR", days_off=CHRISTMAS),
    "en": CalendarSpec("GB", "ENG"),
    "sunday to thursday": CalendarSpec(
        weekdays=(6, 0, 1, 2, 3),
        days_off=frozenset(NEW_YEAR + timedelta(days=9 * i) for i in range(42)),
        working_days=frozenset(NEW_YEAR + timedelta(days=35 * i) for i in range(12)),  # Fridays
    ),
    "patchy": CalendarSpec("FR", None, (0, 2, 5), working_days=frozenset({date(2027, 5, 1), date(2027, 5, 6)})),
}
CALENDARS = {name: calendar_from(spec) for name, spec in SPECS.items()}


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_both_passes_find_what_trying_every_day_finds(first):
    for seed in range(first, min(first + BLOCK, NETWORKS)):
        plan = random_plan(seed)
        assert computed(plan) == tried(plan), f"network {seed}: {plan}"


@pytest.mark.parametrize("last_print_on", [date(2027, 5, 7), date(2027, 5, 10)])
def test_a_review_in_rounds_starts_as_soon_as_it_can_and_still_ends_no_sooner_than_it_must(last_print_on):
    # 6 May is worked in England only: rework ends on the 5th or the 7th, the second answer on the 6th or the 10th
    items = [
        Item("prints", pinned_on=last_print_on),
        Item("review", calendar="en", pieces=pieces_of("en", sla_days=1, rounds=2, rework_days=1)),
    ]
    may_not_end_before = Link("prints", "review", "FF")
    plan = schedule(items, [may_not_end_before], date(2027, 5, 20), 0, date(2027, 4, 26), FR, {"en": EN})
    review = plan.of("review")

    assert (review.early_start, review.early_finish) == (date(2027, 5, 5), date(2027, 5, 10))
    assert plan.tight_into(1) == [(0, may_not_end_before)]


def test_an_answer_already_awaited_is_not_held_by_the_work_it_is_about():
    # handed over on a Saturday: the answer is awaited from Monday, with or without the link
    items = [Item("art", 1, finished_on=june(12)), Item("ok", 1, kind="review", started_on=june(12))]
    plan = schedule(items, [Link("art", "ok")], june(30), 0, june(12), WEEK)

    assert plan.of("ok").early_finish == june(14)
    assert plan.tight_into(1) == []


# Can the oracle fail?


def mirrored_lead(calendar, t, n, ahead=Calendar.fwd):
    return ahead(calendar, t, n) if n > 0 else calendar.bwd(t, -n)


def mirrored_counter_lead(calendar, t, n, back=Calendar.bwd):
    return back(calendar, t, n) if n > 0 else calendar.fwd(t, -n)


def as_it_is(calendar, t):
    return t


SHORTCUTS = [
    (Calendar, "fwd", mirrored_lead),
    (Calendar, "bwd", mirrored_counter_lead),
    (Calendar, "floor_start", as_it_is),
    (Calendar, "ceil_end", as_it_is),
    (Pieces, "start_to_end_at", lambda span, bound: span.until(span.spans[-1].calendar.ceil_end(bound))[0]),
]


@pytest.mark.parametrize(("noun", "question", "shortcut"), SHORTCUTS)
def test_the_obvious_shortcuts_are_caught(noun, question, shortcut, monkeypatch):
    monkeypatch.setattr(noun, question, shortcut)
    wrong = (computed(plan) != tried(plan) for plan in map(random_plan, range(BLOCK)))

    assert any(wrong)


def test_the_networks_are_as_awkward_as_plans_get():
    plans = [random_plan(seed) for seed in range(BLOCK)]
    links = {(link.type, link.lag, link.lag_unit, link.strength) for plan in plans for link in plan[1]}
    items = [item for plan in plans for item in plan[0]]
    found = [computed(plan) for plan in plans]

    assert len(links) == 4 * 8 * 2 * 2
    assert {len(item.pieces) for item in items} == {0, 1, 3, 5}
    assert {(bool(item.started_on), bool(item.finished_on)) for item in items} == set(product([False, True], repeat=2))
    for awkward in (
        lambda told: told["broken"],
        lambda told: told["short"],
        lambda told: not told["short"],
        lambda told: len(told["driving"]) > 2,
        lambda told: told["least slack"] is not None and told["least slack"] > 0,
    ):
        assert sum(bool(awkward(told)) for told in found) > BLOCK / 20


# The maps alone, and the longest path


@pytest.mark.parametrize("seed", range(60))
def test_on_any_calendar_the_maps_are_what_counting_finds_and_keep_the_law(seed):
    chance = Random(seed)
    spec = random_spec(chance)
    calendar, is_working = Calendar(spec), worked_by(spec)
    for _ in range(40):
        t, n = NEW_YEAR.toordinal() + chance.randint(0, 360), chance.randint(-9, 12)
        limit = t + chance.randint(-20, 40)

        assert calendar.fwd(t, n) == boundary_after(is_working, t, n)
        assert (boundary_after(is_working, t, n) <= limit) == (t <= calendar.bwd(limit, n))
        assert calendar.bwd(t, abs(n)) == boundary_before(is_working, t, abs(n))
        assert calendar.rank(limit) - calendar.rank(t) == days_between(is_working, t, limit)


def random_spec(chance):
    country, subdivision = chance.choice([(None, None), ("FR", None), ("GB", "ENG"), ("DE", "BY"), ("US", None)])
    days = [NEW_YEAR + timedelta(days=i) for i in range(365)]
    return CalendarSpec(
        country,
        subdivision,
        tuple(chance.sample(range(7), chance.randint(1, 7))),
        frozenset(chance.sample(days, chance.randint(0, 40))),
        frozenset(chance.sample(days, chance.randint(0, 40))),
    )


@pytest.mark.parametrize("seed", range(8))
def test_without_days_off_both_passes_are_longest_paths(seed):
    chance = Random(seed)
    days = [chance.choice([0, 1, 2, 3, 5, 8]) for _ in range(300)]
    items = [Item(str(i), days[i]) for i in range(300)]
    links = [far_link(chance, *sorted(chance.sample(range(300), 2))) for _ in range(900)]
    graph = networkx.MultiDiGraph()
    for i in range(300):
        graph.add_edge("today", str(i), weight=0)
        graph.add_edge(str(i), "launch", weight=-days[i])
    for link in links:
        graph.add_edge(link.source, link.target, weight=-least_gap(link, days))
    today, launch = date(2027, 1, 4), date(2029, 1, 1)
    plan = schedule(items, links, launch, 0, today, calendar_from(CalendarSpec(weekdays=tuple(range(7)))))
    from_today = networkx.single_source_bellman_ford_path_length(graph, "today")
    to_launch = networkx.single_source_bellman_ford_path_length(graph.reverse(), "launch")

    assert plan.early_finish == [today.toordinal() - from_today[str(i)] + days[i] for i in range(300)]
    assert plan.latest_start == [launch.toordinal() + to_launch[str(i)] for i in range(300)]
    assert plan.launch_slack_days == (launch - today).days + from_today["launch"]


def far_link(chance, source, target):
    unit = chance.choice(["working", "calendar"])
    return Link(str(source), str(target), chance.choice(["FS", "SS", "FF", "SF"]), chance.randint(-3, 4), unit)


def least_gap(link, days):
    """Days from the start of the link's source to that of its target, at least, where every day is worked."""
    before = days[int(link.source)] if link.type in ("FS", "FF") else 0
    after = days[int(link.target)] if link.type in ("FF", "SF") else 0
    return before + link.lag - after


def computed(plan):
    """All that the engine says of a plan."""
    *told, name = plan
    engine = schedule(*told, CALENDARS[name], CALENDARS)
    keys = engine.network.keys

    def by_key(starts, finishes):
        return dict(zip(keys, zip(starts, finishes, strict=True), strict=True))

    return {
        "early": by_key(engine.early_start, engine.early_finish),
        "late": by_key(engine.latest_start, engine.latest_finish),
        "late, hard": by_key(engine.hard_latest_start, engine.hard_latest_finish),
        "slack": {key: engine.slack_of(i) for i, key in enumerate(keys)},
        "slack, hard": {key: engine.hard_slack_of(i) for i, key in enumerate(keys)},
        "least slack": engine.slack_days,
        "launch": (engine.ready_boundary, engine.launch_slack_days, engine.hard_launch_slack_days),
        "short": engine.short_by_days,
        "tight into": {key: {link for _, link in engine.tight_into(i)} for i, key in enumerate(keys)},
        "tight out of": {key: {link for _, link in engine.tight_out_of(i)} for i, key in enumerate(keys)},
        "driving": {keys[i] for i in engine.driving},
        "broken": set(engine.broken()),
    }


def tried(plan):
    """The same by the oracle."""
    *told, name = plan
    oracle = Oracle(*told, SPECS[name], SPECS)
    target, launch = oracle.target, oracle.launch
    return {
        "early": oracle.early,
        "late": oracle.late[target],
        "late, hard": oracle.late[launch],
        "slack": {key: oracle.slack(key, target) for key in oracle.items},
        "slack, hard": {key: oracle.slack(key, launch) for key in oracle.items},
        "least slack": oracle.least_slack(),
        "launch": (oracle.ready, oracle.launch_slack(target), oracle.launch_slack(launch)),
        "short": max(0, -oracle.launch_slack(launch)),
        "tight into": {key: oracle.tight_into(key) for key in oracle.items},
        "tight out of": {key: oracle.tight_out_of(key) for key in oracle.items},
        "driving": oracle.driving(),
        "broken": oracle.broken(),
    }


# Networks, small and awkward


def random_plan(seed):
    """(items, links, launch, buffer, today, name of the plan's calendar), always the same for a seed."""
    chance = Random(seed)
    today = NEW_YEAR + timedelta(days=chance.randint(20, 330))
    factual = chance.random() < 0.6
    items = [random_item(chance, key, today, factual) for key in "abcdefg"[: chance.randint(3, 7)]]
    links = [random_link(chance, items) for _ in range(chance.randint(len(items) - 1, 2 * len(items)))]
    chance.shuffle(items)
    launch = today + timedelta(days=chance.randint(5, 40))
    return items, links, launch, chance.choice([0, 0, 1, 3, 6]), today, chance.choice(list(SPECS))


def random_item(chance, key, today, factual):
    def now_and_then(share, first, last):
        return today + timedelta(days=chance.randint(first, last)) if chance.random() < share else None

    calendar = chance.choice([None, *SPECS])
    item = Item(
        key,
        chance.choice([0, 1, 1, 2, 3, 5]),
        calendar,
        chance.choice(["work", "review"]),
        not_before=now_and_then(0.2, -5, 15),
        deadline=now_and_then(0.2, 0, 40),
        pinned_on=now_and_then(0.1, 0, 30),
    )
    if chance.random() < 0.25:
        pieces = pieces_of(calendar, chance.randint(1, 3), chance.randint(1, 3), chance.randint(0, 2))
        item = item._replace(days=chance.choice([0, sum(days for days, _ in pieces)]), kind="review", pieces=pieces)
    return with_facts(chance, item, today) if factual and chance.random() < 0.4 else item


def with_facts(chance, item, today):
    """Begun, done, or done with a start that nobody told; before or after what it waits for, weekends too."""
    started_on = today - timedelta(days=chance.randint(0, 12))
    finished_on = started_on + timedelta(days=chance.randint(0, (today - started_on).days))
    told = chance.choice(["begun", "begun", "done", "only done"])
    return item._replace(
        started_on=None if told == "only done" else started_on,
        finished_on=None if told == "begun" else finished_on,
        remaining_days=chance.choice([None, None, 0, 1, 2, 4]),
    )


def random_link(chance, items):
    source, target = sorted(chance.sample([item.key for item in items], 2))
    return Link(
        source,
        target,
        chance.choice(["FS", "FS", "SS", "FF", "SF"]),
        chance.randint(-3, 4),
        chance.choice(["working", "calendar"]),
        chance.choice(["hard", "soft"]),
    )


@pytest.mark.parametrize("first", range(0, 1200, 300))
def test_free_slack_is_by_how_much_one_may_slip_before_another_begins_later(first):
    """Found by letting each slip a day more, until something that waits for it moves."""
    for seed in range(first, first + 300):
        items, links, launch, buffer, today, calendar = random_plan(seed)
        named = {name: CALENDARS[name] for name in SPECS}
        plan = schedule(items, links, launch, buffer, today, CALENDARS[calendar], named)
        for i, item in enumerate(items):
            free = plan.free_slack_of(i)
            followers = {link.target for link in links if link.source == item.key}
            waiting = [one.key for one in items if one.key in followers and one.started_on is None and one.finished_on is None]
            handed_on = len(waiting) < len(followers)  # what has begun may pass a delay on to others
            if item.started_on or item.finished_on or item.pieces or item.pinned_on or handed_on:
                continue
            assert (free is None) == (not waiting)
            if free is None or free > 30:
                continue
            for slipped in (free, free + 1):
                later = [one if one.key != item.key else _slipped(item, plan, i, slipped) for one in items]
                then = schedule(later, links, launch, buffer, today, CALENDARS[calendar], named)
                starts = [(plan.early_start[plan.network.index[key]], then.early_start[then.network.index[key]]) for key in waiting]
                assert any(now != before for before, now in starts) == (slipped > free), f"network {seed}, {item.key} by {slipped}"


def _slipped(item, plan, i, days):
    """The item, held back so many working days of its own."""
    calendar = plan.network.spans[i].calendar
    boundary = plan.early_start[i]
    if not item.days:
        boundary = calendar.fwd(boundary, days)
    for _ in range(days if item.days else 0):
        boundary = calendar.ceil_start(boundary + 1)
    return item._replace(not_before=date.fromordinal(boundary))
