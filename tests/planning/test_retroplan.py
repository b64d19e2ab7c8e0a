"""The answer of a plan file, and the sentences in it."""

from datetime import date

import pytest

from planning.planfile import PlanError, plan_from
from planning.retroplan import network_of, retroplan_answer, schedule_of, to_items

SPOT = """
brief          Brief          2 fr
script         Script         3 fr
script-review  Script review  2 en
shoot          Shoot          2 fr
edit           Edit v1        4 fr
client-review  Client review  3 en
fixes          Fixes          2 fr
final-ok       Final OK       2 en
trafficking    Trafficking    2 fr
visuals        Visuals        4 fr
visuals-review Visuals review 2 en
"""
ROWS = [line.rsplit(maxsplit=2) for line in SPOT.strip().splitlines()]
STEPS = [
    {"id": named.split()[0], "name": named.split(maxsplit=1)[1], "days": int(days), "calendar": calendar}
    for named, days, calendar in ROWS
]
CHAIN = [step["id"] for step in STEPS[:9]]
PAIRS = [
    *zip(CHAIN, CHAIN[1:], strict=False),
    ("brief", "visuals"),
    ("visuals", "visuals-review"),
    ("visuals-review", "trafficking"),
]
CALENDARS = {"fr": {"country": "FR"}, "en": {"country": "GB", "subdivision": "ENG"}}


def plan(steps, pairs=(), **fields):
    links = [{"from": a, "to": b} for a, b in pairs]
    given = {"launch": "2027-05-20", "status_date": "2027-04-05", "steps": steps, "links": links, **fields}
    return plan_from(given, date(2027, 4, 1))


def spot():
    return plan(STEPS, PAIRS, buffer_days=3, calendar="fr", calendars=CALENDARS)


def why(answer, key):
    return answer["steps"][key]["why"]


def test_the_worked_example_answers_as_promised():
    answer = retroplan_answer(spot(), "spot.json")
    brief = answer["steps"]["brief"]

    assert {name: value for name, value in answer.items() if name != "steps"} == {
        "file": "spot.json",
        "launch": "2027-05-20",
        "ready": "2027-05-04",
        "slack_days": 5,
        "launch_slack_days": 6,
        "hard_launch_slack_days": 9,
        "short_by_days": 0,
    }
    assert list(answer["steps"]) == [step["id"] for step in STEPS]
    assert {name: value for name, value in brief.items() if name != "why"} == {
        "latest_start": "2027-04-12",
        "due": "2027-04-13",
        "hard_latest_start": "2027-04-19",
        "hard_due": "2027-04-20",
        "early_start": "2027-04-05",
        "early_finish": "2027-04-06",
        "slack_days": 5,
        "hard_slack_days": 10,
        "driving": True,
    }


def test_why_names_three_tight_links_and_the_end():
    answer = retroplan_answer(spot())

    assert why(answer, "brief") == (
        "Brief may start on 12 April 2027 at the latest, because Script needs 3 days of fr before Script review, "
        "which needs 2 days of en before Shoot, and so on to the launch."
    )
    assert why(answer, "final-ok").endswith(
        "because Trafficking needs 2 days of fr before the launch and the buffer before it."
    )
    assert "file" not in answer


def test_why_speaks_of_deadlines_pins_lags_and_milestones():
    steps = [
        {"id": "art", "name": "Art", "days": 2},
        {"id": "gate", "name": "Gate", "kind": "milestone", "deadline": "2027-05-12"},
        {"id": "slot", "name": "Slot", "days": 1, "pinned_on": "2027-05-11"},
    ]
    links = [{"from": "art", "to": "gate", "lag": 1}, {"from": "art", "to": "slot", "type": "SS", "lag": 2}]
    first = retroplan_answer(plan(steps, links=links[:1]))
    second = retroplan_answer(plan(steps, links=links[1:]))

    assert why(first, "gate") == (
        "Gate must be reached by the end of 12 May 2027, because it must be reached before the end of 12 May 2027, "
        "the deadline of Gate."
    )
    assert "it needs 2 working days and 1 working day more before Gate" in why(first, "art")
    assert "it must start 2 working days before Slot starts" in why(second, "art")
    assert "11 May 2027 that Slot is pinned to" in why(second, "art")


def test_whys_stay_short_in_a_long_row():
    keys = [f"s{i}" for i in range(3000)]
    row = plan([{"id": key, "days": 1} for key in keys], zip(keys, keys[1:], strict=False), launch="2060-01-01")
    answer = retroplan_answer(row)

    assert max(len(step["why"]) for step in answer["steps"].values()) < 250
    assert "and so on to the launch" in why(answer, "s0")


def test_a_review_in_rounds_is_worked_in_both_calendars():
    """3 May 2027 is a holiday in England, 6 May in France: 1 round, rework, 1 round from 30 April."""
    step = {"id": "ok", "kind": "review", "calendar": "en", "sla_days": 2, "rounds": 2, "rework_days": 1}
    rounds = plan([step], calendar="fr", calendars=CALENDARS, status_date="2027-04-30")
    dates = schedule_of(rounds).of("ok")

    assert to_items(rounds)[0].pieces == ((2, "en"), (1, None), (2, "en"))
    assert (dates.early_start, dates.early_finish) == (date(2027, 4, 30), date(2027, 5, 7))
    assert "needs 5 days in 2 rounds" in why(retroplan_answer(rounds), "ok")


def test_a_short_plan_is_an_answer():
    answer = retroplan_answer(plan([{"id": "a", "days": 40}]))

    assert (answer["short_by_days"], answer["hard_launch_slack_days"]) == (7, -7)


def test_an_empty_plan_is_an_answer():
    answer = retroplan_answer(plan([]))

    assert (answer["ready"], answer["slack_days"], answer["steps"]) == (None, None, {})
    assert network_of(plan([])).items == []


def test_leaving_the_calendar_is_one_line():
    with pytest.raises(PlanError, match='Step "a": .*1970 to 2400'):
        retroplan_answer(plan([{"id": "a", "days": 150_000}]))
