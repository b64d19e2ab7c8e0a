"""Bringing the database to head, one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import flask_migrate
from flask import current_app
from sqlalchemy import text

from storage.db import db, is_sqlite

LOCK = 7_236_522_328
"""Any number: the advisory lock that Backbeat's migrations take in PostgreSQL."""


def migrate_to_head() -> None:
    """Upgrade the current app's database; several processes starting at once wait for each other."""
    with _alone_in_the_file() if is_sqlite() else _alone_in_postgres():
        flask_migrate.upgrade()
    db.session.remove()


@contextmanager
def _alone_in_the_file() -> Iterator[None]:
    data = current_app.extensions["backbeat.settings"].data
    data.mkdir(parents=True, exist_ok=True)
    with (data / "migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _alone_in_postgres() -> Iterator[None]:
    with db.engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.execute(text("RESET lock_timeout"))
