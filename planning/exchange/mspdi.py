"""A plan as MSPDI, the XML of Microsoft Project: tasks, the four links with lags, calendars with exceptions, deadlines.

What that format has no word for travels as JSON in texts of ours that others keep: the task's first text field and the
project's subject. Durations and lags are read in whole days; what could not be read is said in the plan's notices.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from planning.exchange import mspdicalendars
from planning.messages import N_, Message
from planning.planfile import PlanFile, dump, plan_from
from planning.planparts import STEP, PlanError

NAMESPACE = "http://schemas.microsoft.com/project"
TEXT_1 = "188743731"
"""The field that Microsoft Project calls Text1."""
TYPES = ("FF", "FS", "SF", "SS")
DAY_MINUTES, PLAIN_DAY_MINUTES = 480, 1440
WORKING_DAYS, ELAPSED_DAYS = "7", "8"
ELAPSED = {"4", "6", "8", "10", "12"}
PERCENT = {"19", "20"}
NO_CALENDAR = "-1"
ASAP, STARTS_ON, FINISHES_ON, NOT_BEFORE, FINISHES_BY = "0", "2", "3", "4", "7"
DAY_START, DAY_END = time(8), time(17)
PROJECT = Message("The project")
NAMED = {"id", "name", "days", "calendar", "not_before", "deadline", "pinned_on", "started_on", "finished_on"}
"""The fields of a step that have a place of their own in a task."""


def plan_from_mspdi(content: bytes, today: date) -> PlanFile:
    """The plan in a project's XML; `today` is its status date if it tells none. Raises PlanError."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise PlanError("This XML declares types or entities of its own, which a plan has no need of.") from None
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise PlanError("This is no XML: %(fault)s.", fault=_fault(error)) from None
    if root.tag != f"{{{NAMESPACE}}}Project":
        raise PlanError("This XML is no project: its first element is not Project of Microsoft Project.")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return _Reading(root).plan(today)


