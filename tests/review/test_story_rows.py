"""The one story, through the verbs alone: a yes clears the gate, the milestone passes, a new version reopens it."""

import pytest

from planning.states import Flow
from planning.steps import Step
from review.desk import Desk
from review.reviews import NotWhatWasPutUp, Review, ReviewOver
from storage.db import db, writing
from storage.events import Event, verify
from tests.world import picture


def test_the_clients_yes_passes_the_milestone(world):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example")
    assert world.plan.state_of(world.step("ready")) == Flow.WAITING_FOR_REVIEW

    world.decide(review, world.chloe)

    assert world.plan.state_of(world.step("ready")) == Flow.PASSED
    assert db.session.query(Event).filter_by(name="milestone.unblocked").count() == 1
    assert list(verify()) == []


def test_a_new_version_makes_the_yes_stale_and_reopens_the_milestone(world):
    first = world.upload(picture(), deliverable="visual")
    world.decide(world.put_up(first, "chloe@maree.example"), world.chloe)

    second = world.upload(picture((1, 2, 3)), deliverable="visual")

    assert second.number == 2
    assert world.plan.state_of(world.step("visual")) == "stale"
    assert world.plan.state_of(world.step("ready")) == Flow.REOPENED

    world.decide(world.put_up(second, "chloe@maree.example"), world.chloe)
    assert world.plan.state_of(world.step("ready")) == Flow.PASSED
    assert db.session.query(Event).filter_by(name="milestone.unblocked").count() == 2


def test_a_new_version_supersedes_the_open_review(world):
    first = world.upload(picture(), deliverable="visual")
    review = world.put_up(first, "chloe@maree.example")
    world.upload(picture((1, 2, 3)), deliverable="visual")

    with pytest.raises(ReviewOver):
        world.decide(review, world.chloe)


def test_what_was_seen_must_be_what_was_put_up(world):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example")
    with writing() as session, pytest.raises(NotWhatWasPutUp):
        session.get_one(Review, review.id).decide(world.chloe, "approved", version_id=version.id, sha256="0" * 64)


def test_an_undone_yes_reopens_review_and_milestone(world):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example")
    decision = world.decide(review, world.chloe)
    with writing() as session:
        again = session.get_one(Review, review.id)
        again.undo(next(d for s in again.seats for d in s.decisions if d.id == decision.id), world.chloe)
        session.commit()

    assert session.get_one(Review, review.id).state == "open"
    assert world.plan.state_of(world.step("ready")) == Flow.REOPENED


def test_people_are_known_by_their_email_however_it_is_typed(world):
    with writing() as session:
        session.get_one(Step, world.step("visual").id).people = ["Camille@Maree.example"]
        session.commit()
    visual = world.step("visual")

    assert visual.progressable_by(world.camille)
    assert not visual.progressable_by(world.chloe)
    assert [holder.name for holder in Desk([world.plan]).makers(visual)] == ["Camille"]
