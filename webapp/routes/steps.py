"""A step: its dates, how it goes, and, of a deliverable, going without its approval."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from planning.amending import MovedOn, amend_step
from planning.calendars import CalendarEdge
from planning.campaigns import Campaign
from planning.steps import Step
from planning.waiving import NoReason, lift_waiver, waive
from storage.db import db
from storage.workspaces import Membership
from webapp.access import MEMBER, open_to
from webapp.actors import current_actor
from webapp.board import note_of
from webapp.errors import Problem
from webapp.i18n import told
from webapp.loading import allow, load
from webapp.outlook import Outlook
from webapp.parts import rendered
from webapp.step_form import StepForm

bp = Blueprint("steps", __name__)


@bp.get("/steps/<step_id>")
@open_to(MEMBER)
def show(step_id: str):
    step = load(Step, step_id)
    if step.is_milestone and step.slipped_at is None:
        return redirect(url_for("milestones.show", milestone_id=step.id))
    return _page(step)


@bp.post("/steps/<step_id>")
@open_to(MEMBER)
def update(step_id: str):
    """How it goes, said by whoever may; if somebody else was quicker, the difference is shown instead."""
    step = load(Step, step_id)
    if step.is_milestone:
        abort(404)
    allow(step.progressable_by(current_actor))
    form = StepForm(request.form, step, may_plan=current_actor.is_planner)
    if form.faults:
        return _page(step, form), 422
    try:
        amend_step(step, form.changes, row_version=request.form.get("row_version", 0, type=int), by=current_actor)  # type: ignore[arg-type]
    except MovedOn:
        return _page(step, form, moved_on=True), 409
    except CalendarEdge as edge:
        raise Problem(422, "beyond_calendar", told(edge.message)) from None
    db.session.commit()
    flash(_("Saved. The plan was recalculated."), "good")
    return redirect(url_for("steps.show", step_id=step.id))


@bp.post("/steps/<step_id>/waiver")
@open_to(MEMBER)
def dispense(step_id: str):
    """Let its gates clear without an approval, for a reason."""
    step = _deliverable(step_id)
    try:
        waive(step, request.form.get("reason", ""), current_actor)  # type: ignore[arg-type]
    except NoReason:
        raise Problem(422, "reason_needed", _("Say why: whoever reads the plan later will ask.")) from None
    db.session.commit()
    flash(_("%(step)s needs no approval any more.", step=step.name), "good")
    return redirect(url_for("steps.show", step_id=step.id))


@bp.post("/steps/<step_id>/waiver/lifting")
@open_to(MEMBER)
def ask_again(step_id: str):
    """Ask for its approval again."""
    step = _deliverable(step_id)
    lift_waiver(step, current_actor)  # type: ignore[arg-type]
    db.session.commit()
    flash(_("%(step)s needs its approval again.", step=step.name), "message")
    return redirect(url_for("steps.show", step_id=step.id))


def _deliverable(step_id: str) -> Step:
    step = load(Step, step_id)
    if not step.is_deliverable:
        abort(404)
    allow(load(Campaign, step.campaign_id).plannable_by(current_actor))
    return step


def _page(step: Step, form: StepForm | None = None, *, moved_on: bool = False) -> str:
    campaign = load(Campaign, step.campaign_id)
    if step.slipped_at is not None:
        return render_template("steps/slipped.html", campaign=campaign, shown={"head": rendered(campaign, "head")}, view="step", step=step)
    outlook = Outlook(campaign)
    step = outlook.plan.step_by_id[step.id]
    return render_template(
        "steps/show.html", campaign=campaign, shown={"head": rendered(campaign, "head")}, view="step", step=step, outlook=outlook,
        note=note_of(outlook, step) if step.is_deliverable else "", form=form, moved_on=moved_on,
        may_progress=step.progressable_by(current_actor), may_plan=campaign.plannable_by(current_actor), team=_team(),
    )


def _team() -> list[str]:
    """Who may be named by whoever plans: the members who are no clients."""
    return sorted(member.email for member in db.session.scalars(Membership.visible_to(current_actor)) if member.is_team)
