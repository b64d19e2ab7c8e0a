"""What is allowed in a plan and yet likely a slip, or has to be known: the edge cases of RETROPLAN.md 2.9 that refuse nothing."""

from collections.abc import Iterator
from datetime import date

from planning.calendars import due
from planning.items import Link
from planning.messages import Message
from planning.network import Schedule
from planning.planfile import PlanFile
from planning.planparts import Step


def cautions(plan: PlanFile, schedule: Schedule) -> list[Message]:
    """A sentence for each; none of most plans. `schedule` is the plan's own. Raises CalendarEdge."""
    steps = {step.id: step for step in plan.steps}
    return [
        *_launch(plan, schedule),
        *_buffer(plan, schedule),
        *(said for link in plan.links for said in _lag(link, steps, schedule)),
        *(said for step in plan.steps for said in _answer(step, schedule)),
    ]


def _launch(plan: PlanFile, schedule: Schedule) -> Iterator[Message]:
    calendar = schedule.network.calendar
    if plan.launch <= plan.status_date and any(step.finished_on is None for step in plan.steps):
        yield Message("The launch, %(day)s, has come and not everything is done: it needs a new date.", day=plan.launch)
    elif calendar.ceil_start(schedule.launch) != schedule.launch:
        last = date.fromordinal(calendar.floor_start(due(schedule.launch)))
        yield Message("The launch, %(day)s, is no working day: work ends by the end of %(last)s.", day=plan.launch, last=last)


def _buffer(plan: PlanFile, schedule: Schedule) -> Iterator[Message]:
    if schedule.today < schedule.launch and schedule.target <= schedule.today and plan.buffer_days:
        yield Message("The buffer of %(days)s working days is longer than the time that is left.", days=plan.buffer_days)


def _lag(link: Link, steps: dict[str, Step], schedule: Schedule) -> Iterator[Message]:
    source, target = steps[link.source], steps[link.target]
    if link.lag > max(0, schedule.launch - schedule.today):
        yield Message(
            "The lag of %(days)s days from %(source)s to %(target)s is longer than the time that is left.",
            days=link.lag, source=source.name, target=target.name,
        )
    if link.type == "FS" and -link.lag > source.days > 0:
        yield Message(
            "The lead of %(days)s days makes %(target)s begin before %(source)s does.",
            days=-link.lag, source=source.name, target=target.name,
        )


def _answer(step: Step, schedule: Schedule) -> Iterator[Message]:
    if step.kind != "review" or step.finished_on is not None or schedule.today >= schedule.launch:
        return
    calendar = schedule.network.calendars[step.calendar]
    if not calendar.working_days_between(date.fromordinal(schedule.today), date.fromordinal(schedule.launch)):
        yield Message("Nobody can answer %(step)s before the launch: its calendar has no working day until then.", step=step.name)
