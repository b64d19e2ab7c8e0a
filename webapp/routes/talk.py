"""What people say beside a picture, by plain forms: notes, answers, changing and taking back, ticking off.

The same for members, clients and guests: `add_talk` puts them on a blueprint; guests' addresses begin with their link.
"""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask_babel import gettext as _

from review.annotations import (
    MAX_BODY,
    Annotation,
    Audience,
    Colour,
    Priority,
    annotate,
    audience_allowed,
    commentable_by,
)
from review.replies import Reply
from storage.assets import Version
from storage.db import db
from webapp import asks, fragments
from webapp.access import open_to
from webapp.actors import actor, current_actor
from webapp.errors import Problem
from webapp.fragments import fragment
from webapp.i18n import zone
from webapp.listing import seq_of_version
from webapp.loading import allow, load, lock_for_act
from webapp.said import load_deleted, load_reply
from webapp.speaking import named, speaker
from webapp.talk import Places, Talk
from webapp.uuids import own_uuid


def add_talk(bp: Blueprint, prefix: str, kind: str) -> None:
    """Put them on a blueprint under `prefix`, open to that kind of actor."""
    for method, rule, view in _PAGES:
        own = update_wrapper(partial(view), view)
        bp.add_url_rule(prefix + rule, view.__name__, open_to(kind)(own), methods=[method])


def talk(version_id, link_id=None):
    """The live part of the page. It holds this reader's own buttons, so it is theirs alone."""
    seq = seq_of_version(current_actor, version_id)
    if seq is None:
        abort(404)
    etag = fragments.revision("talk", version_id, seq, current_actor.key, current_actor.role, asks.must_introduce(current_actor), zone())
    return fragments.unchanged(etag) or fragments.answer(_threads(version_id), etag)


def comment(version_id, link_id=None):
    """A note on the whole version; marks are drawn by script."""
    version = load(Version, version_id)
    lock_for_act(version.scope_id)
    allow(commentable_by(current_actor))
    usual = Audience.INTERNAL if current_actor.is_team else Audience.SHARED
    audience = _one_of(Audience, "audience") or usual
    allow(audience_allowed(audience, current_actor))
    annotation, _new = annotate(
        version, named(speaker()), id_=own_uuid(request.form.get("id")), shape=None, body=_body(), audience=audience,
        priority=_one_of(Priority, "priority"),
    )
    return _kept(annotation)


def reply(uuid, link_id=None):
    """An answer under a note they can read."""
    annotation = _annotation(uuid)
    lock_for_act(annotation.version.scope_id)
    allow(annotation.answerable_by(current_actor))
    said = annotation.reply(_body(), named(speaker()), id_=own_uuid(request.form.get("id")))
    return _kept(annotation, f"reply-{said.uuid}")


def amend(uuid, link_id=None):
    """Other words, another audience, another colour for one's own; what must be fixed and what can wait also the team."""
    annotation, changes = _annotation(uuid), _changes()
    allow(annotation.changeable_by(current_actor, changes))
    allow(audience_allowed(changes.get("audience", Audience.SHARED), current_actor))
    lock_for_act(annotation.version.scope_id)
    annotation.edit(actor(), **changes)
    return _kept(annotation)


def delete(uuid, link_id=None):
    annotation = _annotation(uuid)
    allow(annotation.editable_by(current_actor))
    lock_for_act(annotation.version.scope_id)
    annotation.delete(actor())
    _offer_undo(_("Note %(number)s is deleted.", number=annotation.label), "restore", uuid=uuid)
    return _kept(annotation, "talk")


def restore(uuid, link_id=None):
    annotation = load_deleted(Annotation, uuid)
    allow(annotation.editable_by(current_actor))
    lock_for_act(annotation.version.scope_id)
    annotation.restore(actor())
    return _kept(annotation)


def resolve(uuid, link_id=None):
    """Tick it off, or with `open` set, open it again."""
    annotation = _annotation(uuid)
    allow(annotation.resolvable_by(current_actor))
    lock_for_act(annotation.version.scope_id)
    if request.form.get("open"):
        annotation.reopen(actor())
    else:
        annotation.resolve(actor())
    return _kept(annotation)


def amend_reply(uuid, link_id=None):
    said = _own(load_reply(uuid))
    said.edit(_body(), actor())
    return _kept(said.annotation, f"reply-{uuid}")


def delete_reply(uuid, link_id=None):
    said = _own(load_reply(uuid))
    said.delete(actor())
    _offer_undo(_("Your reply is deleted."), "restore_reply", uuid=uuid)
    return _kept(said.annotation)


def restore_reply(uuid, link_id=None):
    said = _own(load_deleted(Reply, uuid))
    said.restore(actor())
    return _kept(said.annotation, f"reply-{uuid}")


_PAGES: tuple[tuple[str, str, Callable], ...] = (
    ("GET", "/versions/<version_id>/talk", talk),
    ("POST", "/versions/<version_id>/annotations", comment),
    ("POST", "/annotations/<uuid>/replies", reply),
    ("POST", "/annotations/<uuid>", amend),
    ("POST", "/annotations/<uuid>/deletion", delete),
    ("POST", "/annotations/<uuid>/restoration", restore),
    ("POST", "/annotations/<uuid>/resolution", resolve),
    ("POST", "/replies/<uuid>", amend_reply),
    ("POST", "/replies/<uuid>/deletion", delete_reply),
    ("POST", "/replies/<uuid>/restoration", restore_reply),
)


def _annotation(uuid: str) -> Annotation:
    return load(Annotation, uuid, by=Annotation.uuid)


def _own(said: Reply) -> Reply:
    allow(said.editable_by(current_actor))
    lock_for_act(said.annotation.version.scope_id)
    return said


def _threads(version_id: str) -> str:
    return fragment("room/threads", talk=Talk(load(Version, version_id), current_actor))


def _changes() -> dict:
    """What a form brings of what can be changed; an empty priority takes it away."""
    form = request.form
    changes: dict = {"body": _body()} if "body" in form else {}
    if "priority" in form:
        changes["priority"] = _one_of(Priority, "priority")
    for name, kind in (("audience", Audience), ("colour", Colour)):
        if name in form:
            changes[name] = _one_of(kind, name) or abort(400)
    return changes


def _one_of(kind, name: str):
    """What was chosen, if it is one of these."""
    chosen = request.form.get(name, "")
    return kind(chosen) if chosen in set(kind) else None


def _body() -> str:
    body = request.form.get("body", "").replace("\r\n", "\n")
    if not body.strip():
        raise Problem(422, "empty", _("There was nothing written. Say a word, then send it."))
    if len(body) > MAX_BODY:
        raise Problem(422, "too_long", _("That is longer than %(num)s characters. Shorten it, or send it in two notes.", num=MAX_BODY))
    return body


def _offer_undo(text: str, act: str, **ids) -> None:
    told: Any = {"text": text, "undo": Places(current_actor).to(act, **ids)}
    flash(told, "good")


def _kept(annotation: Annotation, anchor: str = ""):
    """Kept; and back to where it stands on the page."""
    db.session.commit()
    return redirect(Places(current_actor).page(annotation.version_id, _anchor=anchor or f"note-{annotation.uuid}"))
