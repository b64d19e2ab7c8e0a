"""Addresses that leave the app: whole ones, by which people elsewhere come in."""

from flask import current_app, url_for

from review.links import GuestLink
from webapp import public_url


def address_of(link: GuestLink) -> str:
    """A guest link as it is sent to somebody: made again from the row, and not to be kept anywhere."""
    path = url_for("guests.door", token=link.token(current_app.config["SECRET_KEY"]))
    return f"{public_url(current_app)}{path}"  # type: ignore[arg-type]
