"""A person's place in a workspace as it changes: another role, or its end."""

from sqlalchemy import func, select

from storage.clock import utcnow
from storage.db import db
from storage.events import lock, record
from storage.workspaces import Membership, Role


class LastOwner(Exception):
    """A workspace keeps at least one owner."""


def change_role(membership: Membership, role: Role, *, by: Membership) -> None:
    """Give a member another role. Raises LastOwner."""
    _keep_an_owner(membership, role)
    if membership.role != role:
        membership.role = role
        record("member.role_changed", f"member:{membership.id}", by=by, scope_id=membership.workspace_id, body={"role": role})


def end_place(membership: Membership, *, by: Membership) -> None:
    """A member leaves: sessions, tokens and sockets of this place end with it. Raises LastOwner."""
    _keep_an_owner(membership, None)
    if membership.ended_at is None:
        membership.ended_at = utcnow()
        record("member.left", f"member:{membership.id}", by=by, scope_id=membership.workspace_id)


def _keep_an_owner(membership: Membership, role: Role | None) -> None:
    """Asked under the workspace's lock, so that two owners cannot leave at once."""
    lock(membership.workspace_id)
    db.session.refresh(membership)
    owners = select(func.count()).where(
        Membership.workspace_id == membership.workspace_id, Membership.role == Role.OWNER, Membership.ended_at.is_(None)
    )
    if membership.is_owner and role != Role.OWNER and db.session.scalar(owners) == 1:
        raise LastOwner
