"""Plans as other programs read and write them; everything goes through the plan.json that it is equal to (planfile.py)."""

from collections.abc import Callable
from datetime import date
from pathlib import PurePath

from planning.exchange.mspdi import plan_from_mspdi
from planning.exchange.table import plan_from_csv
from planning.planfile import PlanError, PlanFile, plan_from_json

READERS: dict[str, Callable[[bytes, date], PlanFile]] = {".json": plan_from_json, ".csv": plan_from_csv, ".xml": plan_from_mspdi}


def plan_from_file(name: str, content: bytes, today: date) -> PlanFile:
    """The plan in a file, read as its name ends: plan.json, CSV, or the XML of Microsoft Project. Raises PlanError."""
    reader = READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise PlanError("A plan's file ends in one of %(endings)s.", endings=", ".join(READERS))
    return reader(content, today)
