"""In whose name something is said: a guest is asked who they are before their words are kept."""

from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from review.links import introduce
from storage.workspaces import Guest
from webapp import asks
from webapp.actors import actor
from webapp.errors import Problem


def speaker():
    """Who acts; a reviewer by personal link may give a name with their first act."""
    who, name = actor(), request.form.get("name", "").strip()
    if not (isinstance(who, Guest) and name and not who.name):
        return who
    return introduce(who, name=name, email="", language=str(get_locale()))


def named(speaker):
    """Whoever leaves a note has said who they are; else Problem 422."""
    if asks.must_introduce(speaker):
        raise Problem(422, "name_needed", _("Say your name and e-mail first, so that the team knows who wrote."))
    return speaker
