"""A version arrives: it joins its asset, closes the reviews of the one before it, and the plan hears of it."""

from planning.settling import settle
from planning.steps import Step
from review.reviews import open_reviews
from storage import uploads
from storage.assets import Asset, Version
from storage.db import db, new_id
from storage.drills import failpoint
from storage.events import lock, record
from storage.uploads import Content, Ticket, TicketOver
from storage.workspaces import Membership


def submit(ticket: Ticket, content: Content | None, by: Membership) -> Version:
    """Keep received content as the next version of what the ticket is for. The caller commits, then discards the ticket.

    The same content as the current version is that version again. Completing a ticket twice gives the same version,
    for which the content (None then) is no longer needed. Raises TicketOver if it was given up or refused meanwhile.
    """
    lock(ticket.scope_id)
    db.session.refresh(ticket)
    if ticket.version_id:
        return db.session.get_one(Version, ticket.version_id)
    if content is None or ticket.ended_at:
        raise TicketOver
    step = db.session.get_one(Step, ticket.deliverable_id, populate_existing=True) if ticket.deliverable_id else None
    asset = _asset_for(ticket, step)
    version = uploads.keep(ticket, content, asset, by)
    for review in open_reviews(asset.id):
        if review.version_id != version.id:
            review.supersede(by, newer=version)
    _attach(step, asset, by)
    db.session.flush()
    settle(asset.scope_id, by=by)
    failpoint("upload.before_commit")
    return version


def _asset_for(ticket: Ticket, step: Step | None) -> Asset:
    known = ticket.asset_id or (step.asset_id if step else None)
    if known:
        return db.session.get_one(Asset, known)
    name = step.name if step else ticket.filename
    asset = Asset(id=new_id(), workspace_id=ticket.workspace_id, scope_id=ticket.scope_id, name=name[:255], versions=[])
    db.session.add(asset)
    db.session.flush()
    return asset


def _attach(step: Step | None, asset: Asset, by: Membership) -> None:
    """The first upload on a deliverable gives it its asset."""
    if step is not None and step.asset_id is None:
        step.asset_id = asset.id
        step.row_version += 1
        record(
            "deliverable.attached", f"step:{step.id}", by=by, scope_id=step.campaign_id,
            keys=(f"campaign_{step.campaign_id}", f"asset_{asset.id}"), body={"asset": asset.id},
        )
