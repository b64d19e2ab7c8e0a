"""A plan that is too short: the worked example of RETROPLAN.md 2.8, and what holds of all options."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.options import Change, Kind, changed, options, simulated
from planning.planfile import dump, plan_from
from planning.retroplan import schedule_of
from tests.planning.test_retroplan import CALENDARS, PAIRS, STEPS

REVIEWS = {"script-review": "script", "client-review": "edit", "final-ok": "fixes", "visuals-review": "visuals"}
ANSWER = {0: 2, 2: 4, 4: 6, 7: 9, 9: 11, 12: 14}
"""{late by: English working days from the question to the answer}"""


def late(by: int, *, soft=("script-review", "shoot"), slips=("fixes", "final-ok"), **fields):
    """The example's plan as of the day on which the script was put up, when its answer is reckoned so late."""
    steps = [{**step, **({"kind": "review"} if step["id"] in REVIEWS else {}), "can_slip": step["id"] in slips} for step in STEPS]
    facts = {
        "brief": {"finished_on": "2027-04-06"}, "script": {"finished_on": "2027-04-09"},
        "script-review": {"started_on": "2027-04-12", "remaining_days": ANSWER[by]},
    }
    links = [{"from": a, "to": b, **({"strength": "soft"} if (a, b) == soft else {})} for a, b in PAIRS]
    told = {"launch": "2027-05-20", "status_date": "2027-04-12", "buffer_days": 3, "calendar": "fr", "calendars": CALENDARS}
    return plan_from({**told, "steps": [{**step, **facts.get(step["id"], {})} for step in steps], "links": links, **fields}, date(2027, 4, 12))


@pytest.mark.parametrize(
    ("by", "ready", "slack", "hard"),
    [(2, "2027-05-10", 3, 6), (4, "2027-05-10", 3, 6), (7, "2027-05-14", -1, 2), (9, "2027-05-18", -2, 1), (12, "2027-05-24", -6, -3)],
)
def test_a_late_answer_eats_slack_then_the_buffer_and_only_then_is_anything_proposed(by, ready, slack, hard):
    plan = late(by)
    schedule = schedule_of(plan)

    assert (schedule.ready, schedule.launch_slack_days, schedule.hard_launch_slack_days) == (date.fromisoformat(ready), slack, hard)
    assert bool(options(plan)) == (hard < 0)


@pytest.mark.parametrize(
    ("changes", "ready", "hard"),
    [
        ((Change(Kind.SHORTEN_REVIEW, "client-review", days=1), Change(Kind.SHORTEN_REVIEW, "final-ok", days=1)), "2027-05-19", 0),
        ((Change(Kind.RUN_PARALLEL, "shoot", after="script-review"),), "2027-05-19", 0),
        ((Change(Kind.MOVE_SCOPE, "fixes"), Change(Kind.MOVE_SCOPE, "final-ok")), "2027-05-18", 1),
        ((Change(Kind.MOVE_LAUNCH, launch=date(2027, 5, 25)),), "2027-05-24", 0),
    ],
)
def test_what_the_worked_example_proposes_does_what_it_says(changes, ready, hard):
    option = simulated(late(12), changes)

    assert (option.ready, option.hard_slack_days, option.holds) == (date.fromisoformat(ready), hard, True)


def test_of_each_kind_the_least_that_helps_is_proposed_and_another_launch_last():
    found = options(late(12))

    assert [option.changes for option in found] == [
        (Change(Kind.MOVE_SCOPE, "fixes"),),
        (Change(Kind.RUN_PARALLEL, "shoot", after="script-review"),),
        (Change(Kind.SHORTEN_REVIEW, "client-review", days=1),),
        (Change(Kind.MOVE_LAUNCH, launch=date(2027, 5, 25)),),
    ]
    assert [option.hard_slack_days for option in found] == [0, 0, 0, 0]
    assert [option.at_risk_days for option in found] == [0, 2, 0, 0]


def test_what_has_begun_is_not_asked_to_be_faster_and_hard_links_stay():
    found = options(late(12, soft=None, slips=()))

    assert [{change.kind for change in option.changes} for option in found] == [{Kind.SHORTEN_REVIEW}, {Kind.MOVE_LAUNCH}]
    assert "script-review" not in {change.step for option in found for change in option.changes}


