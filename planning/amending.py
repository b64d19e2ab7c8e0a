"""A planner changes a campaign or a step that is there, from the row version they saw."""

from datetime import date

from planning.baselines import Occasion, ensure_first, freeze
from planning.campaigns import Campaign
from planning.founding import promise
from planning.plan import Plan, load_plan
from planning.steps import Step
from storage.db import db
from storage.events import lock, record
from storage.text import one_line
from storage.workspaces import Membership

_WORDS = {"name", "people", "group", "channel"}
"""What bodies of events never hold: a person may be erased."""


class MovedOn(Exception):
    """Somebody changed the row since it was read; `row` is as it stands now."""

    def __init__(self, row: Campaign | Step):
        super().__init__(row.id)
        self.row = row


def amend_campaign(campaign: Campaign, changes: dict, *, row_version: int, by: Membership) -> None:
    """Give it another name, launch or buffer (`buffer_days`). Raises MovedOn, or CalendarEdge.

    Moving the launch is a human's yes to the plan that follows from it: its dates are promised anew, and it is kept as a baseline.
    """
    lock(campaign.id)
    db.session.refresh(campaign)
    if campaign.row_version != row_version:
        raise MovedOn(campaign)
    changes = {name: one_line(value)[:200] if name == "name" else value for name, value in changes.items()}
    moved = {name: value for name, value in changes.items() if getattr(campaign, name) != value}
    if not moved:
        return
    if moves := "launch" in moved:
        ensure_first(campaign, by=by)
    _set(campaign, moved)
    plan = _computable(campaign)
    if moves:
        freeze(plan, promise(plan), Occasion.LAUNCH_MOVED, by=by)
    _record("campaign.amended", f"campaign:{campaign.id}", campaign.id, by, moved, keys=(f"campaign_{campaign.id}",))


def amend_step(step: Step, changes: dict, *, row_version: int, by: Membership) -> None:
    """Change a step's own days, dates and progress. Raises MovedOn, LeftLaunch, or CalendarEdge."""
    lock(step.campaign_id)
    db.session.refresh(step)
    step.ensure_in_launch()
    if step.row_version != row_version:
        raise MovedOn(step)
    moved = {name: value for name, value in changes.items() if getattr(step, name) != value}
    if not moved:
        return
    _set(step, moved)
    _computable(db.session.get_one(Campaign, step.campaign_id))
    keys = (f"campaign_{step.campaign_id}", f"step_{step.id}")
    _record("step.amended", f"step:{step.id}", step.campaign_id, by, moved, keys=keys)


def _computable(campaign: Campaign) -> Plan:
    """The plan, reckoned now, so that a date beyond all calendars is refused here and not on every later page."""
    plan = load_plan(campaign)
    plan.schedule.all()
    return plan


def _set(row: Campaign | Step, moved: dict) -> None:
    for name, value in moved.items():
        setattr(row, name, value)
    row.row_version += 1
    db.session.flush()


def _record(name: str, subject: str, scope_id: str, by: Membership, moved: dict, *, keys: tuple[str, ...]) -> None:
    """The event holds the plan's figures as they became, never a name."""
    figures = {field: value.isoformat() if isinstance(value, date) else value for field, value in moved.items() if field not in _WORDS}
    record(name, subject, by=by, scope_id=scope_id, keys=keys, body={"changed": sorted(moved), **figures})
