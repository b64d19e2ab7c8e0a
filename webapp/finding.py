"""Finding the one membership somebody means by an e-mail and perhaps a workspace."""

from sqlalchemy import or_, select

from storage.db import db
from storage.text import folded_email
from storage.workspaces import Membership, User, Workspace


class NotOne(LookupError):
    """Nobody is meant, or several; the message names them."""


def one_membership(email: str, workspace: str | None = None) -> Membership:
    """Their standing membership; `workspace` is a name or an id. Raises NotOne."""
    found = _memberships(email, workspace)
    if len(found) == 1:
        return found[0]
    where = f" in the workspace {workspace!r}" if workspace else ""
    if not found:
        raise NotOne(f"nobody has a place{where} under the e-mail {email!r}")
    names = ", ".join(f"{one.workspace.name!r} ({one.workspace_id})" for one in found)
    raise NotOne(f"{email} has several places: say which with --workspace: {names}")


def _memberships(email: str, workspace: str | None) -> list[Membership]:
    theirs = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(User.email == folded_email(email), Membership.ended_at.is_(None))
        .order_by(Workspace.created_at, Membership.id)
    )
    if workspace:
        theirs = theirs.where(or_(Workspace.id == workspace, Workspace.name == workspace))
    return list(db.session.scalars(theirs))
