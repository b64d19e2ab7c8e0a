"""The live parts of a campaign's pages: each rendered once for the team, a language and a revision of the campaign."""

from collections.abc import Callable
from datetime import timedelta

from flask import g
from markupsafe import Markup

from planning.campaigns import Campaign
from review.sentences import latest_of, recent
from webapp import fragments
from webapp.actors import current_actor
from webapp.board import board_of
from webapp.chart import Chart
from webapp.fragments import fragment
from webapp.i18n import zone
from webapp.listing import grid_of
from webapp.milestones import milestones_of
from webapp.outlook import Outlook

NEWS_DAYS = timedelta(days=2)
NEWS = ("milestone.unblocked", "milestone.reopened")


def rendered(campaign: Campaign, part: str) -> Markup:
    """The part as it stands now."""
    return Markup(fragments.shared(_etag(campaign, part), part, lambda: _PARTS[part](campaign)))  # noqa: S704  Jinja escaped it


def answered(campaign: Campaign, part: str):
    """The part as a response; 304 if the reader has it already, for which the campaign's row is all that is read."""
    etag = _etag(campaign, part)
    return fragments.unchanged(etag) or fragments.answer(rendered(campaign, part), etag)


def _etag(campaign: Campaign, part: str) -> str:
    """Parts are alike for the whole team, but for the language and the zone in which moments are told."""
    return fragments.revision(part, campaign.id, campaign.seq, campaign.today, zone())


def _outlook(campaign: Campaign) -> Outlook:
    """The campaign's, loaded once for all parts of a page."""
    if g.get("outlook") is None or g.outlook.campaign is not campaign:
        g.outlook = Outlook(campaign)
    return g.outlook


def _head(campaign: Campaign) -> Markup:
    return fragment("campaigns/head", campaign=campaign, outlook=_outlook(campaign))


def _news(campaign: Campaign) -> Markup:
    told = latest_of(NEWS, current_actor, campaign.id)
    is_news = told and told.event.at.date() >= campaign.today - NEWS_DAYS
    return fragment("campaigns/news", campaign=campaign, told=told if is_news else None)


def _milestones(campaign: Campaign) -> Markup:
    outlook = _outlook(campaign)
    return fragment("campaigns/milestones", campaign=campaign, outlook=outlook, milestones=milestones_of(outlook))


def _board(campaign: Campaign) -> Markup:
    outlook = _outlook(campaign)
    return fragment("campaigns/board", campaign=campaign, outlook=outlook, columns=board_of(outlook))


def _chart(campaign: Campaign) -> Markup:
    outlook = _outlook(campaign)
    return fragment("campaigns/chart", campaign=campaign, outlook=outlook, chart=Chart(outlook))


def _grid(campaign: Campaign) -> Markup:
    outlook = _outlook(campaign)
    return fragment("campaigns/grid", campaign=campaign, outlook=outlook, tiles=grid_of(current_actor, outlook))


def _feed(campaign: Campaign) -> Markup:
    return fragment("campaigns/feed", campaign=campaign, told=recent(current_actor, campaign.id))


_PARTS: dict[str, Callable[[Campaign], Markup]] = {
    "head": _head,
    "news": _news,
    "milestones": _milestones,
    "board": _board,
    "chart": _chart,
    "grid": _grid,
    "feed": _feed,
}
