"""A milestone is made to wait for one more deliverable."""

from sqlalchemy import select

from planning.campaigns import Campaign
from planning.exporting import plan_file
from planning.gates import Gate
from planning.plan import Plan, load_plan
from planning.planfile import dump, plan_from
from planning.settling import settle
from planning.steps import Step, StepLink
from storage.db import db, new_id
from storage.events import lock, record
from storage.workspaces import Membership


class NotAGate(ValueError):
    """A gate holds a milestone until a deliverable is approved; these are not that."""


def add_gate(milestone: Step, deliverable: Step, rule, *, by: Membership) -> tuple[Gate, bool]:
    """The gate of this pair, and whether it is new. Raises NotAGate, LeftLaunch, or PlanError where they would wait for each other.

    rule  what its reviews are opened with by default; None: whoever opens one says

    The plan gets a link for it where none leads from the deliverable or its review step, so that its dates and its
    plan.json tell the same.
    """
    if not (milestone.is_milestone and deliverable.is_deliverable and milestone.campaign_id == deliverable.campaign_id):
        raise NotAGate
    lock(milestone.campaign_id)
    for step in (milestone, deliverable):
        db.session.refresh(step)
        step.ensure_in_launch()
    known = db.session.scalar(
        select(Gate).where(Gate.milestone_id == milestone.id, Gate.deliverable_id == deliverable.id)
    )
    if known:
        return known, False
    gate = Gate(
        id=new_id(), campaign_id=milestone.campaign_id, milestone_id=milestone.id, deliverable_id=deliverable.id,
        rule=rule, row_version=1,
    )
    db.session.add(gate)
    _link(milestone, deliverable)
    record(
        "gate.made", f"gate:{gate.id}", by=by, scope_id=gate.campaign_id, body={"milestone": milestone.id, "deliverable": deliverable.id},
        keys=(f"campaign_{gate.campaign_id}", f"step_{milestone.id}", f"step_{deliverable.id}"),
    )
    db.session.flush()
    settle(gate.campaign_id, by=by)
    return gate, True


def _link(milestone: Step, deliverable: Step) -> None:
    plan = load_plan(db.session.get_one(Campaign, milestone.campaign_id))
    last = plan.review_step_of.get(deliverable.id, deliverable)
    if any(link.source_id in (deliverable.id, last.id) and link.target_id == milestone.id for link in plan.links):
        return
    link = StepLink(
        id=new_id(), campaign_id=milestone.campaign_id, source_id=last.id, target_id=milestone.id, type="FS", lag=0,
        lag_unit="working", strength="hard", row_version=1,
    )
    plan.links.append(link)
    _ensure_computable(plan)
    db.session.add(link)


def _ensure_computable(plan: Plan) -> None:
    """Raises PlanError that names the loop by the plan's own ids."""
    plan_from(dump(plan_file(plan, facts=False)), plan.campaign.today)
