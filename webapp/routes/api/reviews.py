"""Reviews: a version put before people, and what they answer."""

from flask import abort, current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from review.asking import open_review
from review.links import GuestLink
from review.reviews import Review, with_answers
from review.seats import Decision, Seat
from storage.assets import Version
from storage.db import db
from storage.drills import failpoint
from webapp.access import ACTOR, open_to
from webapp.actors import actor, current_actor, member
from webapp.addresses import address_of
from webapp.idempotency import reply
from webapp.loading import allow, load, load_for_act
from webapp.routes.api import answers, bp
from webapp.routes.api.bodies import NewDecision, NewReview, Nothing, Paged
from webapp.routes.api.calls import call
from webapp.routes.api.gates import rule_of
from webapp.routes.api.paging import listed, page_of
from webapp.routes.api.shapes import decision_json, review_json


def _urls(review: Review) -> dict[str, str]:
    """{seat id: personal link} of the reviewers without an account."""
    held = {seat.link_id: seat.id for seat in review.seats if seat.link_id and seat.holder == f"link:{seat.link_id}"}
    links = db.session.scalars(select(GuestLink).where(GuestLink.id.in_(list(held)))) if held else ()
    return {held[link.id]: address_of(link) for link in links}


def _with_urls(kept: dict) -> dict:
    """A kept answer with its personal links, which are stored nowhere, put back."""
    urls = _urls(load(Review, kept["id"], with_answers()))
    return kept | {"seats": [seat | ({"url": urls[seat["id"]]} if seat["id"] in urls else {}) for seat in kept["seats"]]}


@bp.get("/versions/<version_id>/reviews")
@open_to(ACTOR)
@call(query=Paged, answers={200: answers.listing(answers.Review)})
def reviews(version_id: str, query: Paged):
    """The reviews of a version, the first one first."""
    found = load(Version, version_id)
    seen = Review.visible_to(current_actor).where(Review.version_id == found.id)
    rows, cursor = page_of(seen.options(selectinload(Review.seats).selectinload(Seat.decisions)), Review, query)
    return listed([review_json(review, current_actor) for review in rows], cursor)


@bp.post("/versions/<version_id>/reviews")
@open_to(ACTOR)
@call(body=NewReview, answers={201: answers.Review}, remade=_with_urls)
def create_review(version_id: str, body: NewReview):
    """Ask these people, by e-mail, about a version; who has no account gets a personal link."""
    version = load(Version, version_id)
    allow(version.sharable_by(current_actor))
    review = open_review(
        version, body.reviewers, rule_of(body.rule), due=body.due, by=member(), secret_key=current_app.config["SECRET_KEY"]
    )
    told = review_json(review, current_actor, _urls(review))
    return reply(told, 201, kept=review_json(review, current_actor))


@bp.get("/reviews/<review_id>")
@open_to(ACTOR)
@call(answers={200: answers.Review})
def review(review_id: str):
    """A review and how everybody has answered."""
    return review_json(load(Review, review_id, with_answers()), current_actor)


@bp.post("/reviews/<review_id>/decision")
@open_to(ACTOR)
@call(body=NewDecision, answers={201: answers.Decision})
def decide(review_id: str, body: NewDecision):
    """Answer for one's seat; 409 when it is over, or when version or digest is not what was put up."""
    found = load_for_act(Review, review_id)
    decision = _decided(found, actor(), body)
    response = reply(decision_json(decision, found), 201)
    failpoint("decision.after_commit")
    return response


@bp.post("/decisions/<decision_id>/undo")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Decision})
def undo(decision_id: str, body: Nothing):
    """Take one's own decision back within 30 s; 409 after that, or when the review is superseded."""
    decision = load(Decision, decision_id)
    allow(decision.undoable_by(current_actor))
    found = load_for_act(Review, decision.review_id)
    return reply(decision_json(found.undo(decision, actor()), found), 201)


@bp.post("/reviews/<review_id>/withdrawal")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Review})
def withdraw(review_id: str, body: Nothing):
    """Take the question back; 409 when the review is over."""
    found = load(Review, review_id, with_answers())
    allow(found.withdrawable_by(current_actor))
    found.withdraw(member())
    return reply(review_json(found, current_actor), 201)


@bp.post("/reviews/<review_id>/seats/<seat_id>/lift")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Decision})
def lift(review_id: str, seat_id: str, body: Nothing):
    """The owner, by name, lifts one reviewer's request for changes; 409 if there is none."""
    found, seat = _seat(review_id, seat_id)
    allow(current_actor.is_owner)
    return reply(decision_json(found.lift(seat, member()), found), 201)


@bp.post("/reviews/<review_id>/seats/<seat_id>/acceptance")
@open_to(ACTOR)
@call(body=Nothing, answers={201: answers.Review})
def accept_seat(review_id: str, seat_id: str, body: Nothing):
    """Vouch for who answered by a general link, so that it counts under *all*."""
    found, seat = _seat(review_id, seat_id)
    allow(found.withdrawable_by(current_actor))
    found.accept_seat(seat, member())
    return reply(review_json(found, current_actor), 201)


def _decided(found: Review, who, body: NewDecision) -> Decision:
    allow(found.decidable_by(who))
    return found.decide(who, body.verdict, version_id=body.version_id, sha256=body.sha256, note=body.note or "")


def _seat(review_id: str, seat_id: str) -> tuple[Review, Seat]:
    found = load(Review, review_id, with_answers())
    seat = next((seat for seat in found.seats if seat.id == seat_id), None)
    if seat is None:
        abort(404)
    return found, seat
