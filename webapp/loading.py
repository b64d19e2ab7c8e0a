"""The one way a route gets at a row: through what the actor may see."""

from functools import cache

from flask import abort
from sqlalchemy import Select, bindparam, select
from sqlalchemy.sql.base import ExecutableOption

from planning.campaigns import Campaign
from review.links import GuestLink, LinkOver
from storage.assets import Asset
from storage.db import db
from storage.events import lock, lock_found
from storage.workspaces import Actor, Guest, anyone_of, ids_of
from webapp.actors import actor


def load(model, id_: str, *options: ExecutableOption, by=None):
    """The row with this id if the actor may see it, else 404, the same as for what does not exist.

    by  the column the id stands in, when it is not the row's own id
    """
    who = _whoever_asks()
    seen = _seen(model, by or model.id, who.kind)
    row = db.session.scalar(seen.options(*options) if options else seen, _sought(id_, who))
    if row is None:
        abort(404)
    return row


def load_for_act(model, id_: str):
    """The row as it is under its scope's lock (`model.under_lock`), if the actor may see it, else 404. Raises LinkOver."""
    who = _whoever_asks()
    scope_id = lock_found(_scope_of_seen(model, who.kind), _sought(id_, who))
    if scope_id is None:
        abort(404)
    lock_for_act(scope_id)
    return model.under_lock(id_)


@cache
def _seen(model, column, kind) -> Select:
    """The rows of a model that actors of a kind may see, by a column; written down once for all of them."""
    return model.visible_to(anyone_of(kind)).where(column == bindparam("sought"))


@cache
def _scope_of_seen(model, kind) -> Select:
    return _seen(model, model.id, kind).with_only_columns(model.scope_id)


def _whoever_asks() -> Actor:
    who = actor()
    assert who
    return who


def _sought(id_: str, who: Actor) -> dict:
    if not (id_.isascii() and id_.isprintable()):  # not every database takes it, and no id has it
        abort(404)
    return {"sought": id_, **ids_of(who)}


def allow(may: bool) -> None:
    """403 for what is seen but not allowed."""
    if not may:
        abort(403)


def lock_for_act(scope_id: str) -> None:
    """Take the scope's lock, and ask again whether a guest's link still stands. Raises LinkOver.

    Revoking takes the same lock, so whatever a guest does is before it, or is refused.
    """
    lock(scope_id)
    who = actor()
    if isinstance(who, Guest):
        link = db.session.scalar(select(GuestLink).where(GuestLink.id == who.link_id).execution_options(populate_existing=True))
        if link is None or link.over:
            raise LinkOver


def watchable(actor: Actor, scope_id: str) -> bool:
    """Whose log an actor may follow: the team its campaigns', a client one of which they may see a version, a guest their link's."""
    if isinstance(actor, Guest):
        return actor.campaign_id == scope_id
    if actor.is_team:
        return db.session.scalar(Campaign.visible_to(actor).where(Campaign.id == scope_id).with_only_columns(Campaign.id)) is not None
    seen = Asset.visible_to(actor).where(Asset.scope_id == scope_id, Asset.scope_id != actor.workspace_id)
    return db.session.scalar(seen.limit(1)) is not None
