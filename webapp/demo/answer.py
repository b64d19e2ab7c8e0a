"""What `backbeat demo` ends with: how to come in as each person of the demo."""

from flask import Flask
from sqlalchemy import select

from planning.campaigns import Campaign
from review.links import GuestLink
from storage.db import db, writing
from storage.keyring import issue_token
from storage.workspaces import Membership, Role, Workspace
from webapp import public_url
from webapp.demo.people import PASSWORD
from webapp.sharing import address_of


def the_answer(app: Flask) -> dict:
    """API.md's JSON, with a new token for everybody of the demo."""
    with app.test_request_context(base_url=public_url(app)), writing() as session:
        workspaces = session.scalars(select(Workspace).where(Workspace.demo).order_by(Workspace.created_at, Workspace.id))
        answer = {"workspaces": [_workspace(workspace) for workspace in workspaces], "guest_link": _guest_link()}
        session.commit()
    return answer


def _workspace(workspace: Workspace) -> dict:
    campaigns = select(Campaign).where(Campaign.workspace_id == workspace.id).order_by(Campaign.created_at, Campaign.id)
    return {
        "id": workspace.id,
        "name": workspace.name,
        "roles": {role.value: _way_in(member) for role in Role if (member := _member(workspace, role))},
        "campaigns": [{"id": campaign.id, "name": campaign.name} for campaign in db.session.scalars(campaigns)],
    }


def _member(workspace: Workspace, role: Role) -> Membership | None:
    held = select(Membership).where(
        Membership.workspace_id == workspace.id, Membership.role == role, Membership.ended_at.is_(None)
    )
    return db.session.scalar(held.order_by(Membership.created_at, Membership.id).limit(1))


def _way_in(member: Membership) -> dict[str, str]:
    return {"email": member.email, "password": PASSWORD, "token": issue_token(member)}


def _guest_link() -> str | None:
    """The first general link of the demo that still stands."""
    links = select(GuestLink).join(Workspace, Workspace.id == GuestLink.workspace_id).where(
        Workspace.demo, GuestLink.email.is_(None), GuestLink.revoked_at.is_(None)
    )
    standing = (link for link in db.session.scalars(links.order_by(GuestLink.created_at, GuestLink.id)) if not link.over)
    link = next(standing, None)
    return address_of(link) if link else None
