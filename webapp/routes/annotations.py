"""Notes on a version: a new one, answers to it, ticking it off."""

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _

from review.annotations import MAX_BODY, Annotation, Audience, annotate, audience_allowed, commentable_by
from storage.assets import Version
from storage.db import db
from webapp.access import MEMBER, open_to
from webapp.actors import current_actor
from webapp.errors import Problem
from webapp.loading import allow, load
from webapp.uuids import own_uuid

bp = Blueprint("annotations", __name__)


@bp.post("/versions/<version_id>/annotations")
@open_to(MEMBER)
def create(version_id: str):
    """A note on the whole page; marks are drawn in the review room."""
    version = load(Version, version_id)
    allow(commentable_by(current_actor))
    audience = Audience.INTERNAL if request.form.get("audience") == "internal" else Audience.SHARED
    allow(audience_allowed(audience, current_actor))
    annotation, _new = annotate(
        version, current_actor, id_=own_uuid(request.form.get("id")), shape=None, body=_body(), audience=audience
    )
    db.session.commit()
    return _to(annotation)


@bp.post("/annotations/<annotation_id>/replies")
@open_to(MEMBER)
def reply(annotation_id: str):
    annotation = load(Annotation, annotation_id)
    allow(annotation.answerable_by(current_actor))
    annotation.reply(_body(), current_actor, id_=own_uuid(request.form.get("id")))
    db.session.commit()
    return _to(annotation)


@bp.post("/annotations/<annotation_id>/resolution")
@open_to(MEMBER)
def resolve(annotation_id: str):
    """Tick it off, or with `open` set, open it again."""
    annotation = load(Annotation, annotation_id)
    allow(annotation.resolvable_by(current_actor))
    if request.form.get("open"):
        annotation.reopen(current_actor)
    else:
        annotation.resolve(current_actor)
    db.session.commit()
    return _to(annotation)


def _body() -> str:
    body = request.form.get("body", "")
    if not body.strip():
        raise Problem(422, "empty_note", _("The note is empty. Write what should be seen or changed."))
    if len(body) > MAX_BODY:
        raise Problem(422, "long_note", _("A note holds %(most)s characters. Make it shorter, or two of it.", most=MAX_BODY))
    return body


def _to(annotation: Annotation):
    return redirect(url_for("versions.show", version_id=annotation.version_id, _anchor=f"note-{annotation.uuid}"))
