"""Every refusal in words a person can act on: a page, or JSON with a stable code for the API.

Domain refusals are named exceptions; this table is the only place that knows their status.
"""

import logging

from flask import Flask, g, jsonify, make_response, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from planning import accepting, calendars, graph, planfile, steps, undoing
from review import annotations, asking, geometry, links, reviews, rules
from storage import keyring, places, renditions, uploads
from storage.assets import current_versions
from storage.buckets import Changed, KeyTaken, MissingPart, NoSuchUpload, StoreAway, StoreFull, WrongPart
from storage.db import Busy, db, is_full
from webapp import passwords
from webapp.actors import current_actor
from webapp.i18n import told
from webapp.people import called
from webapp.reasons import sentence_for

log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal with a status, a stable code, and a sentence; `more` goes into the JSON beside them."""

    def __init__(self, status: int, code: str, message: str, **more):
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


_DOMAIN = {
    rules.BadRule: (422, "bad_rule", _l("The rule is all, any, or at least a number between 1 and the number of reviewers.")),
    asking.Outdated: (409, "newer_version", _l("A newer version has come meanwhile: put that one up.")),
    reviews.NotWhatWasPutUp: (409, "not_what_was_put_up", _l("This is not the version the review is about. Look at it again, then decide.")),
    reviews.NotIntroduced: (422, "name_needed", _l("Say your name and e-mail first, so that the team knows who decided.")),
    reviews.NothingToLift: (409, "nothing_to_lift", _l("This reviewer asks for no changes now.")),
    reviews.TooLate: (409, "too_late", _l("A decision can be undone for 30 seconds. You may still decide otherwise while the review is open.")),
    steps.LeftLaunch: (409, "left_launch", _l("This step has left the launch. Take back the decision that moved it out, and it is here again.")),
    accepting.OptionGone: (409, "option_gone", _l("The plan has changed: this option is no longer on offer. Look at what can be done now.")),
    undoing.AlreadyUndone: (409, "already_undone", _l("This decision was taken back already.")),
    undoing.ActedOn: (409, "acted_on", _l("Somebody has acted on this decision since: it stands. Change the plan from here.")),
    annotations.Taken: (409, "id_taken", _l("Another note already has this id. Make a new one.")),
    annotations.Gone: (404, "not_found", _l("There is nothing here, or nothing that you may see.")),
    annotations.Answered: (409, "answered", _l("Others have answered this note. Tick it off instead.")),
    annotations.NothingSaid: (422, "nothing_said", _l("A note needs words or a mark.")),
    links.LinkOver: (404, "not_found", _l("There is nothing here, or nothing that you may see.")),
    links.WrongPasscode: (403, "wrong_passcode", _l("That passcode is not right.")),
    links.TooManyTries: (429, "too_many_tries", _l("Too many wrong passcodes. Try again in a quarter of an hour.")),
    places.LastOwner: (409, "last_owner", _l("A workspace keeps at least one owner. Make somebody else an owner first.")),
    keyring.AlreadyMember: (409, "already_member", _l("This person is a member already.")),
    keyring.InvitationOver: (404, "not_found", _l("There is nothing here, or nothing that you may see.")),
    uploads.TicketOver: (409, "ticket_over", _l("This upload is more than a day old. Start it again.")),
    renditions.RanShort: (503, "ran_short", _l("The server is short of room or time just now. Your file was kept: try again in a moment.")),
    Changed: (409, "bytes_changed", _l("Other bytes were sent while these were being checked. Send the file again.")),
    NoSuchUpload: (409, "upload_over", _l("This upload is over. Start it again.")),
    KeyTaken: (409, "upload_over", _l("This upload is over. Start it again.")),
    StoreAway: (503, "store_away", _l("The file store does not answer just now. Nothing was lost: try again in a moment.")),
    StoreFull: (507, "store_full", _l("The file store is full. Nothing was kept of this file; tell the workspace's owner.")),
    Busy: (503, "busy", _l("Many people are writing just now. Nothing was changed: try again in a moment.")),
    passwords.TooShort: (422, "password_short", _l("A password needs at least 10 characters.")),
}
_IN_THEIR_OWN_WORDS = {
    geometry.BadShape: (422, "bad_shape"),
    asking.BadReviewers: (422, "bad_reviewers"),
    planfile.PlanError: (422, "bad_plan"),
    graph.PlanLoop: (422, "loop"),
    calendars.CalendarEdge: (422, "beyond_calendar"),
    calendars.UnknownCountry: (422, "unknown_country"),
}
_HTTP = {
    400: ("bad_request", _l("That request could not be read.")),
    401: ("sign_in_needed", _l("Sign in first, or send a valid token.")),
    403: ("forbidden", _l("You can see this, but not do that.")),
    404: ("not_found", _l("There is nothing here, or nothing that you may see.")),
    405: ("method_not_allowed", _l("That cannot be done at this address.")),
    409: ("conflict", _l("Something changed meanwhile. Look again, then try again.")),
    411: ("length_needed", _l("Say how long the content is.")),
    413: ("too_large", _l("That is more than can be sent here. Files go to the addresses an upload gives.")),
    415: ("unsupported_media_type", _l("Send JSON.")),
    429: ("too_many_requests", _l("That was too often. Try again in a moment.")),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, lambda problem: _answer(problem.status, problem.code, problem.message, **problem.more))
    app.register_error_handler(CSRFError, lambda _error: _answer(400, "csrf", _("This page is too old to send from. Reload it: what you wrote is kept.")))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(uploads.Refused, _refused)
    app.register_error_handler(MissingPart, _part_missing)
    app.register_error_handler(WrongPart, _part_wrong)
    app.register_error_handler(reviews.ReviewOver, _review_over)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(NoConnection, _crowded)
    app.register_error_handler(Exception, _unexpected)
    for kind, (status, code, message) in _DOMAIN.items():
        app.register_error_handler(kind, _told(status, code, message))
    for kind, (status, code) in _IN_THEIR_OWN_WORDS.items():
        app.register_error_handler(kind, _quoted(status, code))


def _told(status, code, message):
    return lambda _error: _answer(status, code, str(message))


def _quoted(status, code):
    return lambda error: _answer(status, code, told(getattr(error, "message", str(error))))


def _refused(refused: uploads.Refused):
    return _answer(422, refused.code, sentence_for(refused.code))


def _part_missing(part: MissingPart):
    return _answer(409, "part_missing", _("Part %(number)s has not arrived. Send it, then complete again.", number=part.number), number=part.number)


def _part_wrong(part: WrongPart):
    return _answer(409, "part_wrong", _("Part %(number)s is not what was announced. Send it again, then complete.", number=part.number), number=part.number)


def _review_over(over: reviews.ReviewOver):
    review = over.review
    newer = current_versions([review.asset_id])[review.asset_id]
    if newer.id != review.version_id and review.outcome != reviews.ReviewState.WITHDRAWN:
        message = _("Version %(number)s has replaced the one you looked at: decide on that one.", number=newer.number)
        return _answer(409, "superseded", message, newer_version_id=newer.id, number=newer.number)
    if review.outcome == reviews.ReviewState.WITHDRAWN:
        return _answer(409, "withdrawn", _("This review was withdrawn: no answer is needed any more."))
    names = ", ".join(called(seat, current_actor) for seat in review.seats if seat.answer == "approved")
    return _answer(409, "closed", _("This review is closed already: %(names)s approved it.", names=names), closed_by=names)


def _conflict(error: IntegrityError):
    """Somebody was quicker in what the locks leave open; nothing of this was kept."""
    log.warning("a row was in the way: %s", error.orig)
    db.session.rollback()
    return _answer(409, "conflict", str(_HTTP[409][1]))


def _database(error: OperationalError):
    log.warning("the database did not answer: %s", error.orig)
    g.actor = None  # the page that says so must not ask the database who reads it
    if is_full(error):
        return _answer(507, "disk_full", _("The server's disk is full. Nothing was changed; tell whoever runs it."))
    return _answer(503, "database_away", _("The database does not answer just now. Nothing was changed: try again in a moment."))


def _crowded(_error: NoConnection):
    g.actor = None  # nor may it wait once more for a connection
    return _answer(503, "busy", str(_DOMAIN[Busy][2]))


def _http(error: HTTPException):
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.response
    code, message = _HTTP.get(status, ("error", error.description or ""))
    response = _answer(status, code, str(message))
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    if retry := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(retry)
    return response


def _unexpected(error: Exception):
    log.exception("unexpected: %s %s", request.method, request.path, exc_info=error)
    return _answer(500, "unexpected", _("Something broke on our side. Nothing was changed; the fault is noted."))


def _answer(status: int, code: str, message: str, **more):
    db.session.rollback()
    if wants_json() or request_ctx.url_adapter is None:  # None: an address no page can be drawn for
        response = jsonify(error={"code": code, "message": message, **more})
    else:
        page = render_template("errors/show.html", status=status, code=code, message=message, more=more, wrote=_written())
        response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status in (503, 429):
        response.headers.setdefault("Retry-After", "2" if status == 503 else "5")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _written() -> str:
    """The note that was sent with what is refused, to be kept on the page; nothing of a body that cannot be read."""
    try:
        return request.form.get("note") or request.form.get("body") or ""
    except HTTPException:
        return ""


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"
