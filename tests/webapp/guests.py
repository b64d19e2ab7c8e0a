"""Guests of the client's pages: links to the world's versions, browsers that came by them, and what they decide there."""

from review.asking import open_review
from review.links import GuestLink, make_link
from review.reviews import Review
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Right
from tests.conftest import SECRET, Browser

COMMENT_DECIDE = [Right.COMMENT, Right.DECIDE]
SARAH = {"name": "Sarah Whitfield", "email": "Sarah@veray.example"}


class Guests:
    """Links to the world's versions, and browsers that came by them."""

    def __init__(self, app, world):
        self.app, self.world = app, world

    def link(self, *versions, rights=COMMENT_DECIDE, latest=False, **more) -> tuple[str, str]:
        """(the link's id, the address of its door)"""
        with writing() as session:
            items = [(session.get_one(Version, version.id), latest) for version in versions]
            link = make_link(self.world.ids["campaign"], items, rights, by=self.world.marc, secret_key=SECRET, **more)
            door = f"/l/{link.token(SECRET)}"
            session.commit()
        return link.id, door

    def review(self, version, *emails, rule="all", due=None) -> tuple[str, dict[str, str]]:
        """(the review's id, {e-mail: the door of their personal link})"""
        with writing() as session:
            review = open_review(session.get_one(Version, version.id), list(emails), rule, due=due, by=self.world.marc, secret_key=SECRET)
            links = {seat.email: session.get_one(GuestLink, seat.link_id).token(SECRET) for seat in review.seats if seat.link_id}
            session.commit()
        return review.id, {email: f"/l/{token}" for email, token in links.items()}

    def by(self, door: str, **introduction) -> "Guest":
        guest = Guest(self.app)
        guest.come(door)
        if introduction:
            assert guest.submit(guest.home + "introduction", **introduction).status_code == 302
        return guest


class Guest(Browser):
    """A browser behind a link; `home` is where the door led."""

    home = ""

    def come(self, door, **fields):
        answer = self.submit(door, **fields)
        assert answer.status_code == 303, answer.text
        self.home = answer.location
        return answer

    def page(self, path="") -> str:
        answer = self.get(self.home + path)
        assert answer.status_code == 200
        return answer.text

    def decide(self, review_id, verdict="approved", **other):
        db.session.rollback()
        review = db.session.get_one(Review, review_id)
        seen = {"version_id": review.version_id, "sha256": review.sha256, "note": "", **other}
        db.session.rollback()
        return self.submit(f"{self.home}reviews/{review_id}/decision", verdict=verdict, **seen)


def state_of(review_id):
    db.session.rollback()
    state = db.session.get_one(Review, review_id).state
    db.session.rollback()
    return state
