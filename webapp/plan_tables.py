"""`backbeat retroplan`: a plan file computed, and its answer as a table for people."""

from pathlib import Path
from typing import NamedTuple

from planning.exchange import plan_from_file
from planning.options import Change, Kind, Option, options
from planning.planfile import PlanError, PlanFile
from planning.retroplan import retroplan_answer
from storage.clock import utcnow

COLUMNS = ("step", "latest_start", "due", "early_start", "early_finish", "slack_days")


class Computed(NamedTuple):
    """A plan file, what reading it left out, and its answer."""

    plan: PlanFile
    notices: list[str]
    answer: dict


def computed(file: str) -> Computed:
    """One plan file computed. Raises PlanError; that and the notices begin with the file's name."""
    path = Path(file)
    try:
        plan = plan_from_file(path.name, path.read_bytes(), utcnow().astimezone().date())
        return Computed(plan, [f"{file}: {notice}" for notice in plan.notices], retroplan_answer(plan, file))
    except OSError as error:
        raise PlanError(f"{file}: {error.strerror}.") from error
    except PlanError as error:
        raise PlanError(f"{file}: {error}") from error


def table(plan: PlanFile, answer: dict) -> str:
    """The steps as rows under a line that says whether the launch holds; where it does not, what could be done about it."""
    rows = [[key, *(str(step[column]) for column in COLUMNS[1:])] for key, step in answer["steps"].items()]
    headings = [column.replace("_", " ") for column in COLUMNS]
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [headings, *rows]]
    return "\n".join([_headline(answer), *lines, *_proposed(plan), ""])


def _proposed(plan: PlanFile) -> list[str]:
    names = {step.id: step.name for step in plan.steps}
    found = [f"  - {_words(option, names)}" for option in options(plan)]
    return ["", "What could be done:", *found] if found else []


def _words(option: Option, names: dict[str, str]) -> str:
    spare = option.hard_slack_days
    end = f"{_days(spare)} to spare" if spare >= 0 else f"still short by {_days(-spare)}"
    risk = f"; {_days(option.at_risk_days)} of work before its approval" if option.at_risk_days else ""
    who = f"; asks {', '.join(sorted(option.people))}" if option.people else ""
    return f"{'; '.join(_change(change, names) for change in option.changes)}: ready {option.ready}, {end}{risk}{who}"


def _change(change: Change, names: dict[str, str]) -> str:
    name = names.get(change.step, "")
    match change.kind:
        case Kind.SHORTEN_REVIEW:
            return f"answer {name} in {_days(change.days)}"
        case Kind.RUN_PARALLEL:
            return f"begin {name} beside {names[change.after]}"
        case Kind.MOVE_SCOPE:
            return f"leave {name} for later"
    return f"launch on {change.launch}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _headline(answer: dict) -> str:
    ready = answer["ready"] or "nothing to do"
    end = f"short by {answer['short_by_days']} days" if answer["short_by_days"] else f"slack {answer['slack_days']} days"
    return f"{answer['file']}: launch {answer['launch']}, ready {ready}, {end}"
