"""Baselines: the plans that were accepted, and how far from one the plan has drifted."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import abort
from flask_babel import format_date
from flask_babel import gettext as _

from planning.baselines import Baseline, Drift, Occasion, baselines_of, drift, step_days
from planning.campaigns import Campaign
from planning.plan import load_plan
from storage.db import db
from webapp.access import ACTOR, open_to
from webapp.loading import load
from webapp.routes.api import answers, bp, plananswers
from webapp.routes.api.bodies import MOST, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.shapes import at, on


@bp.get("/campaigns/<campaign_id>/baselines")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(plananswers.Baseline)})
def baselines(campaign_id: str, query: Paged):
    """The plans that were accepted, the first one first."""
    campaign = load(Campaign, campaign_id)
    rows, cursor = page_of(baselines_of(campaign.id), Baseline, query, by=Baseline.number)
    return listed([_baseline(row, campaign) for row in rows], cursor)


@bp.get("/campaigns/<campaign_id>/baselines/<number>")
@open_to(ACTOR)
@call(answers={200: plananswers.BaselineInFull})
def baseline(campaign_id: str, number: str):
    """One of them: its steps as they were, and how far each has drifted since, in the plan's working days."""
    campaign = load(Campaign, campaign_id)
    row = db.session.scalar(baselines_of(campaign.id).where(Baseline.number == _whole(number)))
    if row is None:
        abort(404)
    told = {step["id"]: step for step in row.plan["steps"]}
    steps = [_step(row, told[one.key], one) for one in drift(load_plan(campaign), row)]
    return _baseline(row, campaign) | {"buffer_days": row.plan["buffer_days"], "steps": steps}


def _whole(number: str) -> int:
    """Out of reach of any baseline if it is no number that a column can hold."""
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 11 and int(number) <= MOST else 0


def _baseline(row: Baseline, campaign: Campaign) -> dict:
    undone = row.decision is not None and row.decision.undone_at is not None
    return {
        "number": row.number, "name": row.name or _name(row, campaign), "occasion": row.occasion, "at": at(row.at), "by": row.by_id,
        "launch": on(row.launch), "decision_id": row.decision_id, "undone": undone,
    }


def _name(row: Baseline, campaign: Campaign) -> str:
    """What nobody gave a name is called by its day, in the campaign's zone."""
    if row.occasion == Occasion.FOUNDED:
        return _("First plan")
    day = row.at.astimezone(ZoneInfo(campaign.zone)).date()
    return _("Plan of %(day)s", day=format_date(day, "d MMMM"))


def _step(row: Baseline, told: dict, one: Drift) -> dict:
    dates: dict[str, date | None] = {name: row.day(one.key, name) for name in DATES}
    return {
        "id": one.step.id, "key": one.key, "name": told["name"], "kind": told.get("kind", "work"), "days": step_days(told),
        **{name: on(day) for name, day in dates.items()},
        "committed_drift_days": one.committed_days, "forecast_drift_days": one.forecast_days, "slipped": one.step.slipped_at is not None,
    }


DATES = "committed_start", "committed_finish", "early_start", "early_finish", "latest_start", "due", "hard_due"
