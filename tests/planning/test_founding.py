"""A plan file becomes rows: steps, links, gates, calendars, and the first promises."""

from datetime import date

import pytest

from planning.campaigns import Campaign
from planning.founding import found_campaign, moved
from planning.gates import Gate
from planning.plan import load_plan
from planning.planfile import PlanError, plan_from
from planning.steps import Commitment
from storage.db import db, writing

PLAN = {
    "launch": "2027-05-20",
    "status_date": "2027-04-05",
    "buffer_days": 3,
    "calendar": "fr",
    "calendars": {"fr": {"country": "FR"}, "en": {"country": "GB", "subdivision": "ENG"}},
    "steps": [
        {"id": "visual", "days": 4, "kind": "deliverable"},
        {"id": "ok", "kind": "review", "of": "visual", "calendar": "en", "sla_days": 2, "rounds": 2, "rework_days": 1},
        {"id": "ready", "kind": "milestone"},
        {"id": "print", "days": 2},
    ],
    "links": [{"from": "visual", "to": "ok"}, {"from": "ok", "to": "ready"}, {"from": "ready", "to": "print"}],
}


def found(world, plan=PLAN, **more) -> Campaign:
    with writing() as session:
        campaign = found_campaign("Spring", plan_from(plan, date(2027, 4, 5)), by=world.marc, **more)
        session.commit()
    return campaign


def test_a_gate_stands_where_a_deliverables_review_leads_to_a_milestone(world):
    plan = load_plan(found(world))
    gate = plan.gates[0]

    assert len(plan.gates) == 1
    assert plan.step_by_id[gate.milestone_id].key == "ready"
    assert plan.step_by_id[gate.deliverable_id].key == "visual"


def test_rounds_take_their_own_calendars(world):
    plan = load_plan(found(world))
    review = next(item for item in plan.items if item.kind == "review")
    assert review.pieces == ((2, "en"), (1, None), (2, "en"))


def test_every_step_is_promised_its_first_dates(world):
    campaign = found(world)
    plan = load_plan(campaign)
    assert set(plan.promised) == {step.id for step in plan.steps}
    assert db.session.query(Commitment).filter_by(step_id=plan.steps[0].id).count() == 1


def test_nobody_is_promised_the_past(world):
    plan = load_plan(found(world, {"launch": "2027-05-20", "steps": [{"id": "start", "kind": "milestone"}]}))
    start = plan.steps[0]

    assert plan.promised[start.id].finish == plan.campaign.today
    assert plan.health_of(start) != "late"


@pytest.mark.parametrize(("calendar", "country"), [("GB-ENG", "GB"), ("FR", "FR"), ("en", "GB")])
def test_the_calls_own_calendar_wins(world, calendar, country):
    campaign = found(world, calendar=calendar)
    assert campaign.calendar == calendar
    assert load_plan(campaign).calendar.spec.country == country


def test_an_unknown_calendar_is_refused_and_nothing_is_kept(world):
    before = db.session.query(Campaign).count()
    with pytest.raises(PlanError, match="Atlantis"):
        found(world, calendar="Atlantis")
    assert db.session.query(Campaign).count() == before
    assert db.session.query(Gate).count() == 2


def test_launch_and_buffer_of_the_call_win():
    plan = moved(plan_from(PLAN, date(2027, 4, 5)), launch=date(2027, 6, 1), buffer_days=0)
    assert (plan.launch, plan.buffer_days) == (date(2027, 6, 1), 0)
