"""Uploads by ticket: bytes go straight to the bucket, and only what is stored and judged becomes a row.

A ticket is opened (`open_ticket`), its parts are PUT to signed addresses, and completion first receives the
content outside any transaction (`receive`: assembled, hashed, judged, put in its place), then keeps it inside one
(`keep`). Each step may be done again after a crash without harm.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys, renditions
from storage.assets import Asset, Version, current_number
from storage.blobs import SIZES, Blob, Rendition, RenditionState
from storage.buckets import Changed, NoSuchObject, NoSuchUpload, WrongPart
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db, insert_new, new_id, reading
from storage.drills import failpoint
from storage.events import record
from storage.names import clean_filename
from storage.shelf import bucket, scratch, scratch_root
from storage.workspaces import Membership

TICKET_LIFE = timedelta(hours=24)
CHUNK = 1024 * 1024


class Refused(Exception):
    """The stored bytes cannot be taken. `code` says why (storage/renditions/reasons.py has the sentences)."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class TicketOver(Exception):
    """The ticket is too old to be completed."""


class Ticket(Identified, Model):
    """Leave to upload one file: how big it says it is, what it is for, and what became of it."""

    __tablename__ = "tickets"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    scope_id: Mapped[str] = mapped_column(ForeignKey("logs.id"))
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("assets.id"))
    deliverable_id: Mapped[str | None] = mapped_column(String(26))
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    upload_id: Mapped[str | None] = mapped_column(String(1024))
    parts: Mapped[list] = mapped_column(CanonicalJSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    version_id: Mapped[str | None] = mapped_column(ForeignKey("versions.id"))
    refused: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @classmethod
    def visible_to(cls, actor):
        """A ticket is its opener's own."""
        return select(cls).where(cls.workspace_id == actor.workspace_id, cls.by_id.in_(actor.holder_ids))

    @property
    def object_key(self) -> str:
        return keys.quarantine(self.id)

    @property
    def over(self) -> bool:
        return self.ended_at is None and utcnow() > self.created_at + TICKET_LIFE


@dataclass(frozen=True)
class Content:
    """Bytes that are stored under their digest, and what the judge said of them."""

    sha256: str
    size_bytes: int
    verdict: renditions.Verdict


def open_ticket(
    by: Membership,
    filename: str,
    size_bytes: int,
    *,
    scope_id: str,
    sha256: str | None = None,
    media_type: str | None = None,
    asset_id: str | None = None,
    deliverable_id: str | None = None,
):
    """A ticket and its signed addresses: (ticket, pending). Asks the bucket, so call it outside a transaction; the caller adds and commits."""
    ticket = Ticket(
        id=new_id(), workspace_id=by.workspace_id, by_id=by.id, scope_id=scope_id, asset_id=asset_id,
        deliverable_id=deliverable_id, filename=clean_filename(filename), media_type=media_type,
        size_bytes=size_bytes, sha256=sha256,
    )
    pending = bucket().start(ticket.object_key, size_bytes, sha256=sha256)
    ticket.upload_id = pending.upload_id
    ticket.parts = [part.size_bytes for part in pending.parts]
    return ticket, pending


def receive(ticket: Ticket, parts: list[tuple[int, str]]) -> Content | None:
    """Assemble, hash and judge what was uploaded, and put it in its place. No transaction may be open.

    None if another call has completed the ticket meanwhile: `ticket` then names its version. Raises Refused for what
    is broken or not what was declared, TicketOver, the bucket's MissingPart and WrongPart while parts are to be sent
    again, and renditions.RanShort when trying again is right.
    """
    if ticket.refused:
        raise Refused(ticket.refused)
    if ticket.over:
        raise TicketOver
    try:
        return _received(ticket, parts)
    except (NoSuchUpload, NoSuchObject):
        return _overtaken(ticket)


def _received(ticket: Ticket, parts: list[tuple[int, str]]) -> Content:
    stored = bucket().finish(ticket.object_key, ticket.upload_id or "", parts, sizes=ticket.parts)
    failpoint("upload.before_judging")
    with scratch() as folder:
        path = folder / "original"
        sha256, size_bytes = _fetch(ticket.object_key, path)
        _compare(ticket, sha256, size_bytes)
        content = Content(sha256, size_bytes, _judge(ticket, path))
        _place(ticket, content, stored.etag)
    failpoint("upload.after_blob")
    return content


def keep(ticket: Ticket, content: Content, asset: Asset, by: Membership) -> Version:
    """Make the content the asset's next version, unless it is its current one already; ends the ticket.

    Call it under the scope's lock; the caller commits and then calls `discard`.
    """
    blob = Blob.of(ticket.workspace_id, content.sha256) or _blob_of(ticket.workspace_id, content)
    number = current_number(asset.id)
    version = current = db.session.scalar(select(Version).where(Version.asset_id == asset.id, Version.number == number))
    if version is None or version.blob_id != blob.id:
        version = _new_version(ticket, asset, blob, number + 1, by)
        if current:
            _record_replaced(current, version, by)
    ticket.version_id, ticket.asset_id, ticket.ended_at = version.id, asset.id, utcnow()
    return version


def refuse(ticket: Ticket, code: str) -> None:
    """End the ticket with the reason; the caller commits and then calls `discard`."""
    ticket.refused, ticket.ended_at = code, utcnow()


def give_up(ticket: Ticket) -> None:
    """End the ticket without content; the caller commits and then calls `abort`."""
    ticket.ended_at = ticket.ended_at or utcnow()


def abort(ticket: Ticket) -> None:
    """Let go of whatever was sent for a ticket that was given up. What fails here is swept later."""
    bucket().abort(ticket.object_key, ticket.upload_id or "")


def discard(ticket: Ticket) -> None:
    """Let go of the quarantined bytes of an ended ticket. What fails here is swept later."""
    bucket().delete(ticket.object_key)


def _overtaken(ticket: Ticket) -> None:
    """The quarantined bytes are gone: the call that completed the ticket has discarded them, or the sweeper has."""
    with reading() as session:
        now = session.get_one(Ticket, ticket.id, populate_existing=True)
        version_id, refused = now.version_id, now.refused
    if refused:
        raise Refused(refused)
    if version_id is None:
        raise TicketOver


def _fetch(key: str, path: Path) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    with bucket().open(key) as source, path.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size_bytes += len(chunk)
            target.write(chunk)
    return digest.hexdigest(), size_bytes


def _compare(ticket: Ticket, sha256: str, size_bytes: int) -> None:
    if size_bytes != ticket.size_bytes:
        raise Refused("size_differs")
    if ticket.sha256 and sha256 != ticket.sha256:
        raise Refused("digest_differs")


def _judge(ticket: Ticket, path: Path) -> renditions.Verdict:
    try:
        return renditions.judge(path, filename=ticket.filename, media_type=ticket.media_type, scratch=scratch_root())
    except renditions.Rejected as rejected:
        raise Refused(rejected.code) from rejected


def _place(ticket: Ticket, content: Content, etag: str) -> None:
    """The blob first, then its pictures: an object without a row is swept, a row without an object would be a lie.

    The ETag holds the copy to the bytes that were judged: the signed address is still good for another PUT.
    """
    target = keys.blob(ticket.workspace_id, content.sha256)
    if bucket().head(target) is None:
        _copy(ticket.object_key, target, etag)
    for made in content.verdict.made:
        bucket().put_file(keys.rendition(ticket.workspace_id, content.sha256, made.name), made.path, made.media_type)
    renditions.discard(content.verdict.made)


def _copy(source: str, target: str, etag: str) -> None:
    """Raises WrongPart if the bytes have been sent again since they were judged: what came last is to be judged."""
    try:
        bucket().copy(source, target, etag=etag)
    except Changed as changed:
        raise WrongPart(1) from changed


def _blob_of(workspace_id: str, content: Content) -> Blob:
    """The blob of content that is new to the workspace; another campaign's upload of the same may keep it first."""
    verdict = content.verdict
    ours = insert_new(
        Blob, id=new_id(), workspace_id=workspace_id, sha256=content.sha256, size_bytes=content.size_bytes,
        media_type=verdict.media_type, kind=verdict.kind, width=verdict.width, height=verdict.height,
        pages=verdict.pages, transparent=verdict.transparent, reason=verdict.reason, created_at=utcnow(),
    )
    blob = Blob.of(workspace_id, content.sha256)
    if blob is None:
        raise LookupError(content.sha256)
    if ours and verdict.kind == "image":
        blob.made = [_rendition(name, content) for name in sorted(SIZES, key=int)]
        blob.owe_large()
    return blob


def _rendition(name: str, content: Content) -> Rendition:
    rendition = Rendition(name=name, longest_side=int(name), state=RenditionState.WAITING)
    made = next((made for made in content.verdict.made if made.name == name), None)
    if made:
        rendition.state, rendition.media_type = RenditionState.READY, made.media_type
        rendition.width, rendition.height, rendition.size_bytes = made.width, made.height, made.size_bytes
    return rendition


def _new_version(ticket: Ticket, asset: Asset, blob: Blob, number: int, by: Membership) -> Version:
    version = Version(
        id=new_id(), workspace_id=ticket.workspace_id, asset_id=asset.id, number=number, blob_id=blob.id,
        filename=ticket.filename, uploaded_by=by.id,
    )
    version.asset, version.blob, version.uploader, version.is_new = asset, blob, by, True
    db.session.add(version)
    db.session.flush()
    record(
        "version.added", f"version:{version.id}", by=by, scope_id=asset.scope_id, version_id=version.id, shared=True,
        keys=(f"asset_{asset.id}", f"version_{version.id}"),
        body={"asset": asset.id, "number": number, "blob": blob.id, "size_bytes": blob.size_bytes},
    )
    return version


def _record_replaced(replaced: Version, version: Version, by: Membership) -> None:
    """For those who see the old one and not yet the new one: their answer may have lapsed."""
    record(
        "version.replaced", f"version:{replaced.id}", by=by, scope_id=replaced.scope_id, version_id=replaced.id, shared=True,
        keys=(f"asset_{replaced.asset_id}", f"version_{replaced.id}"), body={"number": version.number},
    )
