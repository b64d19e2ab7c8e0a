"""A plan as CSV: a row for the plan, one for each calendar, one for each step, in columns named like plan.json's fields.

`kind` says what a row is: plan, calendar, or a step's own kind. `after` holds the links into a step, as people write
them in other planners: "brief; ok SS+2; proof FS-1cd soft" (cd: calendar days).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from planning.fields import day
from planning.messages import N_, Message
from planning.planfile import PLAN, PlanFile, dump, plan_from
from planning.planparts import CALENDAR, STEP, PlanError

OWN = ("launch", "buffer_days", "status_date")
COLUMNS = ("kind", "id", "name", "days", "calendar", "after", *(name for name in STEP if name not in ("kind", "id", "name", "days", "calendar")), *OWN, *CALENDAR)
WHOLE = {"days", "buffer_days", "sla_days", "rounds", "rework_days", "remaining_days"}
FLAGS = {"can_slip", "hard"}
LISTS = {"people", "days_off", "working_days"}
DAYS = {name for name, reader in {**STEP, **PLAN}.items() if reader is day}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Cells that begin so are computed by spreadsheets: they are written after an apostrophe."""

CSV_FAULTS = (
    N_("field larger than field limit (131072)"),
    N_("unexpected end of data"),
    N_("',' expected after '\"'"),
    N_("';' expected after '\"'"),
)

_LINK = re.compile(r"(?P<source>.+?)(?: (?P<type>FS|SS|FF|SF)(?P<lag>[+-]\d{1,6})?(?P<unit>cd)?(?: (?P<strength>soft))?)?", re.DOTALL)
_LOCAL = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})")
"""As spreadsheets in Europe write a day, whatever they were given."""
_PLAIN = re.compile(r"[\w.-]+")


def plan_from_csv(content: bytes, today: date) -> PlanFile:
    """The plan in a CSV, with commas or semicolons; `today` is its status date if it tells none. Raises PlanError."""
    rows = list(_rows(content))
    plan = plan_from(_document(rows), today)
    local = next((cell for _line, row in rows for name, cell in row.items() if name in DAYS and _LOCAL.fullmatch(cell)), None)
    return replace(plan, notices=(*plan.notices, _day_first(local))) if local else plan


def csv_of(plan: PlanFile) -> str:
    """The plan as CSV; read again it gives an equal plan."""
    document, after = dump(plan), _after(plan)
    own = {"kind": "plan", **{name: document[name] for name in (*OWN, "calendar") if name in document}}
    calendars = [{"kind": "calendar", "id": name, **fields} for name, fields in document.get("calendars", {}).items()]
    steps = [{"kind": "work", **step, "after": after.get(step["id"])} for step in document["steps"]]
    rows = [own, *calendars, *steps]
    used = [name for name in COLUMNS if any(row.get(name) not in (None, "", [], False) for row in rows)]
    out = io.StringIO()
    writer = csv.DictWriter(out, used, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


# Reading


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, the cells that say something)"""
    text = _text(content)
    heading = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if heading.count(";") > heading.count(",") else ",", strict=True)
    try:
        _ensure_columns(reader.fieldnames)
        for row in reader:
            if None in row:
                raise PlanError("Line %(line)s: more cells than columns.", line=reader.line_num)
            said = {name: _said(value) for name, value in row.items() if value and value.strip()}
            if said:
                yield reader.line_num, said
    except csv.Error as error:
        raise PlanError("Line %(line)s: this is no CSV: %(fault)s.", line=reader.line_num, fault=_fault(error)) from None


def _fault(error: csv.Error) -> Message:
    """What Python's reader says is wrong; of that, `CSV_FAULTS` are in the catalogue."""
    return Message(str(error))


def _text(content: bytes) -> str:
    """In UTF-8, else as spreadsheets in the west keep it."""
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise PlanError("This is no CSV: it is text in neither UTF-8 nor Windows-1252.")


