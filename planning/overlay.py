"""A plan as it would be with some things otherwise, reckoned on a copy: a scenario, and what a preview looks at.

Nothing here touches a row of the session. What an act would write is laid over the plan, gates and milestones are
settled as settling.py settles them, and everything else is derived from that as from any other plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import inspect

from planning.gates import Closing
from planning.plan import Plan
from planning.states import DeliverableFacts, newly_passed
from planning.steps import Step
from storage.clock import utcnow

Row = TypeVar("Row")


@dataclass(frozen=True)
class Overlay:
    """What would be otherwise; what is left out stays.

    steps  {step id: {column: value}}
    facts  {deliverable id: how it would stand}
    """

    launch: date | None = None
    buffer_days: int | None = None
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    facts: Mapping[str, DeliverableFacts] = field(default_factory=dict)


def laid_over(plan: Plan, overlay: Overlay) -> Plan:
    """The plan with all of it; the one given stays as it is."""
    moved = {"launch": overlay.launch, "buffer_days": overlay.buffer_days}
    campaign = copy_of(plan.campaign, {name: value for name, value in moved.items() if value is not None})
    steps = [copy_of(step, overlay.steps[step.id]) if step.id in overlay.steps else step for step in plan.steps]
    other = replace(plan, campaign=campaign, steps=steps)
    other.facts = {step.id: _facts(plan, step, overlay) for step in steps if step.is_deliverable}
    return settled(other)


def settled(plan: Plan) -> Plan:
    """The plan once its milestones have passed, or reopened, by its facts (planning/settling.py)."""
    reopened = {key for key, closing in plan.last_closing.items() if closing.reopened_at}
    falling = [plan.last_closing[one.id] for one in plan.milestones if _falls_away(plan, one)]
    passing = newly_passed(plan.plan_facts, reopened_before=reopened)
    if not falling and not passing:
        return plan
    now = utcnow()
    kept = [copy_of(closing, {"reopened_at": now}) if closing in falling else closing for closing in plan.closings]
    numbers = {key: closing.number for key, closing in plan.last_closing.items()}
    made = [Closing(milestone_id=key, campaign_id=plan.campaign.id, number=numbers.get(key, 0) + 1, at=now) for key in passing]
    facts = plan.facts
    plan = replace(plan, closings=[*kept, *made])
    plan.facts = facts
    return plan


def _facts(plan: Plan, step: Step, overlay: Overlay) -> DeliverableFacts:
    facts = overlay.facts.get(step.id, plan.facts[step.id])
    return replace(facts, started=bool(facts.submitted or step.begun))


def _falls_away(plan: Plan, milestone: Step) -> bool:
    closing = plan.last_closing.get(milestone.id)
    clear = all(plan.is_clear(gate.deliverable_id) for gate in plan.gates_of[milestone.id])
    return closing is not None and closing.reopened_at is None and not clear


def copy_of(row: Row, changes: Mapping[str, Any]) -> Row:
    """A row of its own, in no session."""
    columns = {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}
    return type(row)(**(columns | dict(changes)))
