"""A campaign's rows as the plan file they are equal to: what `plan.json` gives out, and what a changed step is held to."""

from datetime import date

from planning import planparts
from planning.items import Link
from planning.plan import Plan, spec_of
from planning.planfile import PlanFile, dump, plan_from
from planning.steps import Step


def plan_file(plan: Plan, *, facts: bool = True) -> PlanFile:
    """The plan as of today in the campaign's zone.

    facts  progress as reviews and closings tell it, so that the file computes to the campaign's own dates; else only
           what people wrote on the steps
    """
    campaign, keys = plan.campaign, {step.id: step.key for step in plan.steps}
    rows = sorted(plan.calendar_rows, key=lambda row: row.revision)
    return PlanFile(
        campaign.launch, campaign.today, campaign.buffer_days, campaign.calendar or None,
        {row.name: spec_of(row.spec) for row in rows},
        tuple(_step(plan, step, keys, facts) for step in plan.steps),
        tuple(
            Link(keys[link.source_id], keys[link.target_id], link.type, link.lag, link.lag_unit, link.strength)  # type: ignore[arg-type]
            for link in plan.links
        ),
    )


def checked_changes(plan: Plan, step: Step, changes: dict) -> dict:
    """A step's changed columns, read as plan.json would be: {column: value}. Raises PlanError, LeftLaunch.

    null takes a value away. `days` stands in the place of rounds.
    """
    step.ensure_in_launch()
    document = dump(plan_file(plan, facts=False))
    written = next(one for one in document["steps"] if one["id"] == step.key)
    if changes.get("days") is not None:
        written.update(dict.fromkeys(planparts.ROUNDS))
    elif any(changes.get(name) is not None for name in planparts.ROUNDS):
        written.pop("days", None)
    written.update({name: _written(value) for name, value in changes.items()})
    read = next(one for one in plan_from(document, plan.campaign.today).steps if one.id == step.key)
    length = {"days", *planparts.ROUNDS}
    columns = {*changes, *length} if {*changes} & length else {*changes}
    return {name: _stored(name, getattr(read, name)) for name in columns}


def _step(plan: Plan, step: Step, keys: dict[str, str], facts: bool) -> planparts.Step:
    progress = plan.progress(step) if facts else (step.started_on, step.finished_on, step.remaining_days)
    started, finished, remaining = progress
    return planparts.Step(
        id=step.key, name=step.name, days=step.days, kind=str(step.kind), calendar=step.calendar,
        of=keys.get(step.of_id or ""), sla_days=step.sla_days, rounds=step.rounds,
        rework_days=step.rework_days, not_before=step.not_before, started_on=started, deadline=step.deadline,
        finished_on=finished, pinned_on=step.pinned_on, remaining_days=remaining, group=step.group,
        channel=step.channel, people=tuple(step.people), can_slip=step.can_slip, hard=bool(step.hard),
        closes=step.closes or "itself",
    )


def _written(value):
    return value.isoformat() if isinstance(value, date) else value


def _stored(name: str, value):
    """As the column keeps it (planning/founding.py)."""
    if name == "people":
        return list(value)
    return (value or None) if name == "hard" else value
