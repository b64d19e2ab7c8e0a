"""plan.json, read and written: the plan as people type it (API.md, "plan.json").

Reading checks everything that can be wrong in the text itself, and says the first thing that is in
one line. Whether the plan is long enough is no error; the passes answer that (retroplan.py).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from planning.calendars import CalendarSpec, UnknownCountry, ensure_country
from planning.fields import (
    MOST_DAYS,
    Refused,
    day,
    days,
    emails,
    flag,
    label,
    listed,
    one_of,
    read,
    shown,
    text,
    weekdays,
    whole,
)
from planning.graph import PlanLoop, order_of
from planning.items import Link

KINDS = "work", "deliverable", "review", "milestone"


class PlanError(ValueError):
    """What is wrong with a plan, in one line that names it."""

    def __init__(self, sentence: str):
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in sentence))


@dataclass(frozen=True, slots=True)
class Step:
    """One step as written. `days` is the whole activity, also where it was given as rounds.

    sla_days, rounds, rework_days  of a review, in place of days: each round takes sla_days of the
                                   step's calendar, and rework_days of its deliverable's in between
    of                             the deliverable whose reviews are this review's facts
    hard, closes                   of a milestone
    """

    id: str
    name: str
    days: int
    kind: str = "work"
    calendar: str | None = None
    of: str | None = None
    sla_days: int | None = None
    rounds: int | None = None
    rework_days: int | None = None
    not_before: date | None = None
    started_on: date | None = None
    deadline: date | None = None
    finished_on: date | None = None
    pinned_on: date | None = None
    remaining_days: int | None = None
    group: str | None = None
    channel: str | None = None
    people: tuple[str, ...] = ()
    can_slip: bool = False
    hard: bool = False
    closes: str = "itself"


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
    notices: tuple[str, ...] = field(default=(), compare=False)


def plan_from_json(content: str | bytes, today: date) -> PlanFile:
    """The plan in a plan.json; `today` is its status date if it tells none. Raises PlanError."""
    try:
        told = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        document = json.loads(told, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise PlanError(f"This is not JSON: {error.msg}, line {error.lineno} column {error.colno}.") from None
    except UnicodeDecodeError:
        raise PlanError("This is not JSON: it is not text in UTF-8.") from None
    except RecursionError:
        raise PlanError("This is no plan: it is nested too deep.") from None
    except ValueError as error:
        raise PlanError(f"This is not JSON: {error}.") from None
    return plan_from(document, today)


def plan_from(document: Any, today: date) -> PlanFile:
    """The plan in JSON already decoded. Raises PlanError."""
    given = _read(document, PLAN, "The plan", "a plan")
    for needed in ("launch", "steps"):
        if needed not in given:
            raise PlanError(f"The plan has no {needed}.")
    calendars = _calendars(given.get("calendars", {}))
    steps = _steps(given["steps"], calendars)
    links, notices = _links(given.get("links", []), steps)
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


# What may stand where

PLAN = {
    "launch": day,
    "status_date": day,
    "buffer_days": whole(0),
    "calendar": label(200),
    "calendars": lambda value: value,
    "steps": listed,
    "links": listed,
}
CALENDAR = {
    "country": label(8),
    "subdivision": label(20),
    "weekdays": weekdays,
    "days_off": days,
    "working_days": days,
}
STEP = {
    "id": label(200),
    "name": text(300),
    "days": whole(0),
    "kind": one_of(*KINDS),
    "calendar": label(200),
    "of": label(200),
    "sla_days": whole(1, 1000),
    "rounds": whole(1, 100),
    "rework_days": whole(0, 1000),
    "not_before": day,
    "started_on": day,
    "deadline": day,
    "finished_on": day,
    "pinned_on": day,
    "remaining_days": whole(0),
    "group": text(200),
    "channel": text(200),
    "people": emails,
    "can_slip": flag,
    "hard": flag,
    "closes": one_of("itself", "by_hand"),
}
LINK = {
    "from": label(200),
    "to": label(200),
    "type": one_of("FS", "SS", "FF", "SF"),
    "lag": whole(-MOST_DAYS),
    "lag_unit": one_of("working", "calendar"),
    "strength": one_of("hard", "soft"),
}


def _read(given: Any, fields, place: str, what: str) -> dict[str, Any]:
    try:
        return read(given, fields, what)
    except Refused as refusal:
        raise PlanError(f"{place}: {refusal}.") from None


def _no_constant(name: str):
    raise ValueError(f"{name} is no number")


# Calendars


def _calendars(given: Any) -> dict[str, CalendarSpec]:
    if not isinstance(given, dict):
        raise PlanError(f"The plan: calendars must be an object, not {shown(given)}.")
    return {name: _calendar(name, value) for name, value in given.items()}


def _calendar(name: str, given: Any) -> CalendarSpec:
    place = f"Calendar {shown(name)}"
    _read({"calendar": name}, PLAN, place, "a calendar")
    spec = CalendarSpec(**_read(given, CALENDAR, place, "a calendar"))
    if spec.subdivision and not spec.country:
        raise PlanError(f"{place}: a subdivision needs its country.")
    if not spec.weekdays and not spec.working_days:
        raise PlanError(f"{place}: no day is worked.")
    try:
        if spec.country:
            ensure_country(spec.country, spec.subdivision)
    except UnknownCountry as unknown:
        raise PlanError(f"{place}: {unknown}") from None
    return spec


def _plan_calendar(name: str | None, calendars: Mapping[str, CalendarSpec]) -> str | None:
    if name is None:
        return next(iter(calendars)) if len(calendars) == 1 else None
    if name not in calendars:
        raise PlanError(f"The plan: there is no calendar {shown(name)}.")
    return name


# Steps


def _steps(given: list, calendars: Mapping[str, CalendarSpec]) -> list[Step]:
    steps: dict[str, Step] = {}
    for number, told in enumerate(given, 1):
        step = _step(told, number)
        if step.id in steps:
            raise PlanError(f"Two steps have the id {shown(step.id)}.")
        if step.calendar is not None and step.calendar not in calendars:
            raise PlanError(f"Step {shown(step.id)}: there is no calendar {shown(step.calendar)}.")
        steps[step.id] = step
    for step in steps.values():
        if step.of is not None and (step.of not in steps or steps[step.of].kind != "deliverable"):
            raise PlanError(f"Step {shown(step.id)}: of must be a deliverable's id, not {shown(step.of)}.")
    return list(steps.values())


def _step(told: Any, number: int) -> Step:
    place = f"Step {number}"
    if isinstance(told, dict) and isinstance(told.get("id"), str):
        place = f"Step {shown(told['id'])}"
    given = _read(told, STEP, place, "a step")
    if "id" not in given:
        raise PlanError(f"{place} has no id.")
    given["name"] = given.get("name") or given["id"]
    try:
        _ensure_kind(given)
        given["days"] = _days(given)
    except Refused as refusal:
        raise PlanError(f"{place}: {refusal}.") from None
    return Step(**given)


def _ensure_kind(given: dict[str, Any]) -> None:
    """Some fields belong to one kind of step only."""
    kind = given.get("kind", "work")
    if kind != "review":
        _ensure_none(given, ("of", "sla_days", "rounds", "rework_days"), "a review")
    if kind != "milestone":
        _ensure_none(given, ("hard", "closes"), "a milestone")
    elif given.get("days") or given.get("remaining_days"):
        raise Refused("a milestone is 0 days", "days: " if given.get("days") else "remaining_days: ")
    if "started_on" in given and "finished_on" in given and given["finished_on"] < given["started_on"]:
        raise Refused("is before started_on", "finished_on")


def _ensure_none(given: dict[str, Any], names: Iterable[str], owner: str) -> None:
    for name in names:
        if name in given:
            raise Refused(f"belongs to {owner}", name)


def _days(given: dict[str, Any]) -> int:
    """The whole activity: as given, the sum of its rounds, or 1 day if nothing is said."""
    parts = [name for name in ("sla_days", "rounds", "rework_days") if name in given]
    if not parts:
        return given.get("days", 0 if given.get("kind") == "milestone" else 1)
    if "days" in given:
        raise Refused(f"stands in place of days, not beside it", parts[0])
    if "sla_days" not in given:
        raise Refused("needs sla_days", parts[0])
    given.setdefault("rounds", 1)
    given.setdefault("rework_days", 0)
    return given["rounds"] * given["sla_days"] + (given["rounds"] - 1) * given["rework_days"]


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
            step = replace(step, of=next(iter(sources)))
        yield step


def _subject(step: Step) -> str | None:
    """The deliverable that a link from this step speaks of."""
    return step.id if step.kind == "deliverable" else step.of


# Links


def _links(given: list, steps: list[Step]) -> tuple[list[Link], list[str]]:
    """The links, of two of one type between one pair the stronger, and a notice for each left out."""
    known = {step.id for step in steps}
    kept: dict[tuple[str, str, str], Link] = {}
    notices = []
    for number, told in enumerate(given, 1):
        link = _link(told, number, known)
        pair = link.source, link.target, link.type
        if pair in kept:
            notices.append(f"Two {link.type} links from {link.source} to {link.target}: the stronger is kept.")
            link = max(kept[pair], link, key=lambda one: (one.strength == "hard", one.lag))
        kept[pair] = link
    return list(kept.values()), notices


def _link(told: Any, number: int, known: set[str]) -> Link:
    place = f"Link {number}"
    given = _read(told, LINK, place, "a link")
    for end in ("from", "to"):
        if end not in given:
            raise PlanError(f"{place} has no {end}.")
        if given[end] not in known:
            raise PlanError(f"{place}: there is no step {shown(given[end])}.")
    source, target = given.pop("from"), given.pop("to")
    return Link(source, target, **given)


def _ensure_order(steps: list[Step], links: list[Link]) -> None:
    keys = [step.id for step in steps]
    index = {key: i for i, key in enumerate(keys)}
    followers: list[list[int]] = [[] for _ in keys]
    for link in links:
        followers[index[link.source]].append(index[link.target])
    try:
        order_of(followers, keys)
    except PlanLoop as loop:
        raise PlanError(f"Steps wait for each other: {loop}.") from None


# Writing


def _dump_calendar(spec: CalendarSpec) -> dict[str, Any]:
    written = {"country": spec.country, "subdivision": spec.subdivision}
    written = {name: value for name, value in written.items() if value is not None}
    if spec.weekdays != CalendarSpec.weekdays:
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
