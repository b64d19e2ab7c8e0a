"""Steps, the links between them, and waivers: the rows a retro-plan is made of."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime
from storage.text import folded_email


class StepKind(enum.StrEnum):
    WORK = "work"
    DELIVERABLE = "deliverable"
    REVIEW = "review"
    MILESTONE = "milestone"


class LeftLaunch(Exception):
    """The step was moved out of this launch: there is nothing of it to plan, to waive or to wait for here."""


class Step(Identified, Model):
    """A piece of work of `days` working days of `calendar` (null: the plan's).

    A deliverable ends in an asset that must be approved; a review step stands for the reviews of the deliverable
    `of_id`; a milestone has no days and is held back by its gates. `key` is the plan's own id.

    `slipped_at` is when it left this launch (planning/accepting.py). The row stays with its links, gates, asset and
    reviews, so that it can come back as it was; a plan's steps, links and gates are those without it (planning/plan.py).
    """

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[StepKind] = mapped_column(String(16), default=StepKind.WORK)
    days: Mapped[int] = mapped_column(default=0)
    sla_days: Mapped[int | None]
    rounds: Mapped[int | None]
    rework_days: Mapped[int | None]
    calendar: Mapped[str | None] = mapped_column(String(200))
    of_id: Mapped[str | None] = mapped_column(ForeignKey("steps.id"))
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("assets.id"), index=True)
    not_before: Mapped[date | None]
    started_on: Mapped[date | None]
    deadline: Mapped[date | None]
    finished_on: Mapped[date | None]
    pinned_on: Mapped[date | None]
    remaining_days: Mapped[int | None]
    group: Mapped[str | None] = mapped_column("group_name", String(200))
    channel: Mapped[str | None] = mapped_column(String(200))
    people: Mapped[list] = mapped_column(CanonicalJSON, default=list)
    can_slip: Mapped[bool] = mapped_column(default=False)
    hard: Mapped[bool | None]
    closes: Mapped[str | None] = mapped_column(String(16))
    slipped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(default=1)

    @classmethod
    def visible_to(cls, actor):
        """The team's steps; a plan is not shown to clients or guests."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        return seen if actor.is_team else seen.where(false())

    @property
    def is_milestone(self) -> bool:
        return self.kind == StepKind.MILESTONE

    @property
    def is_deliverable(self) -> bool:
        return self.kind == StepKind.DELIVERABLE

    @property
    def begun(self) -> bool:
        """Whether people said that it is being worked on, or was."""
        return self.started_on is not None or self.finished_on is not None

    def ensure_in_launch(self) -> None:
        """Raises LeftLaunch."""
        if self.slipped_at is not None:
            raise LeftLaunch

    def progressable_by(self, actor) -> bool:
        """Planners say how any step goes; a creative how their own goes."""
        return actor.is_planner or (actor.is_team and actor.email in map(folded_email, self.people))


class StepLink(Identified, Model):
    """`target` waits for `source`; `lag` is signed, in working days of the plan's calendar or calendar days."""

    __tablename__ = "step_links"
    __table_args__ = (UniqueConstraint("source_id", "target_id", "type"),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("steps.id"))
    target_id: Mapped[str] = mapped_column(ForeignKey("steps.id"))
    type: Mapped[str] = mapped_column(String(2), default="FS")
    lag: Mapped[int] = mapped_column(default=0)
    lag_unit: Mapped[str] = mapped_column(String(8), default="working")
    strength: Mapped[str] = mapped_column(String(4), default="hard")
    row_version: Mapped[int] = mapped_column(default=1)


class Waiver(Identified, Model):
    """A named person dispensed a deliverable from approval, with a reason. Lifted, never deleted."""

    __tablename__ = "waivers"

    step_id: Mapped[str] = mapped_column(ForeignKey("steps.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Commitment(Identified, Model):
    """The dates promised to people for a step at an accepted plan; the first computed plan is the first promise."""

    __tablename__ = "commitments"

    step_id: Mapped[str] = mapped_column(ForeignKey("steps.id"), index=True)
    start: Mapped[date]
    finish: Mapped[date]
    slack_days: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
