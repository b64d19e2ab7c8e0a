"""The slack ledger is kept: opened with the campaign, brought up to date after each act and once a day.

No act waits for it. What may have moved a date owes a delivery, and the worker reckons beside people at work, in a
transaction that only reads; the entries are written under the campaign's lock, if nobody moved a date meanwhile.
"""

import logging
from datetime import date

from sqlalchemy import Select, func, select

from planning.acts import MOVING, acted_since, acts_since
from planning.booking import Booking, Course, Slack, Subject, book
from planning.campaigns import Campaign
from planning.plan import Plan, load_plan
from planning.slack import SlackBook, SlackEntry
from planning.states import DeliverableState
from storage.clock import today, utcnow
from storage.db import db, insert_rows, new_id, reading, writing
from storage.events import Event, handles, lock
from storage.outbox import NotYet, done_too

log = logging.getLogger(__name__)


def open_book(plan: Plan) -> None:
    """The opening entries of a campaign that is being made: what slack there is to begin with."""
    day = plan.campaign.today
    _write(plan.campaign.id, None, _rows(plan.campaign.id, 0, book({}, day, course_of(plan), day)), day, plan.campaign.seq)


def course_of(plan: Plan) -> Course:
    """The plan as booking looks at it."""
    waiting = (step.id for step in plan.steps if step.is_deliverable and step.id not in plan.review_step_of)
    return Course(
        plan.network, plan.campaign.launch, plan.campaign.buffer_days, tuple(milestone.id for milestone in plan.milestones),
        frozenset(id_ for id_ in waiting if plan.deliverable_states[id_] == DeliverableState.WAITING_FOR_REVIEW),
    )


def bring_up_to_date(campaign_id: str) -> bool:
    """Book what was lost and won since it was booked last; False if somebody moved a date, or booked, meanwhile.

    Ends the transaction at hand, and commits its own. Nothing new is booked twice.
    """
    with reading() as session:
        campaign = session.get(Campaign, campaign_id)
        if campaign is None:  # a log of the workspace's own
            return True
        seen, day, seq = session.get(SlackBook, campaign_id), campaign.today, campaign.seq
        if seen and seen.day >= day and not acted_since(campaign_id, seen.seq):
            return True
        number, rows = seen.number if seen else None, _due(load_plan(campaign), seen)
    with writing() as session:
        lock(campaign_id)
        kept = session.get(SlackBook, campaign_id)
        if (kept.number if kept else None) != number or acted_since(campaign_id, seq):
            session.rollback()
            return False
        since = kept.seq if kept else 0
        _write(campaign_id, kept, rows, day, seq)
        done_too(write_slack_ledger.__name__, campaign_id, since, seq)
        session.commit()
    return True


def turn_days() -> int:
    """Book what time alone has cost, in every campaign whose own day has turned since; of how many.

    One in which somebody moves a date at this moment is left to the delivery that this owes.
    """
    with reading():
        behind = [campaign_id for campaign_id, zone, day in db.session.execute(_booked_to()) if day is None or day < today(zone)]
    return sum(_turn_day(campaign_id) for campaign_id in behind)


def _turn_day(campaign_id: str) -> bool:
    """One that cannot be reckoned keeps no other waiting."""
    try:
        return bring_up_to_date(campaign_id)
    except Exception:
        db.session.rollback()
        log.exception("the slack of campaign %s could not be booked; trying again", campaign_id)
        return False


def _booked_to() -> Select:
    rows = select(Campaign.id, Campaign.zone, SlackBook.day).outerjoin(SlackBook, SlackBook.campaign_id == Campaign.id)
    return rows.order_by(Campaign.id)


def _due(plan: Plan, seen: SlackBook | None) -> list[dict]:
    """The rows that are lacking."""
    campaign = plan.campaign
    if seen is None:
        return _rows(campaign.id, 0, book({}, campaign.today, course_of(plan), campaign.today))
    bookings = book(_left(campaign.id), seen.day, course_of(plan), campaign.today, list(acts_since(plan, seen.seq)))
    return _rows(campaign.id, seen.number, bookings)


def _left(campaign_id: str) -> dict[Subject, Slack]:
    """What was left of each subject when it was booked last."""
    last = select(func.max(SlackEntry.number)).where(SlackEntry.campaign_id == campaign_id).group_by(SlackEntry.milestone_id)
    rows = select(SlackEntry).where(SlackEntry.campaign_id == campaign_id, SlackEntry.number.in_(last))
    return {row.milestone_id: Slack(row.slack_days, row.hard_slack_days) for row in db.session.scalars(rows)}


def _rows(campaign_id: str, number: int, bookings: list[Booking]) -> list[dict]:
    return [
        {
            "id": new_id(), "campaign_id": campaign_id, "number": at, "milestone_id": booking.subject, "day": booking.day,
            "cause": booking.cause, "step_id": booking.step, "event_id": booking.event_id, "events": booking.events,
            "delta_days": booking.delta.days, "slack_days": booking.slack.days, "hard_slack_days": booking.slack.hard_days,
            "at": utcnow(),
        }
        for at, booking in enumerate(bookings, number + 1)
    ]


def _write(campaign_id: str, kept: SlackBook | None, rows: list[dict], day: date, seq: int) -> None:
    insert_rows(SlackEntry, rows)
    number = rows[-1]["number"] if rows else kept.number if kept else 0
    if kept is None:
        insert_rows(SlackBook, [{"campaign_id": campaign_id, "number": number, "day": day, "seq": seq}])
    else:
        kept.number, kept.day, kept.seq = number, max(kept.day, day), seq


@handles(*MOVING, patient=True)
def write_slack_ledger(event: Event) -> None:
    """What acts have done to the slack is booked, with whatever came before; the first delivery does it for all that wait."""
    with reading() as session:
        reached = session.scalar(select(SlackBook.seq).where(SlackBook.campaign_id == event.scope_id))
    if (reached or 0) < event.seq and not bring_up_to_date(event.scope_id):
        raise NotYet("somebody moved a date meanwhile")
