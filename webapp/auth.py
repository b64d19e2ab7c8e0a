"""Who is signed in: accounts, what a session holds, and where a person lands."""

from email_validator import EmailNotValidError, validate_email
from flask import current_app, g, session, url_for
from flask_login import login_user, logout_user
from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from review.links import GuestLink
from storage.db import db
from storage.text import folded_email
from storage.workspaces import Membership, Role, User, Workspace
from webapp.extensions import login_manager

login_manager.session_protection = None  # type: ignore[assignment]  an address that changes on the way to work is no reason to be signed out


@login_manager.user_loader
def session_owner(key: str) -> User | None:
    """The person a session was made for, unless their epoch has moved on since."""
    user = db.session.get(User, key.partition(".")[0])
    return user if user and user.get_id() == key else None


def account(email: str) -> User | None:
    """The person with this e-mail, however it was typed."""
    return db.session.scalar(select(User).where(User.email == folded_email(email)))


def places_of(user: User) -> list[Membership]:
    """The places a person holds, oldest first."""
    held = select(Membership).where(Membership.user_id == user.id, Membership.ended_at.is_(None))
    return list(db.session.scalars(held.order_by(Membership.created_at, Membership.id)))


def enter(user: User, membership: Membership | None = None) -> None:
    """Sign a person in, in a session of its own; only the language they read in is taken over."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    login_user(user)
    if language:
        session["language"] = language
    if membership:
        session["membership"] = membership.id
    g.pop("actor", None)


def leave() -> None:
    """Sign out; the language stays."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language
    g.pop("actor", None)


def home_of(membership: Membership | None) -> str:
    """Where a person lands: clients at what waits for them, the team at its campaigns."""
    return url_for("clients.show" if membership and membership.role == Role.CLIENT else "campaigns.index")


def is_email(text: str) -> bool:
    """Whether this could be an e-mail address; nobody is asked whether it exists."""
    try:
        validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def local_path(path: str | None) -> str | None:
    """The path, if it leads nowhere but into this app."""
    path = (path or "").rstrip("?")
    ours = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if ours else None


def demo_people() -> list[Membership]:
    """Those of the demo, who can be signed in by one click; nobody who has a place elsewhere is among them."""
    if not current_app.extensions["backbeat.settings"].demo:
        return []
    other, real = aliased(Membership), aliased(Workspace)
    elsewhere = exists().where(other.user_id == Membership.user_id, other.workspace_id == real.id, real.demo.is_(False))
    seen = select(Membership).join(Workspace, Workspace.id == Membership.workspace_id).where(
        Workspace.demo, Membership.ended_at.is_(None), ~elsewhere.correlate(Membership)
    )
    roles = list(Role)
    people = list(db.session.scalars(seen.order_by(Workspace.created_at, Workspace.id)))
    return sorted(people, key=lambda one: (one.workspace.created_at, one.workspace_id, roles.index(Role(one.role))))


def demo_link() -> GuestLink | None:
    """The demo client's way in: the newest link of a demo workspace that still stands."""
    if not current_app.extensions["backbeat.settings"].demo:
        return None
    links = select(GuestLink).join(Workspace, Workspace.id == GuestLink.workspace_id).where(
        Workspace.demo, GuestLink.revoked_at.is_(None), GuestLink.passcode_hash.is_(None)
    )
    return next((link for link in db.session.scalars(links.order_by(GuestLink.created_at.desc())) if not link.over), None)
