"""What a plan.json is made of: calendars, steps and links, each read and checked by itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from planning.calendars import CalendarSpec, UnknownCountry, ensure_country
from planning.fields import (
    MOST_DAYS,
    Fields,
    Refused,
    day,
    days,
    emails,
    flag,
    label,
    one_of,
    read,
    shown,
    text,
    weekdays,
    whole,
)
from planning.items import Link, days_of_rounds
from planning.messages import Message, Refusal

KINDS = "work", "deliverable", "review", "milestone"


class PlanError(Refusal):
    """What is wrong with a plan, in one line that names it."""


class Step(NamedTuple):
    """One step as written. `days` is the whole activity, also where it was given as rounds.

    sla_days, rounds, rework_days  of a review, in place of days: each round takes sla_days of the
                                   step's calendar, and rework_days of the plan's in between
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


# What may stand where

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
A_STEP, A_LINK = Message("a step"), Message("a link")
ROUNDS = {"sla_days", "rounds", "rework_days"}
REVIEWS_OWN = ROUNDS | {"of"}
MILESTONES_OWN = {"hard", "closes"}
LINK = {
    "from": label(200),
    "to": label(200),
    "type": one_of("FS", "SS", "FF", "SF"),
    "lag": whole(-MOST_DAYS),
    "lag_unit": one_of("working", "calendar"),
    "strength": one_of("hard", "soft"),
}


def read_fields(given: Any, fields: Fields, place: str, what: str) -> dict[str, Any]:
    """The fields of an object, read. Raises PlanError that begins with the place."""
    try:
        return read(given, fields, what)
    except Refused as refusal:
        raise _at(place, refusal) from None


def _at(place: str, refusal: Refused) -> PlanError:
    return PlanError("%(place)s: %(fault)s.", place=place, fault=refusal.message)


# Calendars


def calendars_of(given: Any) -> dict[str, CalendarSpec]:
    if not isinstance(given, dict):
        raise PlanError("The plan: calendars must be an object, not %(value)s.", value=shown(given))
    return {name: _calendar(name, value) for name, value in given.items()}


def _calendar(name: str, given: Any) -> CalendarSpec:
    place = Message("Calendar %(name)s", name=shown(name))
    what = Message("a calendar")
    read_fields({"name": name}, {"name": label(200)}, place, what)
    spec = CalendarSpec(**read_fields(given, CALENDAR, place, what))
    if spec.subdivision and not spec.country:
        raise PlanError("%(place)s: a subdivision needs its country.", place=place)
    if not spec.weekdays and not spec.working_days:
        raise PlanError("%(place)s: no day is worked.", place=place)
    try:
        if spec.country:
            ensure_country(spec.country, spec.subdivision)
    except UnknownCountry as unknown:
        raise PlanError("%(place)s: %(sentence)s", place=place, sentence=unknown.message) from None
    return spec


# Steps


def steps_of(given: list, calendars: Mapping[str, CalendarSpec]) -> list[Step]:
    steps: dict[str, Step] = {}
    for number, told in enumerate(given, 1):
        step = _step(told, number)
        if step.id in steps:
            raise PlanError("Two steps have the id %(step)s.", step=shown(step.id))
        if step.calendar is not None and step.calendar not in calendars:
            raise PlanError(
                "Step %(step)s: there is no calendar %(calendar)s.", step=shown(step.id), calendar=shown(step.calendar)
            )
        steps[step.id] = step
    for step in steps.values():
        if step.of is not None and (step.of not in steps or steps[step.of].kind != "deliverable"):
            raise PlanError(
                "Step %(step)s: of must be a deliverable's id, not %(value)s.", step=shown(step.id), value=shown(step.of)
            )
    return list(steps.values())


def _step(told: Any, number: int) -> Step:
    try:
        given = read(told, STEP, A_STEP)
        if "id" not in given:
            raise Refused("has no id")
        _ensure_kind(given)
        given["days"] = _days(given)
    except Refused as refusal:
        raise _at(_place(told, number), refusal) from None
    given["name"] = given.get("name") or given["id"]
    return Step(**given)


def _place(told: Any, number: int) -> Message:
    """What to call a step that cannot be read: by its id if it has one."""
    named = isinstance(told, dict) and isinstance(told.get("id"), str) and told["id"].strip()
    return Message("Step %(step)s", step=shown(told["id"]) if named else number)


def _ensure_kind(given: dict[str, Any]) -> None:
    """Some fields belong to one kind of step only."""
    kind = given.get("kind", "work")
    if kind != "review" and (others := given.keys() & REVIEWS_OWN):
        raise Refused("belongs to a review", min(others))
    if kind != "milestone" and (others := given.keys() & MILESTONES_OWN):
        raise Refused("belongs to a milestone", min(others))
    if kind == "milestone" and (given.get("days") or given.get("remaining_days")):
        raise Refused("must be 0 on a milestone", "days" if given.get("days") else "remaining_days")
    if "started_on" in given and "finished_on" in given and given["finished_on"] < given["started_on"]:
        raise Refused("is before started_on", "finished_on")


def _days(given: dict[str, Any]) -> int:
    """The whole activity: as given, the sum of its rounds, or 1 day if nothing is said."""
    parts = given.keys() & ROUNDS
    if not parts:
        return given.get("days", 0 if given.get("kind") == "milestone" else 1)
    if "days" in given:
        raise Refused("stands in place of days, not beside it", min(parts))
    if "sla_days" not in given:
        raise Refused("needs sla_days", min(parts))
    given.setdefault("rounds", 1)
    given.setdefault("rework_days", 0)
    return days_of_rounds(given["sla_days"], given["rounds"], given["rework_days"])


# Links


def links_of(given: list, steps: list[Step]) -> tuple[list[Link], list[Message]]:
    """The links, of two of one type between one pair the stronger, and a notice for each left out."""
    known = {step.id for step in steps}
    kept: dict[tuple[str, str, str], Link] = {}
    notices: list[Message] = []
    for number, told in enumerate(given, 1):
        link = _link(told, number, known)
        pair = link.source, link.target, link.type
        if pair in kept:
            notices.append(_twice(link))
            link = max(kept[pair], link, key=lambda one: (one.strength == "hard", one.lag))
        kept[pair] = link
    return list(kept.values()), notices


def _twice(link: Link) -> Message:
    return Message(
        "Two %(type)s links from %(source)s to %(target)s: the stronger is kept.",
        type=link.type, source=link.source, target=link.target,
    )


def _link(told: Any, number: int, known: set[str]) -> Link:
    try:
        given = read(told, LINK, A_LINK)
        for end in ("from", "to"):
            if end not in given:
                raise Refused("has no %(name)s", name=end)
            if given[end] not in known:
                raise Refused("there is no step %(step)s", step=shown(given[end]))
    except Refused as refusal:
        raise _at(Message("Link %(number)s", number=number), refusal) from None
    source, target = given.pop("from"), given.pop("to")
    return Link(source, target, **given)
