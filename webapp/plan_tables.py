"""`backbeat retroplan`: a plan file computed, and its answer as a table for people, in English or French."""

from gettext import NullTranslations, translation
from pathlib import Path
from typing import NamedTuple

from planning.cautions import cautions
from planning.exchange import plan_from_file
from planning.messages import N_, Message
from planning.options import Change, Kind, Option, options
from planning.planfile import PlanError, PlanFile
from planning.retroplan import retroplan_answer, schedule_of
from storage.clock import utcnow

TRANSLATIONS = Path(__file__).parent / "translations"
COLUMNS = {
    "step": N_("step"),
    "latest_start": N_("latest start"),
    "due": N_("due"),
    "early_start": N_("early start"),
    "early_finish": N_("early finish"),
    "slack_days": N_("slack days"),
}
FAULTS = N_("No such file or directory"), N_("Permission denied"), N_("Is a directory")
"""What the system says of a file that cannot be read."""


class Computed(NamedTuple):
    """A plan file, what reading it left out or what is odd in it, and its answer."""

    plan: PlanFile
    notices: list[Message]
    answer: dict


def words_of(language: str) -> NullTranslations:
    """The catalogue of a language, apart from any page; English is its own."""
    return translation("messages", TRANSLATIONS, [language], fallback=True)


def computed(file: str, language: str = "en") -> Computed:
    """One plan file computed. Raises PlanError; that and the notices begin with the file's name."""
    path = Path(file)
    try:
        plan = plan_from_file(path.name, path.read_bytes(), utcnow().astimezone().date())
        answer = retroplan_answer(plan, file, language)
        said = [*plan.notices, *cautions(plan, schedule_of(plan))]
        return Computed(plan, [Message("%(file)s: %(sentence)s", file=file, sentence=notice) for notice in said], answer)
    except OSError as error:
        raise PlanError("%(file)s: %(fault)s.", file=file, fault=Message(error.strerror or str(error))) from error
    except PlanError as error:
        raise PlanError("%(file)s: %(sentence)s", file=file, sentence=error.message) from error


def table(plan: PlanFile, answer: dict, words: NullTranslations) -> str:
    """The steps as rows under a line that says whether the launch holds; where it does not, what could be done about it."""
    rows = [[key, *(str(step[column]) for column in COLUMNS if column != "step")] for key, step in answer["steps"].items()]
    headings = [words.gettext(heading) for heading in COLUMNS.values()]
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [headings, *rows]]
    return "\n".join([_headline(answer, words), *lines, *Proposals(plan, words).lines(), ""])


class Proposals:
    """What could be done about a plan that is too short, in words."""

    def __init__(self, plan: PlanFile, words: NullTranslations):
        self.plan, self.words = plan, words
        self.names = {step.id: step.name for step in plan.steps}

    def lines(self) -> list[str]:
        found = [f"  - {self._option(option)}" for option in options(self.plan)]
        return ["", self.words.gettext("What could be done:"), *found] if found else []

    def _option(self, option: Option) -> str:
        gettext, spare = self.words.gettext, option.hard_slack_days
        end = gettext("%(days)s to spare") if spare >= 0 else gettext("still short by %(days)s")
        end %= {"days": self._days(abs(spare))}
        told = [gettext("%(changes)s: ready %(day)s, %(end)s") % {"changes": "; ".join(map(self._change, option.changes)), "day": option.ready, "end": end}]
        if option.at_risk_days:
            told.append(gettext("%(days)s of work before its approval") % {"days": self._days(option.at_risk_days)})
        if option.people:
            told.append(gettext("asks %(names)s") % {"names": ", ".join(sorted(option.people))})
        return "; ".join(told)

    def _change(self, change: Change) -> str:
        gettext, name = self.words.gettext, self.names.get(change.step, "")
        match change.kind:
            case Kind.SHORTEN_REVIEW:
                return gettext("answer %(step)s in %(days)s") % {"step": name, "days": self._days(change.days)}
            case Kind.RUN_PARALLEL:
                return gettext("begin %(step)s beside %(other)s") % {"step": name, "other": self.names[change.after]}
            case Kind.MOVE_SCOPE:
                return gettext("leave %(step)s for later") % {"step": name}
        return gettext("launch on %(day)s") % {"day": change.launch}

    def _days(self, count: int) -> str:
        return self.words.ngettext("%(num)s day", "%(num)s days", count) % {"num": count}


def _headline(answer: dict, words: NullTranslations) -> str:
    short, slack = answer["short_by_days"], answer["slack_days"]
    if short:
        end = words.gettext("short by %(days)s days") % {"days": short}
    else:
        end = words.gettext("slack %(days)s days") % {"days": "–" if slack is None else slack}
    return words.gettext("%(file)s: launch %(launch)s, ready %(ready)s, %(end)s") % {
        "file": answer["file"], "launch": answer["launch"], "ready": answer["ready"] or words.gettext("nothing to do"), "end": end,
    }
