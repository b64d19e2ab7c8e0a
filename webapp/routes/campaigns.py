"""Campaigns: the list of them, a new one, and the views of one, each part of which is a live fragment."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from planning.amending import MovedOn, amend_campaign
from planning.calendars import CalendarEdge
from planning.campaigns import Campaign, creatable_by
from planning.templates import catalogue
from review import sentences
from storage.db import db
from webapp import regions
from webapp.access import MEMBER, open_to
from webapp.actors import current_actor
from webapp.auth import home_of
from webapp.campaign_form import PASTED, CampaignForm, PlanSent
from webapp.i18n import language, told
from webapp.listing import campaigns_of
from webapp.loading import allow, load
from webapp.outlook import outlooks
from webapp.parts import answered, rendered

bp = Blueprint("campaigns", __name__)
SHOWN_NOTICES = 5


@bp.get("/")
@open_to(MEMBER)
def index():
    """Every campaign with its countdown; a client has a page of their own."""
    if not current_actor.is_team:
        return redirect(home_of(current_actor._get_current_object()))  # type: ignore[attr-defined]
    shown = outlooks(campaigns_of(current_actor))
    return render_template("campaigns/index.html", outlooks=shown, may_create=creatable_by(current_actor))


@bp.get("/campaigns/new")
@open_to(MEMBER)
def new():
    _allow_creating()
    given = {"country": current_actor.workspace.country, "template": request.args.get("template", ""), "buffer_days": ""}
    form = CampaignForm(given, language=language())
    form.faults = {}
    return _new_page(form)


@bp.post("/campaigns/new")
@open_to(MEMBER)
def create():
    _allow_creating()
    form = CampaignForm(request.form, _plan_sent(), language())
    campaign = None if form.faults else form.found(current_actor)  # type: ignore[arg-type]
    if campaign is None:
        db.session.rollback()
        return _new_page(form), 422
    db.session.commit()
    flash(_("%(name)s is planned backward from its launch.", name=campaign.name), "good")
    for notice in form.notices[:SHOWN_NOTICES]:
        flash(notice, "message")
    return redirect(url_for("campaigns.plan", campaign_id=campaign.id))


@bp.get("/campaigns/<campaign_id>")
@open_to(MEMBER)
def show(campaign_id: str):
    """The board."""
    return _view("show", load(Campaign, campaign_id), "news", "milestones", "board")


@bp.get("/campaigns/<campaign_id>/plan")
@open_to(MEMBER)
def plan(campaign_id: str):
    """The retro-plan as bands, and as a table."""
    return _view("plan", load(Campaign, campaign_id), "chart")


@bp.get("/campaigns/<campaign_id>/assets")
@open_to(MEMBER)
def assets(campaign_id: str):
    return _view("assets", load(Campaign, campaign_id), "grid")


@bp.get("/campaigns/<campaign_id>/activity")
@open_to(MEMBER)
def activity(campaign_id: str):
    """What happened, newest first, a page at a time."""
    campaign = load(Campaign, campaign_id)
    before = request.args.get("before", type=int)
    if before is None:
        return _view("activity", campaign, "feed")
    told = sentences.recent(current_actor, campaign.id, before=max(0, min(before, 2**31 - 1)))
    return _view("activity", campaign, told=told)


@bp.get("/campaigns/<campaign_id>/<any(head, news, milestones, board, chart, grid, feed):part>")
@open_to(MEMBER)
def part(campaign_id: str, part: str):
    """One live part of a campaign's pages, by itself."""
    return answered(load(Campaign, campaign_id), part)


@bp.get("/campaigns/<campaign_id>/edit")
@open_to(MEMBER)
def edit(campaign_id: str):
    campaign = load(Campaign, campaign_id)
    allow(campaign.plannable_by(current_actor))
    return render_template("campaigns/edit.html", campaign=campaign, form=campaign, faults={})


@bp.post("/campaigns/<campaign_id>/edit")
@open_to(MEMBER)
def update(campaign_id: str):
    """Keep what was changed; if somebody else was quicker, show the difference instead."""
    campaign = load(Campaign, campaign_id)
    allow(campaign.plannable_by(current_actor))
    form = CampaignForm(request.form, is_new=False)
    if form.faults:
        return render_template("campaigns/edit.html", campaign=campaign, form=form, faults=form.faults), 422
    try:
        row_version = request.form.get("row_version", 0, type=int)
        amend_campaign(campaign, form.changes, row_version=row_version, by=current_actor)  # type: ignore[arg-type]
    except MovedOn:
        return render_template("campaigns/edit.html", campaign=campaign, form=form, faults={}, moved_on=True), 409
    except CalendarEdge as edge:
        db.session.rollback()
        return render_template("campaigns/edit.html", campaign=load(Campaign, campaign_id), form=form, faults={"launch": told(edge.message)}), 422
    db.session.commit()
    flash(_("Saved. The plan was recalculated."), "good")
    return redirect(url_for("campaigns.plan", campaign_id=campaign.id))


def _view(view: str, campaign: Campaign, *parts: str, **more):
    """A page of a campaign: its head and these parts, those that nothing changed from memory."""
    shown = {name: rendered(campaign, name) for name in ("head", *parts)}
    return render_template(
        f"campaigns/{view}.html", view=view, campaign=campaign, shown=shown, may_plan=campaign.plannable_by(current_actor), **more
    )


def _allow_creating() -> None:
    if not current_actor.is_team:
        abort(403)
    allow(creatable_by(current_actor))


def _plan_sent() -> PlanSent:
    """The plan.json that was pasted, else the file."""
    pasted = request.form.get("plan", "")
    file = request.files.get("plan_file")
    if pasted.strip() or file is None:
        return PlanSent(PASTED, pasted.encode())
    return PlanSent(file.filename or "", file.read(current_app.config["MAX_CONTENT_LENGTH"]))


def _new_page(form: CampaignForm) -> str:
    return render_template("campaigns/new.html", form=form, templates=catalogue(language()), countries=regions.countries())
