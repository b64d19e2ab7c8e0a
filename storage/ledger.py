"""Whether rows, events, objects and deliveries agree: a line per fault. What is merely still owed is none.

Rows are read in one snapshot, and objects are listed after it: an object is put before its row, so a row seen without
its object is a fault even while people are uploading.
"""

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from storage import keys, sweeping
from storage.assets import Asset, Version
from storage.blobs import TILES, Blob, Rendition, RenditionState
from storage.db import db
from storage.db import snapshot as snapshot
from storage.events import Delivery, Event, Log, handler_named
from storage.shelf import bucket
from storage.uploads import Ticket

SWEPT_BY_NOW = 2 * sweeping.UNCLAIMED


def faults() -> Iterator[str]:
    """Everything storage can say about itself. Call it after `db.snapshot`; the caller rolls back."""
    yield from _logs()
    yield from _versions()
    yield from _version_events()
    yield from _tickets()
    yield from _deliveries()
    expected = list(_expected_objects())
    yield from _owed_renditions()
    yield from _objects(expected)


def unclaimed() -> Iterator[str]:
    """Objects without a row that should have been swept long ago; begins transactions of its own."""
    for listed in sweeping.orphans(SWEPT_BY_NOW):
        yield f"object {listed.key}: no row knows it"


def _logs() -> Iterator[str]:
    written = select(Event.scope_id, func.count().label("count"), func.max(Event.seq).label("last")).group_by(Event.scope_id).subquery()
    rows = select(Log.id, Log.seq, written.c.count, written.c.last).outerjoin(written, written.c.scope_id == Log.id)
    for log_id, seq, count, last in db.session.execute(rows):
        if (count or 0, last or 0) != (seq, seq):
            yield f"log {log_id}: its head says {seq}, it has {count or 0} events up to {last or 0}"


def _versions() -> Iterator[str]:
    rows = (
        select(Version.id, Version.workspace_id, Version.number, Version.asset_id, Asset.workspace_id, Blob.workspace_id)
        .join(Asset, Asset.id == Version.asset_id)
        .join(Blob, Blob.id == Version.blob_id)
        .order_by(Version.asset_id, Version.number)
    )
    asset_id, expected = "", 0
    for version_id, workspace_id, number, of_asset, assets, blobs in db.session.execute(rows):
        asset_id, expected = (asset_id, expected + 1) if of_asset == asset_id else (of_asset, 1)
        if number != expected:
            yield f"version {version_id}: it is number {number} of its asset, not {expected}"
        if (assets, blobs) != (workspace_id, workspace_id):
            yield f"version {version_id}: its asset or content is another workspace's"
            expected = number


def _version_events() -> Iterator[str]:
    """Each version was told once, in its asset's log, and what was told is there."""
    added = select(Event.version_id, func.count().label("count"), func.min(Event.scope_id).label("scope")).where(
        Event.name == "version.added"
    ).group_by(Event.version_id).subquery()
    rows = (
        select(Version.id, added.c.count)
        .join(Asset, Asset.id == Version.asset_id)
        .outerjoin(added, and_(added.c.version_id == Version.id, added.c.scope == Asset.scope_id))
        .where(func.coalesce(added.c.count, 0) != 1)
    )
    for version_id, count in db.session.execute(rows):
        yield f"version {version_id}: {count or 0} events in its log say that it was added, not 1"
    lost = select(added.c.version_id).outerjoin(Version, Version.id == added.c.version_id).where(Version.id.is_(None))
    for version_id in db.session.scalars(lost):
        yield f"version {version_id}: an event says that it was added, and there is none"


def _tickets() -> Iterator[str]:
    rows = select(Ticket.id, Ticket.ended_at, Ticket.version_id, Ticket.refused, Version.workspace_id, Ticket.workspace_id).outerjoin(
        Version, Version.id == Ticket.version_id
    )
    for ticket_id, ended_at, version_id, refused, theirs, ours in db.session.execute(rows):
        if ended_at is None and (version_id or refused):  # ended without either: it was given up
            yield f"upload {ticket_id}: it has a version or a reason, and has not ended"
        if version_id and theirs != ours:
            yield f"upload {ticket_id}: its version is another workspace's, or gone"


def _deliveries() -> Iterator[str]:
    lost = select(Delivery.id).outerjoin(Event, Event.id == Delivery.event_id).where(Event.id.is_(None))
    for delivery_id in db.session.scalars(lost):
        yield f"delivery {delivery_id}: it is owed because of no event"
    for handler in db.session.scalars(select(Delivery.handler).where(Delivery.done_at.is_(None)).distinct()):
        if handler_named(handler) is None:
            yield f"deliveries of {handler}: nothing handles them"


def _owed_renditions() -> Iterator[str]:
    """A picture that is waiting for its renditions has somebody who owes them."""
    owed = select(Event.version_id).join(Delivery, Delivery.event_id == Event.id).where(
        Delivery.handler == "make_renditions", Delivery.done_at.is_(None)
    )
    waiting = select(Rendition.blob_id).where(Rendition.state.in_([RenditionState.WAITING, RenditionState.TRY_AGAIN]))
    cared_for = select(Version.blob_id).where(Version.id.in_(owed))
    forgotten = select(Blob.id).where(Blob.id.in_(waiting), Blob.id.not_in(cared_for)).order_by(Blob.id)
    for blob_id in db.session.scalars(forgotten):
        yield f"content {blob_id}: it waits for renditions that nobody owes"
    childless = select(Blob.id).outerjoin(Version, Version.blob_id == Blob.id).where(Version.id.is_(None)).order_by(Blob.id)
    for blob_id in db.session.scalars(childless):
        yield f"content {blob_id}: no version shows it"


def _expected_objects() -> Iterator[tuple[str, int | None, str]]:
    """(key, bytes where they are known, whose) of everything the rows say is stored."""
    for blob in db.session.execute(select(Blob.id, Blob.workspace_id, Blob.sha256, Blob.size_bytes)):
        yield keys.blob(blob.workspace_id, blob.sha256), blob.size_bytes, f"content {blob.id}"
    ready = select(Rendition, Blob.workspace_id, Blob.sha256).join(Blob, Blob.id == Rendition.blob_id).where(
        Rendition.state == RenditionState.READY
    )
    for rendition, workspace_id, sha256 in db.session.execute(ready):
        for key in _keys_of(rendition, workspace_id, sha256):
            yield key, None, f"rendition {rendition.id}"


def _keys_of(rendition: Rendition, workspace_id: str, sha256: str) -> Iterator[str]:
    if rendition.name == TILES:
        yield from (keys.tile(workspace_id, sha256, *place) for place in rendition.grid)
    else:
        yield keys.rendition(workspace_id, sha256, rendition.name)


def _objects(expected: list[tuple[str, int | None, str]]) -> Iterator[str]:
    stored = {listed.key: listed.size_bytes for prefix in ("blob/", "rendition/") for listed in bucket().list(prefix)}
    for key, size_bytes, whose in expected:
        if key not in stored:
            yield f"{whose}: its object {key} is not there"
        elif size_bytes is not None and stored[key] != size_bytes:
            yield f"{whose}: its object {key} has {stored[key]} bytes, not {size_bytes}"
        elif not stored[key]:
            yield f"{whose}: its object {key} is empty"
