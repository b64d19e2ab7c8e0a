"""The worker: what is owed is done; now and then what nobody claims is swept away, what is lacking owed, the
logs' heads kept, and what a day has cost booked."""

import logging
import signal
import threading

from flask import Flask

from planning import bookkeeping
from storage import heads, leases, outbox, rendering, sweeping
from storage.db import db

SWEEP_SECONDS = 3600.0
FIRST_SWEEP_SECONDS = 30.0
log = logging.getLogger(__name__)


def work_until(app: Flask, stopping: threading.Event) -> None:
    """Do what is owed until told to stop, sweeping every hour in a thread beside it."""
    threading.Thread(target=_sweep_until, args=(app, stopping), name="sweeper", daemon=True).start()
    with app.app_context(), leases.at_work(app.extensions["backbeat.settings"].data):
        outbox.work(stopping)


def work_alone(app: Flask) -> None:
    """A worker process: until SIGTERM or Ctrl-C. Its hints reach the browsers through Redis, where there is one."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: (stopping.set(), outbox.nudge()))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app.extensions["backbeat.start_live"]()
    print("Working. Stop with Ctrl-C.", flush=True)
    work_until(app, stopping)


def _sweep_until(app: Flask, stopping: threading.Event) -> None:
    wait = FIRST_SWEEP_SECONDS
    while not stopping.wait(wait):
        wait = SWEEP_SECONDS
        try:
            with app.app_context():
                bookkeeping.turn_days()
                sweeping.sweep()
                if rendering.owe_large():
                    outbox.nudge()
                heads.keep_heads(app.extensions["backbeat.settings"].data / "heads")
        except Exception:
            log.exception("sweeping failed; trying again in an hour")
        finally:
            with app.app_context():
                db.session.remove()
