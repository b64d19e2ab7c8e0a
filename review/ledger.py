"""Whether reviews, seats, decisions and annotations agree with their rules and with the log: a line per fault."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select

from review.annotations import Annotation
from review.reviews import Review, ReviewState, with_answers
from review.rules import satisfied
from review.seats import Decision, Seat, Verdict
from storage.assets import Version
from storage.blobs import Blob
from storage.db import db
from storage.events import Event

_TOLD = {
    "decision.made": {Verdict.APPROVED, Verdict.CHANGES_REQUESTED},
    "decision.undone": {Verdict.UNDONE},
    "decision.lifted": {Verdict.LIFTED},
}


def faults() -> Iterator[str]:
    """Everything review can say about itself."""
    newest = _newest()
    rows = (
        select(Review, Version.number, Version.asset_id, Blob.sha256)
        .join(Version, Version.id == Review.version_id)
        .join(Blob, Blob.id == Version.blob_id)
        .options(with_answers())
        .order_by(Review.id)
    )
    for review, number, asset_id, sha256 in db.session.execute(rows).unique():
        yield from _about(review, asset_id, sha256)
        yield from _ending(review, is_newest=number == newest[asset_id])
        for seat in review.seats:
            yield from _chain(review, seat)
    yield from _decision_events()
    yield from _annotation_events()
    yield from _review_events()


def _newest() -> dict[str, int]:
    """The number of each asset's latest version."""
    rows = db.session.execute(select(Version.asset_id, func.max(Version.number).label("number")).group_by(Version.asset_id))
    return {row.asset_id: row.number for row in rows}


def _about(review: Review, asset_id: str, sha256: str) -> Iterator[str]:
    if (review.asset_id, review.sha256) != (asset_id, sha256):
        yield f"review {review.id}: it is not about the content of its version"


def _ending(review: Review, is_newest: bool) -> Iterator[str]:
    """Approved exactly while its rule is satisfied; open only on the newest version."""
    approves = satisfied(review.rule, [seat.answer for seat in review.counted])
    if review.outcome == ReviewState.APPROVED and not approves:
        yield f"review {review.id}: it is approved, and its rule is not satisfied"
    if review.outcome is None and approves:
        yield f"review {review.id}: its rule is satisfied, and it is still open"
    if review.outcome is None and not is_newest:
        yield f"review {review.id}: it is open on a version that a newer one has replaced"
    if review.outcome == ReviewState.SUPERSEDED and is_newest:
        yield f"review {review.id}: it is superseded, and nothing newer is there"
    if (review.outcome is None) != (review.closed_at is None) or (review.closed_at is None) != (review.closed_by is None):
        yield f"review {review.id}: when and by whom it was closed disagrees with whether it was"


def _chain(review: Review, seat: Seat) -> Iterator[str]:
    """Each decision of a seat names the one before it; the first names none."""
    before = None
    for decision in seat.decisions:
        if decision.review_id != review.id:
            yield f"decision {decision.id}: its seat is in another review"
        if decision.replaces_id != before:
            yield f"decision {decision.id}: it replaces {decision.replaces_id}, not {before}"
        before = decision.id


def _decision_events() -> Iterator[str]:
    """Each decision was told once, in its review's log, and what was told is there."""
    rows = select(Event.name, Event.scope_id, Event.body).where(Event.name.in_(_TOLD))
    told = Counter((body["decision"], scope_id, name) for name, scope_id, body in db.session.execute(rows))
    kept = select(Decision.id, Decision.verdict, Review.scope_id).join(Review, Review.id == Decision.review_id)
    for decision_id, verdict, scope_id in db.session.execute(kept):
        name = next(name for name, verdicts in _TOLD.items() if verdict in verdicts)
        if told.pop((decision_id, scope_id, name), 0) != 1:
            yield f"decision {decision_id}: it is not told exactly once as {name}"
    for decision_id, _, name in told:
        yield f"decision {decision_id}: an event {name} tells of it, and there is none such"


def _annotation_events() -> Iterator[str]:
    rows = select(Event.version_id, Event.body).where(Event.name == "annotation.added")
    told = Counter((body["row"], version_id) for version_id, body in db.session.execute(rows))
    for annotation_id, version_id in db.session.execute(select(Annotation.id, Annotation.version_id)):
        if told.pop((annotation_id, version_id), 0) != 1:
            yield f"annotation {annotation_id}: it is not told exactly once"
    for annotation_id, _ in told:
        yield f"annotation {annotation_id}: an event tells of it, and there is none"


def _review_events() -> Iterator[str]:
    told = Counter(db.session.scalars(select(Event.subject).where(Event.name == "review.opened")))
    for review_id in db.session.scalars(select(Review.id)):
        if told.pop(f"review:{review_id}", 0) != 1:
            yield f"review {review_id}: its opening is not told exactly once"
    for subject in told:
        yield f"{subject.replace(':', ' ')}: an event tells of its opening, and there is none"
