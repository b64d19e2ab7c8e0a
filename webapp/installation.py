"""An installation's first workspace of its own: made once, by whoever can read the terminal."""

import hmac
from dataclasses import dataclass
from threading import Lock

from flask import current_app
from sqlalchemy import select

from storage.db import db, new_id, writing
from storage.events import open_log, record
from storage.keyring import give_place, person
from storage.text import folded_email, one_line
from storage.workspaces import Membership, Role, User, Workspace

_FOUNDED = "backbeat.founded"
_CODE = "backbeat.setup_code"
_one_at_a_time = Lock()


@dataclass
class Wish:
    """What the set-up page asks."""

    workspace: str
    name: str
    email: str
    country: str
    zone: str
    language: str


def is_empty() -> bool:
    """Whether there is no workspace at all; what is once filled is not asked again."""
    if not current_app.extensions.get(_FOUNDED):
        current_app.extensions[_FOUNDED] = db.session.scalar(select(Workspace.id).limit(1)) is not None
    return not current_app.extensions[_FOUNDED]


def is_open() -> bool:
    """Whether there is no workspace but the demo's."""
    return db.session.scalar(select(Workspace.id).where(Workspace.demo.is_(False)).limit(1)) is None


def is_code(given: str) -> bool:
    """Whether this is the code that the terminal shows; there is none unless `serve` made one."""
    code = current_app.extensions.get(_CODE)
    return bool(code) and hmac.compare_digest(_folded(code), _folded(given))


def email_taken(email: str) -> bool:
    return db.session.scalar(select(User.id).where(User.email == folded_email(email))) is not None


def found(wish: Wish, password_hash: str) -> Membership | None:
    """The workspace, its owner and their place, kept; None if somebody was quicker. The code is spent by it."""
    with _one_at_a_time, writing() as session:
        if not is_open() or email_taken(wish.email):
            return None
        owner = _found(wish, password_hash)
        session.commit()
        current_app.extensions.pop(_CODE, None)
        current_app.extensions[_FOUNDED] = True
    return owner


def _found(wish: Wish, password_hash: str) -> Membership:
    workspace = Workspace(
        id=new_id(), name=one_line(wish.workspace), country=wish.country, zone=wish.zone, language=wish.language
    )
    db.session.add(workspace)
    db.session.flush()
    open_log(workspace.id, workspace.id)
    user = person(wish.email, wish.name, password_hash, language=wish.language, zone=wish.zone)
    owner = give_place(workspace, user, Role.OWNER, by=None)
    record("workspace.founded", f"workspace:{workspace.id}", by=owner, scope_id=workspace.id)
    return owner


def _folded(code: str) -> bytes:
    return "".join(code.split()).replace("-", "").lower().encode()
