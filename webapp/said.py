"""The ways to what was said besides `load`: an answer by the id its client made, and what one has deleted oneself."""

from flask import abort
from sqlalchemy import case

from review.replies import Reply
from storage.db import db
from webapp.actors import current_actor


def load_reply(uuid: str) -> Reply:
    """Clients make these ids, and only under one note are they unique: one's own comes before anybody else's."""
    return _first(Reply.visible_to(current_actor), Reply, uuid)


def load_deleted(model, uuid: str):
    """The note or reply with this id that whoever asks has deleted, else 404."""
    return _first(model.restorable_by(current_actor), model, uuid)


def _first(seen, model, uuid: str):
    own_first = case((model.author_key == current_actor.key, 0), else_=1)
    row = db.session.scalar(seen.where(model.uuid == uuid).order_by(own_first, model.id).limit(1)) if uuid.isascii() and uuid.isprintable() else None
    if row is None:
        abort(404)
    return row
