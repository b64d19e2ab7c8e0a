"""Who is looking at a version now: per connection, so that several tabs of one person are one face.

Kept in memory, and told to the other processes through webapp/across.py where there are any. Nothing of it is stored.
Whoever is shown or told anything is looked up again in the database just then (`still_here`).
"""

import queue
import threading
from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask

from storage.assets import sighted
from storage.db import db
from webapp import across, doors
from webapp.doors import Door

LOOKS = 4
"""versions that one socket may look at: two beside each other, and some change of mind; the oldest is left"""


@dataclass(frozen=True, eq=False)
class Looker:
    """One connection that looks at one version, as it was allowed to when it began."""

    sid: str
    version_id: str
    door: Door
    key: str
    name: str
    kind: str
    may_draw: bool

    @property
    def is_team(self) -> bool:
        return self.kind == "team"

    @property
    def face(self) -> dict:
        return {"key": self.key, "name": self.name, "kind": self.kind}

    @property
    def named(self) -> dict:
        """As what they do is told to the others."""
        return {**self.face, "sid": self.door.line}


_rooms: dict[str, dict[str, Looker]] = {}
_changing = threading.Lock()
changed: queue.SimpleQueue[str | None] = queue.SimpleQueue()
"""Versions whose faces may be others than a moment ago; None wakes whoever waits for them."""


def enter(looker: Looker, *, alone: bool = False) -> None:
    """Begin to look at a version, `alone` at no other any more."""
    with _changing:
        before = [version_id for version_id, room in _rooms.items() if looker.sid in room and version_id != looker.version_id]
        for version_id in before if alone else before[: max(0, len(before) + 1 - LOOKS)]:
            _leave(version_id, looker.sid)
        _rooms.setdefault(looker.version_id, {})[looker.sid] = looker
    changed.put(looker.version_id)


def leave(sid: str, version_id: str | None = None) -> None:
    """Look no more, at this version or at any."""
    with _changing:
        for one in [one for one, room in _rooms.items() if sid in room and version_id in (None, one)]:
            _leave(one, sid)


def looker(sid: str, version_id) -> Looker | None:
    return _rooms.get(version_id, {}).get(sid) if isinstance(version_id, str) else None


def room(version_id: str) -> list[Looker]:
    """The lookers whose connections are this process's own."""
    with _changing:
        return list(_rooms.get(version_id, {}).values())


def rooms() -> list[str]:
    with _changing:
        return list(_rooms)


def people(version_id: str) -> list[dict]:
    """Everybody who looks at it, at whatever process, each once; in the order of their names."""
    ours = {one.key: one.face for one in room(version_id)}
    faces = {face["key"]: face for face in across.faces(version_id, list(ours.values()))} | ours
    return sorted(faces.values(), key=lambda face: (face["name"].casefold(), face["key"]))


def still_here(app: Flask, lookers: Collection[Looker], *, shut: bool = True) -> set[tuple[str, str]]:
    """(version, socket) of those who may still see what they look at, asked of the database for all of them at once.

    Whoever may not looks no more, and whose right has ended loses the socket: with `shut` at once, else when somebody
    looks after it next. One that waits for an answer would not get it from a socket that is gone.
    """
    with app.app_context():
        try:
            standing = doors.standing({one.sid: one.door for one in lookers})
            seen = _seen([one for one in lookers if not one.is_team])
        finally:
            db.session.remove()
    here = {
        (one.version_id, one.sid) for one in lookers
        if one.sid in standing and (one.is_team or (one.door.holder_id, one.version_id) in seen)
    }
    for one in lookers:
        if (one.version_id, one.sid) not in here:
            leave(one.sid, one.version_id)
    if shut:
        doors.close({one.sid for one in lookers} - standing)
    return here


def _seen(outsiders: list[Looker]) -> set[tuple[str, str]]:
    return sighted({one.door.holder_id for one in outsiders}, {one.version_id for one in outsiders}) if outsiders else set()


def _leave(version_id: str, sid: str) -> None:
    del _rooms[version_id][sid]
    if not _rooms[version_id]:
        del _rooms[version_id]
    changed.put(version_id)
