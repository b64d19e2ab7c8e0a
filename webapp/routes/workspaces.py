"""The workspace: its settings, its people and their roles, invitations, and one's own API tokens."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storage.db import db
from storage.events import record
from storage.keyring import Invitation, Token, invite, issue_token
from storage.places import change_role, end_place
from storage.text import one_line
from storage.workspaces import Membership, Role
from webapp import public_url, regions, staff
from webapp.access import MEMBER, open_to
from webapp.actors import current_member
from webapp.auth import is_email, places_of
from webapp.errors import Problem
from webapp.i18n import LANGUAGES
from webapp.loading import allow, load

bp = Blueprint("workspaces", __name__, url_prefix="/workspace")


@bp.get("")
@open_to(MEMBER)
def show():
    return _page()


@bp.post("/settings")
@open_to(MEMBER)
def update():
    """Name, country, zone and language; each campaign keeps the zone it was made with."""
    allow(current_member.is_owner)
    name, given = one_line(request.form.get("name", ""))[:200], request.form
    right = name and regions.is_country(given.get("country", "")) and regions.is_zone(given.get("zone", ""))
    if not right or given.get("language") not in LANGUAGES:
        raise Problem(422, "bad_settings", _("A workspace needs a name, a country, a time zone and a language."))
    workspace = current_member.workspace
    workspace.name, workspace.country, workspace.zone, workspace.language = name, given["country"], given["zone"], given["language"]
    record("workspace.changed", f"workspace:{workspace.id}", by=current_member, scope_id=workspace.id)
    db.session.commit()
    flash(_("Kept."), "good")
    return redirect(url_for("workspaces.show"))


@bp.post("/invitations")
@open_to(MEMBER)
def invite_person():
    """Offer a place by link: the link is on the page, to be copied and sent."""
    allow(current_member.is_owner)
    email = request.form.get("email", "")
    if not is_email(email):
        raise Problem(422, "bad_email", _("This is no e-mail address."))
    invitation = invite(email, _role(), by=current_member, secret_key=current_app.config["SECRET_KEY"])
    db.session.commit()
    flash(_("Copy the link and send it to %(email)s.", email=invitation.email), "good")
    return redirect(url_for("workspaces.show", _anchor=f"invitation-{invitation.id}"))


@bp.post("/invitations/<invitation_id>/withdrawal")
@open_to(MEMBER)
def withdraw_invitation(invitation_id: str):
    """Take an invitation back: its link opens nothing any more."""
    invitation = load(Invitation, invitation_id)
    invitation.withdraw(by=current_member)
    db.session.commit()
    flash(_("The invitation of %(email)s is withdrawn; its link opens nothing any more.", email=invitation.email), "good")
    return redirect(url_for("workspaces.show", _anchor="invitations"))


@bp.post("/members/<membership_id>/role")
@open_to(MEMBER)
def update_role(membership_id: str):
    """Give a member another role."""
    membership = load(Membership, membership_id)
    allow(current_member.is_owner)
    change_role(membership, _role(), by=current_member)
    db.session.commit()
    flash(_("%(name)s has another role from now on.", name=membership.name), "good")
    return redirect(url_for("workspaces.show", _anchor="people"))


@bp.post("/members/<membership_id>/end")
@open_to(MEMBER)
def end_membership(membership_id: str):
    """End a place: at once, everywhere. What the person did stays."""
    membership = load(Membership, membership_id)
    allow(current_member.is_owner)
    end_place(membership, by=current_member)
    db.session.commit()
    flash(_("%(name)s is no longer in this workspace. What they did stays; invite them to take them back.", name=membership.name), "good")
    return redirect(url_for("workspaces.show", _anchor="people"))


@bp.post("/tokens")
@open_to(MEMBER)
def make_token():
    """A token of one's own, shown in this one answer and never again."""
    token = issue_token(current_member)
    db.session.commit()
    return _page(new_token=token), 201, {"Cache-Control": "no-store"}


@bp.post("/tokens/<token_id>/end")
@open_to(MEMBER)
def end_token(token_id: str):
    load(Token, token_id).end(by=current_member)
    db.session.commit()
    flash(_("The token opens nothing any more."), "good")
    return redirect(url_for("workspaces.show", _anchor="tokens"))


def _role() -> Role:
    given = request.form.get("role")
    if given not in list(Role):
        abort(400)
    return Role(given)


def _page(new_token: str | None = None) -> str:
    secret_key, home = current_app.config["SECRET_KEY"], public_url(current_app)
    return render_template(
        "workspaces/show.html", workspace=current_member.workspace, people=staff.people(current_member), roles=list(Role),
        invitations=[(one, home + url_for("invitations.show", token=one.token(secret_key))) for one in staff.invitations(current_member)],
        tokens=staff.tokens(current_member), new_token=new_token, countries=regions.countries(), zones=regions.zones(),
        others=[place for place in places_of(current_member.user) if place.id != current_member.id],
    )
