"""The outbox: owed with the change, done at least once, taken over from the dead, put off with growing waits."""

from datetime import timedelta

import pytest

from storage import clock, events, outbox
from storage.db import db, writing
from storage.events import Delivery, handles, record


@pytest.fixture
def handled():
    """A handler of `test.happened` whose behaviour each test sets."""
    seen = {"events": [], "fail": None}

    @handles("test.happened")
    def note_it(event):
        if seen["fail"]:
            raise seen["fail"]
        seen["events"].append(event.seq)

    yield seen
    events._handlers.pop("test.happened")


def happen(world):
    with writing() as session:
        event = record("test.happened", "test:1", by=world.marc, scope_id=world.ids["campaign"])
        session.commit()
    return event.seq


def deliveries():
    db.session.rollback()
    return db.session.query(Delivery).filter_by(handler="note_it").populate_existing().all()


def test_work_is_owed_in_the_same_transaction_and_done_once(world, handled):
    with writing() as session:
        record("test.happened", "test:1", by=world.marc, scope_id=world.ids["campaign"])
        session.rollback()
    assert deliveries() == []

    seq = happen(world)
    outbox.do_all()
    outbox.do_all()

    assert handled["events"] == [seq]
    assert deliveries()[0].done_at is not None


def test_what_fails_is_tried_again_later_with_growing_waits(world, handled, later):
    seq = happen(world)
    handled["fail"] = RuntimeError("the line is down")
    outbox.do_all()
    first = deliveries()[0]
    assert (first.attempts, first.error, first.done_at) == (1, "the line is down", None)

    later(seconds=2)
    outbox.do_all()
    second = deliveries()[0]
    assert second.attempts == 2
    assert second.due_at - clock.utcnow() > timedelta(seconds=3)

    handled["fail"] = None
    later(seconds=10)
    outbox.do_all()
    assert handled["events"] == [seq]


def test_a_dead_workers_lease_runs_out_and_another_takes_over(world, handled, later):
    seq = happen(world)
    assert outbox._lease() is not None
    outbox.do_all()
    assert handled["events"] == []

    later(seconds=61)
    outbox.do_all()
    assert handled["events"] == [seq]


def test_one_delivery_is_leased_by_one_worker(world, handled):
    happen(world)
    assert outbox._lease() is not None
    assert outbox._lease() is None
