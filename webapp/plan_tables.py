"""`backbeat retroplan`: a plan file computed, and its answer as a table for people."""

from pathlib import Path

from planning.exchange import plan_from_file
from planning.planfile import PlanError
from planning.retroplan import retroplan_answer
from storage.clock import utcnow

COLUMNS = ("step", "latest_start", "due", "early_start", "early_finish", "slack_days")


def computed(file: str) -> tuple[dict, list[str]]:
    """The answer for one plan file, and what reading it left out. Raises PlanError; both begin with the file's name."""
    path = Path(file)
    try:
        plan = plan_from_file(path.name, path.read_bytes(), utcnow().astimezone().date())
        return retroplan_answer(plan, file), [f"{file}: {notice}" for notice in plan.notices]
    except OSError as error:
        raise PlanError(f"{file}: {error.strerror}.") from error
    except PlanError as error:
        raise PlanError(f"{file}: {error}") from error


def table(answer: dict) -> str:
    """The steps as rows under a line that says whether the launch holds."""
    rows = [[key, *(str(step[column]) for column in COLUMNS[1:])] for key, step in answer["steps"].items()]
    headings = [column.replace("_", " ") for column in COLUMNS]
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [headings, *rows]]
    return "\n".join([_headline(answer), *lines, ""])


def _headline(answer: dict) -> str:
    ready = answer["ready"] or "nothing to do"
    end = f"short by {answer['short_by_days']} days" if answer["short_by_days"] else f"slack {answer['slack_days']} days"
    return f"{answer['file']}: launch {answer['launch']}, ready {ready}, {end}"
