"""Taking up an invitation: with a new account, or with the one a person has already."""

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from storage.db import db, writing
from storage.events import lock
from storage.keyring import Invitation, InvitationOver, person
from storage.text import one_line
from storage.workspaces import Membership, User
from webapp import passwords, tries
from webapp.access import ANYONE, open_to, slow
from webapp.actors import member_signed_in
from webapp.auth import account, enter, home_of

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.after_request
def keep_address(response):
    """The token is in the address: no other page may learn it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/<token>")
@open_to(ANYONE)
def show(token: str):
    """What is offered, and by whom. Looking changes nothing."""
    return _page(_standing(token), {})


@bp.post("/<token>")
@open_to(ANYONE)
@slow
def accept(token: str):
    """Give the person their place and sign them in; passwords are hashed outside any transaction."""
    invitation = _standing(token)
    known, here = account(invitation.email), _signed_in(invitation)
    if known is None:
        return _accept_anew(token, invitation)
    if here or _knows_password(invitation, known):
        return _taken(_accept(token, known))
    return _page(invitation, {"password": _("This is not the password of your account.")}), 422


def _accept_anew(token: str, invitation: Invitation):
    name, password = one_line(request.form.get("name", ""))[:200], request.form.get("password", "")
    faults = {} if name else {"name": _("Give your name, as your team knows you.")}
    if len(password) < passwords.MIN_LENGTH:
        faults["password"] = _("A password needs at least %(num)s characters.", num=passwords.MIN_LENGTH)
    if faults:
        return _page(invitation, faults), 422
    db.session.rollback()
    return _taken(_accept(token, None, name, passwords.hashed(password)))


def _accept(token: str, user: User | None, name: str = "", password_hash: str = "") -> Membership:
    """Under the workspace's lock: of two at once, one is too late. Raises InvitationOver."""
    with writing() as session:
        invitation = _standing(token)
        lock(invitation.workspace_id)
        session.refresh(invitation)
        workspace = invitation.workspace
        if user is None and account(invitation.email):
            raise InvitationOver
        owner = user or person(invitation.email, name, password_hash, language=str(get_locale()), zone=workspace.zone)
        membership = invitation.accept(owner)
        session.commit()
    return membership


def _taken(membership: Membership):
    enter(membership.user, membership)
    return redirect(home_of(membership))


def _knows_password(invitation: Invitation, user: User) -> bool:
    tries.spend("password", on=invitation.hash)
    password_hash = user.password_hash
    db.session.rollback()
    if not passwords.matches(password_hash, request.form.get("password", "")):
        return False
    tries.give_back("password", on=invitation.hash)
    return True


def _standing(token: str) -> Invitation:
    invitation = Invitation.behind(token)
    if invitation is None or invitation.over:
        abort(404)
    return invitation


def _signed_in(invitation: Invitation) -> Membership | None:
    """The visitor's membership elsewhere, if they are signed in as the one who is invited."""
    member = member_signed_in()
    return member if member and member.email == invitation.email else None


def _page(invitation: Invitation, faults: dict[str, str]) -> str:
    return render_template(
        "invitations/show.html", invitation=invitation, faults=faults, name=request.form.get("name", ""),
        known=account(invitation.email) is not None, here=_signed_in(invitation), other=member_signed_in(), least=passwords.MIN_LENGTH,
    )
