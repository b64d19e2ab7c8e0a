"""The demo tells the same story on any day of the year."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from planning.campaigns import Campaign
from planning.plan import load_plan
from storage import clock
from storage.assets import Version
from storage.db import db
from storage.workspaces import Workspace
from webapp import installation
from webapp.checks import ledger_faults
from webapp.demo import make_demo

DAYS = ["2026-11-23T14:00", "2027-01-01T00:10", "2027-08-15T23:50", "2026-11-22T09:00", "2027-05-06T12:00"]

pytestmark = pytest.mark.parametrize("begun", ["sqlite"], indirect=True)  # the story does not hang on the dialect


@pytest.fixture(params=DAYS)
def day(request):
    clock.set_clock(datetime.fromisoformat(request.param).replace(tzinfo=UTC))
    yield request.param
    clock.set_clock(None)


def test_the_demo_tells_the_same_story_on_any_day(app, day):
    before = clock.utcnow()

    answer = make_demo(app, say=lambda sentence: None)

    assert list(ledger_faults()) == []
    assert {name: states for campaign in _campaigns(answer) for name, states in campaign.items()} == STORY
    assert before <= clock.utcnow(), "the clock is as it was"


def test_it_is_made_once(app):
    make_demo(app, say=lambda sentence: None)
    versions = db.session.scalars(select(Version.id)).all()

    again = make_demo(app, say=lambda sentence: None)

    assert db.session.scalars(select(Version.id)).all() == versions
    assert len(again["workspaces"]) == 2


def test_beside_a_workspace_of_ones_own_it_makes_nothing(app, world):
    answer = make_demo(app, say=lambda sentence: None)

    assert answer == {"workspaces": [], "guest_link": None}
    assert not db.session.scalars(select(Workspace).where(Workspace.demo)).all()
    assert not installation.is_empty()


STORY = {
    "Parfum Lumière": {
        "concept": "approved", "concept-approved": "passed, passed_on_time", "key-visual": "waiting_for_review",
        "key-visual-approved": "waiting_for_review, on_track", "print-ready": "blocked, on_track", "packaging": "nothing_submitted",
        "slack": "plenty",
    },
    "Série d’automne": {
        "line": "approved", "line-approved": "passed, passed_on_time", "calendar": "stale", "posts": "nothing_submitted",
        "content-approved": "waiting_for_review, at_risk", "go": "blocked, at_risk", "slack": "thin",
    },
    "Harbour Gin film": {
        "script": "approved", "script-approved": "passed, passed_on_time", "storyboard": "waiting_for_review",
        "preparation-approved": "waiting_for_review, late", "edit-approved": "blocked, at_risk", "slack": "gone",
    },
}


def _campaigns(answer):
    for workspace in answer["workspaces"]:
        for named in workspace["campaigns"]:
            plan = load_plan(db.session.get_one(Campaign, named["id"]))
            told = {step.key: _told(plan, step) for step in plan.steps if step.key in STORY[named["name"]]}
            yield {named["name"]: {**told, "slack": _slack(plan.schedule.slack_days)}}


def _told(plan, step) -> str:
    health = f", {plan.health_of(step)}" if step.is_milestone else ""
    return f"{plan.state_of(step)}{health}"


def _slack(days: int) -> str:
    return "gone" if days < 0 else "thin" if days < 3 else "plenty"
