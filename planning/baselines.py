"""Baselines: the plan as it was each time that somebody accepted it, frozen; and how far one has drifted since (RETROPLAN.md 2.10)."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planning.campaigns import Campaign
from planning.decisions import PlanDecision
from planning.exporting import plan_file
from planning.items import days_of_rounds
from planning.plan import Plan, load_plan
from planning.planfile import dump
from planning.steps import Commitment, Step
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db
from storage.text import one_line
from storage.workspaces import Membership


class Occasion(enum.StrEnum):
    """What a plan was kept for. FOUND is of campaigns older than baselines: kept as it stood before the first change."""

    FOUNDED = "founded"
    ACCEPTED = "accepted"
    LAUNCH_MOVED = "launch_moved"
    FOUND = "found"


class Baseline(Identified, Model):
    """The plan of a campaign when it was accepted for the `number`th time. Frozen: triggers refuse update and delete.

    name   given by whoever accepted it; null: called by its day
    plan   plan.json of that day, without the e-mails of people, who may be erased
    dates  {key of a step: {committed_start, committed_finish, early_start, early_finish, latest_start, due, hard_due}}
    """

    __tablename__ = "baselines"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(200))
    occasion: Mapped[Occasion] = mapped_column(String(16))
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("plan_decisions.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    launch: Mapped[date]
    plan: Mapped[dict] = mapped_column(CanonicalJSON)
    dates: Mapped[dict] = mapped_column(CanonicalJSON)
    decision: Mapped[PlanDecision | None] = relationship(lazy="joined")

    def day(self, key: str, name: str) -> date | None:
        """One date of a step by its key; None where it was not in that plan, or nothing was promised of it."""
        told = self.dates.get(key, {}).get(name)
        return date.fromisoformat(told) if told else None


    @property
    def spans(self) -> dict[str, tuple[date, date, int]]:
        """{key of a step: (first day, last day, working days) promised of it}"""
        days = {step["id"]: step_days(step) for step in self.plan["steps"]}
        promised = {key: (self.day(key, "committed_start"), self.day(key, "committed_finish")) for key in days}
        return {key: (start, finish, days[key]) for key, (start, finish) in promised.items() if start and finish}


def step_days(step: dict) -> int:
    """Of a step as plan.json has it: its working days, also where they are told as rounds."""
    if "sla_days" in step:
        return days_of_rounds(step["sla_days"], step.get("rounds", 1), step.get("rework_days", 0))
    return step.get("days", 0)


@dataclass(frozen=True)
class Drift:
    """A step then and now. `committed_days`, `forecast_days` are working days of the plan; later is positive, None: not to be said.

    committed_days  what was promised now − what was promised then
    forecast_days   the early finish now − the day it was due then
    """

    key: str
    step: Step
    committed_days: int | None
    forecast_days: int | None


def freeze(
    plan: Plan, promised: Mapping[str, Commitment], occasion: Occasion, *, by: Membership, name: str | None = None, decision_id: str | None = None
) -> Baseline:
    """Keep the plan, with what is promised of it, under the campaign's lock; it is given its number."""
    file = plan_file(plan)
    last = db.session.scalar(select(func.max(Baseline.number)).where(Baseline.campaign_id == plan.campaign.id)) or 0
    kept = Baseline(
        campaign_id=plan.campaign.id, number=last + 1, name=one_line(name)[:200] if name else None, occasion=occasion,
        decision_id=decision_id, by_id=by.id, at=utcnow(), launch=plan.campaign.launch,
        plan=dump(replace(file, steps=tuple(step._replace(people=()) for step in file.steps))),
        dates={step.key: _dates(plan, step, promised.get(step.id)) for step in plan.steps},
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def ensure_first(campaign: Campaign, *, by: Membership) -> None:
    """A campaign that was made before there were baselines keeps the plan that it had until now."""
    if db.session.scalar(select(Baseline.id).where(Baseline.campaign_id == campaign.id).limit(1)) is None:
        plan = load_plan(campaign)
        freeze(plan, plan.promised, Occasion.FOUND, by=by)


def baselines_of(campaign_id: str) -> Select[Baseline]:
    """A campaign's baselines; whoever asks has been let see the campaign."""
    return select(Baseline).where(Baseline.campaign_id == campaign_id)


def first_of(campaign_id: str) -> Baseline | None:
    """What was planned to begin with."""
    return db.session.scalar(baselines_of(campaign_id).where(Baseline.number == 1))


def drift(plan: Plan, baseline: Baseline) -> list[Drift]:
    """Each step of the baseline, in its order, against the plan as it stands."""
    rows = {step.key: step for step in (*plan.steps, *plan.slipped)}
    return [_drift(plan, baseline, rows[step["id"]]) for step in baseline.plan["steps"]]


def _drift(plan: Plan, baseline: Baseline, step: Step) -> Drift:
    dates, promised = plan.dates.get(step.id), plan.promised.get(step.id)
    if dates is None:  # it has left this launch
        return Drift(step.key, step, None, None)
    return Drift(
        step.key, step,
        _days(plan, baseline.day(step.key, "committed_finish"), promised.finish if promised else None),
        _days(plan, baseline.day(step.key, "due"), dates.early_finish),
    )  # fmt: skip


def _days(plan: Plan, then: date | None, now: date | None) -> int | None:
    """Working days of the plan from the end of one day to the end of the other, signed."""
    if then is None or now is None:
        return None
    return plan.calendar.rank(now.toordinal() + 1) - plan.calendar.rank(then.toordinal() + 1)


def _dates(plan: Plan, step: Step, promised: Commitment | None) -> dict[str, str]:
    dates = plan.dates[step.id]
    told = {
        "committed_start": promised.start if promised else None, "committed_finish": promised.finish if promised else None,
        "early_start": dates.early_start, "early_finish": dates.early_finish,
        "latest_start": dates.latest_start, "due": dates.due, "hard_due": dates.hard_due,
    }
    return {name: day.isoformat() for name, day in told.items() if day}
