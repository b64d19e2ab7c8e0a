"""What people in one room see of each other while they work: who looks, where they point, what they draw, who writes.

`look` joins a version's room. `pointer`, `stroke` and `typing` are relayed (webapp/relays.py) and stored nowhere: what is
to last goes over HTTP. Internal strokes, and writing on internal notes, go to the team alone.
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Flask, request
from socketio.packet import EVENT, Packet

from review.annotations import Annotation, Audience, Colour, commentable_by
from review.authorship import kind_of, signature
from review.geometry import BadShape, parsed
from storage.assets import Version
from storage.db import db
from storage.workspaces import Actor
from webapp import across, doors, faces, presence, relays
from webapp.heard import broken, declare, error, listens, nothing_here, too_often
from webapp.presence import Looker

MOST = 2**31 - 1

RELAYED: dict[str, Callable[[Looker, dict], None]] = {}
"""Events that come up to sixty times a second from everybody, handled without a request of their own.

They are put by for the next round, which asks the database for all of them at once; only one whose sender waits for an
answer is asked by itself.
"""


class Nonsense(ValueError):
    """The message makes no sense; says why."""


class Forbidden(Exception):
    """Seen, but not theirs to do."""


class AskingPacket(Packet):
    """Tells the handler of a relayed event whether its sender waits for an answer."""

    def decode(self, encoded_packet):
        attachments = super().decode(encoded_packet)
        if self.packet_type == EVENT and self.id is not None and isinstance(self.data, list) and self.data[:1] and str(self.data[0]) in RELAYED:
            self.data = [*self.data[:2], True]
        return attachments


def init_app(app: Flask, server) -> None:
    for name, handler in RELAYED.items():
        server.on(name, partial(_take, app, handler))


def start(app: Flask, server) -> None:
    """Relay, and tell who is here, from now on."""
    across.start(app.extensions["backbeat.settings"].redis_url, _heard)
    relays.start(app, server)
    faces.start(app, server)


def stop() -> None:
    faces.stop()
    relays.stop()
    across.stop()


@listens("look")
def look(actor: Actor, message: dict):
    """Be in a version's room: {people}, or {error}. With `alone` the socket leaves the rooms it was in."""
    version_id, sid = message.get("version_id"), request.sid  # type: ignore[attr-defined]
    if not isinstance(version_id, str):
        return error("bad_request", "look needs a version_id")
    door = doors.door_of(sid)
    if door is None or not _sees(actor, version_id):
        return nothing_here()
    presence.enter(
        Looker(sid, version_id, door, actor.key, signature(actor), kind_of(actor), commentable_by(actor)),
        alone=message.get("alone") is True,
    )
    if doors.door_of(sid) is None:  # it went meanwhile, and nobody would take it out again
        presence.leave(sid)
    return {"people": presence.people(version_id)}


@listens("typing")
def typing(actor: Actor, message: dict):
    """Somebody writes: a new note for `audience`, or with `id` on a note, whose own readers are told."""
    looker = presence.looker(request.sid, message.get("version_id"))  # type: ignore[attr-defined]
    note_id = message.get("id")
    if looker is None:
        return nothing_here()
    if note_id is not None and not _is_uuid(note_id):
        return error("bad_request", "id is the uuid of a note")
    if not looker.may_draw:
        return error("forbidden", "Your link lets you look, not comment.")
    note = _note(actor, looker.version_id, note_id) if note_id else None
    audience = note.audience if note else message.get("audience")
    relays.relay(looker, "typing", {"version_id": looker.version_id, "id": note and note.uuid}, inside=_inside(looker, audience))
    return {}


def relayed(name: str):
    """Declare an event for those who look at a version; its handler gets (looker, message) and may raise."""

    def register(handler):
        declare(name)
        RELAYED[name] = handler
        return handler

    return register


@relayed("pointer")
def pointer(by: Looker, message: dict) -> None:
    said = {"version_id": by.version_id, "page": _page(message), "x": _fraction(message.get("x")), "y": _fraction(message.get("y"))}
    relays.relay(by, "pointer", said)


@relayed("stroke")
def stroke(by: Looker, message: dict) -> None:
    """A mark while it is drawn, whole each time; without a shape when it is done, it was taken back."""
    if not by.may_draw:
        raise Forbidden
    shape, done, audience = message.get("shape"), message.get("done", False), message.get("audience", "internal")
    if not isinstance(done, bool) or audience not in list(Audience):
        raise Nonsense("done is true or false, and the audience internal or shared")
    if shape is not None or not done:
        parsed(shape)
    inside = _inside(by, audience)
    said = {
        "version_id": by.version_id, "id": _uuid(message.get("id")), "page": _page(message), "shape": shape,
        "audience": Audience.INTERNAL if inside else Audience.SHARED, "done": done, **_frame(message), **_colour(message),
    }
    relays.relay(by, "stroke", said, inside=inside, final=done)


def _take(app: Flask, handler, sid: str, message=None, *asking):
    door = doors.door_of(sid)
    if door is None or not door.spend():
        return too_often()
    try:
        return _taken(app, handler, sid, message if isinstance(message, dict) else {}, asking=bool(asking))
    except Exception:
        return broken()


def _taken(app: Flask, handler, sid: str, message: dict, *, asking: bool) -> dict:
    if not isinstance(message.get("version_id"), str):
        return error("bad_request", "it needs a version_id")
    by = presence.looker(sid, message["version_id"])
    if by is None or (asking and not presence.still_here(app, [by], shut=False)):
        return nothing_here()
    try:
        handler(by, message)
    except (Nonsense, BadShape) as wrong:
        return error("bad_request", str(wrong))
    except Forbidden:
        return error("forbidden", "Your link lets you look, not comment.")
    return {}


def _heard(told: dict) -> None:
    """From another process."""
    if told.get("faces"):
        faces.heard(told["version_id"])
    else:
        relays.heard(told["version_id"], told["relays"])


def _sees(actor: Actor, version_id: str) -> bool:
    if not (version_id.isascii() and version_id.isalnum()):  # not every database takes it, and no id has it
        return False
    return db.session.scalar(Version.visible_to(actor).where(Version.id == version_id).with_only_columns(Version.id)) is not None


def _note(actor: Actor, version_id: str, uuid: str) -> Annotation | None:
    """The note they write on if they may see it. A mark that is not kept yet is none."""
    seen = Annotation.visible_to(actor).where(Annotation.version_id == version_id, Annotation.uuid == uuid)
    return db.session.scalar(seen)


def _inside(by: Looker, audience) -> bool:
    """The team's is internal unless it says shared; what a client or guest does is shared."""
    return by.is_team and audience != Audience.SHARED


def _page(message: dict) -> int:
    return _whole(message.get("page", 1), least=1)


def _frame(message: dict) -> dict:
    frame = message.get("frame")
    return {} if frame is None else {"frame": _whole(frame, least=0)}


def _colour(message: dict) -> dict:
    colour = message.get("colour")
    if colour is not None and colour not in list(Colour):
        raise Nonsense(f"a colour is one of {', '.join(Colour)}")
    return {} if colour is None else {"colour": colour}


def _whole(value, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise Nonsense("pages count from 1, frames from 0")
    return value


def _fraction(value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise Nonsense("x and y are fractions of the page, from 0 to 1")
    return value


def _uuid(value) -> str:
    if not _is_uuid(value):
        raise Nonsense("id is the uuid the annotation is to have")
    return value


def _is_uuid(value) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False
