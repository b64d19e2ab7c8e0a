"""Sockets: who may come in, what they join, and how a lost connection catches up.

Hints go down (webapp/hints.py); what is durable goes up over HTTP. Handlers ask the database who the actor is at every
event: the session Flask-SocketIO shows them is a copy made at connect.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, request
from flask_socketio import disconnect, join_room
from socketio.exceptions import ConnectionRefusedError
from sqlalchemy import select

from review.links import GuestLink, guest_holding
from storage.db import db
from storage.events import Event, Happened, Log, on_commit, since
from storage.keyring import Token, bearer
from storage.secrets import token_hash
from storage.workspaces import Actor, Guest, Membership
from webapp import hints
from webapp.actors import guest_at, latest_guest, member_signed_in, pass_secrets
from webapp.extensions import socketio
from webapp.loading import watchable
from webapp.routes.api.shapes import annotation_row, event_json

log = logging.getLogger(__name__)
MESSAGE_BYTES = 64_000
EVENTS_PER_SECOND, BURST = 60, 300
SWEEP_SECONDS = 5.0

SOCKET_EVENTS: dict[str, str] = {}
"""Every event a client may send, and the kind of actor it is open to; the rights table walks it."""


@dataclass
class Door:
    """How one socket came in: what to ask the database again at each event, and how much it may still send."""

    kind: str
    credential: str
    holder_id: str = ""
    allowance: float = BURST
    at: float = 0.0

    def actor(self) -> Actor | None:
        if self.kind == "token":
            return bearer(self.credential)
        if self.kind == "guest":
            return guest_holding(self.credential)
        member = db.session.get(Membership, self.credential, populate_existing=True)
        return member if member and member.ended_at is None else None

    def spend(self) -> bool:
        """Take one event from the token bucket; False when it is empty."""
        now = time.monotonic()
        self.allowance = min(BURST, self.allowance + (now - (self.at or now)) * EVENTS_PER_SECOND) - 1
        self.at = now
        return self.allowance >= 0


_doors: dict[str, Door] = {}
_over = threading.Event()


def init_app(app: Flask) -> None:
    settings = app.extensions["backbeat.settings"]
    socketio.init_app(
        app,
        async_mode=_async_mode(),
        transports=["websocket"],  # pyright: ignore[reportCallIssue]  python-socketio's own option
        message_queue=settings.redis_url,
        manage_session=False,
        max_http_buffer_size=MESSAGE_BYTES,
        cookie=None,
    )
    app.extensions["backbeat.start_live"] = lambda: _start(app)


def listens(name: str, kind: str = "actor"):
    """Declare a socket event and who may send it. The handler gets (actor, message) and its answer is the acknowledgement."""

    def register(handler):
        SOCKET_EVENTS[name] = kind

        def guarded(message=None):
            return _handle(handler, message)

        socketio.on_event(name, guarded)
        return handler

    return register


@socketio.on("connect")
def connect(auth=None):
    """Session cookie, guest's cookie, or auth {token}; without an Origin only the latter."""
    door = _door(auth if isinstance(auth, dict) else {})
    actor = door.actor() if door else None
    db.session.rollback()
    if door is None or actor is None:
        raise ConnectionRefusedError("not_signed_in")
    door.holder_id = next(iter(actor.holder_ids))
    _doors[request.sid] = door  # type: ignore[attr-defined]


@socketio.on("disconnect")
def leave(*_reason):
    _doors.pop(request.sid, None)  # type: ignore[attr-defined]


@listens("join")
def join(actor: Actor, message: dict):
    """Watch a campaign from a seq on: {seq, missed}, {reload: true}, or {error}."""
    campaign_id, seq = message.get("campaign_id"), message.get("seq", 0)
    if not isinstance(campaign_id, str) or isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
        return _error("bad_request", "join needs a campaign_id and the last seq that was seen")
    if not campaign_id.isalnum() or not campaign_id.isascii() or not watchable(actor, campaign_id):
        return _error("not_found", "There is nothing here, or nothing that you may see.")
    with hints.sending:
        db.session.commit()  # SQLite shows a transaction the past: what was sent since it began would be lost
        join_room(hints.team_room(campaign_id) if actor.is_team else hints.holder_room(campaign_id, next(iter(actor.holder_ids))))
        return _caught_up(actor, campaign_id, seq)


def _caught_up(actor: Actor, campaign_id: str, seq: int) -> dict:
    head = db.session.scalar(select(Log.seq).where(Log.id == campaign_id)) or 0
    if seq > head:
        return {"reload": True}
    missed, reached = since(actor, campaign_id, seq)
    if reached < head:
        return {"reload": True}
    to_come = hints.unsent(campaign_id)
    if to_come:
        reached = max(seq, min(reached, min(to_come) - 1))
    return {"seq": reached, "missed": [_with_row(row, actor) for row in missed if row.seq <= reached]}


