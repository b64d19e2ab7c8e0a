"""A plan as iCalendar: a day or span of days for each step, as late as it may lie, and the launch."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from planning.network import Dates
from planning.planfile import PlanFile
from planning.retroplan import schedule_of


def ical_of(plan: PlanFile, *, name: str, uid: str, revision: int = 0, stamp: datetime | None = None) -> bytes:
    """The plan as a calendar of all-day events. Raises CalendarEdge.

    uid       what the events' own ids are made from: the same plan keeps them, so that a calendar moves its entries
    revision  grows with each change of the plan
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Backbeat//Retro-plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    dates = schedule_of(plan).all()
    for step in plan.steps:
        if step.finished_on is None:
            calendar.add_component(_event(step.name, *_span(dates[step.id], step.days), f"{step.id}@{uid}", step.kind))
    calendar.add_component(_event(name, plan.launch, plan.launch, f"launch@{uid}", "launch"))
    for event in calendar.walk("VEVENT"):
        event.add("sequence", revision)
        event.add("dtstamp", stamp or datetime.now(UTC))
    return calendar.to_ical()


def _span(dates: Dates, days: int) -> tuple[date, date]:
    """(first day, last day) of the latest it may be done; of a milestone the day at whose end it must be reached."""
    return (dates.latest_start if days else dates.due), dates.due


def _event(summary: str, first: date, last: date, uid: str, kind: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("summary", summary)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    event.add("categories", [kind])
    event.add("transp", "TRANSPARENT")
    return event
