"""What an option changes of a campaign's rows: found as the difference of two plan files, laid on copies, or on the rows.

The same patch is simulated (offers.py) and accepted (accepting.py), so that the one cannot differ from the other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from planning.exporting import plan_file
from planning.gates import Clearing, Gate
from planning.items import Link
from planning.options import Change, changed
from planning.overlay import copy_of, settled
from planning.plan import Plan
from planning.planfile import PlanFile, gates
from planning.states import Flow
from planning.steps import Step, StepLink
from storage.clock import utcnow
from storage.db import db, new_id

LENGTH = "days", "sla_days"
"""What an option may change on a step that stays."""


@dataclass(frozen=True)
class Patch:
    """Changes of rows, by their ids.

    steps  {step id: {column: value}}
    types  {link id: its type from now on}
    links  the links that bridge what leaves, or what no longer waits; `source` and `target` are ids of steps
    gates  (milestone id, deliverable id) of the gates that come with those links
    slips  ids of steps that leave this launch
    """

    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    gates: tuple[tuple[str, str], ...] = ()
    slips: tuple[str, ...] = ()
    launch: date | None = None


def patch_of(plan: Plan, changes: Iterable[Change]) -> Patch:
    """What these changes, by the plan's own keys, do to its rows."""
    before = plan_file(plan)
    after = changed(before, changes)
    ids = {step.key: step.id for step in plan.steps}
    staying = {step.id: step for step in after.steps}
    types, links = _relinked(plan, ids, before, after)
    return Patch(
        steps={ids[step.id]: values for step in before.steps if step.id in staying and (values := _lengths(step, staying[step.id]))},
        types=types,
        links=tuple(links),
        gates=tuple(_gated(plan, ids, before, after)),
        slips=tuple(ids[step.id] for step in before.steps if step.id not in staying),
        launch=after.launch if after.launch != before.launch else None,
    )


def patched(plan: Plan, patch: Patch) -> Plan:
    """The plan with the patch, once its milestones have passed or reopened; the one given stays as it is."""
    now = utcnow()
    campaign = copy_of(plan.campaign, {"launch": patch.launch}) if patch.launch else plan.campaign
    changes = {**patch.steps, **{step_id: {"slipped_at": now} for step_id in patch.slips}}
    other = replace(
        plan,
        campaign=campaign,
        steps=[copy_of(step, changes[step.id]) if step.id in changes else step for step in plan.steps],
        links=[copy_of(link, {"type": patch.types[link.id]}) if link.id in patch.types else link for link in plan.links] + _links(plan, patch),
        gates=[*plan.gates, *_gates(plan, patch)],
    )
    other.facts = {step.id: plan.facts[step.id] for step in other.steps if step.is_deliverable}
    return settled(other)


def write(plan: Plan, patch: Patch) -> dict[str, Any]:
    """Change the rows; what `put_back` needs to undo it, as JSON values."""
    steps, links = plan.step_by_id, {link.id: link for link in plan.links}
    made = [*_links(plan, patch), *_gates(plan, patch)]
    before = {
        "steps": {id_: {name: getattr(steps[id_], name) for name in values} for id_, values in patch.steps.items()},
        "types": {id_: links[id_].type for id_ in patch.types},
        "links": [row.id for row in made if isinstance(row, StepLink)],
        "gates": [row.id for row in made if isinstance(row, Gate)],
        "slips": list(patch.slips),
        "launch": plan.campaign.launch.isoformat() if patch.launch else None,
    }
    now = utcnow()
    _set({steps[id_]: values for id_, values in patch.steps.items()})
    _set({links[id_]: {"type": type_} for id_, type_ in patch.types.items()})
    _set({steps[id_]: {"slipped_at": now} for id_ in patch.slips})
    plan.campaign.launch = patch.launch or plan.campaign.launch
    db.session.add_all(made)
    db.session.flush()
    return before


def put_back(campaign, before: dict[str, Any]) -> None:
    """The rows as they were; their row versions go on. Clearings of gates that came with the patch go with them: the log tells of them."""
    _set({db.session.get_one(Step, id_): values for id_, values in before["steps"].items()})
    _set({db.session.get_one(Step, id_): {"slipped_at": None} for id_ in before["slips"]})
    for model, ids in ((StepLink, before["links"]), (Clearing, _clearings(before["gates"])), (Gate, before["gates"])):
        for id_ in ids:
            db.session.delete(db.session.get_one(model, id_))
        db.session.flush()
    _set({db.session.get_one(StepLink, id_): {"type": type_} for id_, type_ in before["types"].items()})
    if before["launch"]:
        campaign.launch = date.fromisoformat(before["launch"])
    db.session.flush()


def _lengths(before, after) -> dict[str, Any]:
    return {name: getattr(after, name) for name in LENGTH if getattr(after, name) != getattr(before, name)}


def _relinked(plan: Plan, ids: dict[str, str], before: PlanFile, after: PlanFile) -> tuple[dict[str, str], list[Link]]:
    """({link id: its new type}, links that are new). A link goes only with a step that leaves, or by becoming another type."""
    staying, was = {step.id for step in after.steps}, set(before.links)
    new = [link for link in after.links if link not in was]
    types: dict[str, str] = {}
    for link in was.difference(after.links):
        if {link.source, link.target} <= staying:
            other = next(one for one in new if one._replace(type=link.type) == link)
            new.remove(other)
            types[_row_of(plan, ids, link).id] = other.type
    return types, [link._replace(source=ids[link.source], target=ids[link.target]) for link in new]


def _gated(plan: Plan, ids: dict[str, str], before: PlanFile, after: PlanFile) -> Iterator[tuple[str, str]]:
    """Where a bridge leads from a deliverable to a milestone it is approved for it, as in any plan; what has passed is not held anew."""
    known = {(gate.milestone_id, gate.deliverable_id) for gate in plan.gates}
    was = set(gates(before))
    for milestone, deliverable in gates(after):
        pair = ids[milestone], ids[deliverable]
        if (milestone, deliverable) not in was and pair not in known and plan.states.flows[pair[0]] is not Flow.PASSED:
            yield pair


def _row_of(plan: Plan, ids: dict[str, str], link: Link) -> StepLink:
    ends = ids[link.source], ids[link.target], link.type
    return next(row for row in plan.links if (row.source_id, row.target_id, row.type) == ends)


def _links(plan: Plan, patch: Patch) -> list[StepLink]:
    return [
        StepLink(
            id=new_id(), campaign_id=plan.campaign.id, source_id=link.source, target_id=link.target, type=link.type,
            lag=link.lag, lag_unit=link.lag_unit, strength=link.strength, row_version=1,
        )
        for link in patch.links
    ]  # fmt: skip


def _gates(plan: Plan, patch: Patch) -> list[Gate]:
    return [
        Gate(id=new_id(), campaign_id=plan.campaign.id, milestone_id=milestone, deliverable_id=deliverable, rule=None, row_version=1)
        for milestone, deliverable in patch.gates
    ]


def _clearings(gate_ids: list[str]) -> list[str]:
    return list(db.session.scalars(select(Clearing.id).where(Clearing.gate_id.in_(gate_ids))))


def _set(rows: dict[Any, dict[str, Any]]) -> None:
    for row, values in rows.items():
        for name, value in values.items():
            setattr(row, name, value)
        row.row_version += 1
