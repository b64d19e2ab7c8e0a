"""Rows as the API answers them. Ids are opaque, moments RFC 3339 UTC, days YYYY-MM-DD."""

from datetime import UTC, datetime

from sqlalchemy import select

from review.annotations import Annotation, Reply
from storage.db import db
from storage.events import Event


def at(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def event_json(event: Event, actor) -> dict:
    """An event as GET …/events and `missed` give it; keys only those the actor may hear of."""
    return {
        "seq": event.seq, "name": event.name, "actor": event.actor, "subject": event.subject, "at": at(event.at),
        "keys": event.keys_for(actor), "version_id": event.version_id, "hash": event.hash,
    }


def annotation_json(annotation: Annotation) -> dict:
    return {
        "id": annotation.uuid, "version_id": annotation.version_id, "page": annotation.page, "frame": annotation.frame,
        "shape": annotation.shape, "body": annotation.body, "audience": annotation.audience,
        "author": _author(annotation), "created_at": at(annotation.created_at),
        "resolved": annotation.resolved_at is not None, "resolved_at": at(annotation.resolved_at),
        "replies": [reply_json(reply) for reply in annotation.replies],
    }


def reply_json(reply: Reply) -> dict:
    return {"id": reply.uuid, "body": reply.body, "author": _author(reply), "created_at": at(reply.created_at)}


def annotation_row(row_id: str | None, workspace_id: str) -> dict | None:
    """The row a hint carries: the annotation as the list answers it."""
    found = select(Annotation).where(Annotation.id == row_id, Annotation.workspace_id == workspace_id)
    annotation = db.session.scalar(found) if row_id else None
    return annotation_json(annotation) if annotation else None


def _author(row) -> dict:
    return {"key": row.author_key, "name": row.author_name, "kind": row.author_kind}
