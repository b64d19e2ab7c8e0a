"""Whether what is kept of gates, milestones and slack agrees with the facts, and with itself: a line per fault."""

from collections.abc import Iterator

from sqlalchemy import select

from planning.baselines import Baseline, baselines_of
from planning.booking import Cause
from planning.campaigns import Campaign
from planning.decisions import PlanDecision
from planning.plan import Plan, load_plan
from planning.slack import SlackBook, SlackEntry, entries_of
from planning.states import newly_passed
from storage.db import db
from storage.events import Event


def faults() -> Iterator[str]:
    """Everything planning can say about itself; review must have registered its facts (planning/facts.py)."""
    for campaign_id in db.session.scalars(select(Campaign.id).order_by(Campaign.id)).all():
        plan = load_plan(db.session.get_one(Campaign, campaign_id), dated=False)
        yield from _clearings(plan)
        yield from _closings(plan)
        yield from _events(plan)
        yield from _slack(campaign_id)
        yield from _baselines(campaign_id)
        db.session.expunge_all()


def _clearings(plan: Plan) -> Iterator[str]:
    """A clearing stands exactly while its deliverable is approved or waived."""
    standing = {clearing.gate_id for clearing in plan.clearings if clearing.ended_at is None}
    for gate in plan.gates:
        if plan.is_clear(gate.deliverable_id) != (gate.id in standing):
            state = plan.deliverable_states[gate.deliverable_id]
            yield f"gate {gate.id}: its deliverable is {state}, and it is {'' if gate.id in standing else 'not '}cleared"


def _closings(plan: Plan) -> Iterator[str]:
    """A closing stands exactly while the milestone is passed, and nothing that should have passed waits."""
    for milestone in plan.milestones:
        closings = sorted((one for one in plan.closings if one.milestone_id == milestone.id), key=lambda one: one.number)
        if [one.number for one in closings] != list(range(1, len(closings) + 1)):
            yield f"milestone {milestone.id}: its closings are not numbered one by one"
        if any(one.reopened_at is None for one in closings[:-1]):
            yield f"milestone {milestone.id}: it was closed again without having been reopened"
        if closings and (closings[-1].reopened_at is None) != (plan.states.flows[milestone.id] == "passed"):
            yield f"milestone {milestone.id}: it is {plan.states.flows[milestone.id]}, and its last closing says otherwise"
    again = {key for key, closing in plan.last_closing.items() if closing.reopened_at is not None}
    waiting = set(newly_passed(plan.plan_facts, reopened_before=again)) - again
    for milestone_id in sorted(waiting):
        yield f"milestone {milestone_id}: everything it waits for is approved, and it was not passed"


def _events(plan: Plan) -> Iterator[str]:
    """Each closing was told once."""
    rows = select(Event.subject, Event.body).where(Event.scope_id == plan.campaign.id, Event.name == "milestone.unblocked")
    told = [(subject.partition(":")[2], body["closing"]) for subject, body in db.session.execute(rows)]
    kept = {(closing.milestone_id, closing.number): closing for closing in plan.closings}
    for closing in kept.values():
        if told.count((closing.milestone_id, closing.number)) != 1:
            yield f"milestone {closing.milestone_id}: its closing {closing.number} is not told exactly once"
    for milestone_id, number in set(told) - set(kept):
        yield f"milestone {milestone_id}: an event tells of a closing {number} that is not kept"


def _slack(campaign_id: str) -> Iterator[str]:
    """Entries without a gap, of which each leads from what was left before it to what it says is left."""
    book = db.session.get(SlackBook, campaign_id)
    entries = list(db.session.scalars(entries_of(campaign_id).order_by(SlackEntry.number)))
    numbers = [entry.number for entry in entries]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"slack of campaign {campaign_id}: it is not numbered one by one"
    if entries and book is None:
        yield f"slack of campaign {campaign_id}: it has entries and no book"
    if book and book.number != max(numbers, default=0):
        yield f"slack of campaign {campaign_id}: its book ends with {book.number}, its entries with {max(numbers, default=0)}"
    yield from _sums(campaign_id, entries)
    for number in db.session.scalars(_strange_events(campaign_id)):
        yield f"slack of campaign {campaign_id}: entry {number} names an event that is not its own"


def _baselines(campaign_id: str) -> Iterator[str]:
    """Numbered without a gap, and each decision about the plan has left exactly one."""
    rows = list(db.session.scalars(baselines_of(campaign_id).order_by(Baseline.number)))
    if [row.number for row in rows] != list(range(1, len(rows) + 1)):
        yield f"baselines of campaign {campaign_id}: they are not numbered one by one"
    kept = [row.decision_id for row in rows]
    for decision_id in db.session.scalars(select(PlanDecision.id).where(PlanDecision.campaign_id == campaign_id)):
        if kept.count(decision_id) != 1:
            yield f"plan decision {decision_id}: it has not left exactly one baseline"


def _sums(campaign_id: str, entries: list[SlackEntry]) -> Iterator[str]:
    left: dict[str | None, int] = {}
    for entry in entries:
        if (entry.cause == Cause.OPENING) == (entry.milestone_id in left):
            yield f"slack of campaign {campaign_id}: entry {entry.number}: what it is about does not begin with its opening, once"
        if left.get(entry.milestone_id, entry.slack_days) + entry.delta_days != entry.slack_days:
            yield f"slack of campaign {campaign_id}: entry {entry.number} does not add up"
        left[entry.milestone_id] = entry.slack_days


def _strange_events(campaign_id: str):
    rows = select(SlackEntry.number).join(Event, Event.id == SlackEntry.event_id)
    return rows.where(SlackEntry.campaign_id == campaign_id, Event.scope_id != campaign_id)
