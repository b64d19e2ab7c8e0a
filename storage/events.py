"""What happened, written in the same transaction as the change itself.

One log per scope (a campaign, or the workspace for what belongs to none), each with a gapless `seq` and a hash
chain. The log is the audit trail, the feed, the live replay and the cause of every delivery. Bodies hold ids and
plan figures, never names, e-mails or the text of comments, so that a person can be erased and the chain still holds.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, Update, bindparam, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, canonical, db, insert_rows, new_id, snapshot

log = logging.getLogger(__name__)
GENESIS = "0" * 64
PAGE = 500
_CLIENT_KEYS = ("version_", "asset_", "review_", "annotation_")


class Log(Model):
    """The head of one scope's log; `id` is the campaign's or the workspace's. Its row is the scope's lock."""

    __tablename__ = "logs"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    seq: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)

    @property
    def reached(self) -> int:
        """Its seq, with what happened in this transaction and is not written yet."""
        held = _held().get(self.id)
        return held.seq if held else self.seq


@dataclass
class Head:
    """Where a log ends, read under its lock, and moved on by what happens until the transaction writes it."""

    scope_id: str
    workspace_id: str
    seq: int
    hash: str


class Event(Identified, Model):
    """One thing that happened. Append-only: triggers refuse update and delete."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("scope_id", "seq"),)

    workspace_id: Mapped[str] = mapped_column(String(26))
    scope_id: Mapped[str] = mapped_column(ForeignKey("logs.id"))
    seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[str | None] = mapped_column(String(26), index=True)
    shared: Mapped[bool]
    keys: Mapped[list] = mapped_column(CanonicalJSON)
    body: Mapped[dict] = mapped_column(CanonicalJSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    hash: Mapped[str] = mapped_column(String(64))

    @classmethod
    def visible_to(cls, actor):
        """The team sees its workspace's log; a client or guest what was shared about the versions they may see."""
        from storage.assets import Version

        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        if actor.is_team:
            return seen
        versions = Version.visible_to(actor).with_only_columns(Version.id)
        return seen.where(cls.shared, cls.version_id.in_(versions))

    def keys_for(self, actor) -> list[str]:
        return keys_for(self.keys, actor)


class Delivery(Identified, Model):
    """Work owed because of an event: done at least once by a worker that leases it (storage/outbox.py)."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("event_id", "handler"),)

    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"))
    handler: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    error: Mapped[str | None] = mapped_column(String(500))
    event: Mapped[Event] = relationship()


@dataclass(frozen=True)
class Happened:
    """What happened in a transaction: written when it commits, and then told to the hooks. It knows no session."""

    id: str
    workspace_id: str
    scope_id: str
    seq: int
    name: str
    actor: str
    subject: str
    version_id: str | None
    shared: bool
    keys: tuple[str, ...]
    body: dict = field(hash=False)
    at: datetime


def digest(row: Event | Happened, previous: str) -> str:
    """SHA-256 of the hash before it and an event's canonical text."""
    told = [row.id, row.workspace_id, row.scope_id, row.seq, row.name, row.actor, row.subject,
            row.version_id, row.shared, row.keys, row.body, row.at.isoformat(timespec="microseconds")]
    return hashlib.sha256((previous + canonical(told)).encode()).hexdigest()


_handlers: dict[str, dict[str, Callable]] = {}
_hooks: list[Callable[[list[Happened]], None]] = []


def handles(*names: str, patient: bool = False):
    """Register durable work for these events: `handler(event)`, run at least once by the worker.

    patient  nobody waits for it: it wakes no worker, and is done when one looks next
    """

    def register(handler):
        handler.patient = patient
        for name in names:
            _handlers.setdefault(name, {})[handler.__name__] = handler
        return handler

    return register


def handlers_of(name: str) -> dict[str, Callable]:
    """The durable work that events of this name owe, by its name."""
    return _handlers.get(name, {})


def handler_named(name: str) -> Callable | None:
    return next((found[name] for found in _handlers.values() if name in found), None)


def on_commit(hook: Callable[[list[Happened]], None]):
    """Register a hook for after each commit that recorded something: at once, best-effort, in the order of commits."""
    _hooks.append(hook)
    return hook


def keys_for(keys, actor) -> list[str]:
    """The touched keys an actor may hear of: a client or guest only those of versions, not of the plan."""
    return [key for key in keys if actor.is_team or key.startswith(_CLIENT_KEYS)]


def open_log(scope_id: str, workspace_id: str) -> Log:
    """The log of a new campaign or workspace."""
    log = Log(id=scope_id, workspace_id=workspace_id, seq=0, head=GENESIS)
    db.session.add(log)
    db.session.flush()
    _held()[scope_id] = Head(scope_id, workspace_id, 0, GENESIS)
    return log


def lock(scope_id: str) -> Head:
    """Take the scope's lock until the transaction ends; every act in a campaign begins with it.

    What the act prepared before is written first, so that its rows are whole.
    """
    held = _held()
    if scope_id not in held:
        db.session.flush()
        row = db.session.connection().execute(_locking(), {"scope_id": scope_id}).one()
        held[scope_id] = Head(*row)
    return held[scope_id]


def lock_found(scopes: Select, asked: dict) -> str | None:
    """Take the lock of the scope whose id a query selects, in one statement with it; that id, None if there is none.

    scopes  made once and kept by the caller: what locks by it is kept with it
    """
    row = db.session.connection().execute(_locking(scopes), asked).one_or_none()
    if row is None:
        return None
    _held().setdefault(row.id, Head(*row))
    return row.id


@cache
def _locking(scopes: Select | None = None) -> Select:
    """Built once, for every act begins with it."""
    head = select(Log.id, Log.workspace_id, Log.seq, Log.head).with_for_update()
    return head.where(Log.id == bindparam("scope_id") if scopes is None else Log.id.in_(scopes))


def _held() -> dict[str, Head]:
    """{scope id: its head} of the locks this transaction holds."""
    return db.session.info.setdefault("locked", {})


def record(
    name: str,
    subject: str,
    *,
    by,
    scope_id: str,
    version_id: str | None = None,
    shared: bool = False,
    keys: tuple[str, ...] = (),
    body: dict | None = None,
) -> Happened:
    """Write that something happened, with the change itself, and owe what its handlers do.

    name      past tense, `noun.verbed`
    subject   `noun:id`
    by        the actor; None for the system
    scope_id  the campaign's or workspace's id
    version_id, shared   let clients and guests who may see that version see the event too
    keys      what open pages must refresh: `noun_id`
    """
    head = lock(scope_id)
    told = Happened(
        new_id(), head.workspace_id, scope_id, head.seq + 1, name, by.key if by else "system", subject, version_id, shared,
        tuple(sorted(set(keys))), body or {}, utcnow(),
    )
    head.seq, head.hash = told.seq, digest(told, head.hash)
    db.session.info.setdefault("happened", []).append((told, head.hash))
    return told


def since(actor, scope_id: str, after: int, limit: int = PAGE) -> tuple[list[Event], int]:
    """The events an actor may see after a seq, oldest first, and how far the answer reaches."""
    head = db.session.scalar(select(Log.seq).where(Log.id == scope_id)) or 0  # first: more may come before the rows are read
    seen = Event.visible_to(actor).where(Event.scope_id == scope_id, Event.seq > after, Event.seq <= head)
    rows = list(db.session.scalars(seen.order_by(Event.seq).limit(limit + 1)))
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1].seq
    return rows, head


