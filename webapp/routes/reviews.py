"""Reviews: putting a version before its reviewers, their answers, and taking either back."""

from datetime import timedelta

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from review.asking import BadReviewers, open_review
from review.reviews import Review, ReviewOver, ReviewState
from review.rules import BadRule
from review.seats import ANSWERS, UNDO_SECONDS, Decision, Seat
from storage.assets import Version
from storage.db import db
from webapp.access import MEMBER, open_to
from webapp.actors import current_actor
from webapp.asking_form import AskingForm
from webapp.errors import Problem
from webapp.loading import allow, load
from webapp.people import members_to_ask
from webapp.telling import told_unblocked

bp = Blueprint("reviews", __name__)


@bp.get("/versions/<version_id>/reviews/new")
@open_to(MEMBER)
def new(version_id: str):
    """Whom to ask, what counts as a yes, and by when."""
    version = load(Version, version_id)
    allow(current_actor.is_team)
    return _new_page(version, AskingForm.usual(current_actor.workspace.country))


@bp.post("/versions/<version_id>/reviews")
@open_to(MEMBER)
def create(version_id: str):
    version = load(Version, version_id)
    allow(current_actor.is_team)
    form = AskingForm(request.form)
    if form.faults:
        return _new_page(version, form), 422
    try:
        open_review(
            version, form.emails, form.rule, due=form.due_on, by=current_actor,  # type: ignore[arg-type]
            secret_key=current_app.config["SECRET_KEY"],
        )
    except (BadReviewers, BadRule) as fault:
        db.session.rollback()
        form.refuse(fault)
        return _new_page(load(Version, version_id), form), 422
    db.session.commit()
    flash(_("%(visual)s is in review.", visual=_called(version)), "good")
    return redirect(url_for("versions.show", version_id=version.id))


@bp.post("/reviews/<review_id>/decision")
@open_to(MEMBER)
def decide(review_id: str):
    """One reviewer's answer. The same answer sent twice is that answer."""
    review, given = _load(review_id), request.form
    allow(review.decidable_by(current_actor))
    if given.get("verdict") not in ANSWERS:
        raise Problem(422, "bad_verdict", _("Say whether it is approved, or what should change."))
    try:
        decision = review.decide(
            current_actor, given["verdict"], version_id=given.get("version_id", ""), sha256=given.get("sha256", ""), note=given.get("note", ""),
        )
    except ReviewOver:
        if not _said_already(review, given["verdict"]):
            raise
        return _back(review)
    told = told_unblocked(review.unblocked, current_actor)
    db.session.commit()
    _offer_undo(review, decision, told)
    return _back(review)


@bp.post("/reviews/<review_id>/decisions/<decision_id>/undo")
@open_to(MEMBER)
def undo(review_id: str, decision_id: str):
    """Take one's own answer back, within 30 seconds."""
    review = _load(review_id)
    decision = next((one for seat in review.seats for one in seat.decisions if one.id == decision_id), None)
    if decision is None:
        abort(404)
    allow(decision.undoable_by(current_actor))
    review.undo(decision, current_actor)
    db.session.commit()
    flash(_("Taken back. The review is open again."), "message")
    return _back(review)


@bp.post("/reviews/<review_id>/withdrawal")
@open_to(MEMBER)
def withdraw(review_id: str):
    review = _load(review_id)
    allow(review.withdrawable_by(current_actor))
    review.withdraw(current_actor)  # type: ignore[arg-type]
    db.session.commit()
    flash(_("The review is withdrawn: nobody needs to answer it."), "message")
    return _back(review)


@bp.post("/reviews/<review_id>/seats/<seat_id>/lifting")
@open_to(MEMBER)
def lift(review_id: str, seat_id: str):
    """The owner, by name, lifts a request for changes."""
    review = _load(review_id)
    allow(current_actor.is_owner)
    review.lift(_seat(review, seat_id), current_actor)  # type: ignore[arg-type]
    db.session.commit()
    flash(_("Lifted, in your name."), "good")
    return _back(review)


@bp.post("/reviews/<review_id>/seats/<seat_id>/acceptance")
@open_to(MEMBER)
def accept(review_id: str, seat_id: str):
    """A member vouches for somebody who came by a general link."""
    review = _load(review_id)
    allow(current_actor.is_team)
    review.accept_seat(_seat(review, seat_id), current_actor)  # type: ignore[arg-type]
    db.session.commit()
    flash(_("Their answer counts now."), "good")
    return _back(review)


def _load(review_id: str) -> Review:
    return load(Review, review_id, selectinload(Review.seats).selectinload(Seat.decisions))


def _seat(review: Review, seat_id: str) -> Seat:
    seat = next((one for one in review.seats if one.id == seat_id), None)
    if seat is None:
        abort(404)
    return seat


def _said_already(review: Review, verdict: str) -> bool:
    """Whether this very answer closed the review: somebody pressed twice."""
    seat = review.seat_of(current_actor)
    return seat is not None and seat.answer == verdict and review.outcome == ReviewState.APPROVED


def _offer_undo(review: Review, decision: Decision, told: str) -> None:
    visual = _called(review.version)
    said = _("You approved %(visual)s.", visual=visual) if decision.verdict == "approved" else _("You asked for changes to %(visual)s.", visual=visual)
    until = decision.at + timedelta(seconds=UNDO_SECONDS)
    undo_url = url_for("reviews.undo", review_id=review.id, decision_id=decision.id)
    flash({"text": f"{said} {told}".strip(), "undo": undo_url, "until": until.isoformat()}, "good")  # type: ignore[arg-type]


def _called(version: Version) -> str:
    return f"{version.asset.name}, v{version.number}"


def _back(review: Review):
    return redirect(url_for("versions.show", version_id=review.version_id))


def _new_page(version: Version, form: AskingForm) -> str:
    return render_template("reviews/new.html", version=version, form=form, people=members_to_ask(current_actor))
