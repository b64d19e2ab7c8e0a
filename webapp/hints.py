"""Hints after commit: the touched keys and the sequence number, to those who watch and may know.

One thread of each serving process sends them, in the order of each log. What a commit will announce is known before it
commits, and sending shares a lock with joining, so that a socket gets each event exactly once: in its `missed`, or as
a hint.
"""

import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from flask import Flask
from sqlalchemy import Select, and_, bindparam, event, exists, or_, select
from sqlalchemy.orm import Session, aliased

from review.links import GuestLink
from storage.assets import Version
from storage.db import db
from storage.drills import failpoint
from storage.events import Happened, keys_for, on_commit, told_by
from storage.workspaces import Membership, Sight

log = logging.getLogger(__name__)
sending = threading.RLock()
PATIENCE_SECONDS = 0.5

Emit = Callable[[dict, str], None]
RowOf = Callable[[Happened], dict | None]
Watched = Callable[[str], bool]


class _Outsider:
    """Whoever is not of the team, when keys are chosen for a room of them."""

    is_team = False


class Sender:
    """Sends the hints of what this process commits.

    emit    emit(hint, room), the socket server's
    row_of  the row a hint carries beside its keys, or None
    watched whether a client or guest may be watching this campaign; where nobody is, nobody is looked for
    """

    def __init__(self, app: Flask, emit: Emit, row_of: RowOf, watched: Watched):
        self.app, self.emit, self.row_of, self.watched = app, emit, row_of, watched
        self.pending: dict[str, set[int]] = defaultdict(set)
        self.queue: queue.SimpleQueue[list[Happened] | None] = queue.SimpleQueue()
        self.waiting: list[Happened] = []
        self.holders: dict[str, list[str]] = {}

    def run(self) -> None:
        while (told := self._next()) is not None:
            self.waiting.extend(told)
            self.holders.clear()
            with self.app.app_context():
                self._send_due(impatient=not told)

    def _send_due(self, *, impatient: bool) -> None:
        for happened in sorted(self.waiting, key=lambda one: one.seq):
            if impatient or not self._held_up(happened):
                self.waiting.remove(happened)
                self._try(happened)

    def _next(self) -> list[Happened] | None:
        """What was kept next; nothing, once what is waiting has waited long enough."""
        try:
            return self.queue.get(timeout=PATIENCE_SECONDS if self.waiting else None)
        except queue.Empty:
            return []

    def _held_up(self, told: Happened) -> bool:
        """Whether an earlier event of its log is about to be kept: PostgreSQL lets the second commit be told of first."""
        with sending:
            return min(self.pending.get(told.scope_id, ()), default=told.seq) < told.seq

    def settled(self, scope_id: str, seq: int) -> None:
        """Nothing more is to come of this event: sent, given up, or rolled back."""
        with sending:
            seqs = self.pending.get(scope_id, set())
            seqs.discard(seq)
            if not seqs:
                self.pending.pop(scope_id, None)

    def _try(self, told: Happened) -> None:
        try:
            self._send(told)
        except Exception:
            db.session.rollback()
            log.exception("a hint was not sent: %s %s", told.scope_id, told.seq)
        finally:
            self.settled(told.scope_id, told.seq)

    def _send(self, told: Happened) -> None:
        row = self.row_of(told)
        outsiders = told.shared and told.version_id and self.watched(told.scope_id)
        holders = self._holders_of(told.version_id) if outsiders else ()  # type: ignore[arg-type]
        with sending:
            self.emit(_hint(told, list(told.keys), row), team_room(told.scope_id))
            for holder_id in holders:
                self.emit(_hint(told, keys_for(told.keys, _Outsider), row), holder_room(told.scope_id, holder_id))
            self.settled(told.scope_id, told.seq)
        failpoint("hint.after_publish")

    def _holders_of(self, version_id: str) -> list[str]:
        """Asked once for all the events of one act."""
        if version_id not in self.holders:
            self.holders[version_id] = _holders(version_id)
        return self.holders[version_id]


_sender: Sender | None = None


def start(app: Flask, emit: Emit, row_of: RowOf, watched: Watched) -> None:
    """Send this process's hints from now on, in place of whoever did before."""
    global _sender
    stop()
    _sender = Sender(app, emit, row_of, watched)
    threading.Thread(target=_sender.run, name="hints", daemon=True).start()


def stop() -> None:
    """Send no more; a process that serves no sockets never began."""
    global _sender
    if _sender is not None:
        _sender.queue.put(None)
    _sender = None


def team_room(campaign_id: str) -> str:
    return f"team:{campaign_id}"


def holder_room(campaign_id: str, holder_id: str) -> str:
    return f"{holder_rooms(campaign_id)}{holder_id}"


def holder_rooms(campaign_id: str) -> str:
    """How the rooms of a campaign's clients and guests begin."""
    return f"holder:{campaign_id}:"


def unsent(scope_id: str) -> set[int]:
    """Events of a scope that are kept, or about to be, and whose hints are still to come. Ask under `sending`."""
    return set(_sender.pending.get(scope_id, ())) if _sender else set()


def _hint(told: Happened, keys: list[str], row: dict | None) -> dict:
    hint = {"campaign_id": told.scope_id, "seq": told.seq, "keys": keys}
    return {**hint, "row": row} if row is not None else hint


def _holders(version_id: str) -> list[str]:
    """The clients and links that may see the version: the same rule as Version.visible_to, asked from the other side."""
    members, links = _asking()
    shown = {"version_id": version_id}
    holders = [*db.session.scalars(members, shown), *(link.id for link in db.session.scalars(links, shown) if not link.over)]
    db.session.rollback()
    return holders


@cache
def _asking() -> tuple[Select, Select]:
    """The members and the links that hold a sight of :version_id; built once, for it is dear."""
    newer = aliased(Version)
    version = select(Version.id, Version.asset_id, Version.number).where(Version.id == bindparam("version_id")).subquery()
    latest = ~exists().where(newer.asset_id == version.c.asset_id, newer.number > version.c.number)
    sights = (
        select(Sight.holder_id)
        .join(version, version.c.asset_id == Sight.asset_id)
        .where(or_(Sight.version_id == version.c.id, and_(Sight.version_id.is_(None), latest)))
    )
    members = select(Membership.id).where(Membership.id.in_(sights), Membership.ended_at.is_(None))
    return members, select(GuestLink).where(GuestLink.id.in_(sights), GuestLink.revoked_at.is_(None))


@event.listens_for(Session, "before_commit")
def _announce(session) -> None:
    if _sender is None:
        return
    with sending:
        for told in told_by(session):
            _sender.pending[told.scope_id].add(told.seq)
            session.info.setdefault("announced", []).append((_sender, told.scope_id, told.seq))


@on_commit
def _enqueue(told: list[Happened]) -> None:
    if _sender is not None:
        _sender.queue.put(told)


@event.listens_for(Session, "after_commit")
def _announced(session) -> None:
    session.info.pop("announced", None)


@event.listens_for(Session, "after_rollback")
def _take_back(session) -> None:
    for sender, scope_id, seq in session.info.pop("announced", ()):
        sender.settled(scope_id, seq)