def verify() -> Iterator[str]:
    """A line per fault of the hash chains; nothing when they hold. Reads one snapshot, beside people at work."""
    snapshot()
    for log in db.session.scalars(select(Log).order_by(Log.id)):
        previous, expected = GENESIS, 1
        rows = select(Event).where(Event.scope_id == log.id).order_by(Event.seq).execution_options(yield_per=1000)
        for row in db.session.scalars(rows):
            if row.seq != expected:
                yield f"log {log.id}: event {expected} is missing before {row.seq}"
            if row.hash != digest(row, previous):
                yield f"log {log.id}: event {row.seq} does not match its hash"
            previous, expected = row.hash, row.seq + 1
        if (log.seq, log.head) != (expected - 1, previous):
            yield f"log {log.id}: its head says {log.seq}, its last event is {expected - 1}"


def told_by(session) -> list[Happened]:
    """What happened in this session's transaction so far."""
    return [told for told, _ in session.info.get("happened", ())]


@event.listens_for(Session, "before_commit")
def _write(session) -> None:
    """What happened, what is owed for it and the heads of its logs: one statement for each table."""
    rows = session.info.get("happened")
    if not rows:
        return
    insert_rows(Event, [vars(told) | {"hash": hash_} for told, hash_ in rows])
    insert_rows(Delivery, [_owed(told, handler) for told, _ in rows for handler in handlers_of(told.name)])
    for scope_id in dict.fromkeys(told.scope_id for told, _ in rows):
        _write_head(session, lock(scope_id))


def _write_head(session, head: Head) -> None:
    """The row, and what the session knows of it."""
    values = {"seq": head.seq, "head": head.hash}
    session.connection().execute(_heading(), values | {"scope_id": head.scope_id})
    row = session.identity_map.get(identity_key(Log, head.scope_id))
    if row:
        for name, value in values.items():
            set_committed_value(row, name, value)


def _owed(told: Happened, handler: str) -> dict:
    return {"id": new_id(), "event_id": told.id, "handler": handler, "due_at": told.at, "attempts": 0}


@cache
def _heading() -> Update:
    logs = Log.__table__
    return update(logs).where(logs.c.id == bindparam("scope_id")).values(seq=bindparam("seq"), head=bindparam("head"))  # type: ignore[arg-type]


@event.listens_for(Session, "after_commit")
def _tell(session):
    session.info.pop("locked", None)
    if told := told_by(session):
        del session.info["happened"]
        for hook in _hooks:
            _call(hook, told)


def _call(hook, told: list[Happened]) -> None:
    """The change is kept, whatever becomes of telling it."""
    try:
        hook(told)
    except Exception:
        log.exception("a hook failed after a commit")


@event.listens_for(Session, "after_rollback")
def _forget(session):
    session.info.pop("locked", None)
    session.info.pop("happened", None)


