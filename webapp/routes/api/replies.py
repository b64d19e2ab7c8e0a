"""Replies: what is said under a note."""

from review.annotations import Annotation
from review.replies import Reply
from webapp.access import ACTOR, open_to
from webapp.actors import actor, current_actor
from webapp.idempotency import reply
from webapp.loading import allow, load, lock_for_act
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import NewReply, Nothing, ReplyChange
from webapp.routes.api.calls import call
from webapp.routes.api.shapes import reply_json
from webapp.said import load_deleted, load_reply


@bp.post("/annotations/<annotation_id>/replies")
@open_to(ACTOR)
@call(body=NewReply, answers={200: answers.Reply, 201: answers.Reply})
def create_reply(annotation_id: str, body: NewReply):
    """Say something under a note; the same id again is the same reply."""
    found = load(Annotation, annotation_id, by=Annotation.uuid)
    allow(found.answerable_by(current_actor))
    lock_for_act(found.version.scope_id)
    known = {one.id for one in found.all_replies}
    said = found.reply(body.body, actor(), id_=body.id)
    return reply(reply_json(said), 200 if said.id in known else 201)


@bp.patch("/replies/<reply_id>")
@open_to(ACTOR)
@call(body=ReplyChange, answers={200: answers.Reply})
def amend_reply(reply_id: str, body: ReplyChange):
    """Say it otherwise; it was said by whoever asks."""
    found = _own(load_reply(reply_id))
    found.edit(body.body, actor())
    return reply(reply_json(found))


@bp.delete("/replies/<reply_id>")
@open_to(ACTOR)
@call(answers={204: None})
def delete_reply(reply_id: str):
    """Take it away; it was said by whoever asks."""
    _own(load_reply(reply_id)).delete(actor())
    return reply(None, 204)


@bp.post("/replies/<reply_id>/restoration")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Reply})
def restore_reply(reply_id: str, body: Nothing):
    """Bring back a reply that one has deleted."""
    found = _own(load_deleted(Reply, reply_id))
    found.restore(actor())
    return reply(reply_json(found), 201)


def _own(found: Reply) -> Reply:
    allow(found.editable_by(current_actor))
    lock_for_act(found.annotation.version.scope_id)
    return found
