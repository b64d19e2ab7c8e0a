"""Bringing the database to head, one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import flask_migrate
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from storage.db import db, is_sqlite

LOCK = 7_236_522_328
"""Any number: the advisory lock that Backbeat's migrations take in PostgreSQL."""


class SchemaBehind(Exception):
    """The database lacks migrations this release needs."""


def is_at_head() -> bool:
    """Whether the database has this release's migrations; one that a newer release has changed has them."""
    kept = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    head, older = _revisions()
    return kept == head or kept not in older


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The head of the migrations, and the revisions before it."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    head = script.get_current_head()
    return head, frozenset(one.revision for one in script.walk_revisions()) - {head}


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
