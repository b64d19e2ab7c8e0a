"""Annotations: marks on a version and the talk under them; as JSON, or as W3C Web Annotations."""

from flask import Response, current_app, request
from flask_babel import gettext as _

from review.annotations import Annotation, Audience, Colour, annotate, audience_allowed, commentable_by
from review.revisions import history_of
from storage.assets import Version
from webapp.access import ACTOR, open_to
from webapp.actors import actor, current_actor
from webapp.errors import Problem
from webapp.idempotency import reply
from webapp.loading import allow, load, lock_for_act
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import AnnotationChange, NewAnnotation, Nothing, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.shapes import annotation_json, revision_json
from webapp.routes.api.webannotations import MEDIA_TYPE, PROFILE, annotation_page
from webapp.said import load_deleted

_PAGE_SCHEMA = {"type": "object", "properties": {"type": {"const": "AnnotationPage"}, "items": {"type": "array"}}, "required": ["type", "items"]}


@bp.get("/versions/<version_id>/annotations")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(answers.Annotation)}, other_types={MEDIA_TYPE: _PAGE_SCHEMA})
def annotations(version_id: str, query: Paged):
    """The notes one may read on a version, the first one first. `Accept: application/ld+json` gives an AnnotationPage."""
    version = load(Version, version_id)
    seen = Annotation.visible_to(current_actor).where(Annotation.version_id == version.id)
    rows, cursor = page_of(seen, Annotation, query)
    if request.accept_mimetypes.best_match(("application/json", MEDIA_TYPE)) == MEDIA_TYPE:
        page = annotation_page(version, rows, request.full_path.rstrip("?"), cursor)
        return Response(current_app.json.dumps(page), mimetype=PROFILE)
    return listed([annotation_json(annotation) for annotation in rows], cursor)


@bp.post("/versions/<version_id>/annotations")
@open_to(ACTOR)
@call(body=NewAnnotation, answers={200: answers.Annotation, 201: answers.Annotation})
def create_annotation(version_id: str, body: NewAnnotation):
    """Leave a note; the same id again is the same note."""
    version = load(Version, version_id)
    allow(commentable_by(current_actor))
    audience = Audience(body.audience or (Audience.INTERNAL if current_actor.is_team else Audience.SHARED))
    allow(audience_allowed(audience, current_actor))
    _ensure_fits(version, body)
    lock_for_act(version.scope_id)
    annotation, is_new = annotate(
        version, actor(), id_=body.id, shape=body.shape.model_dump() if body.shape else None, body=body.body,
        audience=audience, page=body.page or 1, frame=body.frame, colour=body.colour or Colour.BLUE, priority=body.priority,
    )
    return reply(annotation_json(annotation), 201 if is_new else 200)


@bp.get("/annotations/<annotation_id>")
@open_to(ACTOR)
@call(answers={200: answers.Annotation})
def annotation(annotation_id: str):
    """One note and the talk under it."""
    return annotation_json(_annotation(annotation_id))


@bp.patch("/annotations/<annotation_id>")
@open_to(ACTOR)
@call(body=AnnotationChange, answers={200: answers.Annotation})
def amend_annotation(annotation_id: str, body: AnnotationChange):
    """Change one's own note, or, of the team, what must be fixed and what can wait."""
    found, changes = _annotation(annotation_id), body.model_dump(include=body.model_fields_set)
    allow(found.changeable_by(current_actor, changes))
    allow(audience_allowed(changes.get("audience", Audience.SHARED), current_actor))
    lock_for_act(found.version.scope_id)
    found.edit(actor(), **changes)
    return reply(annotation_json(found))


@bp.delete("/annotations/<annotation_id>")
@open_to(ACTOR)
@call(answers={204: None})
def delete_annotation(annotation_id: str):
    """Take one's own note away, as long as nobody else has answered it."""
    found = _annotation(annotation_id)
    allow(found.editable_by(current_actor))
    lock_for_act(found.version.scope_id)
    found.delete(actor())
    return reply(None, 204)


@bp.post("/annotations/<annotation_id>/restoration")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Annotation})
def restore_annotation(annotation_id: str, body: Nothing):
    """Bring back a note that one has deleted."""
    found = load_deleted(Annotation, annotation_id)
    allow(found.editable_by(current_actor))
    lock_for_act(found.version.scope_id)
    found.restore(actor())
    return reply(annotation_json(found), 201)


@bp.get("/annotations/<annotation_id>/history")
@open_to(ACTOR)
@call(answers={200: answers.History})
def history(annotation_id: str):
    """What it said and where its mark was before; of its replies too."""
    found = _annotation(annotation_id)
    replies = {one.id: one.uuid for one in found.replies}
    return {"items": [revision_json(row, replies) for row in history_of(found, current_actor)]}


@bp.post("/annotations/<annotation_id>/resolution")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Annotation})
def resolve(annotation_id: str, body: Nothing):
    """Tick a note off."""
    found = _annotation(annotation_id)
    allow(found.resolvable_by(current_actor))
    lock_for_act(found.version.scope_id)
    found.resolve(actor())
    return reply(annotation_json(found), 201)


@bp.delete("/annotations/<annotation_id>/resolution")
@open_to(ACTOR)
@call(answers={204: None})
def reopen(annotation_id: str):
    """Open a note again that was ticked off."""
    found = _annotation(annotation_id)
    allow(found.resolvable_by(current_actor))
    lock_for_act(found.version.scope_id)
    found.reopen(actor())
    return reply(None, 204)


def _annotation(annotation_id: str) -> Annotation:
    """By the id its client made."""
    return load(Annotation, annotation_id, by=Annotation.uuid)


def _ensure_fits(version: Version, body: NewAnnotation) -> None:
    pages = version.blob.pages
    if body.page and pages and body.page > pages:
        raise Problem(422, "no_such_page", _("This version has no page %(page)s.", page=body.page))
    if not body.body.strip() and body.shape is None:
        raise Problem(422, "nothing_said", _("A note needs words or a mark."))