def test_the_fewest_people_come_first_and_each_is_named():
    people = {"client-review": ["chloe@alba.example"], "final-ok": ["sarah@alba.example"], "shoot": ["paul@maree.example"]}
    plan = late(12)
    plan = plan_from({**dump(plan), "steps": [{**step, "people": people.get(step["id"], [])} for step in dump(plan)["steps"]]}, plan.status_date)

    found = options(plan)

    assert [sorted(option.people) for option in found if option.holds][:-1] == [
        [], ["paul@maree.example"], ["chloe@alba.example"],
    ]


def test_where_no_kind_alone_is_enough_they_are_taken_together():
    found = options(late(12, slips=("final-ok",), launch="2027-05-14", soft=("script-review", "shoot")))

    assert any(len({change.kind for change in option.changes}) > 1 for option in found)


def test_rounds_are_shortened_in_each_round():
    steps = [{"id": "visual", "kind": "deliverable", "days": 3}, {"id": "ok", "kind": "review", "sla_days": 4, "rounds": 2, "rework_days": 1}]
    plan = plan_from({"launch": "2027-04-19", "status_date": "2027-04-05", "steps": steps, "links": [{"from": "visual", "to": "ok"}]}, date(2027, 4, 5))

    step = changed(plan, options(plan)[0].changes).steps[1]

    assert (step.sla_days, step.days) == (2, 5)


def test_what_begins_with_it_already_is_not_offered_to():
    steps = [{"id": "script", "days": 4}, {"id": "shoot", "days": 4}]
    both = [{"from": "script", "to": "shoot", "strength": "soft"}, {"from": "script", "to": "shoot", "type": "SS"}]

    for links, kinds in ((both[:1], {Kind.RUN_PARALLEL, Kind.MOVE_LAUNCH}), (both, {Kind.MOVE_LAUNCH})):
        plan = plan_from({"launch": "2027-04-12", "status_date": "2027-04-05", "steps": steps, "links": links}, date(2027, 4, 5))
        assert {change.kind for option in options(plan) for change in option.changes} == kinds


def test_a_bridge_is_laid_where_only_a_looser_link_leads():
    steps = [{"id": "a", "days": 3}, {"id": "b", "days": 3, "can_slip": True}, {"id": "c", "days": 3}]
    links = [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}, {"from": "a", "to": "c", "type": "SS"}]
    plan = plan_from({"launch": "2027-04-14", "status_date": "2027-04-05", "steps": steps, "links": links}, date(2027, 4, 5))

    left = changed(plan, (Change(Kind.MOVE_SCOPE, "b"),))

    assert {(link.source, link.target, link.type) for link in left.links} == {("a", "c", "SS"), ("a", "c", "FS")}


@st.composite
def short_plans(draw):
    count = draw(st.integers(2, 8))
    kinds = st.sampled_from(["work", "deliverable", "review"])
    steps = [{"id": str(i), "days": draw(st.integers(0, 6)), "kind": draw(kinds), "can_slip": draw(st.booleans())} for i in range(count)]
    pairs = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])))
    links = [{"from": str(a), "to": str(b), "type": draw(st.sampled_from(["FS", "FS", "SS", "FF"])), "lag": draw(st.integers(0, 2)), "strength": draw(st.sampled_from(["hard", "soft"]))} for a, b in sorted(pairs)]
    return plan_from({"launch": "2027-04-12", "status_date": "2027-04-05", "buffer_days": draw(st.integers(0, 2)), "steps": steps, "links": links}, date(2027, 4, 5))


@given(short_plans())
def test_an_option_says_what_its_changes_do_and_changes_nothing_by_itself(plan):
    before = dump(plan)
    short = schedule_of(plan).short_by_days

    found = options(plan)

    assert dump(plan) == before
    assert bool(found) == bool(short)
    assert len(found) <= 5
    for option in found:
        left = schedule_of(changed(plan, option.changes))
        assert (option.ready, option.slack_days, option.hard_slack_days) == (left.ready, left.launch_slack_days, left.hard_launch_slack_days)
        assert option.hard_slack_days > -short
    if found:
        assert found[-1].holds
        assert sum(change.kind is Kind.MOVE_LAUNCH for option in found for change in option.changes) == 1
