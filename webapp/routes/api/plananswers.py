"""What calls about campaigns and their plans answer, described as in answers.py."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from planning.baselines import Occasion
from planning.booking import Cause
from planning.options import Kind
from planning.states import DeliverableState, Flow, Health, StepState
from planning.steps import StepKind
from webapp.routes.api.answers import Out
from webapp.routes.api.bodies import Rule


class Step(Out):
    """`key` is the plan's own id; a milestone's `state` is its flow.

    `free_slack_days`: before what waits for it begins later; null where nothing does. `consumed_slack_days`: lost since
    the plan was last accepted. `rounds_afforded`: of a review not done, how many more rounds than planned still fit.
    """

    id: str
    key: str
    name: str
    kind: StepKind
    state: StepState | DeliverableState | Flow
    latest_start: date
    due: date
    early_start: date
    early_finish: date
    hard_latest_start: date
    hard_due: date
    slack_days: int
    hard_slack_days: int
    free_slack_days: int | None
    consumed_slack_days: int | None
    rounds_afforded: int | None
    driving: bool
    days: int
    sla_days: int | None
    rounds: int | None
    rework_days: int | None
    calendar: str | None
    of: str | None
    asset_id: str | None
    not_before: date | None
    started_on: date | None
    finished_on: date | None
    remaining_days: int | None
    deadline: date | None
    pinned_on: date | None
    group: str | None
    channel: str | None
    people: list[str]
    can_slip: bool
    hard: bool
    closes: Literal["itself", "by_hand"]
    row_version: int


class SlippedStep(Out):
    """A step that left this launch with an accepted option: it has no dates; its asset and reviews stay."""

    id: str
    key: str
    name: str
    kind: StepKind
    state: Literal["slipped"]
    slipped_at: datetime
    asset_id: str | None
    row_version: int


class MilestoneGate(Out):
    id: str
    deliverable_id: str
    cleared: bool
    rule: Rule | None


class Gate(MilestoneGate):
    milestone_id: str
    row_version: int


class Milestone(Out):
    """`blocked_by` names the nearest milestones that must pass first."""

    id: str
    key: str
    name: str
    flow: Flow
    health: Health
    due: date
    early_finish: date
    slack_days: int
    blocked_by: list[str]
    row_version: int
    gates: list[MilestoneGate]


class StepLink(Out):
    id: str
    from_id: str
    to_id: str
    type: Literal["FS", "SS", "FF", "SF"]
    lag: int
    lag_unit: Literal["working", "calendar"]
    strength: Literal["hard", "soft"]


class CampaignCard(Out):
    id: str
    name: str
    launch: date
    buffer_days: int
    calendar: str | None
    zone: str
    seq: int
    created_at: datetime
    row_version: int


class Campaign(CampaignCard):
    today: date
    ready: date | None
    slack_days: int | None
    launch_slack_days: int
    hard_launch_slack_days: int
    short_by_days: int
    steps: list[Step]
    milestones: list[Milestone]
    links: list[StepLink]
    slipped: list[SlippedStep]


class LaunchFigures(Out):
    """Slack in the plan's working days, signed: to the launch less its buffer, and to the launch itself."""

    launch: date
    ready: date | None
    launch_slack_days: int
    hard_launch_slack_days: int
    short_by_days: int


class StepDates(Out):
    state: StepState | DeliverableState | Flow
    latest_start: date
    due: date
    hard_latest_start: date
    hard_due: date
    early_start: date
    early_finish: date
    slack_days: int
    hard_slack_days: int
    driving: bool


class StepShift(Out):
    id: str
    before: StepDates
    after: StepDates


class MilestoneShift(Out):
    id: str
    flow_before: Flow
    flow_after: Flow
    health_before: Health
    health_after: Health


class Consequences(Out):
    """Only what differs. `passes`, `reopens` and `frees` are ids of steps, `people` e-mails of those to be told."""

    before: LaunchFigures
    after: LaunchFigures
    slack_lost_days: int
    steps: list[StepShift]
    milestones: list[MilestoneShift]
    passes: list[str]
    reopens: list[str]
    frees: list[str]
    people: list[str]


class Change(Out):
    """`step_id`: the review answered within `days`, the step that begins with `after_id` instead of after it, or what leaves this launch."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"required": ["kind"]})
    kind: Kind
    step_id: str | None = None
    after_id: str | None = None
    days: int | None = None
    launch: date | None = None


class AcceptedOption(Out):
    """Changes that belong together, and the launch as they leave it: slack in the plan's working days, signed."""

    id: str
    changes: list[Change]
    ready: date | None
    slack_days: int
    hard_slack_days: int
    people_disturbed: int
    at_risk_days: int


