"""`backbeat check-ledger`: every floor says what disagrees in what it keeps, all of it as of one moment."""

from collections.abc import Iterator

from planning import ledger as plans
from review import ledger as answers
from storage import ledger as things
from storage.db import db


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
