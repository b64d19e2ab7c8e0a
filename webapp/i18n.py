"""French and English: which one a reader gets, and how days and moments are written in it."""

from datetime import date, datetime

from flask import Flask, has_request_context, request, session
from flask_babel import format_date, format_datetime, format_decimal, get_locale, gettext, ngettext

from planning.messages import Message
from storage.workspaces import Guest
from webapp.actors import actor
from webapp.extensions import babel

LANGUAGES = ("en", "fr")


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=language, timezone_selector=zone)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["filesizeformat"] = size
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    app.context_processor(lambda: {"current_language": str(get_locale() or "en"), "current_actor": actor()})


def language() -> str:
    """The reader's: what they chose, else their account's, else their browser's, else the workspace's, else English."""
    if not has_request_context():
        return "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    who = actor()
    own = who.language if isinstance(who, Guest) else who.user.language if who else None
    if own in LANGUAGES:
        return own
    return request.accept_languages.best_match(LANGUAGES) or (who.workspace.language if who else "en")


def zone() -> str:
    """The reader's time zone; a guest's is the workspace's."""
    who = actor()
    if who is None:
        return "UTC"
    return who.workspace.zone if isinstance(who, Guest) else who.user.zone


def day(value: date | None, form: str = "EEE d MMM") -> str:
    """A day as people write it: "Thu 20 May", « jeu. 20 mai »; with the year when it is not this one."""
    if value is None:
        return "–"
    from storage.clock import today

    return format_date(value, form if value.year == today(zone()).year else f"{form} y", rebase=False)


def moment(value: datetime | None) -> str:
    """A moment in the reader's zone, to the minute."""
    return "–" if value is None else format_datetime(value, "EEE d MMM HH:mm")


def told(message: str) -> str:
    """A message of the plan's, in the reader's language; other words stay as they are."""
    return message.told(gettext) if isinstance(message, Message) else message


def size(size_bytes: int) -> str:
    """A file's size as people write it: "17.2 kB", « 17,2 ko »; thousands, as file managers count."""
    amount, unit = float(size_bytes), ""
    while amount >= 1000 and unit != "T":
        amount, unit = amount / 1000, {"": "k", "k": "M", "M": "G", "G": "T"}[unit]
    byte = "o" if str(get_locale() or "en") == "fr" else "B"
    return f"{format_decimal(round(amount, 1 if unit else 0))}\u00a0{unit}{byte}"
