"""An accepted option does what was said of it, and taking it back leaves what there was: rows, dates, promises."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from planning import ledger
from planning.accepting import Accepted, OptionGone, accept
from planning.amending import MovedOn, amend_campaign, amend_step
from planning.baselines import Baseline, Occasion, baselines_of, drift
from planning.booking import Cause
from planning.campaigns import Campaign
from planning.decisions import PlanDecision
from planning.exporting import plan_file
from planning.gates import Gate
from planning.gating import add_gate
from planning.offers import offers
from planning.options import Kind, simulated
from planning.plan import Plan
from planning.retroplan import schedule_of
from planning.slack import story
from planning.steps import LeftLaunch, Step, StepLink
from planning.undoing import ActedOn, AlreadyUndone, undo
from planning.waiving import waive
from storage import outbox
from storage.db import db, is_sqlite, writing
from storage.events import Event
from tests.planning.rushed import at_random, founded, offer_of, plan_of, rushed, step_of
from tests.world import picture

CHLOE = "chloe@maree.example"


@pytest.fixture
def campaign_id(world):
    """A film whose plan is three days too long."""
    world.ids["campaign"] = founded(world, rushed(world.campaign.today))
    return world.ids["campaign"]


def accepted(world, campaign_id: str, option_id: str, **asked) -> Accepted:
    with writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        done = accept(campaign, option_id, **{"row_version": campaign.row_version, "by": world.marc, **asked})
        session.commit()
    return done


def taken_back(world, decision_id: str) -> list[str]:
    with writing() as session:
        unblocked = undo(session.get_one(PlanDecision, decision_id), by=world.olga)
        session.commit()
    return unblocked


def done(world, campaign_id: str, kind: Kind) -> PlanDecision:
    """The decision for the first option on offer of this kind."""
    decision_id = accepted(world, campaign_id, offer_of(plan_of(campaign_id), kind).id).decision.id
    return decision_of(decision_id)


def decision_of(decision_id: str) -> PlanDecision:
    """As it is kept; it stays readable when the session lets go of it."""
    decision = db.session.get_one(PlanDecision, decision_id, populate_existing=True)
    db.session.expunge(decision)
    db.session.rollback()
    return decision


def amended(world, campaign_id: str, key: str, **changes) -> None:
    with writing() as session:
        step = session.get_one(Step, step_of(plan_of(campaign_id), key).id)
        amend_step(step, changes, row_version=step.row_version, by=world.marc)
        session.commit()


def launch_figures(plan: Plan) -> tuple:
    schedule = plan.schedule
    return schedule.ready, schedule.launch_slack_days, schedule.hard_launch_slack_days


def links(plan: Plan) -> set[tuple]:
    keys = {step.id: step.key for step in plan.steps}
    return {(keys[link.source_id], keys[link.target_id], link.type) for link in plan.links}


def gates(plan: Plan) -> set[tuple]:
    keys = {step.id: step.key for step in plan.steps}
    return {(keys[gate.milestone_id], keys[gate.deliverable_id]) for gate in plan.gates}


def everything(campaign_id: str) -> dict:
    """Every row of the plan, without its row version, and every date that people read or were promised."""
    plan = plan_of(campaign_id)
    mine = {model: db.session.query(model).filter_by(campaign_id=campaign_id).order_by(model.id) for model in (Step, StepLink, Gate)}
    left_out = {"row_version"}
    return {
        **{model.__name__: [_columns(row, left_out) for row in rows] for model, rows in mine.items()},
        "launch": plan.campaign.launch,
        "dates": dict(plan.dates),
        "promised": {id_: (one.start, one.finish, one.slack_days) for id_, one in plan.promised.items()},
        "states": {step.id: str(plan.state_of(step)) for step in plan.steps},
    }


def _columns(row, left_out: set[str]) -> dict:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in left_out}


def sound(campaign_id: str) -> None:
    db.session.rollback()
    assert list(ledger.faults()) == []
    schedule, file = plan_of(campaign_id).schedule, plan_file(plan_of(campaign_id))
    assert schedule_of(file).all() == {step.key: dates for step, dates in zip(plan_of(campaign_id).steps, schedule.all().values(), strict=True)}


# What was said is what happens


@pytest.mark.parametrize("seed", range(5))
def test_what_was_simulated_is_what_the_rows_compute_to_and_undoing_gives_back_the_plan(world, seed):
    dice = random.Random(seed)
    short = 0
    for _ in range(8):
        campaign_id = founded(world, at_random(dice, world.campaign.today))
        plan = plan_of(campaign_id)
        found = offers(plan)
        assert bool(found) == bool(plan.schedule.short_by_days)
        if not found:
            continue
        short += 1
        before, offer = everything(campaign_id), dice.choice(found)
        option = offer.option

        decision = decision_of(accepted(world, campaign_id, offer.id).decision.id)

        assert launch_figures(plan_of(campaign_id)) == (option.ready, option.slack_days, option.hard_slack_days)
        assert (decision.slack_days_after, decision.hard_slack_days_after) == (option.slack_days, option.hard_slack_days)
        sound(campaign_id)
        taken_back(world, decision.id)
        assert everything(campaign_id) == before
        assert [one.id for one in offers(plan_of(campaign_id))] == [one.id for one in found]
        sound(campaign_id)
    assert short >= 3


def test_without_a_gate_that_lets_a_milestone_pass_the_pure_search_says_the_same(world, campaign_id):
    plan = plan_of(campaign_id)
    keys = {step.id: step.key for step in plan.steps} | {"": ""}

    for offer in offers(plan):
        pure = simulated(plan_file(plan), tuple(_by_key(change, keys) for change in offer.option.changes))
        assert (pure.ready, pure.slack_days, pure.hard_slack_days) == (offer.option.ready, offer.option.slack_days, offer.option.hard_slack_days)


def _by_key(change, keys):
    return replace(change, step=keys[change.step], after=keys[change.after])


def test_a_plan_that_is_long_enough_has_no_options(world):
    assert offers(world.plan) == []


# Each kind


def test_a_shorter_review_is_written_on_its_step(world, campaign_id):
    done(world, campaign_id, Kind.SHORTEN_REVIEW)

    plan = plan_of(campaign_id)
    assert (step_of(plan, "ok").days, step_of(plan, "ok").row_version) == (2, 2)
    assert plan.schedule.hard_launch_slack_days == 0


def test_what_runs_in_parallel_begins_together_and_what_follows_waits_for_both(world, campaign_id):
    done(world, campaign_id, Kind.RUN_PARALLEL)

    plan = plan_of(campaign_id)
    assert {("ok", "fixes", "SS"), ("ok", "fine", "FS"), ("fixes", "fine", "FS")} <= links(plan)
    assert ("ok", "fixes", "FS") not in links(plan)


def test_what_leaves_the_launch_is_bridged_and_kept(world, campaign_id):
    assert gates(plan_of(campaign_id)) == {("ready", "fixes")}

    left = done(world, campaign_id, Kind.MOVE_SCOPE).changes

    plan = plan_of(campaign_id)
    gone = {step.id for step in plan.slipped}
    assert gone == {change["step_id"] for change in left}
    assert gone.isdisjoint(plan.dates)
    assert all(step.slipped_at for step in plan.slipped)
    assert {step.key for step in plan.slipped} | {step.key for step in plan.steps} == {"film", "ok", "fixes", "fine", "ready", "media"}
    sound(campaign_id)


@pytest.mark.parametrize(("days", "slips", "held_by"), [(14, {"fixes"}, set()), (13, {"fixes", "fine"}, {("ready", "film")})])
def test_a_milestone_waits_for_the_deliverable_that_a_bridge_leads_from(world, days, slips, held_by):
    campaign_id = founded(world, rushed(world.campaign.today, days=days))

    done(world, campaign_id, Kind.MOVE_SCOPE)

    plan = plan_of(campaign_id)
    assert ({step.key for step in plan.slipped}, gates(plan)) == (slips, held_by)
    sound(campaign_id)


def test_what_leaves_last_lets_a_milestone_pass_and_coming_back_reopens_it(world, campaign_id):
    """The film is approved; nothing but the fixes holds the milestone, and they leave."""
    with writing() as session:
        plan = plan_of(campaign_id)
        add_gate(session.get_one(Step, step_of(plan, "ready").id), session.get_one(Step, step_of(plan, "film").id), None, by=world.marc)
        session.commit()
    world.decide(world.put_up(world.upload(picture(), deliverable="film"), CHLOE), world.chloe)
    with writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        amend_campaign(campaign, {"launch": campaign.today + timedelta(days=6)}, row_version=campaign.row_version, by=world.marc)
        session.commit()
    before = everything(campaign_id)
    offer = offer_of(plan_of(campaign_id), Kind.MOVE_SCOPE)

    done_ = accepted(world, campaign_id, offer.id)
    decision_id = done_.decision.id

    plan = plan_of(campaign_id)
    ready = step_of(plan, "ready").id
    assert done_.unblocked == [ready]
    assert launch_figures(plan) == (offer.option.ready, offer.option.slack_days, offer.option.hard_slack_days)
    sound(campaign_id)
    taken_back(world, decision_id)
    assert plan_of(campaign_id).states.flows[ready] == "reopened"
    assert everything(campaign_id)["promised"] == before["promised"]
    sound(campaign_id)


def test_another_launch_is_promised_anew(world, campaign_id):
    decision = done(world, campaign_id, Kind.MOVE_LAUNCH)

    plan = plan_of(campaign_id)
    assert plan.campaign.launch.isoformat() == decision.changes[0]["launch"]
    assert (plan.schedule.short_by_days, plan.campaign.row_version) == (0, 2)
    assert {id_: one.finish for id_, one in plan.promised.items()} == {step.id: plan.dates[step.id].early_finish for step in plan.steps}


# Whoever is late


def test_from_an_older_row_nothing_is_accepted(world, campaign_id):
    offer = offers(plan_of(campaign_id))[0]
    accepted(world, campaign_id, offer.id)

    with pytest.raises(MovedOn):
        accepted(world, campaign_id, offer.id, row_version=1)


def test_what_is_no_longer_on_offer_is_refused(world, campaign_id):
    gone = offer_of(plan_of(campaign_id), Kind.SHORTEN_REVIEW)
    amended(world, campaign_id, "ok", days=1)

    with pytest.raises(OptionGone):
        accepted(world, campaign_id, gone.id)
    assert plan_of(campaign_id).campaign.row_version == 1
    assert db.session.query(PlanDecision).count() == 0


# What left is out of reach


def test_what_left_is_not_planned_waived_or_waited_for(world, campaign_id):
    done(world, campaign_id, Kind.MOVE_SCOPE)
    plan = plan_of(campaign_id)
    step, ready = plan.slipped[0], step_of(plan, "ready")
    acts = [
        lambda: amend_step(step, {"days": 1}, row_version=step.row_version, by=world.marc),
        lambda: waive(step, "No time.", world.marc),
        lambda: add_gate(ready, step, None, by=world.marc) if step.is_deliverable else step.ensure_in_launch(),
    ]

    for act in acts:
        with writing(), pytest.raises(LeftLaunch):
            act()


def test_the_asset_of_what_left_goes_on(world, campaign_id):
    decision = done(world, campaign_id, Kind.MOVE_SCOPE)
    deliverable = next((step.key for step in plan_of(campaign_id).slipped if step.is_deliverable), None)
    assert deliverable == "fixes"
    step = step_of(plan_of(campaign_id), "fixes")
    world.step = lambda key: step

    review = world.put_up(world.upload(picture(), deliverable="fixes"), CHLOE)
    world.decide(review, world.chloe)

    assert ("ready", "fixes") not in gates(plan_of(campaign_id))
    sound(campaign_id)
    with pytest.raises(ActedOn):
        taken_back(world, decision.id)


# Taking it back


@pytest.mark.parametrize("kind", list(Kind))
def test_a_decision_is_taken_back_once(world, campaign_id, kind):
    before = everything(campaign_id)
    decision = done(world, campaign_id, kind)

    taken_back(world, decision.id)

    assert everything(campaign_id) == before
    kept = decision_of(decision.id)
    assert (kept.undone_at is not None, kept.undone_by_id) == (True, world.olga.id)
    with pytest.raises(AlreadyUndone):
        taken_back(world, decision.id)


def test_progress_of_a_touched_step_keeps_the_decision(world, campaign_id):
    decision = done(world, campaign_id, Kind.RUN_PARALLEL)
    amended(world, campaign_id, "fixes", started_on=world.campaign.today)

    with pytest.raises(ActedOn):
        taken_back(world, decision.id)


def test_a_name_or_another_step_does_not(world, campaign_id):
    decision = done(world, campaign_id, Kind.SHORTEN_REVIEW)
    amended(world, campaign_id, "ok", name="Her OK")
    amended(world, campaign_id, "media", days=2)

    taken_back(world, decision.id)

    plan = plan_of(campaign_id)
    assert (step_of(plan, "ok").days, step_of(plan, "ok").name, step_of(plan, "media").days) == (5, "Her OK", 2)


def test_a_review_of_a_touched_deliverable_keeps_it(world):
    campaign_id = world.ids["campaign"] = founded(world, rushed(world.campaign.today, days=9))
    version = world.upload(picture(), deliverable="film")
    decision = done(world, campaign_id, Kind.SHORTEN_REVIEW)
    world.put_up(version, CHLOE)

    with pytest.raises(ActedOn):
        taken_back(world, decision.id)


def test_a_launch_moved_since_keeps_it_and_so_does_another_decision(world, campaign_id):
    first = done(world, campaign_id, Kind.SHORTEN_REVIEW)
    with writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        amend_campaign(campaign, {"launch": campaign.today}, row_version=campaign.row_version, by=world.marc)
        session.commit()
    with pytest.raises(ActedOn):
        taken_back(world, first.id)

    second = done(world, campaign_id, Kind.RUN_PARALLEL)
    third = done(world, campaign_id, Kind.MOVE_LAUNCH)
    with pytest.raises(ActedOn):
        taken_back(world, second.id)
    taken_back(world, third.id)
    taken_back(world, second.id)


# What is kept of it


def test_an_acceptance_and_its_undoing_are_told_in_figures(world, campaign_id):
    decision = done(world, campaign_id, Kind.MOVE_LAUNCH)
    taken_back(world, decision.id)

    told = {event.name: event for event in db.session.query(Event).filter_by(scope_id=campaign_id)}
    decided, undone = told["plan.decided"], told["plan.undone"]
    assert (decided.subject, decided.seq, decided.actor) == (f"plan_decision:{decision.id}", decision.seq, world.marc.key)
    assert decided.body["hard_launch_slack_days"] == [-3, 0]
    assert undone.body["hard_launch_slack_days"] == -3
    assert f"campaign_{campaign_id}" in decided.keys
    assert "@" not in str([decided.body, undone.body, decision.option, decision.before])


def test_the_slack_ledger_books_both(world, campaign_id):
    decision = done(world, campaign_id, Kind.SHORTEN_REVIEW)
    outbox.do_all()
    taken_back(world, decision.id)
    outbox.do_all()

    assert [(entry.cause, entry.delta_days) for entry in story(campaign_id).entries[1:]] == [(Cause.DECIDED, 3), (Cause.DECIDED, -3)]
    sound(campaign_id)


# Baselines


def baselines(campaign_id: str) -> list[Baseline]:
    db.session.rollback()
    return list(db.session.scalars(baselines_of(campaign_id).order_by(Baseline.number)))


def test_each_plan_that_is_accepted_is_kept(world, campaign_id):
    offer = offer_of(plan_of(campaign_id), Kind.SHORTEN_REVIEW)
    accepted(world, campaign_id, offer.id, name="  With a\nquick OK ")
    with writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        amend_campaign(campaign, {"launch": campaign.launch.replace(year=2099)}, row_version=campaign.row_version, by=world.marc)
        session.commit()

    first, second, third = baselines(campaign_id)
    assert [one.occasion for one in (first, second, third)] == [Occasion.FOUNDED, Occasion.ACCEPTED, Occasion.LAUNCH_MOVED]
    assert (second.name, second.decision.option["id"], third.launch.year) == ("With a quick OK", offer.id, 2099)
    assert [step["days"] for step in second.plan["steps"] if step["id"] == "ok"] == [2]
    assert "@" not in str([one.plan for one in (first, second, third)])


def test_a_buffer_or_a_name_is_no_other_plan(world, campaign_id):
    with writing() as session:
        amend_campaign(session.get_one(Campaign, campaign_id), {"buffer_days": 0, "name": "Film"}, row_version=1, by=world.marc)
        session.commit()

    assert len(baselines(campaign_id)) == 1


def test_a_campaign_older_than_baselines_keeps_the_plan_it_had(world, campaign_id):
    with writing() as session:
        _as_before_baselines(session)
    done(world, campaign_id, Kind.SHORTEN_REVIEW)

    first, second = baselines(campaign_id)
    assert [first.occasion, second.occasion] == [Occasion.FOUND, Occasion.ACCEPTED]
    assert [step["days"] for step in first.plan["steps"] if step["id"] == "ok"] == [5]
    assert (second.day("media", "committed_finish") - first.day("media", "committed_finish")).days == -3


def _as_before_baselines(session) -> None:
    trigger = "baselines_no_delete" if is_sqlite() else "baselines_frozen ON baselines"
    session.execute(text(f"DROP TRIGGER {trigger}"))
    session.execute(text("DELETE FROM baselines"))
    session.commit()


def test_a_decision_without_its_baseline_is_a_fault(world, campaign_id):
    done(world, campaign_id, Kind.SHORTEN_REVIEW)
    assert list(ledger.faults()) == []
    with writing() as session:
        _as_before_baselines(session)

    assert [fault.partition(":")[2] for fault in ledger.faults()] == [" it has not left exactly one baseline"]


@pytest.mark.parametrize("statement", ["UPDATE baselines SET name = 'x'", "DELETE FROM baselines"])
def test_a_baseline_is_frozen(world, campaign_id, statement):
    with writing() as session, pytest.raises(DatabaseError, match="frozen"):
        session.execute(text(statement))


def test_drift_is_told_in_the_plans_working_days(world, campaign_id):
    amended(world, campaign_id, "film", days=6)
    plan, first = plan_of(campaign_id), baselines(campaign_id)[0]

    drifted = {one.key: (one.committed_days, one.forecast_days) for one in drift(plan, first)}

    assert drifted["film"] == (0, plan.dates[step_of(plan, "film").id].early_finish.toordinal() - first.day("film", "due").toordinal())
    done(world, campaign_id, Kind.MOVE_SCOPE)
    after = plan_of(campaign_id)
    drifted = {one.key: (one.committed_days, one.forecast_days) for one in drift(after, first)}
    assert {drifted[step.key] for step in after.slipped} == {(None, None)}
    assert drifted["film"][0] == 2
