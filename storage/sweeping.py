"""What nobody claims any more: uploads that never became a version, half-sent parts, answers past their day.

An object is put before its row, so one without a row may still be owed one: it is left alone for a day, and while its
workspace has an upload open.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from storage import keys
from storage.answers import forget_old
from storage.blobs import Blob
from storage.buckets import Listed
from storage.clock import utcnow
from storage.db import db, reading, writing
from storage.shelf import bucket
from storage.uploads import TICKET_LIFE, Ticket

UNCLAIMED = timedelta(days=1)
LAST_MINUTE = timedelta(hours=1)
"""A completion that began just before its ticket was too old may take so long."""
AT_ONCE = 500


def sweep() -> int:
    """Remove what is unclaimed for more than a day; how many objects and unfinished uploads went. Call it in an app context."""
    with writing() as session:
        forget_old()
        session.commit()
    return _abort_unfinished() + _delete_quarantined() + _delete_orphans()


def orphans(older_than: timedelta = UNCLAIMED) -> Iterator[Listed]:
    """Kept objects without a row that nobody can claim any more."""
    for prefix in ("blob/", "rendition/"):
        for some in _chunks(bucket().list(prefix)):
            old = [listed for listed in some if listed.modified_at < utcnow() - older_than]
            yield from _without_row(old)


def _abort_unfinished() -> int:
    """Parts of uploads that are over; an upload still open keeps its own."""
    gone = 0
    for unfinished in bucket().unfinished():
        if _is_over(unfinished.key, unfinished.started_at):
            bucket().abort(unfinished.key, unfinished.upload_id)
            gone += 1
    return gone


def _delete_quarantined() -> int:
    gone = 0
    for listed in bucket().list("quarantine/"):
        if _is_over(listed.key, listed.modified_at):
            bucket().delete(listed.key)
            gone += 1
    return gone


def _delete_orphans() -> int:
    gone = 0
    for listed in orphans():
        if not next(_without_row([listed]), None):
            continue
        bucket().delete(listed.key)
        gone += 1
    return gone


def _is_over(key: str, since: datetime) -> bool:
    """Whether the upload behind a quarantined object has ended or can no longer be completed."""
    if since > utcnow() - UNCLAIMED:
        return False
    with reading() as session:
        ticket = session.get(Ticket, keys.parse(key).ticket)
        return ticket is None or ticket.ended_at is not None or ticket.over


def _without_row(some: list[Listed]) -> Iterator[Listed]:
    named = [(listed, keys.parse(listed.key)) for listed in some]
    with reading() as session:
        known = select(Blob.workspace_id, Blob.sha256).where(Blob.sha256.in_({name.sha256 for _, name in named}))
        rows = {tuple(row) for row in session.execute(known)}
        busy = _uploading({name.workspace for _, name in named})
    return (listed for listed, name in named if (name.workspace, name.sha256) not in rows and name.workspace not in busy)


def _uploading(workspace_ids: set[str]) -> set[str]:
    """The workspaces in which an upload may still be completed."""
    held = select(Ticket.workspace_id).where(
        Ticket.workspace_id.in_(workspace_ids), Ticket.ended_at.is_(None), Ticket.created_at > utcnow() - TICKET_LIFE - LAST_MINUTE
    )
    return set(db.session.scalars(held.distinct()))


def _chunks(listing: Iterator[Listed]) -> Iterator[list[Listed]]:
    some: list[Listed] = []
    for listed in listing:
        some.append(listed)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
