"""Gates clear, milestones pass and unblock what follows, once per closing; what falls away reopens them."""

import pytest

from planning.gates import Clearing, Closing
from planning.settling import NotReady, close_by_hand, settle
from planning.states import Flow
from planning.steps import Step, Waiver
from storage.db import db, writing
from storage.events import Event
from tests.world import picture

CHLOE = "chloe@maree.example"


def approve(world, deliverable, colour=(1, 2, 3)):
    version = world.upload(picture(colour), deliverable=deliverable)
    world.decide(world.put_up(version, CHLOE), world.chloe)
    return version


def flows(world) -> dict[str, str]:
    plan = world.plan
    return {milestone.key: plan.states.flows[milestone.id] for milestone in plan.milestones}


def unblocked() -> list[str]:
    db.session.rollback()
    events = Event.query.filter_by(name="milestone.unblocked").order_by(Event.seq)
    return [db.session.get(Step, event.subject.partition(":")[2]).key for event in events]


def waive(world, key, **more):
    with writing() as session:
        session.add(Waiver(step_id=world.step(key).id, by_id=world.ids["marc"], reason="the client has no need of it"))
        session.flush()
        settle(world.ids["campaign"], by=world.marc)
        session.commit()


def test_an_approval_behind_an_unpassed_milestone_leaves_it_blocked(world):
    approve(world, "media")

    assert flows(world) == {"ready": Flow.NOT_STARTED, "booked": Flow.BLOCKED}
    assert unblocked() == []


def test_passing_one_passes_the_next_that_only_waited_for_it(world):
    approve(world, "media")
    approve(world, "visual", (9, 8, 7))

    assert flows(world) == {"ready": Flow.PASSED, "booked": Flow.PASSED}
    assert unblocked() == ["ready", "booked"]


def test_settling_again_changes_nothing(world):
    approve(world, "visual")
    before = world.campaign.seq
    with writing() as session:
        assert settle(world.ids["campaign"], by=world.marc) == []
        session.commit()

    assert world.campaign.seq == before
    assert db.session.query(Closing).count() == 1


def test_a_waiver_clears_the_gate_and_lifting_it_reopens(world):
    waive(world, "visual")
    assert flows(world)["ready"] == Flow.PASSED

    with writing() as session:
        waiver = session.query(Waiver).one()
        from storage.clock import utcnow

        waiver.lifted_at = utcnow()
        settle(world.ids["campaign"], by=world.marc)
        session.commit()
    assert flows(world)["ready"] == Flow.REOPENED
    assert [clearing.ended_at is None for clearing in db.session.query(Clearing)] == [False]


def test_what_is_waived_is_done_since_that_day(world, later):
    waive(world, "visual")
    day = world.campaign.today
    later(days=3)

    assert [world.plan.progress(world.step(key))[1] for key in ("visual", "ok")] == [day, day]


def test_a_reopened_milestone_does_not_block_what_follows(world):
    approve(world, "visual")
    world.upload(picture((4, 4, 4)), deliverable="visual")

    assert flows(world)["ready"] == Flow.REOPENED
    assert flows(world)["booked"] == Flow.NOT_STARTED


def test_a_milestone_closed_by_hand_waits_for_a_named_member(world):
    with writing() as session:
        session.get_one(Step, world.step("ready").id).closes = "by_hand"
        session.commit()
    approve(world, "visual")
    assert flows(world)["ready"] == Flow.READY

    with writing() as session:
        passed = close_by_hand(session.get_one(Step, world.step("ready").id), world.marc)
        session.commit()
    assert passed == [world.step("ready").id]
    assert flows(world)["ready"] == Flow.PASSED
    assert unblocked() == ["ready"]


def test_nobody_passes_a_milestone_by_hand_before_its_approvals(world):
    with writing(), pytest.raises(NotReady):
        close_by_hand(world.step("ready"), world.marc)


def test_what_a_closing_unblocks_is_in_its_event(world):
    approve(world, "visual")
    event = Event.query.filter_by(name="milestone.unblocked").one()
    assert event.body["unblocks"] == [world.step("media").id]


def test_the_same_bytes_again_are_no_new_version_and_change_nothing(world):
    version = approve(world, "visual")
    again = world.upload(picture((1, 2, 3)), deliverable="visual")

    assert again.id == version.id
    assert flows(world)["ready"] == Flow.PASSED
