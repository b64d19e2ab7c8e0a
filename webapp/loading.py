"""The one way a route gets at a row: through what the actor may see."""

from flask import abort
from sqlalchemy.sql.base import ExecutableOption

from storage.db import db
from webapp.actors import current_actor


def load(model, id_: str, *options: ExecutableOption):
    """The row with this id if the actor may see it, else 404, the same as for what does not exist."""
    row = db.session.scalar(model.visible_to(current_actor).where(model.id == id_).options(*options))
    if row is None:
        abort(404)
    return row


def allow(may: bool) -> None:
    """403 for what is seen but not allowed."""
    if not may:
        abort(403)
