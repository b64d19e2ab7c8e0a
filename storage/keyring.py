"""Ways in besides a password: invitations by link and API tokens. Each is a row that ends, never one that is deleted."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ForeignKey, Select, String, bindparam, false, select
from sqlalchemy.orm import Mapped, lazyload, mapped_column, relationship

from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime, db, new_id
from storage.events import lock, record
from storage.secrets import derived_token, new_token, token_hash
from storage.text import folded_email, one_line
from storage.workspaces import Membership, Role, User, Workspace

INVITATION_DAYS = 14


class AlreadyMember(Exception):
    """This person already holds a place in the workspace."""


class InvitationOver(Exception):
    """The invitation was used, taken back, or is too old."""


class Invitation(Identified, Model):
    """A place offered by link. The link is made again from `salt` when someone copies it; only its hash is kept."""

    __tablename__ = "invitations"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(String(16))
    salt: Mapped[str] = mapped_column(String(64), default=new_token)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    membership_id: Mapped[str | None] = mapped_column(ForeignKey("memberships.id"))
    workspace: Mapped[Workspace] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def visible_to(cls, actor):
        """Invitations are the owner's business."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        return seen if actor.is_owner else seen.where(false())

    @classmethod
    def behind(cls, token: str) -> "Invitation | None":
        """The invitation this token opens, over or not."""
        return db.session.scalar(select(cls).where(cls.hash == token_hash(token)))

    @property
    def over(self) -> bool:
        return self.ended_at is not None or utcnow() > self.created_at + timedelta(days=INVITATION_DAYS)

    def token(self, secret_key: str) -> str:
        return derived_token(secret_key, "invitation", self.id, self.salt)

    def withdraw(self, by: Membership) -> None:
        """Take it back. One that was used or taken back before stays as it is."""
        lock(self.workspace_id)
        db.session.refresh(self)
        if self.ended_at is None:
            self.ended_at = utcnow()
            record("invitation.withdrawn", f"invitation:{self.id}", by=by, scope_id=self.workspace_id)

    def accept(self, user: User) -> Membership:
        """Give the person their place. Raises InvitationOver if it was used or taken back meanwhile."""
        if self.over:
            raise InvitationOver
        membership = give_place(self.workspace, user, self.role, by=None)
        self.ended_at, self.membership_id = utcnow(), membership.id
        return membership


class Token(Identified, Model):
    """An API token: belongs to one membership, is shown once, and ends with it."""

    __tablename__ = "tokens"

    membership_id: Mapped[str] = mapped_column(ForeignKey("memberships.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    membership: Mapped[Membership] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def visible_to(cls, actor):
        """One's own tokens that still hold; the owner's are the whole workspace's."""
        held = select(cls).join(Membership, Membership.id == cls.membership_id).where(
            Membership.workspace_id == actor.workspace_id, Membership.ended_at.is_(None), cls.ended_at.is_(None)
        )
        return held if actor.is_owner else held.where(cls.membership_id.in_(actor.holder_ids))

    def end(self, by: Membership) -> None:
        """It opens nothing any more. Ending twice is once."""
        if self.ended_at is None:
            self.ended_at = utcnow()
            record("token.ended", f"token:{self.id}", by=by, scope_id=by.workspace_id)


def invite(email: str, role: Role, *, by: Membership, secret_key: str) -> Invitation:
    """Offer a place in `by`'s workspace. Raises AlreadyMember if the person has one."""
    email = folded_email(email)
    here = select(Membership).join(User).where(
        Membership.workspace_id == by.workspace_id, User.email == email, Membership.ended_at.is_(None)
    )
    if db.session.scalar(here):
        raise AlreadyMember
    invitation = Invitation(id=new_id(), workspace_id=by.workspace_id, email=email, role=role, salt=new_token(), invited_by=by.id)
    invitation.hash = token_hash(invitation.token(secret_key))
    db.session.add(invitation)
    record("invitation.made", f"invitation:{invitation.id}", by=by, scope_id=by.workspace_id)
    return invitation


def give_place(workspace: Workspace, user: User, role: Role, *, by) -> Membership:
    """Make the person a member, or take them back with this role if they had left; who has a place keeps it as it is."""
    had = select(Membership).where(Membership.workspace_id == workspace.id, Membership.user_id == user.id)
    membership = db.session.scalar(had)
    if membership is None:
        membership = Membership(id=new_id(), workspace_id=workspace.id, user_id=user.id, role=role)
        membership.user, membership.workspace = user, workspace
        db.session.add(membership)
    elif membership.ended_at is None:
        return membership
    membership.role, membership.ended_at = role, None
    db.session.flush()
    record("member.joined", f"member:{membership.id}", by=by or membership, scope_id=workspace.id)
    return membership


def issue_token(membership: Membership, *, by=None) -> str:
    """A new API token in the clear; only its hash stays."""
    token = new_token("bb_")
    row = Token(id=new_id(), membership_id=membership.id, hash=token_hash(token))
    db.session.add(row)
    record("token.made", f"token:{row.id}", by=by or membership, scope_id=membership.workspace_id)
    return token


def bearer(token: str) -> Membership | None:
    """Whose token this is, if both it and the membership still hold."""
    return db.session.scalar(_holder(), {"hash": token_hash(token)})


@cache
def _holder() -> Select:
    """Whose the token of this :hash is, if it holds; built once, for every call of the API asks it."""
    held = select(Membership).join(Token, Token.membership_id == Membership.id).options(lazyload(Membership.workspace))
    return held.where(Token.hash == bindparam("hash"), Token.ended_at.is_(None), Membership.ended_at.is_(None))


def person(email: str, name: str, password_hash: str, *, language: str = "en", zone: str = "UTC") -> User:
    """The account with this e-mail, made if there is none."""
    email = folded_email(email)
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        user = User(id=new_id(), email=email, name=one_line(name), password_hash=password_hash, language=language, zone=zone)
        db.session.add(user)
        db.session.flush()
    return user
