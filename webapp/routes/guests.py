"""Guests: the door a link leads to, the pass a browser gets there, and the client's pages behind it."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from review.links import GuestLink, TooManyTries, WrongPasscode, introduce
from storage.db import db
from storage.workspaces import Guest
from webapp import tries
from webapp.access import ANYONE, GUEST, open_to
from webapp.actors import MAX_PASSES, actor, cookie_name, current_guest, guest_at, pass_secrets
from webapp.asks import here
from webapp.auth import is_email, local_path
from webapp.i18n import LANGUAGES
from webapp.routes.asks import add_pages

bp = Blueprint("guests", __name__)
PASS_SECONDS = 180 * 24 * 3600


@bp.after_request
def keep_address(response):
    """The token is in the door's address: no other page may learn it, no search engine keep it."""
    if request.endpoint in ("guests.door", "guests.admit"):
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/l/<token>")
@open_to(ANYONE)
def door(token: str):
    """Whose workspace this is, and a form. Looking, as link previews do, changes nothing."""
    link = _standing(token)
    if guest_at(link.id):
        return redirect(url_for("guests.show", link_id=link.id))
    return render_template("guests/door.html", link=link, wrong=None)


@bp.post("/l/<token>")
@open_to(ANYONE)
def admit(token: str):
    """Exchange the link's token for a pass of this browser's own, so that the token leaves the address bar."""
    link = _standing(token)
    if link.passcode_hash:
        tries.spend("passcode")
        refusal = _try_passcode(link)
        if refusal:
            return refusal
        tries.give_back("passcode")
    guest_pass, secret = link.admit()
    guest_pass.language = request.accept_languages.best_match(LANGUAGES) or link.workspace.language
    db.session.commit()
    return _with_cookie(redirect(url_for("guests.show", link_id=link.id), 303), link, secret)


@bp.get("/g/<link_id>/introduction")
@open_to(GUEST)
def introduction(link_id: str):
    """Say, or correct, what one is called."""
    return _introduction({})


@bp.post("/g/<link_id>/introduction")
@open_to(GUEST)
def introduce_oneself(link_id: str):
    """Name and e-mail are asked once; whoever came by a personal link gives at most a name."""
    name, email = request.form.get("name", "").strip(), request.form.get("email", "").strip()
    faults = _faults(name, email)
    if faults:
        return _introduction(faults), 422
    guest = actor()
    assert isinstance(guest, Guest)
    introduce(guest, name=name, email=email, language=request.form.get("language") or str(get_locale()))
    db.session.commit()
    return redirect(local_path(request.form.get("next")) or here("show"))


add_pages(bp, "/g/<link_id>", GUEST)


def _standing(token: str) -> GuestLink:
    """A wrong token, a revoked and an expired link have the same answer."""
    link = GuestLink.behind(token)
    if link is None or link.over:
        abort(404)
    return link


def _try_passcode(link: GuestLink):
    """None if the passcode is right, else the answer; a wrong one is counted on the link, whoever tries."""
    db.session.refresh(link, with_for_update={"of": GuestLink})
    try:
        link.try_passcode(request.form.get("passcode", "").strip(), current_app.config["SECRET_KEY"])
    except WrongPasscode:
        db.session.commit()
        return render_template("guests/door.html", link=link, wrong=_("That passcode is not right.")), 403
    except TooManyTries:
        shut = _("There were too many wrong passcodes. This link opens again in a quarter of an hour.")
        return render_template("guests/door.html", link=link, wrong=shut), 429, {"Retry-After": "900"}
    return None


def _with_cookie(response, link: GuestLink, secret: str):
    """The passes of this browser, newest first, in one narrow cookie."""
    others = [held for held in pass_secrets() if held != secret]
    response.set_cookie(
        cookie_name(), ".".join([secret, *others][:MAX_PASSES]), max_age=PASS_SECONDS, path="/", httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"], samesite="Lax",
    )
    return response


def _faults(name: str, email: str) -> dict[str, str]:
    faults = {}
    if not name:
        faults["name"] = _("Give your name, as the team knows you.")
    if not current_guest.email and not is_email(email):
        faults["email"] = _("This is no e-mail address.")
    return faults


def _introduction(faults: dict[str, str]) -> str:
    return render_template(
        "guests/introduction.html", actor=current_guest, faults=faults, given=request.form, here=here,
        guest_link=current_guest.link_id,
    )
