"""The database handle, its column types, public ids, and how SQLite and PostgreSQL are used safely.

SQLite has one writer at a time. A transaction that means to write says so (`writing()`), queues for the
process's writer lock and begins IMMEDIATE, so that it never fails half-way for want of the lock.
"""

import json
import os
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Insert, MetaData, String, Text, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, make_transient_to_detached, mapped_column
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 5.0
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Busy(Exception):
    """The database's writer lock was not to be had in time; trying again later is right."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
"""What rows derive from; to a type checker the plain declarative base, whose constructor it understands."""


def new_id() -> str:
    """A new opaque id, 26 characters: 48 bits of milliseconds, then 80 random bits, so that ids sort by age."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10))
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))


class Identified:
    """A row with an opaque public id, the same in pages, API and rows."""

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)


class UTCDateTime(TypeDecorator):
    """An aware moment, kept in UTC. A naive one is refused: nobody knows when it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def canonical(value) -> str:
    """JSON that is the same text for the same value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class CanonicalJSON(TypeDecorator):
    """A JSON value kept as canonical text, so that it reads back byte for byte on every dialect."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else canonical(value)

    def process_result_value(self, value, dialect):
        return None if value is None else json.loads(value)


def insert_new(model, **columns) -> bool:
    """Insert a row unless one with its unique columns is there; waits for another transaction that is adding it."""
    from sqlalchemy.dialects import postgresql, sqlite

    insert = sqlite.insert if is_sqlite() else postgresql.insert
    added = insert(model).values(**columns).on_conflict_do_nothing().returning(model.id)
    return db.session.execute(added).first() is not None


def insert_rows(model, rows: Sequence[dict]) -> None:
    """Write new rows of one table at once, past the session, whose unit of work costs an act several times what its rows do."""
    if rows:
        db.session.connection().execute(_insert_into(model), rows)


def insert_row(row) -> None:
    """Write a new object's row at once; from then on the session holds it as one it has read."""
    given = ((column.columns[0].key, column.key) for column in row.__mapper__.column_attrs)
    insert_rows(type(row), [{name: row.__dict__[attribute] for name, attribute in given if attribute in row.__dict__}])
    make_transient_to_detached(row)
    db.session.add(row)


@cache
def _insert_into(model) -> Insert:
    return model.__table__.insert()


_means_to_write: ContextVar[bool] = ContextVar("means_to_write", default=False)
_writer = threading.Lock()


@contextmanager
def writing():
    """A block whose next transaction will write. Ends any reading transaction first; the caller commits."""
    db.session.rollback()
    token = _means_to_write.set(True)
    try:
        yield db.session
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _means_to_write.reset(token)


@contextmanager
def reading():
    """A block that only reads, inside a request that means to write: slow work holds no writer lock."""
    db.session.rollback()
    token = _means_to_write.set(False)
    try:
        yield db.session
    finally:
        db.session.rollback()
        _means_to_write.reset(token)


def snapshot() -> None:
    """Begin a transaction that only reads, and whose every query sees the same moment."""
    db.session.rollback()
    if not is_sqlite():
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def mean_to_write(yes: bool) -> None:
    """Say whether this context's next transactions write; a web request says it once, by its method."""
    _means_to_write.set(yes)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def is_full(error: OperationalError) -> bool:
    """Whether the database says that its disk is full."""
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error.orig, "sqlstate", "") == "53100"


@event.listens_for(Engine, "connect")
def _prepare(connection, record):
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event below says BEGIN itself
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={int(BUSY_SECONDS * 1000)}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection):
    if connection.dialect.name != "sqlite":
        return
    if not _means_to_write.get():
        connection.exec_driver_sql("BEGIN")
        return
    if not _writer.acquire(timeout=BUSY_SECONDS):
        raise Busy
    connection.connection.record_info["writes"] = True
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@event.listens_for(Engine, "checkin")
def _release(connection, record):
    if record.record_info.pop("writes", False):
        _writer.release()
