"""What could be done about a live campaign that is too short: options.py on its rows, each told by ids and simulated on a copy."""

import hashlib
from dataclasses import dataclass, replace

from planning.exporting import plan_file
from planning.options import Change, Option, options
from planning.patches import Patch, patch_of, patched
from planning.plan import Plan
from storage.db import canonical


@dataclass(frozen=True)
class Offer:
    """An option of one campaign; its changes name rows. `id` is a digest of them: the same changes are the same offer."""

    id: str
    option: Option
    patch: Patch


def offers(plan: Plan) -> list[Offer]:
    """What may be accepted now, the best first; nothing while the launch can be met. Raises CalendarEdge.

    The search runs on the plan file; what each leaves is reckoned from the rows, since a gate that goes may let a milestone pass.
    """
    return [_offer(plan, option) for option in options(plan_file(plan))]


def _offer(plan: Plan, option: Option) -> Offer:
    ids = {step.key: step.id for step in plan.steps} | {"": ""}
    patch = patch_of(plan, option.changes)
    left = patched(plan, patch).schedule
    changes = tuple(replace(change, step=ids[change.step], after=ids[change.after]) for change in option.changes)
    figures = {"ready": left.ready, "slack_days": left.launch_slack_days, "hard_slack_days": left.hard_launch_slack_days}
    return Offer(_digest(plan, changes), replace(option, changes=changes, **figures), patch)


def _digest(plan: Plan, changes: tuple[Change, ...]) -> str:
    told = canonical([plan.campaign.id, [change_json(change) for change in changes]])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def change_json(change: Change) -> dict:
    """A change by the ids of its rows, with what its kind has."""
    told = {"step_id": change.step, "after_id": change.after, "days": change.days, "launch": change.launch and change.launch.isoformat()}
    return {"kind": str(change.kind), **{name: value for name, value in told.items() if value}}


def option_json(offer: Offer) -> dict:
    """An option as it is kept: ids and figures, no person's name."""
    option = offer.option
    return {
        "id": offer.id, "changes": [change_json(change) for change in option.changes],
        "ready": option.ready.isoformat() if option.ready else None, "slack_days": option.slack_days,
        "hard_slack_days": option.hard_slack_days, "people_disturbed": len(option.people), "at_risk_days": option.at_risk_days,
    }
