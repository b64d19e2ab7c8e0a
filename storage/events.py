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

from sqlalchemy import ForeignKey, String, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, canonical, db, new_id, snapshot

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

    def digest(self, previous: str) -> str:
        """SHA-256 of the hash before it and this row's canonical text."""
        row = [self.id, self.workspace_id, self.scope_id, self.seq, self.name, self.actor, self.subject,
               self.version_id, self.shared, self.keys, self.body, self.at.isoformat(timespec="microseconds")]
        return hashlib.sha256((previous + canonical(row)).encode()).hexdigest()

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
    """What the hooks are told once the change is kept: the event without its session."""

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


_handlers: dict[str, dict[str, Callable]] = {}
_hooks: list[Callable[[list[Happened]], None]] = []


def handles(*names: str):
    """Register durable work for these events: `handler(event)`, run at least once by the worker."""

    def register(handler):
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
    db.session.info.setdefault("locked", {})[scope_id] = log
    return log


def lock(scope_id: str) -> Log:
    """Take the scope's lock until the transaction ends; every act in a campaign begins with it."""
    locked = db.session.info.setdefault("locked", {})
    if scope_id not in locked:
        locked[scope_id] = db.session.get_one(Log, scope_id, with_for_update=True, populate_existing=True)
    return locked[scope_id]


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
) -> Event:
    """Write that something happened, with the change itself, and owe what its handlers do.

    name      past tense, `noun.verbed`
    subject   `noun:id`
    by        the actor; None for the system
    scope_id  the campaign's or workspace's id
    version_id, shared   let clients and guests who may see that version see the event too
    keys      what open pages must refresh: `noun_id`
    """
    log = lock(scope_id)
    event_row = Event(
        id=new_id(), workspace_id=log.workspace_id, scope_id=scope_id, seq=log.seq + 1, name=name,
        actor=by.key if by else "system", subject=subject, version_id=version_id, shared=shared,
        keys=sorted(set(keys)), body=body or {}, at=utcnow(),
    )
    event_row.hash = event_row.digest(log.head)
    log.seq, log.head = event_row.seq, event_row.hash
    db.session.add(event_row)
    for handler in handlers_of(name):
        db.session.add(Delivery(event=event_row, handler=handler, due_at=event_row.at))
    db.session.info.setdefault("happened", []).append(event_row)
    return event_row


def happened(event_row: Event) -> Happened:
    return Happened(
        event_row.id, event_row.workspace_id, event_row.scope_id, event_row.seq, event_row.name, event_row.actor,
        event_row.subject, event_row.version_id, event_row.shared, tuple(event_row.keys), event_row.body,
    )


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
            if row.hash != row.digest(previous):
                yield f"log {log.id}: event {row.seq} does not match its hash"
            previous, expected = row.hash, row.seq + 1
        if (log.seq, log.head) != (expected - 1, previous):
            yield f"log {log.id}: its head says {log.seq}, its last event is {expected - 1}"


@event.listens_for(Session, "after_commit")
def _tell(session):
    session.info.pop("locked", None)
    rows = session.info.pop("happened", None)
    if rows:
        told = [happened(row) for row in rows]
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


