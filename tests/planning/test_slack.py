"""The slack ledger: each day of slack lost or won has a cause, and an event where somebody did something."""

from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from threading import Thread

import pytest

from planning import bookkeeping, ledger
from planning.amending import amend_campaign, amend_step
from planning.booking import Cause
from planning.bookkeeping import bring_up_to_date, turn_days
from planning.campaigns import Campaign
from planning.founding import found_campaign
from planning.plan import load_plan
from planning.planfile import plan_from
from planning.slack import SlackBook, SlackEntry, entries_of, story
from planning.steps import Step
from planning.waiving import waive
from review.reviews import Review
from storage import clock, outbox
from storage.db import db, writing
from storage.events import Delivery, Event
from tests.world import picture
from webapp import working

CHLOE = "chloe@maree.example"
CHAIN = ("brief", "visual", "ok", "ready", "media", "booked", "live")
INITIAL = 23  # 40 days to the launch, 5 of them its buffer, and 12 days of work


@pytest.fixture
def campaign(world):
    """The Autumn story where every day is worked: brief 2, visual 4, the client's OK 2, media plan 3, live 1."""
    day = clock.today("Europe/Paris")
    days = {"brief": 2, "visual": 4, "ok": 2, "media": 3, "live": 1}
    kinds = {"visual": "deliverable", "ok": "review", "media": "deliverable", "ready": "milestone", "booked": "milestone"}
    steps = [{"id": key, "kind": kinds.get(key, "work")} | ({"days": days[key]} if key in days else {}) for key in CHAIN]
    links = [{"from": a, "to": b} for a, b in zip(CHAIN, CHAIN[1:], strict=False)]
    plan = {"launch": (day + timedelta(days=40)).isoformat(), "buffer_days": 5, "steps": steps, "links": links,
            "calendars": {"always": {"weekdays": [0, 1, 2, 3, 4, 5, 6]}}}
    with writing() as session:
        made = found_campaign("Always", plan_from(plan, day), by=world.marc)
        session.commit()
    world.ids["campaign"] = made.id
    return made.id


@pytest.fixture
def amend(world, campaign):
    """`amend("live", days=4)` is a planner's change; `amend(buffer_days=0)` the campaign's."""

    def amended(key: str | None = None, **changes):
        with writing() as session:
            if key:
                step = session.get_one(Step, world.step(key).id)
                amend_step(step, changes, row_version=step.row_version, by=world.marc)
            else:
                amend_campaign(world.campaign, changes, row_version=world.campaign.row_version, by=world.marc)
            session.commit()

    return amended


def entries(campaign_id: str) -> list[SlackEntry]:
    db.session.rollback()
    return list(db.session.scalars(entries_of(campaign_id).order_by(SlackEntry.number)))


def told(world, *, about=None) -> list[tuple]:
    """(cause, step, delta) of what was booked of the launch, or of a milestone, after its opening."""
    db.session.rollback()
    keys = {step.id: step.key for step in world.plan.steps}
    milestone_id = world.step(about).id if about else None
    found = story(world.ids["campaign"], milestone_id).entries[1:]
    return [(entry.cause, keys.get(entry.step_id), entry.delta_days) for entry in found]


def sound(world) -> None:
    """The parts add up to the whole, and the whole is what the plan says today."""
    db.session.rollback()
    plan = world.plan
    for subject in (None, *(milestone.id for milestone in plan.milestones)):
        left = plan.dates[subject].slack_days if subject else plan.schedule.launch_slack_days
        found = story(plan.campaign.id, subject)
        assert (found.slack_days, found.initial_slack_days - found.consumed_days) == (left, left)
        assert sum(found.by_cause.values()) == found.consumed_days
    assert list(ledger.faults()) == []


def asked(world, colour=(1, 2, 3)):
    """The brief was done yesterday and the visual is there, and the client is asked about it; all of it is booked."""
    with writing() as session:
        brief, day = session.get_one(Step, world.step("brief").id), world.campaign.today - timedelta(days=1)
        amend_step(brief, {"started_on": day, "finished_on": day}, row_version=brief.row_version, by=world.marc)
        session.commit()
    review_id = world.put_up(world.upload(picture(colour), deliverable="visual"), CHLOE).id
    outbox.do_all()
    return db.session.get_one(Review, review_id)


