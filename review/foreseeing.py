"""What an answer would do to the plan before it is given: the plan as it would be, reckoned on a copy (planning/overlay.py)."""

from dataclasses import replace

from planning.overlay import Overlay, laid_over
from planning.plan import Plan
from planning.states import DeliverableFacts
from review.reviews import Review, ReviewState, open_reviews
from review.rules import counts, satisfied
from review.seats import CHANGES_REQUESTED, Verdict


def foreseen(plan: Plan, review: Review, by, verdict: Verdict, *, others_too: bool = False) -> Plan:
    """The plan if this actor gave this answer now: it equals what `Review.decide` leaves, and writes nothing.

    others_too  so does everybody else whose answer is awaited; `by` None: they alone
    """
    answers = _answers(review, by, verdict, others_too)
    mine = [step for step in plan.steps if step.is_deliverable and step.asset_id == review.asset_id]
    return laid_over(plan, Overlay(facts={step.id: _facts(plan.facts[step.id], review, answers, plan) for step in mine}))


def _facts(facts: DeliverableFacts, review: Review, answers: list[str | None], plan: Plan) -> DeliverableFacts:
    if review.version.number != facts.submitted or review.over:
        return facts
    beside = [one for one in open_reviews(review.asset_id) if one.id != review.id and one.version_id == review.version_id]
    approves = satisfied(review.rule, answers)
    asked_for = any(one.state == ReviewState.CHANGES_REQUESTED for one in beside)
    return replace(
        facts,
        approved=facts.submitted if approves else facts.approved,
        satisfied_on=plan.campaign.today if approves else facts.satisfied_on,
        changes=asked_for or (not approves and CHANGES_REQUESTED in answers),
        open=bool(beside) or not approves,
    )


def _answers(review: Review, by, verdict: Verdict, others_too: bool) -> list[str | None]:
    """The answers that would count. A guest who has no seat yet takes one that nobody has vouched for."""
    own = review.seat_of(by) if by else None
    awaited = verdict if others_too else None
    answers = [verdict if seat is own else seat.answer or awaited for seat in review.counted]
    return [*answers, verdict] if by and not own and counts(review.rule, False) else answers
