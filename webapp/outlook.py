"""One campaign as its pages show it: the figures of its head, and what every view of it asks of plan and desk."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from flask_babel import get_locale

from planning.campaigns import Campaign
from planning.network import Dates
from planning.overview import load_plans
from planning.plan import Plan, load_plan
from planning.states import DeliverableState, Health, health
from planning.steps import Step, StepKind
from planning.whys import Whys
from review.desk import Desk, Holder

_HANDED_OVER = {DeliverableState.WAITING_FOR_REVIEW, DeliverableState.STALE, DeliverableState.APPROVED}


@dataclass(frozen=True)
class Held:
    """What the launch waits for now: a step, who has it, and for how many working days (None: nobody handed it over)."""

    step: Step
    holder: Holder
    others: int
    version_number: int | None
    days: int | None


class Outlook:
    """A campaign with its plan and its desk, each loaded when first asked for."""

    def __init__(self, campaign: Campaign, plan: Plan | None = None, desk: Desk | None = None):
        self.campaign = campaign
        self._plan, self._desk = plan, desk

    @cached_property
    def plan(self) -> Plan:
        return self._plan or load_plan(self.campaign)

    @cached_property
    def desk(self) -> Desk:
        return self._desk or Desk([self.plan])

    @cached_property
    def whys(self) -> Whys:
        """Why its dates are what they are, in the reader's language."""
        names = {step.id: step.name for step in self.plan.steps}
        return Whys(self.plan.schedule, names, self.campaign.calendar or None, str(get_locale() or "en"))

    @property
    def days_left(self) -> int:
        """Calendar days to the launch; negative after it."""
        return (self.campaign.launch - self.campaign.today).days

    @property
    def working_days_left(self) -> int:
        return self.plan.calendar.working_days_between(self.campaign.today, self.campaign.launch)

    @property
    def slack_days(self) -> int | None:
        """The least of any step not finished; None when all is done."""
        return self.plan.schedule.slack_days

    @cached_property
    def tightest(self) -> Step | None:
        """The first open step that has the least slack."""
        least = self.slack_days
        return next((step for step in self.plan.steps if self.is_open(step) and self.plan.dates[step.id].slack_days == least), None)

    @property
    def buffer_left(self) -> int:
        """Working days of the buffer that the forecast leaves untouched."""
        return max(0, self.campaign.buffer_days + min(0, self.plan.schedule.launch_slack_days))

    @property
    def health(self) -> Health:
        """The launch as if it were a milestone: its own day, and the same day less the buffer."""
        schedule = self.plan.schedule
        last_day = self.campaign.launch - timedelta(days=1)
        ready = schedule.ready or self.campaign.today
        return health(
            today=self.campaign.today, committed=last_day, early_finish=ready,
            due=date.fromordinal(schedule.target - 1), hard_due=last_day, slack_days=schedule.launch_slack_days,
            initial_slack_days=None, passed_on=ready if self.finished else None,
        )

    @property
    def short_by(self) -> int:
        """Working days beside "short" or "late", as far as they can be said."""
        return self.plan.schedule.short_by_days

    @property
    def finished(self) -> bool:
        return bool(self.plan.steps) and not any(self.is_open(step) for step in self.plan.steps)

    @cached_property
    def counts(self) -> tuple[int, int]:
        """(deliverables approved or waived, all deliverables)"""
        states = self.plan.deliverable_states.values()
        return sum(state.is_clear for state in states), len(states)

    @cached_property
    def held(self) -> Held | None:
        """Where the launch is now: of what people have in hand, the step with the least slack."""
        return next((held for step in self.in_hand if (held := self._held(step))), None)

    @cached_property
    def in_hand(self) -> list[Step]:
        """What can be worked on or answered now, the least slack first."""
        return sorted(filter(self._is_in_hand, self.plan.steps), key=lambda step: (self.dates_of(step).slack_days, step.position))

    def _held(self, step: Step) -> Held | None:
        holders = self.desk.holders(step)
        version = self.desk.version_of(step)
        if not holders:
            return None
        return Held(step, holders[0], len(holders) - 1, version.number if version else None, self.days_held(step))

    def days_held(self, step: Step) -> int | None:
        """Working days since who has the step now got it."""
        since = self.desk.held_since(step)
        return self.plan.calendar.working_days_between(since, self.campaign.today) if since else None

    def dates_of(self, step: Step) -> Dates:
        """The dates that matter now: of a deliverable that was handed over, those of its review."""
        review = self.plan.review_step_of.get(step.id)
        if review is not None and self.plan.state_of(step) in _HANDED_OVER:
            return self.plan.dates[review.id]
        return self.plan.dates[step.id]

    def is_open(self, step: Step) -> bool:
        return self.plan.progress(step)[1] is None

    def _is_in_hand(self, step: Step) -> bool:
        if step.is_milestone or step.kind == StepKind.REVIEW or self.plan.state_of(step) in ("approved", "waived", "done"):
            return False
        return step.id not in self.held_back and self.plan.dates[step.id].early_start <= self.campaign.today

    @cached_property
    def held_back(self) -> set[str]:
        """Steps of which one before them is not done, so that nobody can begin."""
        hard = (link for link in self.plan.links if link.strength == "hard" and link.type == "FS")
        return {link.target_id for link in hard if self.is_open(self.plan.step_by_id[link.source_id])}

    @property
    def live_keys(self) -> str:
        """What every view of this campaign depends on: the campaign itself, and its assets."""
        assets = sorted(f"asset_{step.asset_id}" for step in self.plan.steps if step.asset_id)
        return " ".join((f"campaign_{self.campaign.id}", *assets))


def outlooks(campaigns: list[Campaign]) -> list[Outlook]:
    """Many campaigns, in as many queries as one takes."""
    plans = load_plans(campaigns)
    desk = Desk(plans.values())
    return [Outlook(campaign, plans[campaign.id], desk) for campaign in campaigns]
