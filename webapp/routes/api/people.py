"""The workspace: its people, those invited, and API tokens. People and others' tokens are the owner's business."""

from flask import Response, current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from storage.db import db
from storage.keyring import Invitation, Token, invite, issue_token
from storage.places import change_role, end_place
from storage.secrets import token_hash
from storage.workspaces import Membership, Role
from webapp import public_url
from webapp.access import ACTOR, open_to
from webapp.actors import current_actor, member
from webapp.auth import is_email
from webapp.errors import Problem
from webapp.idempotency import reply
from webapp.loading import allow, load
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import MemberChange, NewInvitation, Nothing, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.shapes import invitation_json, member_json, token_json


def _with_url(kept: dict) -> dict:
    return kept | {"url": _url(load(Invitation, kept["id"]))}


@bp.get("/workspace")
@open_to(ACTOR)
@call(answers={200: answers.Workspace})
def workspace():
    """The workspace one is in."""
    own = current_actor.workspace
    return {"id": own.id, "name": own.name, "country": own.country, "zone": own.zone, "language": own.language}


@bp.get("/workspace/members")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(answers.Member)})
def members(query: Paged):
    """The people one may see: the team everybody, a client themselves."""
    rows, cursor = page_of(Membership.visible_to(current_actor), Membership, query)
    return listed([member_json(row) for row in rows], cursor)


@bp.patch("/workspace/members/<member_id>")
@open_to(ACTOR)
@call(body=MemberChange, answers={200: answers.Member})
def change_member(member_id: str, body: MemberChange):
    """Give a member another role."""
    found = load(Membership, member_id)
    allow(current_actor.is_owner)
    change_role(found, Role(body.role), by=member())
    return reply(member_json(found))


@bp.delete("/workspace/members/<member_id>")
@open_to(ACTOR)
@call(answers={204: None})
def remove_member(member_id: str):
    """End a member's place, and with it their sessions, tokens and sockets here."""
    found = load(Membership, member_id)
    allow(current_actor.is_owner)
    end_place(found, by=member())
    return reply(None, 204)


@bp.get("/workspace/invitations")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(answers.Invitation)})
def invitations(query: Paged):
    """Who was invited, newest first, with the links of invitations that stand."""
    allow(current_actor.is_owner)
    rows, cursor = page_of(Invitation.visible_to(current_actor), Invitation, query, newest_first=True)
    return _unstored(listed([invitation_json(row, _url(row)) for row in rows], cursor))


@bp.post("/workspace/invitations")
@open_to(ACTOR)
@call(body=NewInvitation, answers={201: answers.Invitation}, remade=_with_url)
def create_invitation(body: NewInvitation):
    """Offer somebody a place, by link."""
    allow(current_actor.is_owner)
    if not is_email(body.email):
        raise Problem(422, "bad_email", _("This is no e-mail address."))
    row = invite(body.email, Role(body.role), by=member(), secret_key=current_app.config["SECRET_KEY"])
    return _unstored(reply(invitation_json(row, _url(row)), 201, kept=invitation_json(row, None)))


@bp.delete("/workspace/invitations/<invitation_id>")
@open_to(ACTOR)
@call(answers={204: None})
def withdraw_invitation(invitation_id: str):
    """Take an invitation back."""
    load(Invitation, invitation_id).withdraw(by=member())
    return reply(None, 204)


@bp.get("/tokens")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(answers.Token)})
def tokens(query: Paged):
    """One's own tokens that hold; to the owner the whole workspace's."""
    rows, cursor = page_of(Token.visible_to(current_actor), Token, query)
    return listed([token_json(row) for row in rows], cursor)


@bp.post("/tokens")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Token})
def create_token(body: Nothing):
    """A token of one's own, told once."""
    allow(current_actor.role is not None)
    token = issue_token(member())
    db.session.flush()
    row = db.session.scalars(select(Token).where(Token.hash == token_hash(token))).one()
    return _unstored(reply(token_json(row, token), 201, kept=token_json(row)))


@bp.delete("/tokens/<token_id>")
@open_to(ACTOR)
@call(answers={204: None})
def end_token(token_id: str):
    """End a token."""
    load(Token, token_id).end(by=member())
    return reply(None, 204)


def _url(invitation: Invitation) -> str | None:
    if invitation.over:
        return None
    token = invitation.token(current_app.config["SECRET_KEY"])
    return public_url(current_app) + url_for("invitations.show", token=token)  # type: ignore[arg-type]


def _unstored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
