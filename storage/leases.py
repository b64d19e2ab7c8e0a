"""Who is at work on what: a lease is renewed while its worker lives, and ends soon after its death; at once where nobody
else can be at work.
"""

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import update

from storage.clock import utcnow
from storage.db import db, is_sqlite, writing
from storage.events import Delivery

LEASE = timedelta(seconds=20)
RENEWED_EVERY = 6.0
_LOCK = "working"

log = logging.getLogger(__name__)


@contextmanager
def renewed(delivery_id: str, attempt: int) -> Iterator[None]:
    """Keep the lease of this attempt while the block runs, however long that is."""
    over = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_renew_until, args=(app, over, delivery_id, attempt), name="lease", daemon=True).start()
    try:
        yield
    finally:
        over.set()


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Be known as a worker while the block runs. Whoever is the first among the living ends the leases of the dead.

    That can be known only where all workers share a folder, as they do with SQLite. The kernel tells who lives.
    """
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if _alone(descriptor) and is_sqlite():
            _end_all()
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_all() -> None:
    with writing() as session:
        session.execute(update(Delivery).where(Delivery.done_at.is_(None)).values(leased_until=None))
        session.commit()
    db.session.remove()


def _renew_until(app: Flask, over: threading.Event, delivery_id: str, attempt: int) -> None:
    while not over.wait(RENEWED_EVERY):
        try:
            with app.app_context():
                _renew(delivery_id, attempt)
        except Exception:
            log.exception("a lease could not be renewed; trying again")


def _renew(delivery_id: str, attempt: int) -> None:
    """Nothing happens to a lease that has ended, or is another attempt's."""
    held = (Delivery.id == delivery_id, Delivery.attempts == attempt, Delivery.leased_until.is_not(None))
    with writing() as session:
        session.execute(update(Delivery).where(*held).values(leased_until=utcnow() + LEASE))
        session.commit()
