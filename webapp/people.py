"""People as forms offer them, and as other people may know them."""

from flask_babel import gettext as _
from sqlalchemy import case

from review.reviews import Review
from review.seats import Seat
from storage.db import db
from storage.workspaces import Actor, Membership, Role, User


def members_to_ask(actor) -> list[Membership]:
    """Those of the workspace who can be named reviewers: clients first, each by name."""
    clients_first = case((Membership.role == Role.CLIENT, 0), else_=1)
    rows = Membership.visible_to(actor).join(User, User.id == Membership.user_id)
    return list(db.session.scalars(rows.order_by(clients_first, User.name)))


def knows_email(actor: Actor, seat: Seat) -> bool:
    """Clients and guests learn no reviewer's e-mail but their own."""
    return actor.is_team or seat.email == actor.email


def reads_note(actor: Actor, review: Review, seat: Seat) -> bool:
    """What a reviewer wrote with their answer is for the team, and theirs to read again."""
    return actor.is_team or seat is review.seat_of(actor)


def called(seat: Seat, actor: Actor) -> str:
    """A reviewer to whoever reads: by the name they gave, else by their e-mail where it may be known."""
    return seat.name or (seat.email if knows_email(actor, seat) else _("A guest"))
