"""Decisions about a plan that was too short: which option somebody accepted, and how the launch stood before and after."""

from datetime import datetime

from sqlalchemy import ForeignKey, false, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime


class PlanDecision(Identified, Model):
    """One option as it was accepted. Only that it was undone is ever written on it.

    seq                    of its event: what has a greater one came after
    option                 {id, changes, ready, slack_days, hard_slack_days, people_disturbed, at_risk_days}, by ids of rows
    before                 what undoing puts back (patches.py), and `promised`: {step id: [start, finish, slack days]}
    …_before, …_after      the launch's slack in working days of the plan: to the target, and `hard` to the launch itself
    """

    __tablename__ = "plan_decisions"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    seq: Mapped[int]
    by_id: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    option: Mapped[dict] = mapped_column(CanonicalJSON)
    before: Mapped[dict] = mapped_column(CanonicalJSON)
    slack_days_before: Mapped[int]
    hard_slack_days_before: Mapped[int]
    slack_days_after: Mapped[int]
    hard_slack_days_after: Mapped[int]
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[str | None] = mapped_column(ForeignKey("memberships.id"))

    @classmethod
    def visible_to(cls, actor):
        """Whoever sees the plan: the team."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        return seen if actor.is_team else seen.where(false())

    @property
    def changes(self) -> list[dict]:
        return self.option["changes"]
