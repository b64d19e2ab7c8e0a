"""Plans without dates: what a campaign of a kind usually takes, in the reader's language (planning/templates/*.json).

A template is plan.json without a launch. Names and groups are in every language, links are [from, to].
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from planning.planfile import PlanError, PlanFile, plan_from
from planning.retroplan import schedule_of

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("en", "fr")


class UnknownTemplate(PlanError):
    """There is no template by that name; the message names those there are."""


@dataclass(frozen=True)
class Template:
    """A template as people choose it. `working_days` is the least it takes, without its buffer."""

    slug: str
    name: str
    about: str
    steps: int
    milestones: int
    working_days: int
    buffer_days: int


def catalogue(language: str = "en") -> list[Template]:
    """All templates in a language, in the order of their slugs."""
    return [_described(document, language) for document in _documents()]


def plan_from_template(name: str, launch: date, today: date, language: str = "en") -> PlanFile:
    """The plan of a template for a launch; `name` is its slug, or its name in any language. Raises UnknownTemplate."""
    document = _found(name)
    return plan_from(
        {
            "launch": launch.isoformat(),
            "buffer_days": document["buffer_days"],
            "steps": [_spoken(step, document["groups"], language) for step in document["steps"]],
            "links": [{"from": source, "to": target} for source, target in document["links"]],
        },
        today,
    )


def _found(name: str) -> dict:
    wanted = name.strip().casefold()
    for document in _documents():
        if wanted in {document["slug"], *(told.casefold() for told in document["name"].values())}:
            return document
    known = ", ".join(document["name"]["en"] for document in _documents())
    raise UnknownTemplate("There is no template %(name)s. There are: %(known)s.", name=repr(name[:60]), known=known)


@cache
def _documents() -> tuple[dict, ...]:
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json")))


def _spoken(step: dict, groups: dict, language: str) -> dict:
    told = {**step, "name": _in(step["name"], language)}
    return {**told, "group": _in(groups[step["group"]], language)} if "group" in step else told


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language.partition("-")[0], words["en"])


def _described(document: dict, language: str) -> Template:
    return Template(
        slug=document["slug"], name=_in(document["name"], language), about=_in(document["about"], language),
        steps=sum(step.get("kind") != "milestone" for step in document["steps"]),
        milestones=sum(step.get("kind") == "milestone" for step in document["steps"]),
        working_days=_working_days(document["slug"]), buffer_days=document["buffer_days"],
    )


@cache
def _working_days(slug: str) -> int:
    """From the first day to the last of the forward pass, Monday to Friday without holidays."""
    monday = date(2027, 3, 1)
    schedule = schedule_of(plan_from_template(slug, date(2028, 3, 1), monday))
    days = (schedule.ready - monday).days + 1 if schedule.ready else 0
    return days // 7 * 5 + min(days % 7, 5)