class _Reading:
    """One project on its way to the plan.json that it is equal to."""

    def __init__(self, root: ElementTree.Element):
        self.root = root
        self.notices: list[Message] = []
        self.day_minutes = _whole(root, "MinutesPerDay", PROJECT) or DAY_MINUTES
        self.own = _own(root.findtext("Subject"))
        self.tasks = [task for task in root.iterfind("Tasks/Task") if task.findtext("UID") != "0" and task.findtext("IsNull") != "1"]
        self.told = {task: _own_of(task) for task in self.tasks}
        self.ids = {task.findtext("UID", ""): self._id(task) for task in self.tasks}

    def plan(self, today: date) -> PlanFile:
        document: dict[str, Any] = {"launch": self._launch().isoformat(), "buffer_days": self.own.get("buffer_days", 0)}
        if status := _moment(self.root, "StatusDate", PROJECT):
            document["status_date"] = status.date().isoformat()
        names, document["calendars"] = mspdicalendars.read(self.root, self.own, self.notices)
        if standard := names.get(self.root.findtext("CalendarUID", "")):
            document["calendar"] = standard
        document["steps"] = list(self._steps(names, document["calendars"]))
        document["links"] = list(self._links())
        if any(task.find("Baseline") is not None for task in self.tasks):
            self._notice("The project has a baseline: it is not taken over. A plan's first promises are the dates it is computed to.")
        read = plan_from(document, today)
        return replace(read, notices=(*self.notices, *read.notices))

    def _launch(self) -> date:
        """The first boundary between two days at or after the project's finish."""
        finish = _moment(self.root, "FinishDate", PROJECT)
        if finish is None:
            raise PlanError("The project has no FinishDate: there is no launch to plan back from.")
        if self.root.findtext("ScheduleFromStart") != "0":
            self._notice("The project is planned from its start: the finish it came to is taken as the launch.")
        return finish.date() if finish.time() == time(0) else finish.date() + timedelta(days=1)

    def _id(self, task: ElementTree.Element) -> str:
        return str(self.told[task].get("id") or f"task {task.findtext('UID', '')}")

    def _steps(self, names: dict[str, str], calendars: dict[str, Any]) -> Iterator[dict[str, Any]]:
        heads: list[tuple[int, str]] = []
        for task in self.tasks:
            level = _whole(task, "OutlineLevel", self._place(task)) or 1
            heads = [head for head in heads if head[0] < level]
            if task.findtext("Summary") == "1":
                heads.append((level, task.findtext("Name", "")))
                self._leave(task)
            elif task.findtext("Active") == "0":
                self._leave(task)
                self._notice("%(place)s is inactive: it is left out.", place=self._place(task))
            else:
                yield self._step(task, heads[-1][1] if heads else None, names, calendars)

    def _leave(self, task: ElementTree.Element) -> None:
        self.ids.pop(task.findtext("UID", ""), None)

    def _step(self, task: ElementTree.Element, group: str | None, names: dict[str, str], calendars: dict[str, Any]) -> dict[str, Any]:
        place, own = self._place(task), self.told[task]
        step: dict[str, Any] = {"id": self._id(task), "name": task.findtext("Name"), "group": group or None}
        milestone = task.findtext("Milestone") == "1" and not self._days(task, place)
        step["kind"] = "milestone" if milestone else "work"
        step |= {name: value for name, value in own.items() if name in STEP}
        if "sla_days" not in own and step["kind"] != "milestone":
            step["days"] = self._days(task, place)
        if task.findtext("DurationFormat") in ELAPSED:
            calendars.setdefault("elapsed", {"weekdays": [0, 1, 2, 3, 4, 5, 6]})
            step["calendar"] = "elapsed"
        elif calendar := names.get(task.findtext("CalendarUID", NO_CALENDAR)):
            step["calendar"] = calendar
        step |= self._dates(task, place)
        return step

    def _days(self, task: ElementTree.Element, place: str, name: str = "Duration") -> int:
        """Whole days of work; of elapsed time, plain days."""
        minutes = _minutes(task.findtext(name), place)
        day = PLAIN_DAY_MINUTES if task.findtext("DurationFormat") in ELAPSED else self.day_minutes
        if minutes % day:
            self._notice("%(place)s: its %(name)s is no whole number of days; it is rounded up.", place=place, name=name)
        return -(-minutes // day)

    def _dates(self, task: ElementTree.Element, place: str) -> dict[str, str]:
        found: dict[str, str] = {}
        told = {"deadline": "Deadline", "started_on": "ActualStart", "finished_on": "ActualFinish"}
        for field, name in told.items():
            if moment := _moment(task, name, place):
                found[field] = _worked(moment, ends=field != "started_on").isoformat()
        kind, at = task.findtext("ConstraintType", ASAP), _moment(task, "ConstraintDate", place)
        fields = {STARTS_ON: "pinned_on", NOT_BEFORE: "not_before", FINISHES_BY: "deadline"}
        if task.findtext("Milestone") == "1":
            fields[FINISHES_ON] = "pinned_on"
        if at and kind in fields:
            found.setdefault(fields[kind], _worked(at, ends=kind in (FINISHES_ON, FINISHES_BY)).isoformat())
        elif kind not in (ASAP, "1"):
            self._notice("%(place)s: its constraint is of a kind that plans here do not have; it is left out.", place=place)
        if "started_on" in found and "finished_on" not in found and task.findtext("RemainingDuration"):
            found["remaining_days"] = self._days(task, place, "RemainingDuration")  # type: ignore[assignment]
        return found

    def _links(self) -> Iterator[dict[str, Any]]:
        for task in self.tasks:
            for link in task.iterfind("PredecessorLink"):
                source, target = self.ids.get(link.findtext("PredecessorUID", "")), self.ids.get(task.findtext("UID", ""))
                if source is None or target is None or link.findtext("CrossProject") == "1":
                    self._notice("%(place)s: a link with a task that was left out, or of another project, is left out.", place=self._place(task))
                    continue
                yield {"from": source, "to": target, "type": self._type(link, task), "strength": self._strength(task, source), **self._lag(link, task)}

    def _type(self, link: ElementTree.Element, task: ElementTree.Element) -> str:
        number = link.findtext("Type", "1")
        if number not in ("0", "1", "2", "3"):
            raise PlanError("%(place)s: a link of type %(type)s; they are 0 to 3.", place=self._place(task), type=repr(number[:20]))
        return TYPES[int(number)]

    def _strength(self, task: ElementTree.Element, source: str) -> str:
        soft = self.told[task].get("soft", [])
        return "soft" if isinstance(soft, list) and source in soft else "hard"

    def _lag(self, link: ElementTree.Element, task: ElementTree.Element) -> dict[str, Any]:
        place, form = self._place(task), link.findtext("LagFormat", WORKING_DAYS)
        tenths = _whole(link, "LinkLag", place) or 0
        if tenths and form in PERCENT:
            self._notice("%(place)s: a lag in per cent of a task is left out.", place=place)
            tenths = 0
        day = 10 * (PLAIN_DAY_MINUTES if form in ELAPSED else self.day_minutes)
        if tenths % day:
            self._notice("%(place)s: a lag is no whole number of days; it is rounded up.", place=place)
        return {"lag": -(-tenths // day), "lag_unit": "calendar" if form in ELAPSED else "working"}

    def _place(self, task: ElementTree.Element) -> Message:
        return Message("Task %(uid)s (%(name)s)", uid=task.findtext("UID", "?"), name=task.findtext("Name", "")[:60])

    def _notice(self, template: str, **values: object) -> None:
        self.notices.append(Message(template, **values))


# Writing


def mspdi_of(plan: PlanFile, name: str = "", *, baseline: Mapping[str, tuple[date, date, int]] | None = None) -> bytes:
    """The plan as MSPDI; read again it gives an equal plan. Dates are what its passes say.

    baseline  {step id: (first day, last day, working days)} once promised: baseline 0
    """
    from planning.retroplan import schedule_of

    dates, document = schedule_of(plan).all(), dump(plan)
    root = ElementTree.Element("Project", xmlns=NAMESPACE)
    _add(root, Name=name, Subject=_own_of_plan(plan, document), ScheduleFromStart=0, FinishDate=_at(plan.launch, time(0)))
    _add(root, CalendarUID=1, MinutesPerDay=DAY_MINUTES, MinutesPerWeek=5 * DAY_MINUTES, StatusDate=_at(plan.status_date, DAY_START))
    fields = ElementTree.SubElement(root, "ExtendedAttributes")
    _add(ElementTree.SubElement(fields, "ExtendedAttribute"), FieldID=TEXT_1, FieldName="Text1", Alias="Backbeat")
    numbers = mspdicalendars.write(root, plan)
    uids, tasks = {step.id: i for i, step in enumerate(plan.steps, 1)}, ElementTree.SubElement(root, "Tasks")
    into: dict[str, list] = {}
    for link in plan.links:
        into.setdefault(link.target, []).append(link)
    for step, written in zip(plan.steps, document["steps"], strict=True):
        task, computed, ends = ElementTree.SubElement(tasks, "Task"), dates[step.id], step.kind == "milestone"
        _add(task, UID=uids[step.id], ID=uids[step.id], Name=step.name, Type=1, OutlineLevel=1, Milestone=int(ends), Manual=0)
        _add(task, Start=_at(computed.latest_start, DAY_END if not step.days else DAY_START), Finish=_at(computed.due, DAY_END), Duration=_duration(step.days), DurationFormat=WORKING_DAYS)
        _add(task, CalendarUID=numbers.get(step.calendar, NO_CALENDAR), **_constraint(step))
        _add(task, Deadline=_at(step.deadline, DAY_END), ActualStart=_at(step.started_on, DAY_START), ActualFinish=_at(step.finished_on, DAY_END))
        own = {name: value for name, value in written.items() if name not in NAMED - {"id"}}
        if soft := [link.source for link in into.get(step.id, ()) if link.strength == "soft"]:
            own["soft"] = soft
        _add(ElementTree.SubElement(task, "ExtendedAttribute"), FieldID=TEXT_1, Value=json.dumps(own, ensure_ascii=False))
        for link in into.get(step.id, ()):
            plain = link.lag_unit == "calendar"
            lag = link.lag * 10 * (PLAIN_DAY_MINUTES if plain else DAY_MINUTES)
            one = ElementTree.SubElement(task, "PredecessorLink")
            _add(one, PredecessorUID=uids[link.source], Type=TYPES.index(link.type), CrossProject=0, LinkLag=lag, LagFormat=ELAPSED_DAYS if plain else WORKING_DAYS)
        if promised := (baseline or {}).get(step.id):
            _add_baseline(task, *promised)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_baseline(task: ElementTree.Element, first: date, last: date, days: int) -> None:
    start = _at(first, DAY_START if days else DAY_END)
    _add(ElementTree.SubElement(task, "Baseline"), Number=0, Start=start, Finish=_at(last, DAY_END), Duration=_duration(days), DurationFormat=WORKING_DAYS)


def _own_of_plan(plan: PlanFile, document: dict[str, Any]) -> str:
    first, last = mspdicalendars.window(plan)
    own = {"buffer_days": plan.buffer_days, "calendars": document.get("calendars", {}), "first": first.isoformat(), "last": last.isoformat()}
    return json.dumps(own, ensure_ascii=False)


def _constraint(step) -> dict[str, Any]:
    if step.pinned_on:
        return {"ConstraintType": FINISHES_ON if not step.days else STARTS_ON, "ConstraintDate": _at(step.pinned_on, DAY_END if not step.days else DAY_START)}
    if step.not_before:
        return {"ConstraintType": NOT_BEFORE, "ConstraintDate": _at(step.not_before, DAY_START)}
    return {"ConstraintType": "1"}  # as late as possible: the plan goes back from its launch


def _add(element: ElementTree.Element, **fields) -> None:
    for name, value in fields.items():
        if value is not None:
            ElementTree.SubElement(element, name).text = str(value)


def _at(day: date | None, hour: time) -> str | None:
    return f"{datetime.combine(day, hour):%Y-%m-%dT%H:%M:%S}" if day else None


def _duration(days: int) -> str:
    return f"PT{days * DAY_MINUTES // 60}H0M0S"


# Values


XML_FAULTS = (
    N_("duplicate attribute"),
    N_("junk after document element"),
    N_("mismatched tag"),
    N_("no element found"),
    N_("not well-formed (invalid token)"),
    N_("syntax error"),
    N_("unbound prefix"),
    N_("unclosed CDATA section"),
    N_("unclosed token"),
    N_("undefined entity"),
    N_("unknown encoding"),
)
"""What the parser says is wrong, of which more is rare."""


def _fault(error: Exception) -> Message:
    parts = re.fullmatch(r"(.*): line (\d+), column (\d+)", str(error))
    if parts is None:
        return Message(str(error))
    words, line, column = parts.groups()
    return Message("%(fault)s: line %(line)s, column %(column)s", fault=Message(words), line=line, column=column)


def _own(told: str | None) -> dict[str, Any]:
    """What we wrote in a text field; nothing if that is somebody else's."""
    try:
        found = json.loads(told or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _own_of(task: ElementTree.Element) -> dict[str, Any]:
    field = next((one for one in task.iterfind("ExtendedAttribute") if one.findtext("FieldID") == TEXT_1), None)
    return _own(field.findtext("Value")) if field is not None else {}


def _whole(element: ElementTree.Element, name: str, place: str) -> int | None:
    told = element.findtext(name)
    if told is None or not told.strip():
        return None
    if not re.fullmatch(r"[+-]?\d{1,10}", told.strip()):
        raise PlanError("%(place)s: %(name)s is no whole number.", place=place, name=name)
    return int(told)


def _moment(element: ElementTree.Element, name: str, place: str) -> datetime | None:
    told = (element.findtext(name) or "").strip()
    if not told or told == "NA":
        return None
    try:
        return datetime.fromisoformat(told).replace(tzinfo=None)
    except ValueError:
        raise PlanError("%(place)s: %(name)s is no date: %(value)s.", place=place, name=name, value=repr(told[:40])) from None


def _minutes(told: str | None, place: str) -> int:
    """Of an ISO 8601 duration in hours, minutes and seconds, as that format has them."""
    parts = re.fullmatch(r"PT(\d{1,7})H(\d{1,7})M(\d{1,7})S", (told or "PT0H0M0S").strip())
    if parts is None:
        raise PlanError("%(place)s: a duration is not written as in PT16H0M0S.", place=place)
    hours, minutes, seconds = map(int, parts.groups())
    return hours * 60 + minutes + -(-seconds // 60)


def _worked(moment: datetime, *, ends: bool) -> date:
    """The day that was worked: an end at midnight is the end of the day before."""
    return moment.date() - timedelta(days=1) if ends and moment.time() == time(0) else moment.date()
