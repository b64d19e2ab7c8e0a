"""A plan file computed: the answer of `backbeat retroplan`, as API.md shows it."""

from typing import Any

from planning.calendars import MONDAY_TO_FRIDAY, CalendarEdge, calendar_from
from planning.items import Item, pieces_of
from planning.network import Dates, Network, Schedule
from planning.planfile import PlanError, PlanFile
from planning.whys import Whys


def retroplan_answer(plan: PlanFile, file: str | None = None, language: str = "en") -> dict[str, Any]:
    """Everything computed, as JSON values; each `why` in the language. Raises PlanError if the plan leaves 1970 to 2400."""
    try:
        schedule = schedule_of(plan)
        whys = Whys(schedule, {step.id: step.name for step in plan.steps}, plan.calendar, language)
        answer = {
            "launch": plan.launch.isoformat(),
            "ready": schedule.ready.isoformat() if schedule.ready else None,
            "slack_days": schedule.slack_days,
            "launch_slack_days": schedule.launch_slack_days,
            "hard_launch_slack_days": schedule.hard_launch_slack_days,
            "short_by_days": schedule.short_by_days,
            "steps": {key: _step_answer(dates, whys.of(key)) for key, dates in schedule.all().items()},
        }
    except CalendarEdge as edge:
        raise PlanError(edge.message) from None
    return answer if file is None else {"file": file, **answer}


def schedule_of(plan: PlanFile) -> Schedule:
    """Both passes over a plan, from its own status date. Raises CalendarEdge."""
    return network_of(plan).schedule(plan.launch, plan.buffer_days, plan.status_date)


def network_of(plan: PlanFile) -> Network:
    """The plan ready for passes."""
    calendars = {name: calendar_from(spec) for name, spec in plan.calendars.items()}
    calendar = calendar_from(MONDAY_TO_FRIDAY) if plan.calendar is None else calendars[plan.calendar]
    return Network(to_items(plan), plan.links, calendar, calendars)


def to_items(plan: PlanFile) -> list[Item]:
    """The plan's steps for the passes; a review given in rounds as pieces one after the other."""
    return [
        Item(
            step.id,
            step.days,
            step.calendar,
            step.kind,
            step.not_before,
            step.deadline,
            step.pinned_on,
            step.started_on,
            step.finished_on,
            step.remaining_days,
            pieces_of(step.calendar, step.sla_days, step.rounds, step.rework_days),
        )
        for step in plan.steps
    ]


def _step_answer(dates: Dates, why: str) -> dict[str, Any]:
    return {
        "latest_start": dates.latest_start.isoformat(),
        "due": dates.due.isoformat(),
        "hard_latest_start": dates.hard_latest_start.isoformat(),
        "hard_due": dates.hard_due.isoformat(),
        "early_start": dates.early_start.isoformat(),
        "early_finish": dates.early_finish.isoformat(),
        "slack_days": dates.slack_days,
        "hard_slack_days": dates.hard_slack_days,
        "driving": dates.driving,
        "why": why,
    }
