"""The people of a workspace, those invited and their keys, as its page lists them."""

from storage.db import db
from storage.keyring import Invitation, Token
from storage.workspaces import Actor, Membership, Role, User


def people(actor: Actor) -> list[Membership]:
    """By role, owners first, then by name."""
    roles = list(Role)
    seen = db.session.scalars(Membership.visible_to(actor).join(User, User.id == Membership.user_id))
    return sorted(seen, key=lambda one: (roles.index(Role(one.role)), one.name.casefold()))


def invitations(actor: Actor) -> list[Invitation]:
    """Those that still stand, newest first."""
    standing = Invitation.visible_to(actor).where(Invitation.ended_at.is_(None)).order_by(Invitation.created_at.desc())
    return [invitation for invitation in db.session.scalars(standing) if not invitation.over]


def tokens(actor: Actor) -> list[Token]:
    """Newest first; one's own before the others'."""
    held = list(db.session.scalars(Token.visible_to(actor).order_by(Token.created_at.desc())))
    return sorted(held, key=lambda token: token.membership_id not in actor.holder_ids)
