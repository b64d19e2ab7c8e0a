"""What an act would do, told before it: a changed plan, an answer to a review, an answer that comes late. Nothing is written."""

from datetime import date

from planning.campaigns import Campaign
from planning.consequences import Consequences, LaunchFigures, StepShift, consequences
from planning.exporting import checked_changes
from planning.lateness import Price, free_until, prices
from planning.network import Dates
from planning.overlay import Overlay, laid_over
from planning.plan import Plan, load_plan
from planning.steps import Step
from review.foreseeing import foreseen
from review.reviews import Review, with_answers
from review.seats import Verdict
from webapp.access import ACTOR, open_to
from webapp.idempotency import reply
from webapp.loading import load
from webapp.routes.api import bp, plananswers
from webapp.routes.api.bodies import Foreseen, Otherwise
from webapp.routes.api.calls import call
from webapp.routes.api.shapes import on
from webapp.routes.api.steps import step_of


@bp.post("/campaigns/<campaign_id>/consequences")
@open_to(ACTOR)
@call(body=Otherwise, answers={200: plananswers.Consequences})
def plan_consequences(campaign_id: str, body: Otherwise):
    """What another launch, buffer or other steps would do to the plan; nothing is kept."""
    campaign = load(Campaign, campaign_id)
    plan = load_plan(campaign)
    steps = {step_id: _changes(plan, campaign_id, step_id, change) for step_id, change in body.steps.items()}
    after = laid_over(plan, Overlay(body.launch, body.buffer_days, steps))
    return reply(_told(consequences(plan, after)))


@bp.get("/reviews/<review_id>/consequences")
@open_to(ACTOR)
@call(query=Foreseen, answers={200: plananswers.Consequences})
def review_consequences(review_id: str, query: Foreseen):
    """What this verdict would do to the plan, if everybody whose answer is awaited gave it."""
    review, plan = _reviewed(review_id)
    return _told(consequences(plan, foreseen(plan, review, None, Verdict(query.verdict), others_too=True)))


@bp.get("/reviews/<review_id>/prices")
@open_to(ACTOR)
@call(answers={200: plananswers.Prices})
def review_prices(review_id: str):
    """What each day that the answer still takes costs the launch, today first; empty where none is awaited."""
    review, plan = _reviewed(review_id)
    waiting = None if review.over else _waiting(plan, review)
    found = prices(plan.schedule, waiting.id, asked_on=plan.progress(waiting)[0]) if waiting else []
    return {"free_until": on(free_until(found)) if found else None, "items": [_price(one) for one in found]}


def _changes(plan: Plan, campaign_id: str, step_id: str, change) -> dict:
    step = step_of(campaign_id, step_id)[1]
    return checked_changes(plan, step, {name: getattr(change, name) for name in change.model_fields_set})


def _reviewed(review_id: str) -> tuple[Review, Plan]:
    """A review and the plan it belongs to, for those who see plans; else 404."""
    review = load(Review, review_id, with_answers())
    return review, load_plan(load(Campaign, review.scope_id))


def _waiting(plan: Plan, review: Review) -> Step | None:
    """The step that lasts until the answer: the review's own, else the deliverable itself."""
    deliverable = next((step for step in plan.steps if step.is_deliverable and step.asset_id == review.asset_id), None)
    return plan.review_step_of.get(deliverable.id, deliverable) if deliverable else None


def _told(found: Consequences) -> dict:
    return {
        "before": _figures(found.before), "after": _figures(found.after), "slack_lost_days": found.slack_lost_days,
        "steps": [_shift(one) for one in found.steps],
        "milestones": [
            {
                "id": one.milestone.id, "flow_before": one.flow_before, "flow_after": one.flow_after,
                "health_before": one.health_before, "health_after": one.health_after,
            }
            for one in found.milestones
        ],
        "passes": _ids(found.passes), "reopens": _ids(found.reopens), "frees": _ids(found.frees), "people": list(found.people),
    }


def _figures(figures: LaunchFigures) -> dict:
    return {
        "launch": on(figures.launch), "ready": on(figures.ready), "launch_slack_days": figures.slack_days,
        "hard_launch_slack_days": figures.hard_slack_days, "short_by_days": figures.short_by_days,
    }


def _shift(shift: StepShift) -> dict:
    return {"id": shift.step.id, "before": _dates(shift.before, shift.state_before), "after": _dates(shift.after, shift.state_after)}


def _dates(dates: Dates, state: str) -> dict:
    told = {name: on(value) if isinstance(value, date) else value for name, value in dates._asdict().items()}
    return {"state": state, **told}


def _price(price: Price) -> dict:
    return {
        "answer_on": on(price.answer_on), "ready": on(price.ready), "launch_slack_days": price.slack_days,
        "hard_launch_slack_days": price.hard_slack_days, "lost_days": price.lost_days,
        "buffer_days_eaten": price.buffer_days_eaten, "short_by_days": price.short_by_days,
    }


def _ids(steps) -> list[str]:
    return [step.id for step in steps]
