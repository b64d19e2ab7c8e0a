"""Uploads: a ticket with signed addresses, and its completion, at which the stored bytes are judged.

Bytes never pass through here. What talks to the store happens outside any transaction.
"""

import logging

from flask import current_app
from flask_babel import gettext as _

from planning.campaigns import Campaign
from planning.steps import Step
from review.submissions import submit
from storage import uploads
from storage.assets import Asset, Version, VersionState
from storage.buckets import StoreAway
from storage.db import db, writing
from storage.drills import failpoint
from storage.uploads import Refused, Ticket, TicketOver
from storage.workspaces import Membership
from webapp.access import ACTOR, open_to, slow
from webapp.actors import current_actor, member
from webapp.errors import Problem
from webapp.idempotency import reply
from webapp.loading import allow, load, lock_for_act
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import Completion, NewUpload
from webapp.routes.api.calls import call
from webapp.routes.api.shapes import upload_json, version_json

log = logging.getLogger(__name__)


@bp.post("/uploads")
@open_to(ACTOR)
@slow
@call(body=NewUpload, answers={201: answers.Upload})
def open_upload(body: NewUpload):
    """Leave to upload one file: PUT each part to its address, then complete."""
    allow(current_actor.is_team)
    _ensure_size(body.size_bytes)
    by, scope_id = member(), _scope(body)
    _end_reading()
    ticket, pending = uploads.open_ticket(
        by, body.filename, body.size_bytes, scope_id=scope_id, sha256=body.sha256 and body.sha256.lower(),
        media_type=body.media_type, asset_id=body.asset_id, deliverable_id=body.deliverable_id,
    )
    parts = [{"number": part.number, "url": part.url, "headers": part.headers} for part in pending.parts]
    part_size = pending.parts[0].size_bytes if pending.parts else body.size_bytes
    with writing() as session:
        session.add(ticket)
        return reply({"id": ticket.id, "part_size_bytes": part_size, "parts": parts}, 201)


@bp.post("/uploads/<upload_id>/complete")
@open_to(ACTOR)
@slow
@call(body=Completion, answers={200: answers.Version, 201: answers.Version, 202: answers.Version})
def complete_upload(upload_id: str, body: Completion):
    """Judge what was uploaded and keep it as a version; the same bytes, or the same ticket again, are the same version."""
    ticket = load(Ticket, upload_id)
    _ensure_standing(ticket)
    content = None
    if not ticket.version_id:
        _end_reading()
        content = _received(ticket, [(part.number, part.etag) for part in body.parts])
    with writing():
        by, ticket = _still(member()), load(Ticket, upload_id)
        version = submit(ticket, content, by)
        response = reply(version_json(version), _status(version))
    failpoint("upload.after_commit")
    _discard(ticket)
    return response


@bp.get("/uploads/<upload_id>")
@open_to(ACTOR)
@call(answers={200: answers.UploadState})
def upload(upload_id: str):
    """What became of one's own ticket."""
    return upload_json(load(Ticket, upload_id))


@bp.delete("/uploads/<upload_id>")
@open_to(ACTOR)
@slow
@call(answers={204: None})
def abort_upload(upload_id: str):
    """Give an upload up, and let go of what was sent; 409 if it became a version."""
    with writing():
        ticket = load(Ticket, upload_id)
        lock_for_act(ticket.scope_id)
        db.session.refresh(ticket)
        if ticket.version_id:
            raise Problem(409, "upload_done", _("This upload is complete: its version stays."))
        uploads.give_up(ticket)
        response = reply(None, 204)
    _let_go(uploads.abort, ticket)
    return response


def _scope(body: NewUpload) -> str:
    """The campaign, or workspace, whose lock and log the upload is under. What the actor may not see is 404."""
    if body.asset_id and body.deliverable_id:
        raise Problem(422, "two_targets", _("An upload is for a deliverable or for an asset, not for both."))
    scope_id = load(Campaign, body.campaign_id).id if body.campaign_id else None
    target = _target(body)
    if target is None:
        return scope_id or current_actor.workspace_id
    if scope_id not in (None, target):
        raise Problem(422, "other_campaign", _("That belongs to another campaign."))
    return target


def _target(body: NewUpload) -> str | None:
    if body.asset_id:
        asset = load(Asset, body.asset_id)
        allow(asset.uploadable_by(current_actor))
        return asset.scope_id
    if body.deliverable_id:
        step = load(Step, body.deliverable_id)
        if not step.is_deliverable:
            raise Problem(422, "no_deliverable", _("Only a deliverable takes an upload."))
        return step.campaign_id
    return None


def _ensure_size(size_bytes: int) -> None:
    most = current_app.extensions["backbeat.settings"].max_upload_bytes
    if size_bytes > most:
        raise Problem(413, "too_large", _("A file may have %(most)s bytes at most.", most=most), max_bytes=most)


def _ensure_standing(ticket: Ticket) -> None:
    if ticket.refused:
        raise Refused(ticket.refused)
    if ticket.ended_at and not ticket.version_id:
        raise TicketOver


def _received(ticket: Ticket, parts: list[tuple[int, str]]):
    try:
        return uploads.receive(ticket, parts)
    except Refused as refused:
        with writing() as session:
            ended = session.get_one(Ticket, ticket.id, populate_existing=True)
            if not ended.version_id:
                uploads.refuse(ended, refused.code)
            session.commit()
        _discard(ticket)
        raise


def _still(by: Membership) -> Membership:
    """The member as they are now: a right lost while the bytes were judged is lost."""
    db.session.refresh(by)
    allow(by.ended_at is None and by.is_team)
    return by


def _status(version: Version) -> int:
    if not version.is_new:
        return 200
    return 202 if version.state == VersionState.PROCESSING else 201


def _discard(ticket: Ticket) -> None:
    _let_go(uploads.discard, ticket)


def _let_go(act, ticket: Ticket) -> None:
    try:
        act(ticket)
    except StoreAway:
        log.warning("what was sent for %s is left to the sweeper", ticket.id)


def _end_reading() -> None:
    """Nothing was written: this ends the reading transaction without forgetting what it read."""
    db.session.commit()
