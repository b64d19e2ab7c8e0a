"""plan.json, read and written: the plan as people type it (API.md, "plan.json").

Reading checks everything that can be wrong in the text itself, and says the first thing that is in
one line. Whether the plan is long enough is no error; the passes answer that (retroplan.py).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.calendars import MONDAY_TO_FRIDAY, CalendarSpec
from planning.fields import Refused, day, label, listed, shown, whole
from planning.graph import PlanLoop, order_of
from planning.items import Link
from planning.messages import N_, Message
from planning.planparts import LINK, STEP, PlanError, Step, calendars_of, links_of, read_fields, steps_of

__all__ = ["PlanError", "PlanFile", "Step", "dump", "gates", "plan_from", "plan_from_json"]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan that was read and holds together. `calendar` None: Monday to Friday without holidays.

    notices  what reading left out, one sentence each
    """

    launch: date
    status_date: date
    buffer_days: int = 0
    calendar: str | None = None
    calendars: Mapping[str, CalendarSpec] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    links: tuple[Link, ...] = ()
    notices: tuple[Message, ...] = field(default=(), compare=False)


def plan_from_json(content: str | bytes, today: date) -> PlanFile:
    """The plan in a plan.json; `today` is its status date if it tells none. Raises PlanError."""
    try:
        told = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        document = json.loads(told, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise PlanError(
            "This is not JSON: %(fault)s, line %(line)s column %(column)s.",
            fault=Message(error.msg), line=error.lineno, column=error.colno,
        ) from None
    except UnicodeDecodeError:
        raise PlanError("This is not JSON: it is not text in UTF-8.") from None
    except RecursionError:
        raise PlanError("This is no plan: it is nested too deep.") from None
    except ValueError as error:
        fault = error.message if isinstance(error, Refused) else error
        raise PlanError("This is not JSON: %(fault)s.", fault=fault) from None
    return plan_from(document, today)


def plan_from(document: Any, today: date) -> PlanFile:
    """The plan in JSON already decoded. Raises PlanError."""
    given = read_fields(document, PLAN, Message("The plan"), Message("a plan"))
    for needed in ("launch", "steps"):
        if needed not in given:
            raise PlanError("The plan has no %(name)s.", name=needed)
    calendars = calendars_of(given.get("calendars", {}))
    steps = steps_of(given["steps"], calendars)
    links, notices = links_of(given.get("links", []), steps)
    _ensure_order(steps, links)
    return PlanFile(
        given["launch"],
        given.get("status_date", today),
        given.get("buffer_days", 0),
        _plan_calendar(given.get("calendar"), calendars),
        calendars,
        tuple(_with_subjects(steps, links)),
        tuple(links),
        tuple(notices),
    )


def gates(plan: PlanFile) -> list[tuple[str, str]]:
    """(milestone, deliverable) wherever a link leads from a deliverable, or its review step, to a milestone."""
    steps = {step.id: step for step in plan.steps}
    found: dict[tuple[str, str], None] = {}
    for link in plan.links:
        subject = _subject(steps[link.source])
        if subject is not None and steps[link.target].kind == "milestone":
            found[link.target, subject] = None
    return list(found)


def dump(plan: PlanFile) -> dict[str, Any]:
    """The plan as plan.json, defaults left out; read again it gives an equal plan."""
    written: dict[str, Any] = {"launch": plan.launch.isoformat(), "status_date": plan.status_date.isoformat()}
    written["buffer_days"] = plan.buffer_days
    if plan.calendar is not None:
        written["calendar"] = plan.calendar
    if plan.calendars:
        written["calendars"] = {name: _dump_calendar(spec) for name, spec in plan.calendars.items()}
    written["steps"] = [_dump_step(step) for step in plan.steps]
    written["links"] = [_dump_link(link) for link in plan.links]
    return written


PLAN = {
    "launch": day,
    "status_date": day,
    "buffer_days": whole(0),
    "calendar": label(200),
    "calendars": lambda value: value,
    "steps": listed,
    "links": listed,
}


JSON_FAULTS = (
    N_("Expecting value"),
    N_("Expecting ',' delimiter"),
    N_("Expecting ':' delimiter"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Extra data"),
    N_("Illegal trailing comma before end of array"),
    N_("Illegal trailing comma before end of object"),
    N_("Invalid \\escape"),
    N_("Invalid control character at"),
    N_("Unterminated string starting at"),
)
"""What Python's reader says is wrong."""


def _no_constant(name: str):
    raise Refused("%(name)s is no number", name=name)


def _plan_calendar(name: str | None, calendars: Mapping[str, CalendarSpec]) -> str | None:
    if name is None:
        return next(iter(calendars)) if len(calendars) == 1 else None
    if name not in calendars:
        raise PlanError("The plan: there is no calendar %(calendar)s.", calendar=shown(name))
    return name


def _with_subjects(steps: list[Step], links: list[Link]) -> Iterable[Step]:
    """Steps, each review with its deliverable: the one it names, else the only one leading to it by FS."""
    deliverables = {step.id for step in steps if step.kind == "deliverable"}
    leading: dict[str, set[str]] = {}
    for link in links:
        if link.type == "FS" and link.source in deliverables:
            leading.setdefault(link.target, set()).add(link.source)
    for step in steps:
        sources = leading.get(step.id, ())
        if step.kind == "review" and step.of is None and len(sources) == 1:
            step = step._replace(of=next(iter(sources)))
        yield step


def _subject(step: Step) -> str | None:
    """The deliverable that a link from this step speaks of."""
    return step.id if step.kind == "deliverable" else step.of


def _ensure_order(steps: list[Step], links: list[Link]) -> None:
    keys = [step.id for step in steps]
    index = {key: i for i, key in enumerate(keys)}
    followers: list[list[int]] = [[] for _ in keys]
    for link in links:
        followers[index[link.source]].append(index[link.target])
    try:
        order_of(followers, keys)
    except PlanLoop as loop:
        raise PlanError("Steps wait for each other: %(loop)s.", loop=loop.message) from None


# Writing


def _dump_calendar(spec: CalendarSpec) -> dict[str, Any]:
    named = {"country": spec.country, "subdivision": spec.subdivision}
    written: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if spec.weekdays != MONDAY_TO_FRIDAY.weekdays:
        written["weekdays"] = list(spec.weekdays)
    for name, listed_days in (("days_off", spec.days_off), ("working_days", spec.working_days)):
        if listed_days:
            written[name] = [one.isoformat() for one in sorted(listed_days)]
    return written


def _dump_step(step: Step) -> dict[str, Any]:
    written = {name: _dumped(getattr(step, name)) for name in STEP if getattr(step, name) != DEFAULTS.get(name)}
    if step.sla_days is not None or step.kind == "milestone":
        del written["days"]
    return written


def _dump_link(link: Link) -> dict[str, Any]:
    ends = {"from": link.source, "to": link.target}
    told = {name: getattr(link, name) for name in LINK if name not in ends}
    return ends | {name: value for name, value in told.items() if value != DEFAULTS[name]}


DEFAULTS = {
    "kind": "work",
    "people": (),
    "can_slip": False,
    "hard": False,
    "closes": "itself",
    "type": "FS",
    "lag": 0,
    "lag_unit": "working",
    "strength": "hard",
}


def _dumped(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
