"""Signing in and out, the language one reads in, and which of one's workspaces one works in."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from storage.db import db
from storage.secrets import token_hash
from storage.text import folded_email
from webapp import installation, passwords, tries
from webapp.access import ANYONE, MEMBER, open_to, slow
from webapp.actors import current_member, member_signed_in
from webapp.auth import account, demo_link, demo_people, enter, home_of, leave, local_path, places_of
from webapp.i18n import LANGUAGES

bp = Blueprint("auth", __name__)


@bp.get("/sign-in")
@open_to(ANYONE)
def sign_in():
    """The form; whoever is signed in already is sent on."""
    member = member_signed_in()
    if member:
        return redirect(local_path(request.args.get("next")) or home_of(member))
    return _page()


@bp.post("/sign-in")
@open_to(ANYONE)
@slow
def open_session():
    """Check the password, outside any transaction; an unknown e-mail takes as long and gets the same answer."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    tries.spend("password", on=token_hash(folded_email(email)))
    user = account(email)
    password_hash = user.password_hash if user else None
    db.session.rollback()
    if not passwords.matches(password_hash, password) or user is None:
        return _page(email, wrong=True), 422
    tries.give_back("password", on=token_hash(folded_email(email)))
    return _welcome(user)


@bp.post("/sign-in/demo")
@open_to(ANYONE)
@slow
def open_demo():
    """One click per person of the demo."""
    chosen = next((one for one in demo_people() if one.id == request.form.get("membership_id")), None)
    if chosen is None:
        abort(404)
    enter(chosen.user, chosen)
    return redirect(home_of(chosen))


@bp.post("/sign-out")
@open_to(ANYONE)
@slow
def sign_out():
    leave()
    return redirect(url_for("auth.sign_in"))


@bp.post("/language")
@open_to(ANYONE)
def language():
    """Read in another language from now on; an account remembers it."""
    chosen = request.form.get("language")
    if chosen not in LANGUAGES:
        abort(400)
    session["language"] = chosen
    member = member_signed_in()
    if member:
        member.user.language = chosen
        db.session.commit()
    return redirect(local_path(request.form.get("next")) or "/")


@bp.post("/workspace/switch")
@open_to(MEMBER)
@slow
def switch():
    """Work in another of one's workspaces."""
    chosen = next((one for one in places_of(current_member.user) if one.id == request.form.get("membership_id")), None)
    if chosen is None:
        abort(404)
    session["membership"] = chosen.id
    return redirect(home_of(chosen))


def _welcome(user):
    places = places_of(user)
    if not places:
        flash(_("Your account has no place in a workspace any more. Ask its owner for an invitation."), "warn")
        return redirect(url_for("auth.sign_in"))
    enter(user)
    return redirect(local_path(request.form.get("next")) or home_of(places[0]))


def _page(email: str = "", wrong: bool = False) -> str:
    link, secret_key = demo_link(), current_app.config["SECRET_KEY"]
    return render_template(
        "auth/sign_in.html", email=email, wrong=wrong, next=local_path(request.values.get("next")), people=demo_people(),
        guest_url=url_for("guests.door", token=link.token(secret_key)) if link else None, can_set_up=installation.is_open(),
    )
