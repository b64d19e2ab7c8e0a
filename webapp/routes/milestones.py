"""A milestone: why it waits, who has it, what it holds; and passing the one that waits for a hand."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from planning.campaigns import Campaign
from planning.settling import NotReady, close_by_hand
from planning.steps import Step
from storage.db import db
from webapp import fragments
from webapp.access import MEMBER, open_to
from webapp.actors import current_actor
from webapp.errors import Problem
from webapp.i18n import zone
from webapp.listing import campaign_of_step
from webapp.loading import allow, load
from webapp.milestones import milestone_shown
from webapp.outlook import Outlook
from webapp.parts import rendered

bp = Blueprint("milestones", __name__)


@bp.get("/milestones/<milestone_id>")
@open_to(MEMBER)
def show(milestone_id: str):
    campaign, milestone = _load(milestone_id)
    if milestone.slipped_at is not None:
        return redirect(url_for("steps.show", step_id=milestone.id))
    return render_template(
        "milestones/show.html", campaign=campaign, shown={"head": rendered(campaign, "head")}, view="milestone",
        milestone=_shown(campaign, milestone), may_plan=campaign.plannable_by(current_actor),
    )


@bp.get("/milestones/<milestone_id>/<any(card, gates):part>")
@open_to(MEMBER)
def part(milestone_id: str, part: str):
    """The card as it lies above the board, or the gates as its page shows them: alike for the whole team."""
    campaign = campaign_of_step(current_actor, milestone_id)
    if campaign is None:
        abort(404)
    etag = fragments.revision(part, milestone_id, campaign.seq, campaign.today, zone())
    return fragments.unchanged(etag) or fragments.answer(fragments.shared(etag, part, lambda: _part(campaign, milestone_id, part)), etag)


@bp.post("/milestones/<milestone_id>/closing")
@open_to(MEMBER)
def close(milestone_id: str):
    """A named member passes it."""
    campaign, milestone = _load(milestone_id)
    allow(campaign.plannable_by(current_actor))
    try:
        close_by_hand(milestone, current_actor)
    except NotReady:
        raise Problem(409, "not_ready", _("It cannot pass yet: an approval is missing, or a milestone before it is still open.")) from None
    db.session.commit()
    flash(_("%(milestone)s has passed.", milestone=milestone.name), "good")
    return redirect(url_for("milestones.show", milestone_id=milestone.id))


def _part(campaign: Campaign, milestone_id: str, part: str):
    milestone = load(Step, milestone_id)
    if not milestone.is_milestone or milestone.slipped_at is not None:
        abort(404)
    return fragments.fragment(f"milestones/{part}", milestone=_shown(campaign, milestone))


def _load(milestone_id: str) -> tuple[Campaign, Step]:
    milestone = load(Step, milestone_id)
    if not milestone.is_milestone:
        abort(404)
    return load(Campaign, milestone.campaign_id), milestone


def _shown(campaign: Campaign, milestone: Step):
    return milestone_shown(Outlook(campaign), milestone)
