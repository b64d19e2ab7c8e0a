"""Which events can have moved a date, and what each tells the slack ledger of: whose doing it was, and about which step."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from planning.booking import Act, Cause
from planning.plan import Plan
from planning.states import DeliverableState
from planning.steps import Step
from storage.db import db
from storage.events import Event

_PROGRESS = {"started_on", "finished_on", "remaining_days"}
DATELESS = {"name", "people", "group", "channel", "can_slip", "hard"}
"""Fields of a campaign or a step that no date follows from."""


def acted_since(campaign_id: str, seq: int) -> bool:
    """Whether anything happened after a seq that can have moved a date."""
    return db.session.scalar(_events_since(campaign_id, seq).with_only_columns(Event.id).limit(1)) is not None


def acts_since(plan: Plan, seq: int) -> Iterator[Act]:
    """What was done after a seq that can have moved a date, in its order."""
    for event in db.session.scalars(_events_since(plan.campaign.id, seq).order_by(Event.seq)):
        if act := MOVING[event.name](plan, event):
            yield act


def _events_since(campaign_id: str, seq: int) -> Select[Event]:
    return select(Event).where(Event.scope_id == campaign_id, Event.seq > seq, Event.name.in_(MOVING))


def _act(plan: Plan, event: Event, cause: Cause, step_id: str | None) -> Act:
    return Act(event.id, event.at.astimezone(ZoneInfo(plan.campaign.zone)).date(), cause, step_id)


def _answers(plan: Plan, event: Event) -> Act | None:
    """Of a review: the step that stands for it. What no deliverable shows moves no date."""
    deliverable = _deliverable(plan, event)
    if deliverable is None:
        return None
    causes = {"review.opened": Cause.ASKED, "seat.accepted": Cause.APPROVED}
    cause = Cause(event.body["verdict"]) if event.name == "decision.made" else causes.get(event.name, Cause.TAKEN_BACK)
    return _act(plan, event, cause, plan.review_step_of.get(deliverable.id, deliverable).id)


def _submitted(plan: Plan, event: Event) -> Act | None:
    deliverable = _deliverable(plan, event)
    if deliverable is None:
        return None
    stale = plan.deliverable_states[deliverable.id] == DeliverableState.STALE
    return _act(plan, event, Cause.STALE if stale else Cause.SUBMITTED, deliverable.id)


def _deliverable(plan: Plan, event: Event) -> Step | None:
    return next((step for step in plan.steps if step.is_deliverable and f"asset_{step.asset_id}" in event.keys), None)


def _amended(plan: Plan, event: Event) -> Act | None:
    changed = set(event.body["changed"]) - DATELESS
    if not changed:
        return None
    if event.name == "campaign.amended":
        return _act(plan, event, Cause.PROMISED_ANEW if "launch" in changed else Cause.AMENDED_CAMPAIGN, None)
    return _act(plan, event, Cause.PROGRESS if changed <= _PROGRESS else Cause.AMENDED_STEP, _subject(event))


def _waived(plan: Plan, event: Event) -> Act:
    return _act(plan, event, Cause.WAIVED if event.name == "deliverable.waived" else Cause.REOPENED, _subject(event))


def _gated(plan: Plan, event: Event) -> Act:
    return _act(plan, event, Cause.AMENDED_STEP, event.body["milestone"])


def _passed(plan: Plan, event: Event) -> Act | None:
    """A milestone that passes by itself does so because of another act, which is told."""
    milestone = plan.step_by_id.get(_subject(event))
    by_hand = milestone is not None and (milestone.closes == "by_hand" or not plan.gates_of[milestone.id])
    return _act(plan, event, Cause.PASSED, milestone.id) if milestone and by_hand else None


def _decided(plan: Plan, event: Event) -> Act:
    return _act(plan, event, Cause.DECIDED, None)


def _subject(event: Event) -> str:
    return event.subject.partition(":")[2]


MOVING: dict[str, Callable[[Plan, Event], Act | None]] = {
    "version.added": _submitted,
    "review.opened": _answers,
    "decision.made": _answers,
    "decision.undone": _answers,
    "decision.lifted": _answers,
    "seat.accepted": _answers,
    "review.withdrawn": _answers,
    "deliverable.waived": _waived,
    "waiver.lifted": _waived,
    "gate.made": _gated,
    "milestone.unblocked": _passed,
    "step.amended": _amended,
    "campaign.amended": _amended,
    "plan.decided": _decided,
    "plan.undone": _decided,
}
"""One event of each act that can move a date, and what it tells: None if it moved none."""
