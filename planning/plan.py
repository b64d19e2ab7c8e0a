"""A campaign's plan as it stands: its rows loaded once, and what is derived from them on read, stored nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select

from planning.calendars import Calendar, CalendarSpec, calendar_from
from planning.campaigns import Campaign, CampaignCalendar
from planning.gates import Clearing, Closing, Gate
from planning.items import pieces_of
from planning.network import Dates, Item, Network, Schedule
from planning.rounds import rounds_afforded
from planning.standing import Standing
from planning.states import DeliverableFacts, DeliverableState, Flow, Health, health, step_state
from planning.steps import Commitment, Step, StepKind, StepLink, Waiver
from storage.db import db


@dataclass
class Plan(Standing):
    """The rows of one campaign, in their order, and everything reckoned from them.

    `slipped` are the steps that left this launch; no other list holds them, nor a link or a gate of theirs.
    """

    campaign: Campaign
    steps: list[Step]
    links: list[StepLink]
    gates: list[Gate]
    closings: list[Closing]
    clearings: list[Clearing]
    waivers: list[Waiver]
    calendar_rows: list[CampaignCalendar] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    slipped: list[Step] = field(default_factory=list)

    def __post_init__(self):
        left = {step.id for step in self.steps if step.slipped_at is not None}
        if not left:
            return
        self.slipped = [*self.slipped, *(step for step in self.steps if step.id in left)]
        self.steps = [step for step in self.steps if step.id not in left]
        self.links = [link for link in self.links if left.isdisjoint((link.source_id, link.target_id))]
        self.gates = [gate for gate in self.gates if left.isdisjoint((gate.milestone_id, gate.deliverable_id))]

    @cached_property
    def waived(self) -> set[str]:
        return {waiver.step_id for waiver in self.waivers if waiver.lifted_at is None}

    @cached_property
    def waived_on(self) -> dict[str, date]:
        """{deliverable id: the day it was waived}: it is done since then, and not anew every day"""
        return {waiver.step_id: self._day(waiver.at) for waiver in self.waivers if waiver.lifted_at is None}

    @cached_property
    def review_step_of(self) -> dict[str, Step]:
        """{deliverable id: the review step that stands for its reviews}"""
        return {step.of_id: step for step in self.steps if step.kind == StepKind.REVIEW and step.of_id}

    @cached_property
    def _answered_apart(self) -> set[str]:
        """Deliverables whose review is a step of its own, also if that has left: they are done once handed over."""
        left = {step.of_id for step in self.slipped if step.kind == StepKind.REVIEW and step.of_id}
        return left | self.review_step_of.keys()

    def state_of(self, step: Step) -> str:
        """A step's state as API.md spells it: a milestone's is its flow."""
        if step.is_milestone:
            return self.states.flows[step.id]
        if step.is_deliverable:
            return self.deliverable_states[step.id]
        started, finished, _ = self.progress(step)
        return step_state(started is not None, finished is not None)

    def health_of(self, milestone: Step) -> Health:
        """A milestone's other axis, as far as dates allow."""
        dates, promised = self.dates[milestone.id], self.promised.get(milestone.id)
        closing = self.last_closing.get(milestone.id)
        passed = self.states.flows[milestone.id] is Flow.PASSED
        return health(
            today=self.campaign.today, committed=promised.finish if promised else None, early_finish=dates.early_finish,
            due=dates.due, hard_due=dates.hard_due, slack_days=dates.slack_days,
            initial_slack_days=promised.slack_days if promised else None,
            passed_on=self._day(closing.at) if closing and passed else None,
        )

    def free_slack_of(self, step: Step) -> int | None:
        """Working days of the step by which it may slip before what waits for it begins later; None where nothing does."""
        return self.schedule.free_slack_of(self.network.index[step.id])

    def consumed_slack_of(self, step: Step) -> int | None:
        """Slack lost since the plan was last accepted, negative where some was won; None where nothing was promised."""
        promised = self.promised.get(step.id)
        return promised.slack_days - self.dates[step.id].slack_days if promised else None

    def rounds_afforded(self, step: Step) -> int | None:
        """Of a review that is not done: how many more rounds than planned still fit; None of anything else."""
        if step.kind != StepKind.REVIEW or self.progress(step)[1] is not None:
            return None
        return rounds_afforded(self.schedule, step.id, max(1, step.sla_days or step.days), step.rework_days or 0)

    @cached_property
    def promised(self) -> dict[str, Commitment]:
        """{step id: what was last promised}"""
        return {commitment.step_id: commitment for commitment in self.commitments}

    @cached_property
    def network(self) -> Network:
        return Network(self.items, self.network_links, self.calendar, self.calendars)

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        """Each named calendar, at its latest revision."""
        rows = sorted(self.calendar_rows, key=lambda row: row.revision)
        return {row.name: calendar_from(spec_of(row.spec)) for row in rows}

    @property
    def calendar(self) -> Calendar:
        """The plan's own: Monday to Friday without holidays when it names none."""
        return self.calendars.get(self.campaign.calendar) or calendar_from(CalendarSpec())

    @cached_property
    def schedule(self) -> Schedule:
        """Both passes, as of today in the campaign's zone."""
        return self.network.schedule(self.campaign.launch, self.campaign.buffer_days, self.campaign.today)

    @cached_property
    def dates(self) -> dict[str, Dates]:
        """{step id: its dates}"""
        return self.schedule.all()

    @cached_property
    def items(self) -> list[Item]:
        return [self._item(step) for step in self.steps]

    def _item(self, step: Step) -> Item:
        started, finished, remaining = self.progress(step)
        return Item(
            key=step.id, days=step.days, calendar=step.calendar, kind=step.kind, not_before=step.not_before,
            deadline=step.deadline, pinned_on=step.pinned_on, started_on=started, finished_on=finished,
            remaining_days=remaining, pieces=pieces_of(step.calendar, step.sla_days, step.rounds, step.rework_days),
        )

    def progress(self, step: Step) -> tuple[date | None, date | None, int | None]:
        """(started on, finished on, working days left) by the facts (RETROPLAN.md 2.4), else as people said."""
        if step.is_milestone:
            closing = self.last_closing.get(step.id)
            return None, self._day(closing.at) if closing and closing.reopened_at is None else None, None
        if step.is_deliverable:
            return self._deliverable_progress(step)
        if step.kind == StepKind.REVIEW and step.of_id in self.facts:
            return self._review_progress(step, self.facts[step.of_id])
        return step.started_on, step.finished_on, step.remaining_days

    def _deliverable_progress(self, step: Step):
        facts, state = self.facts[step.id], self.deliverable_states[step.id]
        started = step.started_on or facts.submitted_on
        if state == DeliverableState.WAIVED:
            finished = step.finished_on or facts.submitted_on or self.waived_on.get(step.id, self.campaign.today)
            return started or finished, finished, None
        if facts.submitted is None:
            return step.started_on, step.finished_on, step.remaining_days
        if state == DeliverableState.CHANGES_REQUESTED:
            return started, None, step.remaining_days or self._rework(step)
        if step.id in self._answered_apart:
            return _earlier(started, facts.submitted_on), facts.submitted_on, None
        if state == DeliverableState.APPROVED:
            return _earlier(started, facts.satisfied_on), facts.satisfied_on, None
        return started, None, step.remaining_days

    def _review_progress(self, step: Step, facts: DeliverableFacts):
        state = self.deliverable_states[step.of_id or ""]
        if state.is_clear:
            finished = facts.satisfied_on or self.waived_on.get(step.of_id or "", self.campaign.today)
            return _earlier(facts.asked_on, finished), finished, None
        if state == DeliverableState.CHANGES_REQUESTED:
            return facts.asked_on, None, step.sla_days or step.days
        return facts.asked_on, None, None

    def _rework(self, step: Step) -> int:
        review = self.review_step_of.get(step.id)
        return max(1, (review.rework_days if review else None) or 1)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.campaign.zone)).date()


