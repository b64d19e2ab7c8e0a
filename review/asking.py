"""Putting a version before its reviewers: seats for members, personal links for the others."""

from datetime import date

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from planning.settling import settle
from review.links import GuestLink, make_link
from review.reviews import Review
from review.rules import checked
from review.seats import Seat
from storage.assets import Version, grant_sight
from storage.clock import utcnow
from storage.db import db, new_id
from storage.events import lock, record
from storage.text import folded_email
from storage.workspaces import Membership, Right, Role, User

MAX_REVIEWERS = 50


class BadReviewers(ValueError):
    """No reviewers, too many, or one that is no e-mail address; the message names it."""


class Outdated(Exception):
    """A newer version is there: that is the one to put up. `current` is its number."""


def open_review(version: Version, emails: list[str], rule, *, due: date | None, by: Membership, secret_key: str) -> Review:
    """Ask these people about this version. Raises BadReviewers, rules.BadRule, or Outdated."""
    emails = _checked(emails)
    rule = checked(rule, len(emails))
    lock(version.scope_id)
    if not version.is_current:
        raise Outdated
    review = Review(
        id=new_id(), workspace_id=version.workspace_id, scope_id=version.scope_id, version_id=version.id,
        asset_id=version.asset_id, sha256=version.blob.sha256, rule=rule, due=due, opened_by=by.id, opened_at=utcnow(),
        row_version=1, seats=[],
    )
    review.version = version
    db.session.add(review)
    db.session.flush()
    members = _members(by.workspace_id, emails)
    for email in emails:
        review.seats.append(_seat(review, email, members.get(email), by, secret_key))
    record(
        "review.opened", f"review:{review.id}", by=by, scope_id=version.scope_id, version_id=version.id, shared=True,
        keys=(f"version_{version.id}", f"asset_{version.asset_id}", f"review_{review.id}", f"campaign_{version.scope_id}"),
        body={"reviewers": len(emails), "rule": rule, "due": due.isoformat() if due else None},
    )
    db.session.flush()
    settle(version.scope_id, by=by)
    return review


def _checked(emails) -> list[str]:
    unique = list(dict.fromkeys(folded_email(email) for email in emails))
    if not 1 <= len(unique) <= MAX_REVIEWERS:
        raise BadReviewers(f"name 1 to {MAX_REVIEWERS} reviewers by e-mail")
    for email in unique:
        try:
            validate_email(email, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise BadReviewers(f"{email[:80]!r} is no e-mail address") from error
    return unique


def _members(workspace_id: str, emails: list[str]) -> dict[str, Membership]:
    here = select(Membership).join(User).where(
        Membership.workspace_id == workspace_id, Membership.ended_at.is_(None), User.email.in_(emails)
    )
    return {membership.email: membership for membership in db.session.scalars(here)}


def _seat(review: Review, email: str, member: Membership | None, by: Membership, secret_key: str) -> Seat:
    if member:
        if member.role == Role.CLIENT:
            grant_sight(member.id, review.version)
        return Seat(id=new_id(), holder=member.key, email=email, name=member.name, membership_id=member.id,
                    verified=True, decisions=[], created_at=utcnow())
    link = _personal_link(review, email, by, secret_key)
    name = db.session.scalar(select(Seat.name).where(Seat.link_id == link.id, Seat.name != "").limit(1)) or ""
    return Seat(id=new_id(), holder=f"link:{link.id}", email=email, name=name, link_id=link.id, verified=True, decisions=[],
                created_at=utcnow())


def _personal_link(review: Review, email: str, by: Membership, secret_key: str) -> GuestLink:
    """One link for one person and campaign: the one they hold shows them the newer version too."""
    mine = select(GuestLink).where(
        GuestLink.campaign_id == review.scope_id, GuestLink.email == email, GuestLink.revoked_at.is_(None)
    )
    held = db.session.scalar(mine.order_by(GuestLink.created_at.desc()).limit(1))
    if held and not held.over:
        grant_sight(held.id, review.version)
        return held
    return make_link(
        review.scope_id, [(review.version, False)], [Right.SEE, Right.COMMENT, Right.DECIDE], by=by,
        secret_key=secret_key, email=email,
    )
