"""How deliverables stand by their reviews: the facts the plan asks for (planning/facts.py), in two queries."""

from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from planning.facts import facts_source
from planning.states import DeliverableFacts
from planning.steps import Step
from review.reviews import Review, ReviewState
from review.seats import Seat
from storage.assets import Version
from storage.db import db


@facts_source
def standings(steps: list[Step], zone: str) -> dict[str, DeliverableFacts]:
    """{step id: facts} of deliverables that have an asset."""
    assets = {step.id: step.asset_id for step in steps if step.asset_id}
    versions, reviews = _versions(set(assets.values())), _reviews(set(assets.values()))
    return {step_id: _facts(versions[asset], reviews[asset], zone) for step_id, asset in assets.items()}


def _facts(versions: dict[int, datetime], reviews: list[tuple[int, Review]], zone: str) -> DeliverableFacts:
    current = max(versions, default=None)
    if current is None:
        return DeliverableFacts()
    asked = [(number, review) for number, review in reviews if review.outcome != ReviewState.WITHDRAWN]
    on_current = [review for number, review in asked if number == current]
    approved = [(number, review) for number, review in asked if review.outcome == ReviewState.APPROVED]
    last = max(approved, key=lambda pair: (pair[0], pair[1].closed_at), default=None)
    return DeliverableFacts(
        submitted=current,
        approved=last[0] if last else None,
        changes=any(review.state == ReviewState.CHANGES_REQUESTED for review in on_current),
        asked=max((number for number, _ in asked), default=None),
        open=any(not review.over for review in on_current),
        submitted_on=_day(versions[current], zone),
        asked_on=_day(min((review.opened_at for review in on_current), default=None), zone),
        satisfied_on=_day(last[1].closed_at, zone) if last and last[0] == current else None,
    )


def _versions(assets: set[str]) -> dict[str, dict[int, datetime]]:
    found = defaultdict(dict)
    rows = select(Version.asset_id, Version.number, Version.created_at).where(Version.asset_id.in_(assets))
    for asset_id, number, created_at in db.session.execute(rows):
        found[asset_id][number] = created_at
    return found


def _reviews(assets: set[str]) -> dict[str, list[tuple[int, Review]]]:
    found = defaultdict(list)
    rows = (
        select(Version.number, Review)
        .join(Version, Version.id == Review.version_id)
        .where(Review.asset_id.in_(assets))
        .options(joinedload(Review.seats).joinedload(Seat.decisions), lazyload(Review.version))
    )
    for number, review in db.session.execute(rows).unique():
        found[review.asset_id].append((number, review))
    return found


def _day(moment: datetime | None, zone: str) -> date | None:
    return moment.astimezone(ZoneInfo(zone)).date() if moment else None
