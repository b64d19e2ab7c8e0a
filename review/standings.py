"""How deliverables stand by their reviews: the facts the plan asks for (planning/facts.py).

One query, and a second for the answers where somebody has asked for changes in an open review.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, bindparam, exists, select

from planning.facts import facts_source
from planning.states import DeliverableFacts
from review.reviews import Review, ReviewState, with_answers
from review.seats import Decision, Verdict
from storage.assets import Version
from storage.db import db


@facts_source
def standings(assets: dict[str, str], zone: str) -> dict[str, DeliverableFacts]:
    """{step id: facts} of deliverables by the assets they have."""
    rows = _rows_of(set(assets.values()))
    asking = _asking_for_changes(rows)
    return {step_id: _facts(rows[asset], asking, zone) for step_id, asset in assets.items()}


def _facts(rows: Sequence[Row], asking: set[str], zone: str) -> DeliverableFacts:
    if not rows:
        return DeliverableFacts()
    current = max(row.number for row in rows)
    asked = [row for row in rows if row.id and row.outcome != ReviewState.WITHDRAWN]
    on_current = [row for row in asked if row.number == current]
    approved = [row for row in asked if row.outcome == ReviewState.APPROVED]
    last = max(approved, key=lambda row: (row.number, row.closed_at), default=None)
    return DeliverableFacts(
        submitted=current,
        approved=last.number if last else None,
        changes=any(row.id in asking for row in on_current),
        asked=max((row.number for row in asked), default=None),
        open=any(row.outcome is None for row in on_current),
        submitted_on=_day(next(row.created_at for row in rows if row.number == current), zone),
        asked_on=_day(min((row.opened_at for row in on_current), default=None), zone),
        satisfied_on=_day(last.closed_at, zone) if last and last.number == current else None,
    )


def _rows_of(assets: set[str]) -> dict[str, list[Row]]:
    """{asset id: its versions, each with each of its reviews, or once with none}"""
    found = defaultdict(list)
    for row in db.session.connection().execute(_versions_and_reviews(), {"assets": list(assets)}).all():
        found[row.asset_id].append(row)
    return found


@cache
def _versions_and_reviews() -> Select:
    asks = exists().where(Decision.review_id == Review.id, Decision.verdict == Verdict.CHANGES_REQUESTED)
    review = (Review.id, Review.outcome, Review.opened_at, Review.closed_at, and_(Review.outcome.is_(None), asks).label("asked_for_changes"))
    joined = select(Version.asset_id, Version.number, Version.created_at, *review).outerjoin(Review, Review.version_id == Version.id)
    return joined.where(Version.asset_id.in_(bindparam("assets", expanding=True)))


def _asking_for_changes(rows: dict[str, list[Row]]) -> set[str]:
    """The open reviews in which somebody asks for changes, and has not taken it back."""
    once = [row.id for of_asset in rows.values() for row in of_asset if row.asked_for_changes]
    if not once:
        return set()
    found = db.session.scalars(select(Review).where(Review.id.in_(once)).options(with_answers())).unique()
    return {review.id for review in found if review.state == ReviewState.CHANGES_REQUESTED}


def _day(moment: datetime | None, zone: str) -> date | None:
    return moment.astimezone(ZoneInfo(zone)).date() if moment else None
