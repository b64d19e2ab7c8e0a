"""The set-up page of an installation that has no workspace of its own yet."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storage.text import one_line
from webapp import installation, passwords, regions, tries
from webapp.access import ANYONE, open_to, slow
from webapp.auth import enter, is_email
from webapp.i18n import LANGUAGES, language

bp = Blueprint("setup", __name__)
_ALWAYS_OPEN = {"setup", "health", "metrics", "api"}
_USUAL = {"fr": ("FR", "Europe/Paris"), "en": ("GB-ENG", "Europe/London")}


@bp.before_app_request
def begin_here():
    """While there is nothing at all, every page leads to the set-up."""
    page = request.endpoint and request.endpoint != "assets" and request.blueprint not in _ALWAYS_OPEN
    if page and request.method == "GET" and installation.is_empty():
        return redirect(url_for("setup.show"))
    return None


@bp.get("/setup")
@open_to(ANYONE)
def show():
    _ensure_open()
    country, zone = _USUAL[language()]
    return _page(installation.Wish("", "", "", country, zone, language()), {})


@bp.post("/setup")
@open_to(ANYONE)
@slow
def create():
    """Make the workspace and its owner, and sign the owner in."""
    _ensure_open()
    tries.spend("setup", on="code")
    wish, password = _wish(), request.form.get("password", "")
    faults = _faults(wish, password)
    if faults:
        return _page(wish, faults), 422
    tries.give_back("setup", on="code")
    owner = installation.found(wish, passwords.hashed(password))
    if owner is None:
        abort(404)
    enter(owner.user, owner)
    return redirect(url_for("campaigns.index"))


def _ensure_open() -> None:
    if not installation.is_open():
        abort(404)


def _wish() -> installation.Wish:
    given = request.form.get
    return installation.Wish(
        workspace=one_line(given("workspace", ""))[:200], name=one_line(given("name", ""))[:200], email=given("email", "").strip(),
        country=given("country", ""), zone=given("zone", ""), language=given("language", ""),
    )


def _faults(wish: installation.Wish, password: str) -> dict[str, str]:
    """What is wrong, by field. The code comes first: without it nobody learns anything else."""
    if not installation.is_code(request.form.get("code", "")):
        return {"code": _("This is not the code in the terminal. It is printed when the server starts.")}
    checks = {
        "workspace": (wish.workspace, _("Give your workspace a name.")),
        "name": (wish.name, _("Give your name, as your team knows you.")),
        "email": (is_email(wish.email), _("This is no e-mail address.")),
        "password": (len(password) >= passwords.MIN_LENGTH, _("A password needs at least %(num)s characters.", num=passwords.MIN_LENGTH)),
        "country": (regions.is_country(wish.country), _("Choose a country, for its public holidays.")),
        "zone": (regions.is_zone(wish.zone), _("Choose a time zone.")),
        "language": (wish.language in LANGUAGES, _("Choose a language.")),
    }
    faults = {field: sentence for field, (right, sentence) in checks.items() if not right}
    if "email" not in faults and installation.email_taken(wish.email):
        faults["email"] = _("Somebody of the demo has this e-mail. Take another one.")
    return faults


def _page(wish: installation.Wish, faults: dict[str, str]) -> str:
    return render_template(
        "setup/show.html", wish=wish, faults=faults, code=request.form.get("code", ""), least=passwords.MIN_LENGTH,
        countries=regions.countries(), zones=regions.zones(),
    )
