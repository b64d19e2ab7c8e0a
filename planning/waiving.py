"""A named person dispenses a deliverable from approval, with a reason; later they, or another, take that back."""

from sqlalchemy import select

from planning.settling import settle
from planning.steps import Step, Waiver
from storage.clock import utcnow
from storage.db import db, new_id
from storage.events import lock, record
from storage.text import kept
from storage.workspaces import Membership


class NoReason(Exception):
    """A deliverable is waived with a reason, or not at all."""


def waive(deliverable: Step, reason: str, by: Membership) -> list[str]:
    """Let its gates clear without an approval; the ids of milestones that passed. Waiving twice is once.

    Raises NoReason, LeftLaunch.
    """
    if not reason.strip():
        raise NoReason
    lock(deliverable.campaign_id)
    db.session.refresh(deliverable)
    deliverable.ensure_in_launch()
    if standing_waiver(deliverable):
        return []
    db.session.add(Waiver(id=new_id(), step_id=deliverable.id, by_id=by.id, reason=kept(reason.strip()), at=utcnow()))
    _record("deliverable.waived", deliverable, by)
    return settle(deliverable.campaign_id, by=by)


def lift_waiver(deliverable: Step, by: Membership) -> list[str]:
    """Ask for its approval again: gates that were clear for the waiver alone lapse. Lifting twice is once."""
    lock(deliverable.campaign_id)
    waiver = standing_waiver(deliverable)
    if waiver is None:
        return []
    waiver.lifted_at = utcnow()
    _record("waiver.lifted", deliverable, by)
    return settle(deliverable.campaign_id, by=by)


def standing_waiver(deliverable: Step) -> Waiver | None:
    """The waiver that holds now, if there is one."""
    return db.session.scalar(select(Waiver).where(Waiver.step_id == deliverable.id, Waiver.lifted_at.is_(None)))


def _record(name: str, deliverable: Step, by: Membership) -> None:
    keys = (f"campaign_{deliverable.campaign_id}", f"step_{deliverable.id}")
    record(name, f"step:{deliverable.id}", by=by, scope_id=deliverable.campaign_id, keys=keys)
    db.session.flush()
