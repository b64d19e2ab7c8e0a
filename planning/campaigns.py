"""A campaign: one launch, and the calendars its plan is reckoned with."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.clock import today, utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime
from storage.events import Log
from storage.workspaces import Membership, Role, Workspace


class Campaign(Identified, Model):
    """One launch, its retro-plan, its assets. Its id is its log's id too; `calendar` names one of its calendars."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(ForeignKey("logs.id"), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    launch: Mapped[date]
    buffer_days: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(64))
    calendar: Mapped[str] = mapped_column(String(200), default="")
    created_by: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    row_version: Mapped[int] = mapped_column(default=1)
    log: Mapped[Log] = relationship(lazy="joined", innerjoin=True)
    workspace: Mapped[Workspace] = relationship()

    @classmethod
    def visible_to(cls, actor):
        """The team's campaigns. Clients and guests have pages of their own, and no sight of a plan."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        return seen if actor.is_team else seen.where(false())

    @property
    def seq(self) -> int:
        return self.log.reached

    @property
    def today(self) -> date:
        return today(self.zone)

    def plannable_by(self, actor) -> bool:
        return actor.is_planner and actor.workspace_id == self.workspace_id

    def sharable_by(self, actor) -> bool:
        """Who may open reviews and make links here."""
        return actor.is_team and actor.workspace_id == self.workspace_id


class CampaignCalendar(Identified, Model):
    """One revision of a named calendar of a campaign. A change is a new revision: a past computation keeps its own."""

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("campaign_id", "name", "revision"),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=1)
    spec: Mapped[dict] = mapped_column(CanonicalJSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


def creatable_by(actor) -> bool:
    """Who may make a campaign."""
    return isinstance(actor, Membership) and actor.role in (Role.OWNER, Role.MARKETER)
