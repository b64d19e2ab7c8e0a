"""What an act would do is told before it, and is what it then does: every figure of the plan, for acts of every kind."""

import random
from datetime import timedelta

import pytest

from planning.amending import amend_campaign, amend_step
from planning.consequences import consequences
from planning.overlay import Overlay, laid_over
from planning.plan import Plan, load_plan
from planning.states import Flow
from planning.steps import Step
from review.foreseeing import foreseen
from review.reviews import Review
from review.seats import Verdict
from storage.db import db, writing
from storage.events import Event
from tests.world import picture

CHLOE, MARC, OLGA = "chloe@maree.example", "marc@maree.example", "olga@maree.example"


def figures(plan: Plan) -> dict:
    """Everything that people read of a plan."""
    schedule = plan.schedule
    return {
        "dates": {step.key: tuple(plan.dates[step.id]) for step in plan.steps},
        "states": {step.key: plan.state_of(step) for step in plan.steps},
        "health": {step.key: plan.health_of(step) for step in plan.milestones},
        "blocked": {plan.step_by_id[key].key: blockers for key, blockers in plan.states.blocked_by.items()},
        "launch": (plan.campaign.launch, schedule.ready, schedule.launch_slack_days, schedule.hard_launch_slack_days),
    }


def amended(world, changes: dict, *, step: str | None = None) -> None:
    with writing() as session:
        if step:
            row = session.get_one(Step, world.step(step).id)
            amend_step(row, changes, row_version=row.row_version, by=world.marc)
        else:
            campaign = world.campaign
            amend_campaign(campaign, changes, row_version=campaign.row_version, by=world.marc)
        session.commit()


def change_at_random(world, dice: random.Random) -> tuple[str | None, dict]:
    campaign = world.campaign
    if dice.random() < 0.3:
        by_days = timedelta(days=dice.randint(-40, 40))
        return None, dice.choice([{"launch": campaign.launch + by_days}, {"buffer_days": dice.randint(0, 9)}])
    day = campaign.today + timedelta(days=dice.randint(-5, 30))
    choices = [{"days": dice.randint(1, 20)}, {"not_before": day}, {"deadline": day}, {"started_on": campaign.today}, {"finished_on": campaign.today}, {"pinned_on": day}]
    return dice.choice(["brief", "visual", "ok", "media", "live"]), dice.choice(choices)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_changed_does_what_was_said_before(world, seed):
    dice = random.Random(seed)
    for _ in range(10):
        step, changes = change_at_random(world, dice)
        plan = world.plan
        overlay = Overlay(steps={world.step(step).id: changes}) if step else Overlay(**changes)
        after = laid_over(plan, overlay)
        said = figures(after)
        told = consequences(plan, after)

        amended(world, changes, step=step)

        now = world.plan
        promised_anew = "launch" in changes
        if promised_anew:  # which is the acceptance of what the preview shows: nobody is late any more
            said.pop("health")
        assert {name: figures(now)[name] for name in said} == said
        assert {shift.step.id for shift in told.steps} == {one.id for one in now.steps if _differs(plan, now, one.id)}


def _differs(before: Plan, after: Plan, step_id: str) -> bool:
    states = [plan.state_of(plan.step_by_id[step_id]) for plan in (before, after)]
    return before.dates[step_id] != after.dates[step_id] or states[0] != states[1]


@pytest.mark.parametrize("verdict", [Verdict.APPROVED, Verdict.CHANGES_REQUESTED])
@pytest.mark.parametrize("rule", ["all", "any", {"at_least": 2}])
@pytest.mark.parametrize("others", ["", "approved", "changes_requested"])
def test_a_decision_does_what_was_said_before(world, verdict, rule, others):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, CHLOE, MARC, OLGA, rule=rule)
    if others:
        world.decide(review, world.olga, others)
    plan = world.plan
    if db.session.get_one(Review, review.id).over:
        assert figures(foreseen(plan, db.session.get_one(Review, review.id), world.chloe, verdict)) == figures(plan), "nothing is asked any more"
        return
    after = foreseen(plan, db.session.get_one(Review, review.id), world.chloe, verdict)
    said, told = figures(after), consequences(plan, after)
    assert figures(plan) == figures(world.plan), "foreseeing changes nothing"

    world.decide(review, world.chloe, verdict)

    assert figures(world.plan) == said
    passed = world.plan.states.flows[world.step("ready").id] is Flow.PASSED
    assert [one.key for one in told.passes] == (["ready"] if passed else [])
    assert [one.key for one in told.frees] == (["media"] if passed else [])


def test_a_yes_passes_what_only_waited_for_it_and_so_on(world):
    booked = world.upload(picture((4, 4, 4)), deliverable="media")
    world.decide(world.put_up(booked, CHLOE), world.chloe)
    visual = world.upload(picture(), deliverable="visual")
    review = world.put_up(visual, CHLOE)
    plan = world.plan

    told = consequences(plan, foreseen(plan, review, world.chloe, Verdict.APPROVED))

    assert [one.key for one in told.passes] == ["ready", "booked"]
    world.decide(review, world.chloe)
    assert {world.plan.states.flows[one.id] for one in world.plan.milestones} == {Flow.PASSED}


def test_who_has_to_be_told_is_named_and_what_stays_is_not(world):
    plan = world.plan
    later = laid_over(plan, Overlay(steps={world.step("brief").id: {"days": 6}}))

    told = consequences(plan, later)

    assert told.people == ["camille@maree.example"]
    assert told.slack_lost_days == 4
    assert told.before.ready
    assert told.after.ready
    assert told.before.ready < told.after.ready
    assert consequences(plan, laid_over(plan, Overlay())).nothing


def test_looking_ahead_writes_nothing(world):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, CHLOE)
    before = db.session.query(Event).count()
    foreseen(world.plan, review, world.chloe, Verdict.APPROVED)
    laid_over(world.plan, Overlay(launch=world.campaign.launch + timedelta(days=7), steps={world.step("brief").id: {"days": 9}}))

    assert not db.session.new
    assert not db.session.dirty
    db.session.flush()
    assert db.session.query(Event).count() == before
    assert load_plan(world.campaign).step_by_id[world.step("brief").id].days == 2


def test_what_is_freed_waited_for_it_alone_and_has_not_begun(world):
    """Both milestones pass at once: the second is no step that the first frees, and what is approved has begun."""
    booked = world.upload(picture((4, 4, 4)), deliverable="media")
    world.decide(world.put_up(booked, CHLOE), world.chloe)
    review = world.put_up(world.upload(picture(), deliverable="visual"), CHLOE)
    plan = world.plan

    told = consequences(plan, foreseen(plan, review, world.chloe, Verdict.APPROVED))

    assert [one.key for one in told.frees] == ["live"]
