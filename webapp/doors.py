"""Doors: how each socket came in, who stands behind it, and shutting it when their right ends.

A door keeps what to ask the database again at each event, never a row: a right that is lost is lost at once.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from secrets import token_hex

from flask import Flask, request
from sqlalchemy import select

from review.links import GuestLink, guest_holding
from storage.db import db
from storage.events import Happened, on_commit
from storage.keyring import Token, bearer
from storage.secrets import token_hash
from storage.workspaces import Actor, Guest, Membership
from webapp.actors import guest_at, latest_guest, member_signed_in, pass_secrets
from webapp.extensions import socketio

log = logging.getLogger(__name__)
EVENTS_PER_SECOND, BURST = 120, 360
"""A person who draws sends 30 strokes and 30 pointers a second."""
SWEEP_SECONDS = 5.0


@dataclass
class Door:
    """One way in, and how much may still be sent by it. `role` is the one its rooms were joined in; a guest has none.

    line  what others are told the connection is called; it says nothing of the socket's own id
    """

    kind: str
    credential: str
    holder_id: str = ""
    role: str | None = None
    allowance: float = BURST
    at: float = 0.0
    line: str = field(default_factory=lambda: token_hex(6))

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


def opened(sid: str, auth: dict) -> bool:
    """Let a socket in by session cookie, guest's cookie, or auth {token}; without an Origin only by the latter."""
    door = _door(auth)
    actor = door.actor() if door else None
    db.session.rollback()
    if door is None or actor is None:
        return False
    door.holder_id, door.role = next(iter(actor.holder_ids)), actor.role
    _doors[sid] = door
    return True


def door_of(sid: str) -> Door | None:
    return _doors.get(sid)


def count() -> int:
    """How many sockets this process holds open."""
    return len(_doors)


def standing(doors: dict[str, Door]) -> set[str]:
    """The sockets whose member, role, link and token still stand, by two or three queries for all of them."""
    roles, tokens = _roles_held(doors.values()), _tokens_held(doors.values())
    return {
        sid for sid, door in doors.items()
        if (door.holder_id, door.role) in roles and (door.kind != "token" or token_hash(door.credential) in tokens)
    }


def close(sids: Iterable[str]) -> None:
    """End these sockets, each in a thread of its own: a farewell waits for its reader."""
    for sid in sids:
        threading.Thread(target=_close, args=(sid,), daemon=True).start()


def forget(sid: str) -> None:
    _doors.pop(sid, None)


def watch(app: Flask, over: threading.Event) -> None:
    """Until it is over: what another process revoked, or what expired, is noticed within seconds."""
    while not over.wait(SWEEP_SECONDS):
        doors = dict(_doors)
        if doors:
            with app.app_context():
                close(doors.keys() - standing(doors))
                db.session.remove()


@on_commit
def _shut_out(told: list[Happened]) -> None:
    """A revoked link's sockets end at once, and those of a member who left or has another role."""
    for happened in told:
        if happened.name in ("link.revoked", "member.left", "member.role_changed"):
            _close_sockets({happened.subject.partition(":")[2]})


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


def _roles_held(doors: Iterable[Door]) -> set[tuple[str, str | None]]:
    """(holder, role) of the members and links behind these doors that still stand."""
    held: set[tuple[str, str | None]] = set()
    if members := {door.holder_id for door in doors if door.kind != "guest"}:
        rows = select(Membership.id, Membership.role).where(Membership.id.in_(members), Membership.ended_at.is_(None))
        held |= {(id_, role) for id_, role in db.session.execute(rows)}
    if links := {door.holder_id for door in doors if door.kind == "guest"}:
        rows = select(GuestLink).where(GuestLink.id.in_(links), GuestLink.revoked_at.is_(None)).execution_options(populate_existing=True)
        held |= {(link.id, None) for link in db.session.scalars(rows) if not link.over}
    return held


def _tokens_held(doors: Iterable[Door]) -> set[str]:
    hashes = {token_hash(door.credential) for door in doors if door.kind == "token"}
    return set(db.session.scalars(select(Token.hash).where(Token.hash.in_(hashes), Token.ended_at.is_(None)))) if hashes else set()


def _close_sockets(holders: set[str]) -> None:
    close(sid for sid, door in list(_doors.items()) if door.holder_id in holders)


def _close(sid: str) -> None:
    try:
        socketio.server.disconnect(sid)  # type: ignore[union-attr]
    except Exception:
        log.info("socket %s had gone already", sid)
