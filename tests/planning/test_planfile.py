"""plan.json in and out: what is read, what is refused and in which words."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.calendars import CalendarSpec
from planning.items import Link
from planning.planfile import PlanError, dump, gates, plan_from, plan_from_json

TODAY = date(2027, 4, 1)
PLAN = {
    "launch": "2027-05-20",
    "status_date": "2027-04-05",
    "buffer_days": 3,
    "calendar": "fr",
    "calendars": {
        "fr": {"country": "FR"},
        "en": {"country": "GB", "subdivision": "ENG"},
        "press": {"weekdays": [0, 1, 2, 3, 4, 5], "days_off": ["2027-05-07"], "working_days": ["2027-05-09"]},
    },
    "steps": [
        {"id": "brief", "name": "Brief", "days": 2},
        {"id": "visual", "name": "Key visual", "days": 4, "kind": "deliverable", "group": "Print", "channel": "print"},
        {"id": "ok", "name": "Client's OK", "days": 2, "calendar": "en", "kind": "review", "of": "visual"},
        {"id": "ready", "name": "Print-ready", "kind": "milestone", "deadline": "2027-05-14"},
    ],
    "links": [
        {"from": "brief", "to": "visual"},
        {"from": "visual", "to": "ok"},
        {"from": "ok", "to": "ready", "type": "FS", "lag": 0, "lag_unit": "working", "strength": "hard"},
    ],
}


def plan(steps=({"id": "a"},), links=(), **fields):
    return plan_from({"launch": "2027-05-20", "steps": list(steps), "links": list(links), **fields}, TODAY)


def refusal(*args, **fields):
    with pytest.raises(PlanError) as error:
        plan(*args, **fields)
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


def test_the_api_s_own_example():
    example = plan_from_json(json.dumps(PLAN), TODAY)

    assert (example.launch, example.status_date, example.buffer_days) == (date(2027, 5, 20), date(2027, 4, 5), 3)
    assert example.calendars["press"] == CalendarSpec(
        None, None, (0, 1, 2, 3, 4, 5), frozenset({date(2027, 5, 7)}), frozenset({date(2027, 5, 9)})
    )
    assert [step.days for step in example.steps] == [2, 4, 2, 0]
    assert example.links[2] == Link("ok", "ready")
    assert gates(example) == [("ready", "visual")]
    assert plan_from(dump(example), TODAY) == example


def test_little_is_needed():
    least = plan_from({"launch": "2027-05-20", "steps": [{"id": "a"}]}, TODAY)
    (step,) = least.steps

    assert (least.status_date, least.buffer_days, least.calendar, least.links) == (TODAY, 0, None, ())
    assert (step.name, step.days, step.kind, step.closes) == ("a", 1, "work", "itself")
    assert plan(steps=[]).steps == ()


def test_the_only_calendar_is_the_plans():
    assert plan(calendars={"fr": {"country": "FR"}}).calendar == "fr"
    assert plan(calendars={"fr": {"country": "FR"}, "en": {}}).calendar is None


def test_null_is_absent():
    assert plan([{"id": "a", "deadline": None, "days": None}], calendar=None) == plan([{"id": "a"}])


def test_bytes_with_a_mark_are_read():
    assert plan_from_json(b"\xef\xbb\xbf" + json.dumps(PLAN).encode(), TODAY) == plan_from(PLAN, TODAY)


def test_a_review_is_of_the_one_deliverable_that_leads_to_it():
    steps = [
        {"id": "film", "kind": "deliverable"},
        {"id": "cut", "kind": "deliverable"},
        {"id": "ok", "kind": "review"},
        {"id": "go", "kind": "milestone"},
    ]
    to_ok, to_go = {"from": "film", "to": "ok"}, {"from": "ok", "to": "go"}
    both = [to_ok, {"from": "cut", "to": "ok"}, to_go]

    assert gates(plan(steps, [to_ok, to_go])) == [("go", "film")]
    assert gates(plan(steps, both)) == []
    assert gates(plan(steps, [to_ok, {**both[1], "type": "SS"}, to_go])) == [("go", "film")]


def test_a_link_from_a_deliverable_makes_a_gate_once():
    steps = [{"id": "film", "kind": "deliverable"}, {"id": "ok", "kind": "review"}, {"id": "go", "kind": "milestone"}]
    links = [{"from": a, "to": b} for a, b in (("film", "ok"), ("ok", "go"), ("film", "go"))]

    assert gates(plan(steps, links)) == [("go", "film")]


def test_a_review_in_rounds_is_expanded():
    step = {"id": "ok", "kind": "review", "sla_days": 3, "rounds": 2, "rework_days": 2}

    assert plan([step]).steps[0].days == 8
    assert dump(plan([step]))["steps"] == [{"id": "ok", "name": "ok", **step}]
    assert plan([{"id": "ok", "kind": "review", "sla_days": 3}]).steps[0].days == 3


def test_of_two_links_of_a_type_the_stronger_is_kept_and_said():
    steps = [{"id": "a"}, {"id": "b"}]
    link = {"from": "a", "to": "b"}
    soft, hard, longer = {**link, "strength": "soft", "lag": 9}, link, {**link, "lag": 2}

    assert plan(steps, [soft, longer, hard]).links == (Link("a", "b", lag=2),)
    assert len(plan(steps, [soft, hard]).notices) == 1
    assert len(plan(steps, [link, {**link, "type": "SS"}]).links) == 2


def test_a_loop_is_named():
    links = [{"from": a, "to": b} for a, b in ("ab", "bc", "ca")]

    assert "a → b → c → a" in refusal([{"id": "a"}, {"id": "b"}, {"id": "c"}], links)
    assert "a → a" in refusal(links=[{"from": "a", "to": "a"}])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"lunch": "2027-05-20"}, '"lunch"'),
        ({"launch": None}, "no launch"),
        ({"launch": "2027-02-30"}, '"2027-02-30"'),
        ({"launch": "20270520"}, '"20270520"'),
        ({"launch": "2027-W20-4"}, '"2027-W20-4"'),
        ({"launch": "2401-01-01"}, "1970 to 2400"),
        ({"launch": "1969-12-31"}, "1970 to 2400"),
        ({"launch": 20270520}, "launch"),
        ({"launch": "2027-05-20T10:00"}, "launch"),
        ({"status_date": "soon"}, "status_date"),
        ({"buffer_days": -1}, "buffer_days"),
        ({"buffer_days": True}, "buffer_days"),
        ({"buffer_days": 1.0}, "buffer_days"),
        ({"calendar": "fr"}, '"fr"'),
        ({"calendars": []}, "calendars"),
        ({"calendars": {"x": {"country": "XX"}}}, "'XX'"),
        ({"calendars": {"x": {"country": "GB", "subdivision": "ZZ"}}}, "'ZZ'"),
        ({"calendars": {"x": {"subdivision": "ENG"}}}, "country"),
        ({"calendars": {"x": {"weekdays": [7]}}}, "weekdays"),
        ({"calendars": {"x": {"weekdays": []}}}, "no day is worked"),
        ({"calendars": {"x": {"days_off": ["yesterday"]}}}, "days_off"),
        ({"calendars": {"x": {"hours": 8}}}, '"hours"'),
        ({"calendars": {"x": []}}, '"x"'),
        ({"calendars": {"": {}}}, "empty"),
        ({"steps": None}, "no steps"),
        ({"steps": {}}, "steps"),
        ({"links": 3}, "links"),
    ],
)
def test_what_is_wrong_with_the_plan_is_named(wrong, named):
    with pytest.raises(PlanError, match=re.escape(named)):
        plan_from({"launch": "2027-05-20", "steps": [{"id": "a"}], **wrong}, TODAY)


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ("a", "Step 2"),
        ({}, "Step 2: has no id"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "a"}, 'Two steps have the id "a"'),
        ({"id": "b", "colour": "red"}, 'Step "b": unknown field "colour"'),
        ({"id": "b", "days": -1}, 'Step "b": days'),
        ({"id": "b", "days": 2.5}, "2.5"),
        ({"id": "b", "days": True}, "true"),
        ({"id": "b", "days": "2"}, '"2"'),
        ({"id": "b", "days": 10**12}, "days"),
        ({"id": "b", "kind": "task"}, '"task"'),
        ({"id": "b", "kind": "milestone", "days": 2}, "days"),
        ({"id": "b", "calendar": "nope"}, '"nope"'),
        ({"id": "b", "kind": "review", "of": "nope"}, '"nope"'),
        ({"id": "b", "kind": "review", "of": "a"}, '"a"'),
        ({"id": "b", "of": "a"}, "of belongs to a review"),
        ({"id": "b", "sla_days": 2}, "sla_days"),
        ({"id": "b", "kind": "review", "sla_days": 2, "days": 2}, "in place of days"),
        ({"id": "b", "kind": "review", "rounds": 2}, "needs sla_days"),
        ({"id": "b", "kind": "review", "sla_days": 2, "rounds": 0}, "rounds"),
        ({"id": "b", "hard": True}, "hard belongs to a milestone"),
        ({"id": "b", "kind": "milestone", "closes": "never"}, '"never"'),
        ({"id": "b", "not_before": "2027-13-01"}, "not_before"),
        ({"id": "b", "started_on": "2027-05-04", "finished_on": "2027-05-03"}, "finished_on"),
        ({"id": "b", "people": "marc@example.com"}, "people"),
        ({"id": "b", "people": ["marc"]}, '"marc"'),
        ({"id": "b", "can_slip": 1}, "can_slip"),
        ({"id": "b", "group": ["x"]}, "group"),
        ({"id": "b", "name": "x" * 301}, "name"),
        ({"id": "b", "name": "a\0b"}, "name"),
        ({"id": "b", "name": "\ud800"}, "name"),
    ],
)
def test_what_is_wrong_with_a_step_is_named(step, named):
    assert named in refusal([{"id": "a"}, step])


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ({"from": "a"}, "Link 1: has no to"),
        ({"from": "a", "to": "nope"}, '"nope"'),
        ({"from": "a", "to": "b", "type": "fs"}, '"fs"'),
        ({"from": "a", "to": "b", "lag": 0.5}, "0.5"),
        ({"from": "a", "to": "b", "lag": False}, "lag"),
        ({"from": "a", "to": "b", "lag_unit": "hours"}, '"hours"'),
        ({"from": "a", "to": "b", "strength": "medium"}, '"medium"'),
        ({"from": "a", "to": "b", "kind": "FS"}, '"kind"'),
        (["a", "b"], "Link 1"),
    ],
)
def test_what_is_wrong_with_a_link_is_named(link, named):
    assert named in refusal([{"id": "a"}, {"id": "b"}], [link])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{",
        '{"launch": NaN}',
        '{"launch": Infinity, "steps": []}',
        '{"buffer_days": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"steps":' * 50_000,
        b"\xff\xfe{}",
        b"\x00",
    ],
)
def test_what_is_no_plan_at_all_is_one_line(content):
    with pytest.raises(PlanError) as error:
        plan_from_json(content, TODAY)
    assert 0 < len(str(error.value)) < 200
    assert "\n" not in str(error.value)


def test_a_message_stays_on_one_line_whatever_the_name():
    assert refusal([{"id": "a\n\u2028\x1b[31m", "days": -1}]).isprintable()
    assert refusal(**{"\ud800\n": 1}).isprintable()


names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=9).filter(
    str.strip
)
days = st.dates(date(1970, 1, 1), date(2400, 12, 31)).map(str)
optional_steps = st.fixed_dictionaries(
    {"name": names},
    optional={
        "days": st.integers(0, 99),
        "not_before": days,
        "deadline": days,
        "pinned_on": days,
        "remaining_days": st.integers(0, 9),
        "group": names,
        "people": st.lists(st.just("chloe@client.example")),
        "can_slip": st.booleans(),
    },
)


@given(st.dictionaries(names, optional_steps, min_size=1, max_size=5), st.data())
def test_what_is_written_is_read_again(steps, data):
    ids = list(steps)
    pairs = [(a, b) for i, b in enumerate(ids) for a in ids[:i] if data.draw(st.booleans())]
    links = [{"from": a, "to": b, "lag": data.draw(st.integers(-9, 9))} for a, b in pairs]
    first = plan([{"id": key, **fields} for key, fields in steps.items()], links)

    assert plan_from_json(json.dumps(dump(first)), TODAY) == first


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "from", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*PLAN, "x"]), anything), st.booleans())
def test_whatever_comes_is_a_plan_or_one_line(fields, launched):
    said = ""
    try:
        plan_from({**fields, "launch": "2027-05-20"} if launched else fields, TODAY)
    except PlanError as error:
        said = str(error)
    assert said.isprintable()
