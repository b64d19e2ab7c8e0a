"""`backbeat check-ledger`: every floor says what disagrees in what it keeps, all of it as of one moment; and
`backbeat verify`: the logs' chains, held against the heads that were kept of them.
"""

from collections.abc import Iterator

from flask import current_app

from planning import ledger as plans
from review import ledger as answers
from storage import events
from storage import ledger as things
from storage.db import db
from storage.heads import compare_heads


def ledger_faults() -> Iterator[str]:
    """A line per fault. Safe beside people at work: rows are read in one snapshot, and nothing is changed."""
    things.snapshot()
    try:
        yield from every_floor()
    finally:
        db.session.rollback()
    yield from things.unclaimed()


def every_floor() -> Iterator[str]:
    """The faults that the transaction at hand sees."""
    yield from plans.faults()
    yield from answers.faults()
    yield from things.faults()


def chain_faults() -> Iterator[str]:
    """A line per fault of the hash chains, and per log that lacks what a kept head says it held."""
    yield from events.verify()
    yield from compare_heads(current_app.extensions["backbeat.settings"].data / "heads")
