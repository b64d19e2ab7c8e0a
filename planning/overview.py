"""The plans of several campaigns at once, in as many queries as one of them takes."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from planning.campaigns import Campaign, CampaignCalendar
from planning.facts import facts_of
from planning.gates import Clearing, Closing, Gate
from planning.plan import Plan
from planning.steps import Commitment, Step, StepLink, Waiver
from storage.db import db


def load_plans(campaigns: Iterable[Campaign]) -> dict[str, Plan]:
    """{campaign id: its plan}, each the same as `load_plan` gives."""
    campaigns = list(campaigns)
    ids = [campaign.id for campaign in campaigns]
    steps, links = _rows(Step, ids, Step.position, Step.id), _rows(StepLink, ids, StepLink.id)
    gates, clearings = _rows(Gate, ids, Gate.id), _rows(Clearing, ids, Clearing.id)
    closings, calendars = _rows(Closing, ids, Closing.number), _rows(CampaignCalendar, ids, CampaignCalendar.revision)
    waivers, commitments = _of_steps(Waiver, ids), _of_steps(Commitment, ids, Commitment.at, Commitment.id)
    plans = {
        one.id: Plan(
            one, steps[one.id], links[one.id], gates[one.id], closings[one.id], clearings[one.id], waivers[one.id],
            calendars[one.id], commitments[one.id],
        )
        for one in campaigns
    }
    _tell_facts(plans.values())
    return plans


def _rows(model, ids: list[str], *order) -> defaultdict[str, list]:
    found = defaultdict(list)
    for row in db.session.scalars(select(model).where(model.campaign_id.in_(ids)).order_by(*order)):
        found[row.campaign_id].append(row)
    return found


def _of_steps(model, ids: list[str], *order) -> defaultdict[str, list]:
    found = defaultdict(list)
    mine = select(model, Step.campaign_id).join(Step, Step.id == model.step_id).where(Step.campaign_id.in_(ids))
    for row, campaign_id in db.session.execute(mine.order_by(*order)):
        found[campaign_id].append(row)
    return found


def _tell_facts(plans: Iterable[Plan]) -> None:
    """How all deliverables stand, asked once for each time zone."""
    by_zone = defaultdict(list)
    for plan in plans:
        by_zone[plan.campaign.zone].append(plan)
    for zone, together in by_zone.items():
        steps = [step for plan in together for step in plan.steps]
        waived = {step_id for plan in together for step_id in plan.waived}
        facts = facts_of(steps, zone, waived)
        for plan in together:
            plan.facts = {step.id: facts[step.id] for step in plan.steps if step.is_deliverable}
