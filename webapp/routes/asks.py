"""The client's pages, the same for guests and for members with the role client: what waits for them, one version with
its notes, and what they may do there. `add_pages` puts them on a blueprint; guests' addresses begin with their link.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial, update_wrapper
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _

from planning.campaigns import Campaign
from review.annotations import MAX_BODY
from review.links import ends_on
from review.reviews import Review, ReviewState
from review.seats import ANSWERS, UNDO_SECONDS, Decision
from storage.assets import Version
from storage.db import db
from storage.workspaces import Guest
from webapp import asks, fragments, sending_on
from webapp.access import open_to
from webapp.actors import current_actor
from webapp.asks import Standing, here
from webapp.errors import Problem
from webapp.i18n import zone
from webapp.loading import allow, load, load_for_act
from webapp.room import Room
from webapp.routes.rooms import PARTS, render_part, render_room
from webapp.routes.talk import add_talk
from webapp.speaking import speaker


def add_pages(bp: Blueprint, prefix: str, kind: str) -> None:
    """Put the pages on a blueprint under `prefix`, open to that kind of actor."""
    for method, rule, view in _PAGES:
        own = update_wrapper(partial(view), view)
        bp.add_url_rule(prefix + rule, view.__name__, open_to(kind)(own), methods=[method])
    add_talk(bp, prefix, kind)


def show(link_id=None):
    """What waits for them first, then what they have answered and what is there to be looked at."""
    return _page("asks", asks.asks_of(current_actor), asks.campaigns_seen(current_actor))


def version(version_id, link_id=None):
    """The review room: one version, large, with its notes and the decision beside it."""
    room = Room(load(Version, version_id), current_actor)
    campaigns = asks.campaigns_seen(current_actor)
    watched = campaigns.get(room.version.scope_id) or next(iter(campaigns.values()), None)
    return render_room(room, live=_live(watched, campaigns))


def part(version_id, part, link_id=None):
    """One live part of it."""
    return render_part(version_id, part)


def rendition(version_id, name, link_id=None):
    """A picture of it."""
    return sending_on.to_rendition(load(Version, version_id), name, link=link_id or "")


def tile(version_id, level, column, row, link_id=None):
    """A tile of it, where it is huge."""
    return sending_on.to_tile(current_actor, version_id, level, column, row, link=link_id or "")


def original(version_id, link_id=None):
    """The bytes as they were uploaded, under their own name."""
    shown = load(Version, version_id)
    allow(shown.downloadable_by(current_actor))
    return sending_on.to_original(shown, link=link_id or "")


def decide(review_id, link_id=None):
    """Answer on the version and digest that were seen."""
    form, review = request.form, load_for_act(Review, review_id)
    allow(review.decidable_by(current_actor))
    if form.get("verdict") not in ANSWERS:
        abort(400)
    decision = review.decide(
        speaker(), form["verdict"], version_id=form.get("version_id", ""), sha256=form.get("sha256", ""), note=_short(form.get("note", ""))
    )
    db.session.commit()
    _offer_undo(_told(review, decision), decision)
    return redirect(here("show"))


def undo(decision_id, link_id=None):
    """Take a decision back while it is fresh."""
    decision = asks.decision_seen(current_actor, decision_id)
    if decision is None:
        abort(404)
    allow(decision.undoable_by(current_actor))
    review = load_for_act(Review, decision.review_id)
    review.undo(decision, by=current_actor)
    db.session.commit()
    flash(_("Taken back. You can decide again."), "good")
    return redirect(here("version", version_id=review.version_id))


_PAGES: tuple[tuple[str, str, Callable], ...] = (
    ("GET", "/", show),
    ("GET", "/versions/<version_id>", version),
    ("GET", f"/versions/<version_id>/<any({PARTS}):part>", part),
    ("GET", "/versions/<version_id>/renditions/<name>", rendition),
    ("GET", "/versions/<version_id>/tiles/<level>/<column>_<row>", tile),
    ("GET", "/versions/<version_id>/original", original),
    ("POST", "/reviews/<review_id>/decision", decide),
    ("POST", "/decisions/<decision_id>/undo", undo),
)


def _page(name: str, shown: list[asks.Ask], campaigns: dict[str, Campaign]):
    """The whole page, or for a refresh its live part alone; 304 if nothing has happened since."""
    arguments = {
        "asks": shown, "ask": next(iter(shown), None), "campaigns": campaigns, "actor": current_actor, "must_introduce": asks.must_introduce(current_actor),
        "here": here, "Standing": Standing,
    }
    if request.headers.get("X-Fragment"):
        etag = _etag(name, shown, campaigns)
        return fragments.unchanged(etag) or fragments.answer(fragments.fragment(f"guests/{name}", **arguments), etag)
    watched = _watched(shown, campaigns)
    return render_template(
        f"guests/{name}.html", **arguments, watched=watched, live=_live(watched, campaigns),
        guest_link=current_actor.link_id if isinstance(current_actor, Guest) else None,
        ends_on=ends_on(current_actor) if isinstance(current_actor, Guest) else None,
    )


def _etag(name: str, shown: list[asks.Ask], campaigns: dict[str, Campaign]) -> str:
    """All that the page depends on: who reads, what has happened, and whether a decision can still be undone."""
    seqs = (f"{key}:{campaign.seq}" for key, campaign in campaigns.items())
    undoable = (ask.undoable.id for ask in shown if ask.undoable)
    return fragments.revision(name, current_actor.key, zone(), asks.must_introduce(current_actor), *seqs, *undoable)


def _live(watched: Campaign | None, campaigns: dict[str, Campaign]) -> dict | None:
    """The logs an open page follows: that of the campaign it listens to, and those of the others it may show."""
    if watched is None:
        return None
    others = {campaign.id: campaign.seq for campaign in campaigns.values() if campaign.id != watched.id}
    return {"campaign_id": watched.id, "seq": watched.seq, "others": others}


def _watched(shown: list[asks.Ask], campaigns: dict[str, Campaign]) -> Campaign | None:
    """The campaign an open page listens to: that of what comes first, else any it may show."""
    mine = (campaigns[ask.version.scope_id] for ask in shown if ask.version.scope_id in campaigns)
    return next(mine, None) or next(iter(campaigns.values()), None)


def _short(text: str) -> str:
    if len(text) > MAX_BODY:
        raise Problem(422, "too_long", _("That is longer than %(num)s characters. Shorten it, or send it in two notes.", num=MAX_BODY))
    return text.replace("\r\n", "\n")


def _offer_undo(text: str, decision: Decision) -> None:
    until = (decision.at + timedelta(seconds=UNDO_SECONDS)).isoformat()
    told: Any = {"text": text, "undo": here("undo", decision_id=decision.id), "until": until}
    flash(told, "good")


def _told(review: Review, decision: Decision) -> str:
    name, number = review.version.asset.name, review.version.number
    if decision.verdict == "changes_requested":
        return _("%(name)s, version %(number)s: changes requested. The team knows.", name=name, number=number)
    if review.outcome == ReviewState.APPROVED:
        return _("%(name)s, version %(number)s: approved. What waited for it can go on.", name=name, number=number)
    return _("%(name)s, version %(number)s: your yes is kept. The team knows.", name=name, number=number)
