"""Rows as the API answers them. Ids are opaque, moments RFC 3339 UTC, days YYYY-MM-DD."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from review.annotations import Annotation
from review.links import GuestLink
from review.replies import Reply
from review.reviews import Review
from review.revisions import Revision
from review.seats import Decision, Seat
from storage.assets import Asset, Version
from storage.db import db
from storage.events import Event
from storage.keyring import Invitation, Token
from storage.uploads import Ticket
from storage.workspaces import Membership
from webapp.people import knows_email, reads_note
from webapp.pictures import pictures_of, tiles_of
from webapp.reasons import sentence_for


def at(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def on(day: date | None) -> str | None:
    """YYYY-MM-DD."""
    return day.isoformat() if day else None


def event_json(event: Event, actor) -> dict:
    """An event as GET …/events and `missed` give it; keys only those the actor may hear of."""
    return {
        "seq": event.seq, "name": event.name, "actor": event.actor, "subject": event.subject, "at": at(event.at),
        "keys": event.keys_for(actor), "version_id": event.version_id, "hash": event.hash,
    }


def annotation_json(annotation: Annotation) -> dict:
    return {
        "id": annotation.uuid, "version_id": annotation.version_id, "number": annotation.label, "page": annotation.page, "frame": annotation.frame,
        "shape": annotation.shape, "colour": annotation.colour, "body": annotation.body, "mentions": sorted(annotation.mentions),
        "audience": annotation.audience, "priority": annotation.priority, "author": _author(annotation),
        "created_at": at(annotation.created_at), "edited_at": at(annotation.edited_at),
        "resolved": annotation.resolved_at is not None, "resolved_at": at(annotation.resolved_at), "resolved_by_name": annotation.resolved_by_name,
        "replies": [reply_json(reply) for reply in annotation.replies], "deleted": annotation.deleted_at is not None,
    }


def reply_json(reply: Reply) -> dict:
    return {
        "id": reply.uuid, "body": reply.body, "mentions": sorted(reply.mentions), "author": _author(reply),
        "created_at": at(reply.created_at), "edited_at": at(reply.edited_at),
    }


def revision_json(revision: Revision, replies: dict[str, str]) -> dict:
    """`replies`: {row id: the id its client made}."""
    return {
        "reply_id": replies.get(revision.reply_id or ""), "body": revision.body, "shape": revision.shape,
        "by": {"key": revision.by_key, "name": revision.by_name}, "at": at(revision.at),
    }


def annotation_rows(row_ids: set[str], workspace_id: str, *, outside: bool) -> dict[str, dict]:
    """{row id: the annotation as the list answers it}, as hints and what was missed carry them.

    outside  clients and guests hear it too: what is internal by now is gone to them, as what is deleted is to everybody
    """
    found = select(Annotation).where(Annotation.id.in_(row_ids), Annotation.workspace_id == workspace_id)
    rows = db.session.scalars(found) if row_ids else ()
    return {row.id: _gone(row) if row.deleted_at or (outside and not row.is_shared) else annotation_json(row) for row in rows}


def _gone(annotation: Annotation) -> dict:
    return {"id": annotation.uuid, "version_id": annotation.version_id, "deleted": True}


def asset_json(asset: Asset, current: Version | None) -> dict:
    own = asset.scope_id == asset.workspace_id
    return {
        "id": asset.id, "name": asset.name, "campaign_id": None if own else asset.scope_id, "created_at": at(asset.created_at),
        "current": version_json(current) if current else None,
    }


def version_json(version: Version) -> dict:
    blob, at_api = version.blob, f"/api/v1/versions/{version.id}"
    return {
        "id": version.id, "asset_id": version.asset_id, "number": version.number, "filename": version.filename,
        "media_type": blob.media_type, "size_bytes": blob.size_bytes, "sha256": blob.sha256, "width": blob.width,
        "height": blob.height, "pages": blob.pages, "state": version.state, "reason": blob.reason,
        "reason_text": sentence_for(blob.reason) if blob.reason else None, "created_at": at(version.created_at),
        "renditions": pictures_of(version, at_api), "tiles": tiles_of(version, at_api),
    }


def upload_json(ticket: Ticket) -> dict:
    return {
        "id": ticket.id, "filename": ticket.filename, "size_bytes": ticket.size_bytes, "state": _upload_state(ticket),
        "version_id": ticket.version_id, "reason": ticket.refused, "created_at": at(ticket.created_at),
    }


def review_json(review: Review, actor, urls: dict[str, str] | None = None) -> dict:
    """`urls`: {seat id: personal link}, where they are told."""
    seats = [_seat_json(seat, review, actor) | ({"url": urls[seat.id]} if urls and seat.id in urls else {}) for seat in review.seats]
    return {
        "id": review.id, "version_id": review.version_id, "asset_id": review.asset_id, "sha256": review.sha256,
        "state": review.state, "rule": review.rule, "due": on(review.due), "opened_at": at(review.opened_at),
        "closed_at": at(review.closed_at), "seats": seats,
    }


def _seat_json(seat: Seat, review: Review, actor) -> dict:
    decision = seat.standing
    return {
        "id": seat.id, "email": seat.email if knows_email(actor, seat) else None, "name": seat.name, "state": seat.state,
        "verified": seat.verified, "decision": _standing_json(decision, told=reads_note(actor, review, seat)) if decision else None,
    }


def decision_json(decision: Decision, review: Review) -> dict:
    return {
        "id": decision.id, "verdict": decision.verdict, "note": decision.note, "replaces": decision.replaces_id,
        "at": at(decision.at), "review": {"id": review.id, "state": review.state}, "unblocked": list(review.unblocked),
    }


def link_json(link: GuestLink, sights, url: str | None) -> dict:
    return {
        "id": link.id, "url": url, "rights": link.rights,
        "items": [{"asset_id": sight.asset_id, "version_id": sight.version_id or "latest"} for sight in sights],
        "email": link.email, "passcode": link.passcode_hash is not None, "expires_on": on(link.expires_on),
        "created_at": at(link.created_at), "revoked_at": at(link.revoked_at),
    }


def member_json(member: Membership) -> dict:
    return {
        "id": member.id, "name": member.name, "email": member.email, "role": member.role,
        "created_at": at(member.created_at),
    }


def invitation_json(invitation: Invitation, url: str | None) -> dict:
    return {
        "id": invitation.id, "email": invitation.email, "role": invitation.role, "url": url, "over": invitation.over,
        "created_at": at(invitation.created_at),
    }


def token_json(row: Token, token: str | None = None) -> dict:
    return {"id": row.id, "member_id": row.membership_id, "token": token, "created_at": at(row.created_at)}


def _upload_state(ticket: Ticket) -> str:
    if ticket.version_id:
        return "done"
    if ticket.refused:
        return "refused"
    return "over" if ticket.over or ticket.ended_at else "open"


def _standing_json(decision: Decision, *, told: bool) -> dict:
    return {
        "id": decision.id, "verdict": decision.verdict, "note": decision.note if told else "", "by": decision.by_name,
        "at": at(decision.at),
    }


def _author(row) -> dict:
    return {"key": row.author_key, "name": row.author_name, "kind": row.author_kind}
