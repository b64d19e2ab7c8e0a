"""The tables of RETROPLAN.md 2.6, line by line, and what passes by itself."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.graph import PlanLoop
from planning.items import Link
from planning.states import (
    DeliverableFacts,
    DeliverableState,
    Flow,
    Health,
    MilestoneFacts,
    PlanFacts,
    StepState,
    deliverable_state,
    flow,
    health,
    is_thin,
    newly_passed,
    plan_states,
    step_state,
)

NOTHING, PRODUCTION = DeliverableState.NOTHING_SUBMITTED, DeliverableState.IN_PRODUCTION
WAITING, CHANGES = DeliverableState.WAITING_FOR_REVIEW, DeliverableState.CHANGES_REQUESTED
STALE, APPROVED, WAIVED = DeliverableState.STALE, DeliverableState.APPROVED, DeliverableState.WAIVED
OK = DeliverableFacts(submitted=1, approved=1, asked=1)
PUT_UP = DeliverableFacts(submitted=1, asked=1, open=True)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (DeliverableFacts(waived=True), WAIVED),
        (DeliverableFacts(submitted=2, changes=True, waived=True), WAIVED),
        (DeliverableFacts(), NOTHING),
        (DeliverableFacts(started=True), NOTHING),
        (DeliverableFacts(submitted=2, asked=2, open=True, changes=True), CHANGES),
        (DeliverableFacts(submitted=2, approved=2, asked=2, changes=True), CHANGES),
        (DeliverableFacts(submitted=2, approved=2, asked=2), APPROVED),
        (DeliverableFacts(submitted=3, approved=2, asked=2), STALE),
        (DeliverableFacts(submitted=3, approved=2, asked=3, open=True), WAITING),
        (DeliverableFacts(submitted=3, approved=2, asked=3), PRODUCTION),
        (PUT_UP, WAITING),
        (DeliverableFacts(submitted=1), PRODUCTION),
        (DeliverableFacts(submitted=2, asked=1), PRODUCTION),
    ],
)
def test_a_deliverable_is_the_first_line_that_holds(facts, state):
    assert deliverable_state(facts) is state


def test_values_are_those_of_the_api():
    assert {*DeliverableState} == {
        "nothing_submitted",
        "in_production",
        "waiting_for_review",
        "changes_requested",
        "stale",
        "approved",
        "waived",
    }
    assert {*Flow} == {
        "not_started",
        "in_production",
        "waiting_for_review",
        "changes_requested",
        "ready",
        "passed",
        "reopened",
        "blocked",
    }
    assert {*Health} == {"on_track", "at_risk", "short", "late", "passed_on_time", "passed_late"}


def test_a_steps_state():
    assert step_state(False, False) is StepState.NOT_STARTED
    assert step_state(True, False) is StepState.IN_PROGRESS
    assert step_state(True, True) is step_state(False, True) is StepState.DONE


@pytest.mark.parametrize(
    ("closed", "states", "blocked", "started", "expected"),
    [
        (True, [APPROVED, WAIVED], True, True, Flow.PASSED),
        (True, [], False, False, Flow.PASSED),
        (True, [APPROVED, STALE], True, True, Flow.REOPENED),
        (False, [CHANGES], True, True, Flow.BLOCKED),
        (False, [APPROVED], True, True, Flow.BLOCKED),
        (False, [APPROVED, CHANGES, WAITING], False, True, Flow.CHANGES_REQUESTED),
        (False, [APPROVED, WAITING], False, True, Flow.WAITING_FOR_REVIEW),
        (False, [NOTHING, STALE], False, True, Flow.WAITING_FOR_REVIEW),
        (False, [APPROVED, WAIVED], False, False, Flow.READY),
        (False, [], False, False, Flow.READY),
        (False, [APPROVED, PRODUCTION], False, True, Flow.IN_PRODUCTION),
        (False, [NOTHING], False, True, Flow.IN_PRODUCTION),
        (False, [NOTHING], False, False, Flow.NOT_STARTED),
    ],
)
def test_a_milestones_flow_is_the_first_line_that_holds(closed, states, blocked, started, expected):
    assert flow(closed, states, blocked, started) is expected


def test_the_flow_table_is_complete():
    """The table read independently, on every combination of two deliverables."""
    for closed, blocked, started in product([False, True], repeat=3):
        for pair in product(DeliverableState, repeat=2):
            clear = set(pair) <= {APPROVED, WAIVED}
            lines = [
                (closed and clear, Flow.PASSED),
                (closed and not clear, Flow.REOPENED),
                (blocked, Flow.BLOCKED),
                (CHANGES in pair, Flow.CHANGES_REQUESTED),
                (WAITING in pair or STALE in pair, Flow.WAITING_FOR_REVIEW),
                (clear, Flow.READY),
                (started, Flow.IN_PRODUCTION),
                (True, Flow.NOT_STARTED),
            ]
            assert flow(closed, pair, blocked, started) is next(state for holds, state in lines if holds)


def may(day):
    return date(2027, 5, day)


CALM = {
    "today": may(1),
    "committed": may(14),
    "early_finish": may(7),
    "due": may(14),
    "hard_due": may(19),
    "slack_days": 5,
    "initial_slack_days": 8,
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"passed_on": may(14), "today": may(30)}, Health.PASSED_ON_TIME),
        ({"passed_on": may(15)}, Health.PASSED_LATE),
        ({"passed_on": may(15), "committed": None}, Health.PASSED_ON_TIME),
        ({"today": may(15)}, Health.LATE),
        ({"today": may(15), "early_finish": may(30)}, Health.LATE),
        ({"today": may(14)}, Health.ON_TRACK),
        ({"today": may(15), "committed": None}, Health.ON_TRACK),
        ({"early_finish": may(20), "slack_days": -4}, Health.SHORT),
        ({"early_finish": may(19), "slack_days": -3}, Health.AT_RISK),
        ({"slack_days": 1}, Health.AT_RISK),
        ({"slack_days": 0}, Health.AT_RISK),
        ({"slack_days": 2}, Health.ON_TRACK),
        ({"slack_days": 2, "initial_slack_days": 20}, Health.AT_RISK),
        ({"slack_days": 3, "initial_slack_days": 29}, Health.ON_TRACK),
        ({"p_hold": 0.69}, Health.AT_RISK),
        ({"p_hold": 0.7}, Health.ON_TRACK),
        ({"p_hold": 0.8, "p_hold_threshold": 0.9}, Health.AT_RISK),
        ({}, Health.ON_TRACK),
    ],
)
def test_health_is_the_first_line_that_holds(changes, expected):
    assert health(**{**CALM, **changes}) is expected


def test_thin_slack():
    assert [slack for slack in range(-2, 6) if is_thin(slack, 35)] == [0, 1, 2, 3]
    assert [slack for slack in range(-2, 6) if is_thin(slack, -4)] == [0, 1]


# One campaign: the script must be approved before the shoot, the film before the launch.

LINKS = [
    Link("script", "go"),
    Link("go", "shoot"),
    Link("shoot", "film"),
    Link("film", "film ok"),
    Link("film ok", "on air"),
    Link("on air", "party"),
]
STEPS = ["script", "go", "shoot", "film", "film ok", "on air", "party"]
MILESTONES = {
    "go": MilestoneFacts(("script",)),
    "on air": MilestoneFacts(("film",)),
    "party": MilestoneFacts(),
}


def spot(milestones=MILESTONES, links=LINKS, started=(), **deliverables):
    return PlanFacts(STEPS, links, milestones, deliverables, frozenset(started))


def closing(*keys, milestones=MILESTONES):
    return {**milestones, **{key: replace(milestones[key], closed=True) for key in keys}}


def test_a_new_campaign():
    states = plan_states(spot())

    assert states.flows == {"go": Flow.NOT_STARTED, "on air": Flow.BLOCKED, "party": Flow.BLOCKED}
    assert states.blocked_by == {"on air": ("go",), "party": ("on air",)}
    assert states.unblocks("go") == ("on air",)


def test_work_that_leads_to_a_milestone_starts_it_and_no_other():
    assert plan_states(spot(started=["script"])).flows["go"] is Flow.IN_PRODUCTION
    assert plan_states(spot(script=DeliverableFacts(submitted=1))).flows["go"] is Flow.IN_PRODUCTION
    passed = spot(closing("go"), script=OK)
    assert plan_states(passed).flows["on air"] is Flow.NOT_STARTED
    assert plan_states(replace(passed, started={"shoot"})).flows["on air"] is Flow.IN_PRODUCTION


def test_the_clients_yes_passes_the_milestone_and_only_that():
    assert newly_passed(spot(script=PUT_UP)) == []
    assert newly_passed(spot(script=OK)) == ["go"]
    assert newly_passed(spot(closing("go"), script=OK)) == []


def test_a_blocked_milestone_with_clear_gates_passes_with_the_one_before_it():
    waiting = spot(script=PUT_UP, film=OK)

    assert plan_states(waiting).flows["on air"] is Flow.BLOCKED
    assert newly_passed(waiting) == []
    assert newly_passed(spot(script=OK, film=OK)) == ["go", "on air"]


def test_a_milestone_without_gates_blocks_nothing_and_waits_for_a_member():
    done = spot(closing("go", "on air"), script=OK, film=OK)

    assert plan_states(done).flows["party"] is Flow.READY
    assert newly_passed(done) == []


def test_a_milestone_without_gates_lets_what_blocks_it_through():
    bare = {**MILESTONES, "on air": MilestoneFacts()}
    states = plan_states(spot({**bare, "party": MilestoneFacts(("film",))}))

    assert states.blocked_by["party"] == ("go",)


def test_a_milestone_closed_by_hand_becomes_ready_and_holds_the_next():
    by_hand = {**MILESTONES, "go": replace(MILESTONES["go"], closes_itself=False)}
    facts = spot(by_hand, script=OK, film=OK)

    assert newly_passed(facts) == []
    assert plan_states(facts).flows["go"] is Flow.READY
    assert plan_states(facts).flows["on air"] is Flow.BLOCKED
    assert newly_passed(spot(closing("go", milestones=by_hand), script=OK, film=OK)) == ["on air"]


def test_a_new_version_reopens_and_approving_it_passes_again():
    new_version = spot(closing("go"), script=DeliverableFacts(submitted=2, approved=1, asked=1))
    before = plan_states(new_version)
    approved = spot(closing("go"), script=DeliverableFacts(submitted=2, approved=2, asked=2))

    assert before.flows["go"] is Flow.REOPENED
    assert before.flows["on air"] is Flow.NOT_STARTED  # a reopened one counts as passed
    assert newly_passed(new_version, before.reopened) == []
    assert newly_passed(approved, before.reopened) == ["go"]
    assert newly_passed(approved, plan_states(approved).reopened) == []


def test_one_reopened_by_hand_passes_again_too():
    by_hand = closing("go", milestones={**MILESTONES, "go": replace(MILESTONES["go"], closes_itself=False)})

    assert newly_passed(spot(by_hand, script=OK), {"go"}) == ["go"]


def test_soft_links_block_nothing():
    soft = [link._replace(strength="soft") if link.source == "go" else link for link in LINKS]

    assert plan_states(spot(links=soft)).flows["on air"] is Flow.NOT_STARTED
    assert newly_passed(spot(links=soft, film=OK)) == ["on air"]


def test_all_waived_is_clear():
    assert newly_passed(spot(script=DeliverableFacts(waived=True))) == ["go"]


def test_a_loop_is_named():
    with pytest.raises(PlanLoop, match="script → go → script"):
        plan_states(spot(links=[Link("script", "go"), Link("go", "script")]))


@given(st.data())
def test_passing_is_what_repeated_reading_gives(data):
    """Against the slow way: read all states, close what is ready, read again."""
    size = data.draw(st.integers(1, 7))
    keys = [f"m{i}" for i in range(size)]
    milestones = {
        key: MilestoneFacts((f"d{i}",) if data.draw(st.booleans()) else (), data.draw(st.booleans()))
        for i, key in enumerate(keys)
    }
    deliverables = {f"d{i}": data.draw(st.sampled_from([OK, PUT_UP])) for i in range(size)}
    pairs = [(a, b) for b in range(size) for a in range(b) if data.draw(st.booleans())]
    links = [Link(keys[a], keys[b], strength=data.draw(st.sampled_from(["hard", "soft"]))) for a, b in pairs]
    facts = PlanFacts(keys, links, milestones, deliverables)
    closed: set[str] = set()
    while True:
        now = {key: replace(told, closed=told.closed or key in closed) for key, told in milestones.items()}
        flows = plan_states(replace(facts, milestones=now)).flows
        fresh = {key for key, told in now.items() if flows[key] is Flow.READY and told.deliverables}
        if not fresh:
            break
        closed |= fresh

    assert set(newly_passed(facts)) == closed


@given(st.data())
def test_blocked_is_reachability(data):
    """A milestone is blocked if and only if an unpassed one with gates leads to it over hard links."""
    size = data.draw(st.integers(1, 7))
    milestones = {
        str(i): MilestoneFacts(data.draw(st.sampled_from([(), ("art",)])), data.draw(st.booleans()))
        for i in range(size)
        if data.draw(st.booleans())
    }
    pairs = [(a, b) for b in range(size) for a in range(b) if data.draw(st.booleans())]
    hard = {(str(a), str(b)) for a, b in pairs if data.draw(st.booleans())}
    links = [Link(str(a), str(b), strength="hard" if (str(a), str(b)) in hard else "soft") for a, b in pairs]
    states = plan_states(PlanFacts([str(i) for i in range(size)], links, milestones))

    def leads(a, b):
        return (a, b) in hard or any((str(i), b) in hard and leads(a, str(i)) for i in range(size))

    for key, told in milestones.items():
        blockers = {a for a, one in milestones.items() if one.deliverables and not one.closed and leads(a, key)}
        assert (states.flows[key] is Flow.BLOCKED) == (bool(blockers) and not told.closed)
        assert set(states.blocked_by.get(key, ())) <= blockers