def in_context(app, act) -> None:
    """In a thread of its own."""
    with app.app_context():
        act()
        db.session.remove()


def event(name: str) -> Event:
    return db.session.query(Event).filter_by(name=name).order_by(Event.seq.desc()).first()


def test_a_campaign_opens_with_the_slack_it_has(world, campaign):
    opened = entries(campaign)
    milestones = [world.step("ready").id, world.step("booked").id]

    assert [(entry.number, entry.milestone_id) for entry in opened] == list(enumerate([None, *milestones], 1))
    assert {(entry.cause, entry.delta_days, entry.slack_days, entry.hard_slack_days) for entry in opened} == {(Cause.OPENING, 0, INITIAL, INITIAL + 5)}
    sound(world)


def test_a_day_on_which_nobody_begins_is_late_work(world, campaign, later):
    later(days=1)
    turn_days()

    assert told(world) == told(world, about="ready") == [(Cause.LATE_WORK, "brief", -1)]
    assert {entry.event_id for entry in entries(campaign)} == {None}
    sound(world)


def test_the_same_day_turned_twice_writes_nothing(world, campaign, later):
    later(days=1)
    assert turn_days() > 0
    before = [entry.id for entry in entries(campaign)]

    assert turn_days() == 0
    assert bring_up_to_date(campaign)
    assert [entry.id for entry in entries(campaign)] == before


def test_a_late_answer_is_booked_with_the_reviewers_step(world, campaign, later):
    asked(world)
    before = len(told(world))
    for _ in range(4):
        later(days=1)
        turn_days()

    assert told(world)[before:] == [(Cause.LATE_ANSWER, "ok", -1)] * 3  # two days were hers
    assert told(world, about="ready")[-1] == (Cause.LATE_ANSWER, "ok", -1)
    sound(world)


def test_an_early_answer_wins_days(world, campaign):
    world.decide(asked(world), world.chloe)
    outbox.do_all()

    assert told(world)[-1] == (Cause.APPROVED, "ok", 1)
    assert entries(campaign)[-1].event_id == event("decision.made").id
    assert entries(campaign)[-1].events == 1
    sound(world)


def test_changes_asked_for_cost_the_days_of_another_round(world, campaign):
    world.decide(asked(world), world.chloe, "changes_requested")
    outbox.do_all()

    assert told(world)[-1] == (Cause.CHANGES_REQUESTED, "ok", -1)
    sound(world)


def test_a_changed_duration_is_the_planners(world, campaign, amend):
    amend("live", days=4)
    outbox.do_all()

    assert told(world) == told(world, about="ready") == [(Cause.AMENDED_STEP, "live", -3)]
    assert entries(campaign)[-1].event_id == event("step.amended").id
    assert story(campaign).consumed_percent == 13
    sound(world)


def test_work_done_early_wins_days(world, campaign, amend):
    day = world.campaign.today
    amend("brief", started_on=day, finished_on=day)
    outbox.do_all()

    assert told(world) == [(Cause.PROGRESS, "brief", 1)]
    sound(world)


def test_a_name_moves_no_date(world, campaign, amend):
    amend("brief", name="Short")
    outbox.do_all()

    assert told(world) == []
    assert db.session.get_one(SlackBook, campaign).seq == event("step.amended").seq


def test_a_moved_launch_is_promised_anew(world, campaign, amend):
    amend(launch=world.campaign.launch + timedelta(days=10))
    outbox.do_all()

    assert told(world) == told(world, about="booked") == [(Cause.PROMISED_ANEW, None, 10)]
    sound(world)


def test_less_buffer_is_slack_to_the_target_alone(world, campaign, amend):
    amend(buffer_days=0)
    outbox.do_all()

    assert told(world) == [(Cause.AMENDED_CAMPAIGN, None, 5)]
    assert story(campaign).entries[-1].hard_slack_days == INITIAL + 5
    sound(world)


