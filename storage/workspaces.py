"""Who holds keys: workspaces, people, their roles, and the guests who came by a link.

An *actor* is whoever asks: a Membership or a Guest. Every actor has `key` (as events name it),
`workspace_id`, `name`, `is_team` (sees the whole workspace and internal notes) and `holder_ids`
(what a Sight may be granted to).
"""

import enum
from dataclasses import dataclass
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime


class Role(enum.StrEnum):
    OWNER = "owner"
    MARKETER = "marketer"
    CREATIVE = "creative"
    CLIENT = "client"


PLANNERS = (Role.OWNER, Role.MARKETER)


class Workspace(Identified, Model):
    """One team and its clients; nothing crosses from one to another."""

    __tablename__ = "workspaces"

    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(16), default="")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(8), default="en")
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class User(Identified, UserMixin, Model):
    """A person with an account; what they may do hangs on their memberships."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")

    def get_id(self) -> str:
        """What a session holds; a raised epoch ends all of this person's sessions."""
        return f"{self.id}.{self.epoch}"


class Membership(Identified, Model):
    """A person's place in one workspace. Ended, never deleted: what they did stays theirs."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    user: Mapped[User] = relationship(back_populates="memberships", lazy="joined", innerjoin=True)
    workspace: Mapped[Workspace] = relationship(lazy="joined", innerjoin=True)

    @property
    def key(self) -> str:
        return f"member:{self.id}"

    @property
    def kind(self) -> Role:
        """What the rules of seeing hang on besides ids (`anyone_of`)."""
        return self.role

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def email(self) -> str:
        return self.user.email

    @property
    def is_team(self) -> bool:
        return self.role != Role.CLIENT

    @property
    def is_planner(self) -> bool:
        return self.role in PLANNERS

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def holder_ids(self) -> frozenset[str]:
        return frozenset({self.id})

    @classmethod
    def visible_to(cls, actor):
        """The people of the actor's workspace who are still there; a client or guest sees no list of people."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id, cls.ended_at.is_(None))
        return seen if actor.is_team else seen.where(cls.id.in_(actor.holder_ids))


class GuestPass(Identified, Model):
    """One browser's key to one link: who the guest said they are, until the link's epoch moves on."""

    __tablename__ = "guest_passes"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    holder_id: Mapped[str] = mapped_column(String(26), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Right(enum.StrEnum):
    """What a link lets its holder do with the items it lists."""

    SEE = "see"
    COMMENT = "comment"
    DECIDE = "decide"
    DOWNLOAD = "download"


@dataclass(frozen=True)
class Guest:
    """A client who came by a link: the pass they hold and the rights of its link. Made anew for each request."""

    id: str
    link_id: str
    campaign_id: str
    workspace_id: str
    workspace: Workspace
    name: str
    email: str
    language: str
    rights: frozenset[Right]
    role = None
    is_team = False
    is_planner = False
    is_owner = False

    @property
    def key(self) -> str:
        return f"guest:{self.id}"

    @property
    def kind(self) -> frozenset[Right]:
        return self.rights

    @property
    def holder_ids(self) -> frozenset[str]:
        return frozenset({self.link_id})


Actor = Membership | Guest


def anyone_of(kind: Role | frozenset[Right]) -> Actor:
    """An actor of this kind whose ids are left open: a rule written down for it once is asked with anybody's `ids_of`.

    Writing down what a client may see costs several times what asking it does.
    """
    ids: dict = {name: bindparam(name) for name in ("actor_id", "actor_workspace_id", "actor_link_id", "actor_campaign_id")}
    if not isinstance(kind, frozenset):
        return Membership(id=ids["actor_id"], workspace_id=ids["actor_workspace_id"], role=kind)
    return Guest(
        id=ids["actor_id"], link_id=ids["actor_link_id"], campaign_id=ids["actor_campaign_id"],
        workspace_id=ids["actor_workspace_id"], workspace=Workspace(), name="", email="", language="", rights=kind,
    )


def ids_of(actor: Actor) -> dict[str, str]:
    """What `anyone_of` this actor's kind left open."""
    ids = {"actor_id": actor.id, "actor_workspace_id": actor.workspace_id}
    return ids | {"actor_link_id": actor.link_id, "actor_campaign_id": actor.campaign_id} if isinstance(actor, Guest) else ids


class Sight(Identified, Model):
    """A client or link may see this: one version, or whatever is the asset's latest when `version_id` is null."""

    __tablename__ = "sights"
    __table_args__ = (UniqueConstraint("holder_id", "asset_id", "version_id"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    holder_id: Mapped[str] = mapped_column(String(26), index=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)
    version_id: Mapped[str | None] = mapped_column(ForeignKey("versions.id"), index=True)
