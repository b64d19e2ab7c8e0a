"""Which kind of actor may come in by a route; what they may do there is asked of the rows (`…able_by`).

Every route says so with one of these decorators; `check_declared` fails at start on one that does not.
"""

from collections.abc import Callable

from flask import Flask, abort, redirect, request, url_for

from storage.workspaces import Guest
from webapp.actors import actor

ANYONE = "anyone"
ACTOR = "actor"
MEMBER = "member"
GUEST = "guest"


def open_to(kind: str) -> Callable:
    """Declare who may come in: ANYONE, ACTOR (members and guests), MEMBER, or GUEST."""

    def declare(view):
        view.open_to = kind
        return view

    return declare


def slow(view):
    """Declare a writing route that begins by reading: it takes the writer lock itself, with `writing()`."""
    view.slow = True
    return view


def check_declared(app: Flask) -> None:
    """Raises RuntimeError naming the routes that say nothing of who may come in."""
    silent = [rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "open_to")]
    if silent:
        raise RuntimeError(f"routes that do not declare who may come in: {', '.join(sorted(set(silent)))}")


def let_in():
    """Before each request: nobody known is asked to sign in, the wrong kind is told there is nothing here."""
    view = request.endpoint and _view(request.endpoint)
    kind = getattr(view, "open_to", ANYONE) if view else ANYONE
    if kind == ANYONE:
        return None
    who = actor()
    if who is None:
        if request.path.startswith("/api/"):
            abort(401)
        if kind == GUEST:
            abort(404)
        return redirect(url_for("auth.sign_in", next=request.full_path if request.method == "GET" else None))
    if isinstance(who, Guest) and kind == MEMBER:
        abort(403 if request.path.startswith("/api/") and request.method != "GET" else 404)
    return None


def _view(endpoint: str):
    from flask import current_app

    return current_app.view_functions.get(endpoint)