def test_a_newer_version_than_the_approved_one_costs_its_answer_again(world, campaign):
    world.decide(asked(world), world.chloe)
    outbox.do_all()
    won = story(campaign).slack_days
    world.upload(picture((9, 9, 9)), deliverable="visual")
    outbox.do_all()

    assert told(world)[-1] == (Cause.STALE, "visual", story(campaign).slack_days - won)
    assert story(campaign).slack_days < won
    assert entries(campaign)[-1].event_id == event("version.added").id
    sound(world)


def test_two_acts_before_the_worker_are_one_entry_that_says_so(world, campaign, amend):
    amend("live", days=2)
    amend(buffer_days=2)
    outbox.do_all()

    assert told(world) == [(Cause.SEVERAL, None, 2)]
    last = story(campaign).entries[-1]
    assert (last.events, last.event_id) == (2, event("campaign.amended").id)
    sound(world)


@pytest.mark.parametrize(("second", "step", "days"), [("live", "live", -4), ("media", None, -3)])
def test_as_much_is_said_of_two_acts_as_they_share(world, campaign, amend, second, step, days):
    amend("live", days=2)
    amend(second, days=5)
    outbox.do_all()

    assert told(world) == [(Cause.AMENDED_STEP, step, days)]
    sound(world)


def test_days_that_the_worker_missed_are_told_one_by_one(world, campaign, amend, later):
    review = asked(world)
    before = len(told(world))
    later(days=4)
    world.decide(review, world.chloe)
    later(days=1)
    amend("live", days=2)
    later(days=1)
    outbox.do_all()

    late = (Cause.LATE_ANSWER, "ok", -1)
    assert told(world)[before:] == [late, late, late, (Cause.AMENDED_STEP, "live", -1), (Cause.LATE_WORK, "media", -1)]
    days = [entry.day for entry in story(campaign).entries]
    assert days == sorted(days)
    sound(world)


def test_a_waived_deliverable_is_done_since_that_day(world, campaign, later):
    with writing() as session:
        waive(session.get_one(Step, world.step("visual").id), "The client has no need of it.", world.marc)
        session.commit()
    outbox.do_all()
    assert (told(world)[-1][0], told(world)[-1][1]) == (Cause.WAIVED, "visual")
    later(days=1)
    turn_days()

    assert world.plan.progress(world.step("ok"))[1] == world.campaign.today - timedelta(days=1)
    sound(world)


def test_each_campaign_turns_on_its_own_day(world, campaign):
    noon = datetime.combine(clock.today("UTC") + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=14)
    with writing() as session:
        session.get_one(Campaign, campaign).zone = "Pacific/Auckland"
        session.commit()
    clock.set_clock(noon)
    try:
        turn_days()
        there = db.session.get_one(SlackBook, campaign).day
        here = db.session.query(SlackBook).filter(SlackBook.campaign_id != campaign).one().day
    finally:
        clock.set_clock(None)

    assert (there, here) == (noon.date() + timedelta(days=1), noon.date())


def test_a_campaign_from_before_the_ledger_is_opened_by_the_days_turn(world, campaign):
    with writing() as session:
        session.query(SlackEntry).delete()
        session.query(SlackBook).delete()
        session.commit()
    turn_days()

    assert [entry.cause for entry in entries(campaign)] == [Cause.OPENING] * 3
    sound(world)


def test_a_milestone_that_joins_is_opened_then(world, campaign, amend):
    with writing() as session:
        session.add(Step(workspace_id=world.ids["workspace"], campaign_id=campaign, key="handover", position=9, name="Handover",
                         kind="milestone", days=0, closes="by_hand", people=[]))
        session.commit()
    amend("live", days=2)
    outbox.do_all()

    joined = story(campaign, world.step("handover").id).entries
    assert [(entry.cause, entry.delta_days) for entry in joined] == [(Cause.OPENING, 0)]
    sound(world)


