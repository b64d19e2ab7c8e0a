"""Who asks: a token's member, the member signed in, or a guest with a pass.

Asked of the database on every request and every socket event, so that a right that is lost is lost at once.
"""

from typing import cast

from flask import current_app, g, has_request_context, request, session
from flask_login import current_user
from sqlalchemy import select
from werkzeug.local import LocalProxy

from review.links import guest_holding
from storage.db import db
from storage.keyring import bearer
from storage.workspaces import Actor, Guest, Membership

LINK_HEADER = "X-Backbeat-Link"
MAX_PASSES = 8


def actor() -> Actor | None:
    """The actor of this request; None when nobody is known."""
    if not has_request_context():
        return None
    if "actor" not in g:
        g.actor = _resolve()
    return g.actor


current_actor = cast(Actor, LocalProxy(actor))
current_member = cast(Membership, LocalProxy(actor))
"""The same, in routes that are open to members alone."""
current_guest = cast(Guest, LocalProxy(actor))
"""The same, in routes that are open to guests alone."""


def member() -> Membership:
    """The member who asks, itself rather than a proxy, for rows to hang on. Ask what they may do first."""
    who = actor()
    assert isinstance(who, Membership)
    return who


def token_given() -> str | None:
    """The bearer token of this request, if it carries one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_name() -> str:
    """The narrow cookie that holds a browser's passes; __Host- where the public address is https."""
    return "__Host-bb_guest" if current_app.config["SESSION_COOKIE_SECURE"] else "bb_guest"


def pass_secrets() -> list[str]:
    """The secrets of the passes this browser holds, newest first."""
    return [secret for secret in request.cookies.get(cookie_name(), "").split(".") if secret][:MAX_PASSES]


def guest_at(link_id: str) -> Guest | None:
    """The guest this browser is at one link."""
    guests = (guest_holding(secret) for secret in pass_secrets())
    return next((guest for guest in guests if guest and guest.link_id == link_id), None)


def latest_guest() -> Guest | None:
    """The guest this browser became last, of those whose link still stands."""
    guests = (guest_holding(secret) for secret in pass_secrets())
    return next((guest for guest in guests if guest), None)


def member_signed_in() -> Membership | None:
    """The membership the session works in: the one chosen, else the person's first that has not ended."""
    if not current_user.is_authenticated:
        return None
    held = (
        select(Membership)
        .where(Membership.user_id == current_user.id, Membership.ended_at.is_(None))
        .order_by(Membership.id != session.get("membership", ""), Membership.created_at)
    )
    return db.session.scalar(held.limit(1))


def _resolve() -> Actor | None:
    token = token_given()
    if token is not None:
        return bearer(token)
    link_id = (request.view_args or {}).get("link_id") or request.headers.get(LINK_HEADER)
    if request.blueprint == "guests" or (link_id and request.headers.get(LINK_HEADER)):
        return guest_at(link_id) if link_id else None
    return member_signed_in() or latest_guest()