def _ensure_columns(names: Any) -> None:
    if not names or "id" not in names:
        raise PlanError("Line 1: there is no column named id.")
    for name in names:
        if name not in COLUMNS:
            raise PlanError("Line 1: unknown column %(name)s; the columns are %(columns)s.", name=repr(name), columns=", ".join(COLUMNS))
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise PlanError("Line 1: two columns are named %(name)s.", name=twice)


def _document(rows: Iterable[tuple[int, dict[str, str]]]) -> dict[str, Any]:
    """The same as plan.json, to be checked as that is."""
    document: dict[str, Any] = {"calendars": {}, "steps": [], "links": []}
    for line, row in rows:
        kind = row.pop("kind", "work")
        fields = {name: _value(name, value) for name, value in row.items() if name != "after"}
        if kind == "plan":
            if "launch" in document:
                raise PlanError("Line %(line)s: a second row of the plan itself.", line=line)
            document |= fields
        elif kind == "calendar":
            document["calendars"][str(fields.pop("id", ""))] = fields
        else:
            document["steps"].append({**fields, "kind": kind})
            document["links"] += [link | {"line": line} for link in _links(row)]
    _ensure_there(document)
    if "launch" not in document:
        raise PlanError("There is no row of kind plan with a launch.")
    return document


def _ensure_there(document: dict[str, Any]) -> None:
    """What a step comes after is looked for here, where its line is known."""
    ids = {step.get("id") for step in document["steps"]}
    for link in document["links"]:
        if link["from"] not in ids:
            raise PlanError("Line %(line)s: it comes after %(step)s, and there is no such step.", line=link["line"], step=repr(link["from"]))
        del link["line"]


def _links(row: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for told in re.split(r"(?<!\\);", row.get("after", "")):
        if not told.strip():
            continue
        parts = _LINK.fullmatch(told.strip())
        assert parts  # the first group takes anything
        link: dict[str, Any] = {"from": parts["source"].replace("\\;", ";"), "to": row.get("id", ""), "type": parts["type"] or "FS"}
        link |= {"lag": int(parts["lag"] or 0), "lag_unit": "calendar" if parts["unit"] else "working", "strength": parts["strength"] or "hard"}
        found.append(link)
    return found


def _said(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[0] == "'" and cell[1:].startswith(FORMULA) else cell


def _value(name: str, said: str) -> Any:
    """What plan.json would have; what cannot be read stays as it is, to be refused there."""
    if name in WHOLE and re.fullmatch(r"[+-]?\d{1,9}", said):
        return int(said)
    if name in DAYS and (local := _LOCAL.fullmatch(said)):
        return f"{local['year']}-{local['month']:0>2}-{local['day']:0>2}"
    if name in FLAGS and said.lower() in ("yes", "no"):
        return said.lower() == "yes"
    if name in LISTS:
        return said.replace(",", " ").split()
    if name == "weekdays" and re.fullmatch(r"[\d\s,]+", said):
        return [int(day) for day in said.replace(",", " ").split()]
    return said


def _day_first(local: str) -> Message:
    return Message("Dates like %(date)s were read with the day first.", date=local)


# Writing


def _after(plan: PlanFile) -> dict[str, str]:
    """{step id: what it comes after}"""
    into: dict[str, list[str]] = {}
    for link in plan.links:
        lag = f"{link.lag:+d}" if link.lag else ""
        unit, strength = "cd" if link.lag_unit == "calendar" else "", " soft" if link.strength == "soft" else ""
        ending = f" {link.type}{lag}{unit}{strength}"
        plain = ending == " FS" and _PLAIN.fullmatch(link.source)
        into.setdefault(link.target, []).append(link.source.replace(";", "\\;") + ("" if plain else ending))
    return {target: "; ".join(sources) for target, sources in into.items()}


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return " ".join(map(str, value))
    told = str(value)
    return f"'{told}" if isinstance(value, str) and told.startswith(FORMULA) else told
