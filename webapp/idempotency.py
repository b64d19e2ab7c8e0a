"""Calls sent again: the first successful answer to an actor's Idempotency-Key is given again for a day, not the act.

A key is claimed while its call is under way: by a set in this process, on PostgreSQL by an advisory lock between
processes too (on SQLite the writer lock orders them). The answer is kept in the transaction of what it answers, so
`reply` is where an API route commits.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Response, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from storage.answers import Answer, keep_answer
from storage.db import canonical, db, is_sqlite
from webapp.actors import actor
from webapp.errors import Problem

HEADER = "Idempotency-Key"
KEY = r"[!-~]([ -~]{0,253}[!-~])?"
_under_way: set[tuple[str, str]] = set()
_claiming = threading.Lock()

Remake = Callable[[dict], dict]


@dataclass(frozen=True)
class Asked:
    """Who asks under which key, and the digest of what they ask: method, path and body."""

    actor_key: str
    key: str
    fingerprint: str
    remade: Remake | None


@contextmanager
def claimed(given, remade: Remake | None = None) -> Iterator[None]:
    """A block in which this request's key is its own, if it carries one; `given` is its body, decoded.

    remade  puts back, on a kept answer's body, what was left out of it (`reply`'s `kept`)

    Raises Problem 409 while another call holds the key.
    """
    key, who = request.headers.get(HEADER), actor()
    if key is None or who is None:
        yield
        return
    asked = Asked(who.key, _checked(key), _fingerprint(given), remade)
    _claim(asked)
    g.asked = asked
    try:
        yield
    finally:
        del g.asked
        with _claiming:
            _under_way.discard((asked.actor_key, asked.key))


def earlier() -> Response | None:
    """The first answer under this request's key. Raises Problem 422 if something else was asked, 409 if it is unfinished."""
    asked: Asked | None = g.get("asked")
    if asked is None:
        return None
    _lock_between_processes(asked)
    given = Answer.given(asked.actor_key, asked.key)
    if given is None:
        return None
    if given.fingerprint != asked.fingerprint:
        raise Problem(422, "key_reused", _("This Idempotency-Key came with another call before. Make a new one."))
    text = given.body
    if text and asked.remade:
        text = _as_text(asked.remade(json.loads(text)))
    response = _response(text, given.status)
    response.headers["Idempotency-Replayed"] = "true"
    db.session.rollback()
    return response


def reply(body: dict | None, status: int = 200, *, kept: dict | None = None) -> Response:
    """Commit what this request did, together with its answer if it came with a key, and answer.

    kept  the body without what must not be stored, when that is not all of it

    A route declared @slow calls this inside its `writing()` block; if the same call was finished by another process
    meanwhile, nothing is committed and that answer is given.
    """
    asked: Asked | None = g.get("asked")
    if asked:
        done = earlier() if _is_slow() else None
        if done:
            return done
        stored = body if kept is None else kept
        keep_answer(asked.actor_key, asked.key, asked.fingerprint, status, _as_text(stored))
    db.session.commit()
    return _response(_as_text(body), status)


def _claim(asked: Asked) -> None:
    with _claiming:
        if (asked.actor_key, asked.key) in _under_way:
            raise _unfinished()
        _under_way.add((asked.actor_key, asked.key))


def _lock_between_processes(asked: Asked) -> None:
    if is_sqlite():
        return
    digest = hashlib.sha256(f"{asked.actor_key}\0{asked.key}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise _unfinished()


def _unfinished() -> Problem:
    return Problem(409, "unfinished", _("The same call is still being worked on. Try again in a moment."))


def _checked(key: str) -> str:
    if not re.fullmatch(KEY, key):
        raise Problem(422, "bad_key", _("An Idempotency-Key is 1 to 255 printable ASCII characters."))
    return key


def _fingerprint(given) -> str:
    asked = canonical([request.method, request.path, request.query_string.decode("latin-1"), given])
    return hashlib.sha256(asked.encode()).hexdigest()


def _is_slow() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "slow", False)


def _as_text(body: dict | None) -> str:
    return "" if body is None else current_app.json.dumps(body, separators=(",", ":"))


def _response(text: str, status: int) -> Response:
    return Response(text, status, mimetype="application/json" if text else None)