class Option(AcceptedOption):
    """`holds`: the launch would be met. `people` are e-mails of who would do otherwise, `at_risk_days` days of work begun unapproved."""

    holds: bool
    people: list[str]


class Options(Out):
    """The best first, another launch last; none while the launch can be met. `row_version` is what an acceptance brings."""

    short_by_days: int
    ready: date | None
    row_version: int
    items: list[Option]


class PlanDecision(Out):
    """An option that was accepted; `by`, `undone_by` are ids of members. Figures of the launch's slack, before and after."""

    id: str
    campaign_id: str
    option: AcceptedOption
    by: str
    at: datetime
    slack_days_before: int
    hard_slack_days_before: int
    slack_days_after: int
    hard_slack_days_after: int
    undone_at: datetime | None
    undone_by: str | None


class Accepted(Out):
    """What the acceptance left. `unblocked` are ids of milestones that passed by it."""

    decision: PlanDecision
    baseline: int
    row_version: int
    unblocked: list[str]


class Undone(Out):
    decision: PlanDecision
    row_version: int
    unblocked: list[str]


class Baseline(Out):
    """A plan that was accepted, frozen. `by` is a member's id; `undone`: the decision that it was kept for was taken back."""

    number: int
    name: str
    occasion: Occasion
    at: datetime
    by: str
    launch: date
    decision_id: str | None
    undone: bool


class BaselineStep(Out):
    """A step as it was then. Its drift is in working days of the plan, later positive, null where there is nothing to compare.

    `committed_drift_days`: what is promised now less what was then; `forecast_drift_days`: its early finish now less the
    day it was due then. `slipped`: it has left this launch since.
    """

    id: str
    key: str
    name: str
    kind: StepKind
    days: int
    committed_start: date | None
    committed_finish: date | None
    early_start: date
    early_finish: date
    latest_start: date
    due: date
    hard_due: date
    committed_drift_days: int | None
    forecast_drift_days: int | None
    slipped: bool


class BaselineInFull(Baseline):
    buffer_days: int
    steps: list[BaselineStep]


class Price(Out):
    """What an answer on this day would leave; `lost_days` of the launch's slack, against an answer today."""

    answer_on: date
    ready: date | None
    launch_slack_days: int
    hard_launch_slack_days: int
    lost_days: int
    buffer_days_eaten: int
    short_by_days: int


class Prices(Out):
    """`free_until` is the last day on which an answer costs no more than one today."""

    free_until: date | None
    items: list[Price]


class ConsumedSlack(Out):
    """`consumed_days` are negative where the cause won days."""

    cause: Cause
    consumed_days: int


class SlackEntry(Out):
    """`delta_days` of slack lost (negative) or won, and what is left after it: to the target, and to the launch itself.

    `milestone_id` is null for the launch. `event_id` is null for what time alone did; `events` says how many acts were
    booked at once with it. `step_id` is the step that the cause is about.
    """

    number: int
    day: date
    milestone_id: str | None
    cause: Cause
    step_id: str | None
    event_id: str | None
    events: int
    delta_days: int
    slack_days: int
    hard_slack_days: int
    at: datetime


class SlackLedger(Out):
    """The figures on top are the launch's: what `by_cause` holds adds up to `consumed_days`, and with it to the initial slack.

    They are as of the last booking, `booked_to`, and null before the first. Without initial slack there is no percentage.
    """

    initial_slack_days: int | None
    slack_days: int | None
    consumed_days: int
    consumed_percent: int | None
    booked_to: date | None
    by_cause: list[ConsumedSlack]
    items: list[SlackEntry]
    next: str | None


class Waiver(Out):
    id: str
    deliverable_id: str
    reason: str
    at: datetime
    unblocked: list[str]


class Passing(Out):
    milestone: Milestone
    unblocked: list[str]


class Event(Out):
    """`keys` name what it touched; `hash` chains the log."""

    seq: int
    name: str
    actor: str
    subject: str
    at: datetime
    keys: list[str]
    version_id: str | None
    hash: str


class Events(Out):
    """`seq` says how far the answer reaches."""

    items: list[Event]
    seq: int


class Plan(BaseModel):
    """plan.json, as it is read (API.md)."""

    model_config = ConfigDict(extra="allow")
    launch: date
    status_date: date
    buffer_days: int
    steps: list[dict[str, Any]]
    links: list[dict[str, Any]]
