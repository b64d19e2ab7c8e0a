"""A campaign's plan as the database has it now, without its dates: what every act asks before it settles.

Ids and facts alone, all of them in one statement, and never an object of the session: an act must not pay for columns
and dates that it does not look at.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Integer,
    String,
    bindparam,
    case,
    cast,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from planning.campaigns import Campaign
from planning.gates import Clearing, Closing, Gate
from planning.standing import Standing
from planning.steps import Step, StepLink, Waiver
from storage.db import db


class CampaignNow(NamedTuple):
    id: str
    zone: str


class StepNow(NamedTuple):
    id: str
    kind: str
    closes: str | None
    asset_id: str | None
    begun: int
    is_milestone = Step.is_milestone
    is_deliverable = Step.is_deliverable


class LinkNow(NamedTuple):
    """Its type and lag bear on dates alone."""

    source_id: str
    target_id: str
    strength: str
    type = "FS"
    lag = 0
    lag_unit = "working"


class GateNow(NamedTuple):
    id: str
    milestone_id: str
    deliverable_id: str


class ClosingNow(NamedTuple):
    id: str
    milestone_id: str
    number: int
    reopened: int


@dataclass
class PlanNow(Standing):
    """`cleared` is {gate id: id of the clearing that stands}."""

    campaign: CampaignNow
    steps: list[StepNow]
    links: list[LinkNow]
    gates: list[GateNow]
    closings: list[ClosingNow]
    cleared: dict[str, str]
    waived: set[str]


def plan_now(campaign_id: str) -> PlanNow | None:
    """The plan as it was written so far, without what left its launch; None if this is no campaign."""
    found = defaultdict(list)
    for table, number, *texts, flag in db.session.connection().execute(_rows(), {"campaign_id": campaign_id}).all():
        found[table].append((number, flag, *texts))
    if not found["campaign"]:
        return None
    steps = [StepNow(id_, kind, closes, asset_id, begun) for _, begun, id_, kind, closes, asset_id in found["step"]]
    here = {step.id for step in steps}
    return PlanNow(
        campaign=next(CampaignNow(id_, zone) for _, _, id_, zone, _, _ in found["campaign"]),
        steps=steps,
        links=[LinkNow(*ends, strength) for *_, source, target, strength in found["link"] if here.issuperset(ends := (source, target))],
        gates=[GateNow(id_, *ends) for *_, id_, milestone, deliverable, _ in found["gate"] if here.issuperset(ends := (milestone, deliverable))],
        closings=[ClosingNow(id_, milestone_id, number, reopened) for number, reopened, id_, milestone_id, _, _ in found["closing"]],
        cleared={gate_id: id_ for _, _, id_, gate_id, _, _ in found["clearing"]},
        waived={step_id for _, _, _, step_id, _, _ in found["waiver"]},
    )


@cache
def _rows() -> CompoundSelect:
    """(table, number, id, three texts, flag) of each row, in the order of load_plan; built once."""
    begun, reopened = or_(Step.started_on.is_not(None), Step.finished_on.is_not(None)), Closing.reopened_at.is_not(None)
    rows = (
        _row("campaign", Campaign.id, Campaign.zone).where(_mine(Campaign.id)),
        _row("step", Step.id, Step.kind, Step.closes, Step.asset_id, number=Step.position, flag=begun)
        .where(_mine(Step.campaign_id), Step.slipped_at.is_(None)),
        _row("link", StepLink.id, StepLink.source_id, StepLink.target_id, StepLink.strength).where(_mine(StepLink.campaign_id)),
        _row("gate", Gate.id, Gate.milestone_id, Gate.deliverable_id).where(_mine(Gate.campaign_id)),
        _row("closing", Closing.id, Closing.milestone_id, number=Closing.number, flag=reopened).where(_mine(Closing.campaign_id)),
        _row("clearing", Clearing.id, Clearing.gate_id).where(_mine(Clearing.campaign_id), Clearing.ended_at.is_(None)),
        _row("waiver", Waiver.id, Waiver.step_id)
        .join(Step, Step.id == Waiver.step_id)
        .where(_mine(Step.campaign_id), Waiver.lifted_at.is_(None)),
    )
    return union_all(*rows).order_by("number", "id")


def _row(table: str, id_, *texts, number=None, flag=None):
    """The columns that all the tables share in the answer; what one has not is null or 0."""
    nothing, zero = cast(null(), String), literal_column("0", Integer)
    filled = [*texts, *[nothing] * (3 - len(texts))]
    named = [text.label(f"text{at}") for at, text in enumerate(filled)]
    flagged = zero if flag is None else case((flag, literal_column("1", Integer)), else_=zero)
    numbered = zero if number is None else number
    table_name = literal_column(f"'{table}'", String)
    return select(table_name.label("table"), numbered.label("number"), id_.label("id"), *named, flagged.label("flag"))


def _mine(column):
    return column == bindparam("campaign_id")
