"""A campaign's guest links: made with explicit items and rights, listed, copied again, revoked with one click."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from planning.campaigns import Campaign
from review.links import GuestLink, make_link
from storage.clock import today
from storage.db import db
from storage.workspaces import Right
from webapp import sharing
from webapp.access import MEMBER, open_to
from webapp.actors import current_member
from webapp.loading import allow, load

bp = Blueprint("links", __name__)
PASSCODE_LENGTH = 4


@dataclass
class Wish:
    """What the form asks for; the date is None when none was given, or none that can be read."""

    items: list
    rights: list[Right]
    passcode: str
    expires_on: date | None


@bp.get("/campaigns/<campaign_id>/links")
@open_to(MEMBER)
def index(campaign_id: str):
    campaign = load(Campaign, campaign_id)
    allow(campaign.sharable_by(current_member))
    return _page(campaign, {})


@bp.post("/campaigns/<campaign_id>/links")
@open_to(MEMBER)
def create(campaign_id: str):
    """Make a link; its address is on the page, to be copied and sent."""
    campaign = load(Campaign, campaign_id)
    allow(campaign.sharable_by(current_member))
    wish = _wish(sharing.sharable_assets(campaign, current_member))
    faults = _faults(wish)
    if faults:
        return _page(campaign, faults), 422
    link = make_link(
        campaign.id, wish.items, wish.rights, by=current_member, secret_key=current_app.config["SECRET_KEY"],
        passcode=wish.passcode or None, expires_on=wish.expires_on,
    )
    db.session.commit()
    flash(_("The link is made: copy it and send it."), "good")
    return redirect(url_for("links.index", campaign_id=campaign.id, _anchor=f"link-{link.id}"))


@bp.post("/links/<link_id>/revocation")
@open_to(MEMBER)
def revoke(link_id: str):
    """End a link for everyone who holds it, at once."""
    link = load(GuestLink, link_id)
    allow(link.revocable_by(current_member))
    link.revoke(by=current_member)
    db.session.commit()
    flash(_("The link is revoked: it opens nothing any more, and the pages it opened are shut."), "good")
    return redirect(url_for("links.index", campaign_id=link.campaign_id))


def _wish(assets) -> Wish:
    form = request.form
    return Wish(
        items=sharing.chosen_items(assets, form),
        rights=[right for right in Right if right.value in form.getlist("rights")],
        passcode=form.get("passcode", "").strip(),
        expires_on=_day(form.get("expires_on", "")),
    )


def _faults(wish: Wish) -> dict[str, str]:
    faults = {}
    if not wish.items:
        faults["shown"] = _("Choose at least one asset to show.")
    if wish.passcode and len(wish.passcode) < PASSCODE_LENGTH:
        faults["passcode"] = _("A passcode needs at least %(num)s characters.", num=PASSCODE_LENGTH)
    given = request.form.get("expires_on")
    if given and (wish.expires_on is None or wish.expires_on < today(current_member.workspace.zone)):
        faults["expires_on"] = _("The last day is today or later.")
    return faults


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(campaign: Campaign, faults: dict[str, str]) -> str:
    return render_template(
        "links/index.html", campaign=campaign, links=sharing.links_of(campaign, current_member), faults=faults,
        assets=sharing.sharable_assets(campaign, current_member), given=request.form, least=PASSCODE_LENGTH,
        today=today(current_member.workspace.zone),
    )
