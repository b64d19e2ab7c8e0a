"""The calendars of an MSPDI project: weeks, and exceptions of single days or spans of days.

That format knows no countries. Holidays are written as exceptions of the years about the plan, and the calendar itself
as text of ours; whoever reads it again takes that text while it still says the same days.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from planning.calendars import MONDAY_TO_FRIDAY, calendar_from
from planning.messages import Message
from planning.planfile import PlanFile, dump
from planning.planparts import PlanError, calendars_of

MOST_DAYS = 4_000
STANDARD = "Standard"
DAY_TIMES = (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00"))


def read(root: ElementTree.Element, own: dict[str, Any], notices: list[Message]) -> tuple[dict[str, str], dict[str, Any]]:
    """({UID: name}, {name: the calendar as plan.json has it}); what could not be read goes into the notices."""
    names: dict[str, str] = {}
    found: dict[str, Any] = {}
    for row in root.iterfind("Calendars/Calendar"):
        if row.findtext("IsBaseCalendar") == "0":
            continue
        name = (row.findtext("Name") or "").strip() or f"Calendar {row.findtext('UID', '')}"
        while name in found:
            name += "'"
        names[row.findtext("UID", "")] = name
        found[name] = _calendar(row, name, notices)
    return names, {name: _as_written(name, fields, own) for name, fields in found.items()}


def write(root: ElementTree.Element, plan: PlanFile) -> dict[str | None, int]:
    """The plan's calendars, its own first; their numbers by name."""
    rows = dict(sorted(dump(plan).get("calendars", {}).items(), key=lambda row: row[0] != plan.calendar))
    if plan.calendar is None:
        rows = {STANDARD: {}, **rows}
    calendars = ElementTree.SubElement(root, "Calendars")
    for number, (name, fields) in enumerate(rows.items(), 1):
        _write(ElementTree.SubElement(calendars, "Calendar"), number, name, _in_days(fields, *window(plan)))
    return {name: number for number, name in enumerate(rows, 1) if name in plan.calendars}


def window(plan: PlanFile) -> tuple[date, date]:
    """(first, last) day for which holidays are written out."""
    return date(max(1970, min(plan.status_date, plan.launch).year - 1), 1, 1), date(min(2400, plan.launch.year + 1), 12, 31)


def _as_written(name: str, fields: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The calendar that we wrote, where its days are still those that were read."""
    try:
        ours = own["calendars"][name]
        first, last = (date.fromisoformat(own[end]) for end in ("first", "last"))
        return ours if _in_days(ours, first, last) == fields else fields
    except (KeyError, TypeError, ValueError):
        return fields


def _in_days(fields: dict[str, Any], first: date, last: date) -> dict[str, Any]:
    """The calendar without its country: a week, and all days of the window that differ from it. Raises PlanError."""
    spec = calendars_of({"calendar": fields})["calendar"]
    calendar, off, worked = calendar_from(spec), [], []
    for day in _span(first, last):
        if calendar.is_working(day) != (day.weekday() in spec.weekdays):
            (worked if calendar.is_working(day) else off).append(day.isoformat())
    return {"weekdays": list(spec.weekdays), "days_off": off, "working_days": worked}


# Reading


def _calendar(row: ElementTree.Element, name: str, notices: list[Message]) -> dict[str, Any]:
    week, off, worked = set(MONDAY_TO_FRIDAY.weekdays), set(), set()
    for day in row.iterfind("WeekDays/WeekDay"):
        number, works = day.findtext("DayType", ""), day.findtext("DayWorking") == "1"
        if number == "0":
            (worked if works else off).update(_days(day, name))
        elif number.isdecimal() and 1 <= int(number) <= 7:
            weekday = (int(number) + 5) % 7  # Sunday is 1 there, and 6 here
            week = week | {weekday} if works else week - {weekday}
    for exception in row.iterfind("Exceptions/Exception"):
        if exception.findtext("Type", "1") not in ("0", "1"):
            notices.append(Message("Calendar %(name)s: an exception that comes again is read for its first days only.", name=name))
        (worked if exception.findtext("DayWorking") == "1" else off).update(_days(exception, name))
    return {"weekdays": sorted(week), "days_off": sorted(off), "working_days": sorted(worked)}


def _days(element: ElementTree.Element, name: str) -> Iterator[str]:
    try:
        first, last = (datetime.fromisoformat(element.findtext(f"TimePeriod/{end}", "")).date() for end in ("FromDate", "ToDate"))
    except ValueError:
        raise PlanError("Calendar %(name)s: an exception has no dates that can be read.", name=name) from None
    if (last - first).days > MOST_DAYS:
        raise PlanError("Calendar %(name)s: an exception is longer than %(days)s days.", name=name, days=MOST_DAYS)
    yield from (day.isoformat() for day in _span(first, last))


def _span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))


# Writing


def _write(row: ElementTree.Element, number: int, name: str, fields: dict[str, Any]) -> None:
    for tag, text in (("UID", str(number)), ("Name", name), ("IsBaseCalendar", "1"), ("BaseCalendarUID", "-1")):
        ElementTree.SubElement(row, tag).text = text
    week = ElementTree.SubElement(row, "WeekDays")
    for day_type in range(1, 8):
        _write_day(ElementTree.SubElement(week, "WeekDay"), (day_type + 5) % 7 in fields["weekdays"], DayType=str(day_type))
    exceptions = ElementTree.SubElement(row, "Exceptions")
    for day, works in sorted([(day, False) for day in fields["days_off"]] + [(day, True) for day in fields["working_days"]]):
        exception = ElementTree.SubElement(exceptions, "Exception")
        period = ElementTree.SubElement(exception, "TimePeriod")
        ElementTree.SubElement(period, "FromDate").text, ElementTree.SubElement(period, "ToDate").text = f"{day}T00:00:00", f"{day}T23:59:00"
        _write_day(exception, works, Occurrences="1", Type="1")


def _write_day(element: ElementTree.Element, works: bool, **fields: str) -> None:
    for tag, text in (*fields.items(), ("DayWorking", str(int(works)))):
        ElementTree.SubElement(element, tag).text = text
    if works:
        times = ElementTree.SubElement(element, "WorkingTimes")
        for begins, ends in DAY_TIMES:
            one = ElementTree.SubElement(times, "WorkingTime")
            ElementTree.SubElement(one, "FromTime").text, ElementTree.SubElement(one, "ToTime").text = begins, ends