def load_plan(campaign: Campaign, *, dated: bool = True) -> Plan:
    """The campaign's rows; without calendars and commitments if no dates are wanted (`dated` false)."""

    def rows(model) -> list:
        return list(db.session.scalars(_rows_of(model), {"campaign_id": campaign.id}))

    plan = Plan(campaign, rows(Step), rows(StepLink), rows(Gate), rows(Closing), rows(Clearing), rows(Waiver))
    if dated:
        plan.calendar_rows = rows(CampaignCalendar)
        plan.commitments = rows(Commitment)
    return plan


@cache
def _rows_of(model) -> Select:
    """A campaign's rows of one kind, in their order; built once, for it is asked at every act."""
    order = _ORDER.get(model, (model.id,))
    mine = bindparam("campaign_id")
    if model in (Waiver, Commitment):
        return select(model).join(Step, Step.id == model.step_id).where(Step.campaign_id == mine).order_by(*order)
    return select(model).where(model.campaign_id == mine).order_by(*order)


_ORDER = {
    Step: (Step.position, Step.id),
    Closing: (Closing.number,),
    CampaignCalendar: (CampaignCalendar.revision,),
    Commitment: (Commitment.at, Commitment.id),
}


def spec_of(spec: dict) -> CalendarSpec:
    """The calendar a stored spec describes."""
    days = {name: frozenset(date.fromisoformat(day) for day in spec.get(name, ())) for name in ("days_off", "working_days")}
    return CalendarSpec(
        country=spec.get("country"), subdivision=spec.get("subdivision"),
        weekdays=tuple(spec.get("weekdays", (0, 1, 2, 3, 4))), **days,
    )


def _earlier(first: date | None, last: date | None) -> date | None:
    days: Iterable[date] = [day for day in (first, last) if day]
    return min(days, default=None)