def _with_row(row: Event, actor: Actor) -> dict:
    annotation = annotation_row(row.body.get("row"), row.workspace_id) if row.name.startswith("annotation.") else None
    return event_json(row, actor) | ({"row": annotation} if annotation else {})


def _handle(handler, message):
    door = _doors.get(request.sid)  # type: ignore[attr-defined]
    if door is None or not door.spend():
        return _error("too_many_requests", "That was too often. Try again in a moment.")
    try:
        actor = door.actor()
        if actor is None:
            disconnect()
            return _error("not_found", "There is nothing here, or nothing that you may see.")
        return handler(actor, message if isinstance(message, dict) else {})
    except Exception:
        log.exception("a socket event failed")
        return _error("unexpected", "Something broke on our side. Nothing was changed; the fault is noted.")
    finally:
        db.session.remove()


def _error(code: str, message: str) -> dict:
    return {"error": {"code": code, "message": message}}


def _door(auth: dict) -> Door | None:
    token = auth.get("token")
    if isinstance(token, str):
        return Door("token", token)
    if not request.headers.get("Origin"):
        return None
    link_id = auth.get("guest")
    member = None if isinstance(link_id, str) else member_signed_in()
    if member:
        return Door("member", member.id)
    guest = guest_at(link_id) if isinstance(link_id, str) else latest_guest()
    return Door("guest", _secret_of(guest)) if guest else None


def _secret_of(guest: Guest) -> str:
    held = ((secret, guest_holding(secret)) for secret in pass_secrets())
    return next(secret for secret, found in held if found and found.id == guest.id)


def _async_mode() -> str:
    from gevent.monkey import is_module_patched

    return "gevent" if is_module_patched("socket") else "threading"


def _start(app: Flask) -> None:
    """Send hints and close the sockets of those who lost their right; once for each serving process."""
    global _over
    stop()
    _over = threading.Event()
    hints.start(app, lambda hint, room: socketio.emit("hint", hint, to=room), lambda told: _row(told))
    threading.Thread(target=_sweep, args=(app, _over), name="sweep-sockets", daemon=True).start()


def stop() -> None:
    """Send hints and watch sockets no more; a process that serves none never began."""
    _over.set()
    hints.stop()


def _row(told: Happened) -> dict | None:
    if not told.name.startswith("annotation."):
        return None
    row = annotation_row(told.body.get("row"), told.workspace_id)
    db.session.rollback()
    return row


@on_commit
def _shut_out(told: list[Happened]) -> None:
    """A revoked link's sockets end at once, and those of a member who left or has another role."""
    for happened in told:
        if happened.name in ("link.revoked", "member.left", "member.role_changed"):
            _close_sockets({happened.subject.partition(":")[2]})


def _sweep(app: Flask, over: threading.Event) -> None:
    """What another process revoked, or what expired, is noticed within seconds."""
    while not over.wait(SWEEP_SECONDS):
        doors = dict(_doors)
        if doors:
            with app.app_context():
                _close_all(_lost(doors))


def _lost(doors: dict[str, Door]) -> list[str]:
    """The sockets whose member, link or token no longer stands, by two or three queries for all of them."""
    holders, tokens = _still_held({door.holder_id for door in doors.values()}), _tokens_held(doors.values())
    db.session.remove()
    return [
        sid for sid, door in doors.items()
        if door.holder_id not in holders or (door.kind == "token" and token_hash(door.credential) not in tokens)
    ]


def _still_held(holders: set[str]) -> set[str]:
    members = select(Membership.id).where(Membership.id.in_(holders), Membership.ended_at.is_(None))
    links = select(GuestLink).where(GuestLink.id.in_(holders), GuestLink.revoked_at.is_(None))
    return {*db.session.scalars(members), *(link.id for link in db.session.scalars(links) if not link.over)}


def _tokens_held(doors: Iterable[Door]) -> set[str]:
    hashes = {token_hash(door.credential) for door in doors if door.kind == "token"}
    return set(db.session.scalars(select(Token.hash).where(Token.hash.in_(hashes), Token.ended_at.is_(None)))) if hashes else set()


def _close_sockets(holders: set[str]) -> None:
    _close_all(sid for sid, door in list(_doors.items()) if door.holder_id in holders)


def _close_all(sids: Iterable[str]) -> None:
    for sid in sids:
        threading.Thread(target=_close, args=(sid,), daemon=True).start()


def _close(sid: str) -> None:
    try:
        socketio.server.disconnect(sid)  # type: ignore[union-attr]
    except Exception:
        log.info("socket %s had gone already", sid)
