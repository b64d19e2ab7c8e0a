"""The outbox: owed with the change, done at least once, taken over from the dead, put off with growing waits."""

import time
from datetime import timedelta

import pytest

from storage import clock, events, leases, outbox
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


def test_a_lease_is_renewed_while_its_worker_is_at_work(world, handled, monkeypatch):
    happen(world)
    monkeypatch.setattr(leases, "RENEWED_EVERY", 0.01)
    first = clock.utcnow() + leases.LEASE
    delivery_id, _, _, attempt = outbox._lease()

    with leases.renewed(delivery_id, attempt):
        wait_for(lambda: deliveries()[0].leased_until > first + timedelta(seconds=0.1))

    assert outbox._lease() is None


def test_a_lease_that_has_ended_or_is_anothers_is_not_renewed(world, handled):
    happen(world)
    delivery_id, _, _, attempt = outbox._lease()
    until = deliveries()[0].leased_until
    leases._renew(delivery_id, attempt - 1)
    assert deliveries()[0].leased_until == until

    with writing() as session:
        session.get_one(Delivery, delivery_id).leased_until = None
        session.commit()
    leases._renew(delivery_id, attempt)
    assert deliveries()[0].leased_until is None


def test_whoever_works_alone_ends_the_leases_of_the_dead(world, handled, tmp_path, database_url):
    """With PostgreSQL there may be workers on other machines: there they run out."""
    seq = happen(world)
    outbox._lease()

    with leases.at_work(tmp_path):
        outbox.do_all()

    assert handled["events"] == ([seq] if database_url is None else [])


def test_nobody_ends_the_lease_of_a_living_worker(world, handled, tmp_path):
    happen(world)
    with leases.at_work(tmp_path):
        outbox._lease()
        with leases.at_work(tmp_path):
            outbox.do_all()

    assert handled["events"] == []


def wait_for(state) -> None:
    for _ in range(500):
        if state():
            return
        time.sleep(0.01)
    raise AssertionError("it does not come")


def test_one_delivery_is_leased_by_one_worker(world, handled):
    happen(world)
    assert outbox._lease() is not None
    assert outbox._lease() is None


@pytest.mark.parametrize("patient", [True, False])
def test_patient_work_wakes_nobody(world, handled, monkeypatch, patient):
    woken = []
    monkeypatch.setattr(outbox, "nudge", lambda: woken.append(True))
    monkeypatch.setattr(events.handler_named("note_it"), "patient", patient)

    happen(world)

    assert bool(woken) != patient
    assert outbox.do_all() == 1