def test_what_is_booked_stays_as_it_is(world, campaign, amend, later):
    asked(world)
    before = [vars(entry) | {"_sa_instance_state": None} for entry in entries(campaign)]
    later(days=5)
    turn_days()
    amend("live", days=3)
    outbox.do_all()

    after = [vars(entry) | {"_sa_instance_state": None} for entry in entries(campaign)]
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_several_workers_at_once_book_it_once(app, world, campaign, amend):
    amend("live", days=3)
    db.session.remove()

    workers = [Thread(target=in_context, args=(app, lambda: bring_up_to_date(campaign))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert told(world) == [(Cause.AMENDED_STEP, "live", -2)]
    sound(world)


def test_an_act_that_comes_while_the_worker_reckons_is_booked_after_it(app, world, campaign, amend, monkeypatch):
    def interrupted(found):
        monkeypatch.undo()
        plan = load_plan(found)
        other = Thread(target=lambda: in_context(app, lambda: amend(buffer_days=1)))
        other.start()
        other.join()
        return plan

    amend("live", days=3)
    monkeypatch.setattr(bookkeeping, "load_plan", interrupted)
    assert not bring_up_to_date(campaign)
    assert told(world) == []

    outbox.do_all()
    assert told(world) == [(Cause.SEVERAL, None, 2)]
    sound(world)


def test_the_workers_hour_turns_the_days(app, world, campaign, later, monkeypatch):
    monkeypatch.setattr(working, "FIRST_SWEEP_SECONDS", 0.01)
    later(days=1)
    stopping, turned, turn_days = Flag(), Flag(), bookkeeping.turn_days
    monkeypatch.setattr(bookkeeping, "turn_days", lambda: (turn_days(), turned.set()))
    db.session.remove()
    hour = Thread(target=working._sweep_until, args=(app, stopping))
    hour.start()
    assert turned.wait(30)
    stopping.set()
    hour.join()

    assert told(world) == [(Cause.LATE_WORK, "brief", -1)]


def test_what_nobody_planned_is_left_alone(world, campaign):
    world.upload(picture())
    outbox.do_all()

    assert told(world) == []
    assert load_plan(world.campaign).schedule.launch_slack_days == INITIAL


FAULTS = {
    "an entry lost": ("DELETE FROM slack_entries WHERE number = 2", "is not numbered one by one"),
    "the last entry lost": ("DELETE FROM slack_entries WHERE number = 6", "ends with 6"),
    "a loss made greater": ("UPDATE slack_entries SET delta_days = -9 WHERE number = 4", "entry 4 does not add up"),
    "an opening that takes": ("UPDATE slack_entries SET delta_days = 1 WHERE number = 1", "entry 1 does not add up"),
    "an opening that is none": ("UPDATE slack_entries SET cause = 'late_work' WHERE number = 1", "does not begin with its opening"),
    "another campaign's event": ("UPDATE slack_entries SET event_id = (SELECT id FROM events WHERE name = 'campaign.made' LIMIT 1) WHERE number = 4",
                                 "an event that is not its own"),
    "nobody's book": ("DELETE FROM slack_books", "has entries and no book"),
}  # fmt: skip


@pytest.mark.parametrize("deed", FAULTS)
def test_what_was_tampered_with_is_found(world, campaign, amend, deed):
    from sqlalchemy import text

    amend("live", days=3)
    outbox.do_all()
    sound(world)
    command, words = FAULTS[deed]
    with writing() as session:
        session.execute(text(command.replace("WHERE number", f"WHERE campaign_id = '{campaign}' AND number")))
        faults = list(ledger.faults())
        session.rollback()

    assert any(words in fault and campaign in fault for fault in faults), faults


def test_one_run_does_it_for_all_that_wait(world, campaign, amend):
    """Ten changes in a row owe ten deliveries; the first books them, and the others are done with it."""
    for days in range(3, 13):
        amend("live", days=days)
    waiting = db.session.query(Delivery).filter_by(handler="write_slack_ledger", done_at=None)
    assert waiting.count() == 10

    assert outbox.do_next()

    assert waiting.count() == 0
    assert [(entry.events, entry.delta_days) for entry in entries(campaign) if entry.milestone_id is None][1:] == [(10, -11)]
    sound(world)
