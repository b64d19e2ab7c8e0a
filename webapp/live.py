"""Sockets: what clients may send, what they join, and how a lost connection catches up.

Hints go down (webapp/hints.py); what is durable goes up over HTTP. Handlers ask the database who the actor is at every
event (webapp/doors.py): the session Flask-SocketIO shows them is a copy made at connect.
"""

import threading
from typing import Any

from flask import Flask, current_app, request
from flask_socketio import join_room
from socketio.exceptions import ConnectionRefusedError
from sqlalchemy import select

from storage.db import db
from storage.events import Event, Happened, Log, since
from storage.workspaces import Actor
from webapp import doors, frames, hints, presence, together
from webapp.extensions import socketio
from webapp.heard import SOCKET_EVENTS, error, listens, nothing_here
from webapp.loading import watchable
from webapp.routes.api.shapes import annotation_rows, event_json

__all__ = ["SOCKET_EVENTS", "init_app", "stop"]
MESSAGE_BYTES = 64_000

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
        async_handlers=False,  # what one connection sends is handled in its order, by the thread that reads it
        serializer=together.AskingPacket,  # pyright: ignore[reportCallIssue]  python-socketio's own option
    )
    server: Any = socketio.server  # pyright: ignore[reportAttributeAccessIssue]
    frames.carried_by(server, MESSAGE_BYTES)
    together.init_app(app, server)
    app.extensions["backbeat.start_live"] = lambda: _start(app)


@socketio.on("connect")
def connect(auth=None):
    """Session cookie, guest's cookie, or auth {token}; without an Origin only the latter."""
    if not doors.opened(request.sid, auth if isinstance(auth, dict) else {}):  # type: ignore[attr-defined]
        raise ConnectionRefusedError("not_signed_in")


@socketio.on("disconnect")
def leave(*_reason):
    doors.forget(request.sid)  # type: ignore[attr-defined]
    presence.leave(request.sid)  # type: ignore[attr-defined]


@listens("join")
def join(actor: Actor, message: dict):
    """Watch a campaign from a seq on: {seq, missed}, {reload: true}, or {error}."""
    campaign_id, seq = message.get("campaign_id"), message.get("seq", 0)
    if not isinstance(campaign_id, str) or isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
        return error("bad_request", "join needs a campaign_id and the last seq that was seen")
    if not campaign_id.isalnum() or not campaign_id.isascii() or not watchable(actor, campaign_id):
        return nothing_here()
    with hints.sending:
        db.session.commit()  # SQLite shows a transaction the past: what was sent since it began would be lost
        join_room(hints.team_room(campaign_id) if actor.is_team else hints.holder_room(campaign_id, next(iter(actor.holder_ids))))
        missed, reached = _caught_up(actor, campaign_id, seq)
    return {"reload": True} if missed is None else {"seq": reached, "missed": _with_rows(missed, actor)}


def _caught_up(actor: Actor, campaign_id: str, seq: int) -> tuple[list[Event] | None, int]:
    """What was missed, and how far it reaches; None where only a reload helps. Everybody's hints wait meanwhile."""
    head = db.session.scalar(select(Log.seq).where(Log.id == campaign_id)) or 0
    if seq > head:
        return None, head
    missed, reached = since(actor, campaign_id, seq)
    if reached < head:
        return None, head
    to_come = hints.unsent(campaign_id)
    if to_come:
        reached = max(seq, min(reached, min(to_come) - 1))
    return [row for row in missed if row.seq <= reached], reached


def _with_rows(missed: list[Event], actor: Actor) -> list[dict]:
    """As JSON, notes with their rows: one query for all of them, when the hints wait no longer."""
    ids = {row.id: row.body.get("row", "") for row in missed if row.name.startswith("annotation.")}
    rows = annotation_rows(set(ids.values()), actor.workspace_id, outside=not actor.is_team)
    return [event_json(row, actor) | ({"row": rows[ids[row.id]]} if ids.get(row.id) in rows else {}) for row in missed]


def _async_mode() -> str:
    from gevent.monkey import is_module_patched

    return "gevent" if is_module_patched("socket") else "threading"


def _start(app: Flask) -> None:
    """Send hints and close the sockets of those who lost their right; once for each serving process."""
    global _over
    stop()
    _over = threading.Event()
    hints.start(app, lambda hint, room: socketio.emit("hint", hint, to=room), lambda told: _row(told), _watched_from_outside)
    together.start(app, socketio.server)  # pyright: ignore[reportAttributeAccessIssue]
    threading.Thread(target=doors.watch, args=(app, _over), name="sweep-sockets", daemon=True).start()


def _watched_from_outside(campaign_id: str) -> bool:
    """Whether a client or guest may be watching; with Redis they may be at another process."""
    if current_app.extensions["backbeat.settings"].redis_url:
        return True
    rooms = socketio.server.manager.rooms.get("/", {})  # type: ignore[union-attr]
    return any(str(room).startswith(hints.holder_rooms(campaign_id)) for room in list(rooms))


def stop() -> None:
    """Send hints and watch sockets no more; a process that serves none never began."""
    _over.set()
    hints.stop()
    together.stop()


def _row(told: Happened) -> dict | None:
    if not told.name.startswith("annotation."):
        return None
    row_id = told.body.get("row", "")
    row = annotation_rows({row_id}, told.workspace_id, outside=told.shared).get(row_id)
    db.session.rollback()
    return row
