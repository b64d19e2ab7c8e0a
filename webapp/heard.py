"""The events that sockets may send: each is declared with who may, and handled for an actor asked of the database just then."""

import logging

from flask import request
from flask_socketio import disconnect

from storage.db import db
from webapp import doors
from webapp.extensions import socketio

log = logging.getLogger(__name__)

SOCKET_EVENTS: dict[str, str] = {}
"""Every event a client may send, and the kind of actor it is open to; the rights table walks it."""


def declare(name: str, kind: str = "actor") -> None:
    SOCKET_EVENTS[name] = kind


def listens(name: str, kind: str = "actor"):
    """Declare a socket event and who may send it. The handler gets (actor, message) and its answer is the acknowledgement."""

    def register(handler):
        declare(name, kind)

        def guarded(message=None):
            return _handle(handler, message)

        socketio.on_event(name, guarded)
        return handler

    return register


def error(code: str, message: str) -> dict:
    return {"error": {"code": code, "message": message}}


def nothing_here() -> dict:
    return error("not_found", "There is nothing here, or nothing that you may see.")


def too_often() -> dict:
    return error("too_many_requests", "That was too often. Try again in a moment.")


def broken() -> dict:
    """For what is being handled and failed: the fault is noted."""
    log.exception("a socket event failed")
    return error("unexpected", "Something broke on our side. Nothing was changed; the fault is noted.")


def _handle(handler, message):
    door = doors.door_of(request.sid)  # type: ignore[attr-defined]
    if door is None or not door.spend():
        return too_often()
    try:
        actor = door.actor()
        if actor is None:
            disconnect()
            return nothing_here()
        return handler(actor, message if isinstance(message, dict) else {})
    except Exception:
        return broken()
    finally:
        db.session.remove()
