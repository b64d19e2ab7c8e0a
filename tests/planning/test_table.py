"""A plan as CSV: what goes out comes in again, and what is wrong is named."""

from dataclasses import replace
from datetime import date

import pytest

from planning.exchange.table import csv_of, plan_from_csv
from planning.planfile import PlanError, PlanFile, plan_from
from planning.retroplan import retroplan_answer
from tests.planning.test_retroplan import CALENDARS, PAIRS, STEPS

TODAY = date(2027, 4, 5)
SMALL = b"""kind,id,name,days,after,launch,buffer_days
plan,,,,,2027-05-20,3
work,brief,Brief,2,,,
deliverable,visual,"Key visual, large",4,brief,,
review,ok,Client's OK,2,visual SS+1cd; brief FF-2 soft,,
milestone,ready,,,ok,,
"""


def in_order(plan: PlanFile) -> PlanFile:
    """A table has the links by what they lead to."""
    return replace(plan, links=tuple(sorted(plan.links)))


def refused(content: bytes) -> str:
    with pytest.raises(PlanError) as error:
        plan_from_csv(content, TODAY)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_table_people_typed_is_a_plan():
    plan = plan_from_csv(SMALL, TODAY)

    assert (plan.launch, plan.buffer_days, plan.status_date) == (date(2027, 5, 20), 3, TODAY)
    assert [(step.id, step.kind, step.days) for step in plan.steps] == [
        ("brief", "work", 2), ("visual", "deliverable", 4), ("ok", "review", 2), ("ready", "milestone", 0),
    ]
    assert [tuple(link) for link in plan.links] == [
        ("brief", "visual", "FS", 0, "working", "hard"),
        ("visual", "ok", "SS", 1, "calendar", "hard"),
        ("brief", "ok", "FF", -2, "working", "soft"),
        ("ok", "ready", "FS", 0, "working", "hard"),
    ]


def test_semicolons_a_mark_at_the_beginning_and_other_line_ends_are_read():
    french = "\ufeff" + SMALL.decode().replace(";", "|").replace(",", ";").replace("|", ",").replace(", brief FF", "\\; brief FF").replace("visual SS+1cd\\; brief FF-2 soft", '"visual SS+1cd; brief FF-2 soft"').replace("\n", "\r\n")
    assert plan_from_csv(french.encode(), TODAY).links == plan_from_csv(SMALL, TODAY).links


def test_what_a_western_spreadsheet_keeps_is_read():
    plan = plan_from_csv(SMALL.decode().replace("Brief", "Brief arrêté").encode("cp1252"), TODAY)

    assert plan.steps[0].name == "Brief arrêté"


def test_the_worked_example_comes_back_equal():
    links = [{"from": a, "to": b} for a, b in PAIRS]
    plan = plan_from({"launch": "2027-05-20", "buffer_days": 3, "calendar": "fr", "calendars": CALENDARS, "steps": STEPS, "links": links}, TODAY)

    again = plan_from_csv(csv_of(plan).encode(), TODAY)

    assert in_order(again) == in_order(plan)
    assert retroplan_answer(again)["ready"] == "2027-05-04"


def test_every_field_and_odd_words_come_back_equal():
    steps = [
        {"id": "=1+1; odd FS", "name": "-2 days, \"quoted\"\nand broken", "days": 0, "group": "@print", "channel": "+tv", "can_slip": True, "people": ["a@b.example", "c@d.example"]},
        {"id": "visual", "kind": "deliverable", "days": 3, "started_on": "2027-04-01", "remaining_days": 2, "calendar": "press"},
        {"id": "ok", "kind": "review", "of": "visual", "sla_days": 2, "rounds": 3, "rework_days": 1, "not_before": "2027-04-02"},
        {"id": "ready", "kind": "milestone", "hard": True, "closes": "by_hand", "deadline": "2027-05-02", "pinned_on": "2027-05-01"},
        {"id": "done", "days": 1, "finished_on": "2027-04-02"},
    ]
    links = [
        {"from": "=1+1; odd FS", "to": "visual"},
        {"from": "visual", "to": "ok", "type": "SF", "lag": -3, "lag_unit": "calendar", "strength": "soft"},
        {"from": "ok", "to": "ready", "lag": 4},
    ]
    press = {"country": "GB", "subdivision": "ENG", "weekdays": [0, 1, 5], "days_off": ["2027-05-07", "2027-05-08"], "working_days": ["2027-05-09"]}
    plan = plan_from({"launch": "2027-05-20", "calendars": {"press": press, "other": {}}, "calendar": "press", "steps": steps, "links": links}, TODAY)

    written = csv_of(plan)

    assert in_order(plan_from_csv(written.encode(), TODAY)) == in_order(plan)
    cells = [cell for line in written.splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "no column named id"),
        (b"name,days\nBrief,2\n", "no column named id"),
        (b"id,cost\nbrief,2\n", "unknown column 'cost'"),
        (b"id,id\nbrief,2\n", "two columns are named id"),
        (b"id,days\nbrief,2\n", "no row of kind plan"),
        (SMALL.replace(b"Brief,2", b"Brief,-2"), '"brief": days must be from 0'),
        (SMALL.replace(b"Brief,2", b"Brief,two"), '"brief": days must be a whole number'),
        (SMALL.replace(b"2027-05-20", b"2027-02-30"), "launch"),
        (SMALL.replace(b"4,brief", b"4,nobody"), "Line 4: it comes after 'nobody'"),
        (SMALL.replace(b"2,,,\n", b"2,ready,,\n", 1), "wait for each other"),
        (SMALL + b"plan,,,,,2027-05-21,3\n", "Line 7: a second row"),
        (SMALL + b"work,x,X,1,,,,,\n", "Line 7: more cells"),
        (SMALL + b'work,"x,X,1', "Line 6: this is no CSV"),
        (b"\x81" + SMALL, "neither UTF-8"),
        (SMALL + b"work,x," + b"x" * 200_000 + b",1,,,\n", "this is no CSV: field larger"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(content, named):
    assert named in refused(content)


def test_days_as_a_spreadsheet_writes_them_are_read_day_first_and_that_is_said():
    plan = plan_from_csv(SMALL.replace(b"2027-05-20", b"20/5/2027"), TODAY)

    assert plan == plan_from_csv(SMALL, TODAY)
    assert list(map(str, plan.notices)) == ["Dates like 20/5/2027 were read with the day first."]
    assert plan_from_csv(SMALL, TODAY).notices == ()
    assert plan_from_csv(SMALL.replace(b"2027-05-20", b"05.06.2027"), TODAY).launch == date(2027, 6, 5)


def test_a_day_with_the_month_first_is_refused_and_not_guessed():
    assert refused(SMALL.replace(b"2027-05-20", b"05/20/2027")) == 'The plan: launch is no date: "2027-20-05".'
