"""People as forms offer them."""

from sqlalchemy import case

from storage.db import db
from storage.workspaces import Membership, Role, User


def members_to_ask(actor) -> list[Membership]:
    """Those of the workspace who can be named reviewers: clients first, each by name."""
    clients_first = case((Membership.role == Role.CLIENT, 0), else_=1)
    rows = Membership.visible_to(actor).join(User, User.id == Membership.user_id)
    return list(db.session.scalars(rows.order_by(clients_first, User.name)))
