"""Durable work owed because of an event, done at least once by any number of workers.

A worker leases a delivery, does its work in a transaction of its own, and marks it done. A worker that dies lets
its lease run out (storage/leases.py) and another takes over, so a handler must bear being run twice.
"""

import logging
import threading
from datetime import timedelta

from sqlalchemy import or_, select, update

from storage.clock import utcnow
from storage.db import db, writing
from storage.drills import failpoint
from storage.events import Delivery, Event, Happened, handler_named, handlers_of, on_commit
from storage.leases import LEASE, renewed

GROWING_WAITS = (1, 5, 30, 120, 600, 3600)
IDLE_SECONDS = 2.0

log = logging.getLogger(__name__)
_wake = threading.Event()


class NotYet(Exception):
    """Raised by a handler whose work cannot be done now: it is due again later, and nothing is wrong."""


@on_commit
def _look_again(told: list[Happened]) -> None:
    """Most acts owe nothing that somebody waits for: they leave the workers asleep."""
    if any(not handler.patient for happened in told for handler in handlers_of(happened.name).values()):
        nudge()


def nudge() -> None:
    """Let the workers of this process look again at once, for work or for whether to stop."""
    _wake.set()


def work(stopping: threading.Event) -> None:
    """Do what is owed until told to stop. Call it in an app context; a worker process is nothing else."""
    while not stopping.is_set():
        _wake.clear()
        try:
            busy = do_next()
        except Exception:
            log.exception("the outbox could not be read; trying again")
            busy = False
        if not busy:
            _wake.wait(IDLE_SECONDS)


def do_all() -> int:
    """Do everything that is due now, in this thread; how many deliveries that was."""
    done = 0
    while do_next():
        done += 1
    return done


def do_next() -> bool:
    """Do the delivery that has been due longest, of one event's in the order of their names; False if none is due."""
    leased = _lease()
    if leased is None:
        return False
    delivery_id, event_id, handler_name, attempt = leased
    try:
        with renewed(delivery_id, attempt):
            _do(delivery_id, event_id, handler_name)
    except Exception as error:
        db.session.rollback()
        _put_off(delivery_id, error)
    finally:
        db.session.remove()
    return True


def done_too(handler_name: str, scope_id: str, since: int, seq: int) -> None:
    """Mark what one run has done for the events of a scope after `since` up to `seq`, but for what a worker has taken; the caller commits."""
    events = select(Event.id).where(Event.scope_id == scope_id, Event.seq > since, Event.seq <= seq)
    waiting = update(Delivery).where(Delivery.handler == handler_name, Delivery.done_at.is_(None), Delivery.leased_until.is_(None))
    db.session.execute(waiting.where(Delivery.event_id.in_(events)).values(done_at=utcnow(), error=None))


def _lease() -> tuple[str, str, str, int] | None:
    now = utcnow()
    free = or_(Delivery.leased_until.is_(None), Delivery.leased_until < now)
    due = select(Delivery).where(Delivery.done_at.is_(None), Delivery.due_at <= now, free).order_by(Delivery.due_at, Delivery.handler)
    if db.session.scalar(due.with_only_columns(Delivery.id).limit(1)) is None:
        db.session.rollback()
        return None
    with writing() as session:
        delivery = session.scalar(due.limit(1).with_for_update(skip_locked=True))
        if delivery is None:
            session.rollback()
            return None
        delivery.leased_until = now + LEASE
        delivery.attempts += 1
        session.commit()
        return delivery.id, delivery.event_id, delivery.handler, delivery.attempts


def _do(delivery_id: str, event_id: str, handler_name: str) -> None:
    handler = handler_named(handler_name)
    if handler is None:
        raise LookupError(f"nothing handles {handler_name}")
    failpoint("delivery.before_work")
    handler(db.session.get_one(Event, event_id))
    failpoint("delivery.before_mark")
    with writing() as session:
        delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
        delivery.done_at, delivery.leased_until, delivery.error = utcnow(), None, None
        session.commit()


def _put_off(delivery_id: str, error: Exception) -> None:
    if not isinstance(error, NotYet):
        log.warning("delivery %s: %s", delivery_id, error, exc_info=error)
    with writing() as session:
        delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
        wait = GROWING_WAITS[min(delivery.attempts, len(GROWING_WAITS)) - 1]
        delivery.due_at, delivery.leased_until = utcnow() + timedelta(seconds=wait), None
        delivery.error = str(error)[:500]
        session.commit()
