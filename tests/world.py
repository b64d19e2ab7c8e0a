"""The named people and the campaign that tests tell their stories about.

Marc the marketer, Olga the owner, Camille the creative and Chloé the client of Studio Marée; Rita of another agency,
who must see nothing of it.
"""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from argon2 import PasswordHasher

from planning.campaigns import Campaign
from planning.founding import found_campaign
from planning.plan import Plan, load_plan
from planning.planfile import plan_from
from planning.steps import Step
from review import asking, submissions
from review.reviews import Review
from storage import clock, keyring, uploads
from storage.assets import Version
from storage.db import db, new_id, writing
from storage.events import open_log
from storage.workspaces import Membership, Role, Workspace

PASSWORD = "a long enough password"


@cache
def password_hash() -> str:
    """One hash for everybody, and a cheap one: hundreds sign in, and what checking costs is told by the hash."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass
class World:
    """Ids and rows of one made-up agency; rows are loaded anew by each property."""

    secret_key: str
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def member(self, name: str) -> Membership:
        return db.session.get_one(Membership, self.ids[name], populate_existing=True)

    @property
    def olga(self) -> Membership:
        return self.member("olga")

    @property
    def marc(self) -> Membership:
        return self.member("marc")

    @property
    def camille(self) -> Membership:
        return self.member("camille")

    @property
    def chloe(self) -> Membership:
        return self.member("chloe")

    @property
    def rita(self) -> Membership:
        return self.member("rita")

    @property
    def campaign(self) -> Campaign:
        return db.session.get_one(Campaign, self.ids["campaign"], populate_existing=True)

    @property
    def plan(self) -> Plan:
        return load_plan(self.campaign)

    def step(self, key: str) -> Step:
        return next(step for step in self.plan.steps if step.key == key)

    def upload(self, content: bytes, *, filename="visual.png", by="camille", deliverable=None, asset_id=None) -> Version:
        """A version uploaded and kept, through the same verbs as a route."""
        member = self.member(by)
        step_id = self.step(deliverable).id if deliverable else None
        ticket, pending = uploads.open_ticket(
            member, filename, len(content), scope_id=self.ids["campaign"], deliverable_id=step_id, asset_id=asset_id
        )
        parts = put_parts(ticket, pending, content)
        with writing() as session:
            session.add(ticket)
            session.commit()
        received = uploads.receive(ticket, parts)
        with writing() as session:
            ticket = session.get_one(uploads.Ticket, ticket.id)
            version = submissions.submit(ticket, received, self.member(by))
            session.commit()
        return version

    def put_up(self, version: Version, *reviewers: str, rule="all", by="marc") -> Review:
        """A review opened and kept; reviewers by e-mail."""
        with writing() as session:
            version = session.get_one(Version, version.id)
            review = asking.open_review(
                version, list(reviewers), rule, due=None, by=self.member(by), secret_key=self.secret_key
            )
            session.commit()
        return review

    def decide(self, review: Review, by, verdict="approved", note=""):
        with writing() as session:
            review = session.get_one(Review, review.id)
            decision = review.decide(by, verdict, version_id=review.version_id, sha256=review.sha256, note=note)
            session.commit()
        return decision


def put_parts(ticket, pending, content: bytes) -> list[tuple[int, str]]:
    """Send the parts where a browser would."""
    import requests

    sent, parts = 0, []
    for part in pending.parts:
        body = content[sent : sent + part.size_bytes]
        answer = requests.put(part.url, data=body, headers=part.headers, timeout=30)
        answer.raise_for_status()
        parts.append((part.number, answer.headers["ETag"]))
        sent += part.size_bytes
    return parts


def make_world(secret_key: str) -> World:
    """Studio Marée with its people and the Autumn campaign; and another agency beside it."""
    world = World(secret_key)
    with writing() as session:
        studio, other = workspace("Studio Marée"), workspace("Elsewhere")
        for name, role in (("olga", Role.OWNER), ("marc", Role.MARKETER), ("camille", Role.CREATIVE), ("chloe", Role.CLIENT)):
            add_member(world, studio, name, role)
        add_member(world, other, "rita", Role.OWNER)
        session.flush()
        world.ids["workspace"] = studio.id
        campaign = found_campaign("Autumn", autumn(), by=world.marc)
        world.ids["campaign"] = campaign.id
        session.commit()
    return world


def workspace(name: str) -> Workspace:
    row = Workspace(id=new_id(), name=name, country="FR", zone="Europe/Paris", language="en")
    db.session.add(row)
    db.session.flush()
    open_log(row.id, row.id)
    return row


def add_member(world: World, studio: Workspace, name: str, role: Role) -> Membership:
    user = keyring.person(f"{name}@maree.example", name.title(), password_hash(), zone="Europe/Paris")
    membership = keyring.give_place(studio, user, role, by=None)
    world.ids[name] = membership.id
    world.tokens[name] = keyring.issue_token(membership)
    return membership


def autumn(today: date | None = None):
    """Brief → visual → the client's OK → print-ready → media booking → booked; launch in ten weeks."""
    today = today or clock.today("Europe/Paris")
    return plan_from(
        {
            "launch": (today + timedelta(days=70)).isoformat(),
            "buffer_days": 3,
            "calendar": "fr",
            "calendars": {"fr": {"country": "FR"}},
            "steps": [
                {"id": "brief", "name": "Brief", "days": 2},
                {"id": "visual", "name": "Key visual", "days": 4, "kind": "deliverable", "people": ["camille@maree.example"]},
                {"id": "ok", "name": "Client's OK", "days": 2, "kind": "review", "of": "visual"},
                {"id": "ready", "name": "Print-ready", "kind": "milestone"},
                {"id": "media", "name": "Media plan", "days": 3, "kind": "deliverable"},
                {"id": "booked", "name": "Media booked", "kind": "milestone"},
                {"id": "live", "name": "Live", "days": 1},
            ],
            "links": [
                {"from": "brief", "to": "visual"},
                {"from": "visual", "to": "ok"},
                {"from": "ok", "to": "ready"},
                {"from": "ready", "to": "media"},
                {"from": "media", "to": "booked"},
                {"from": "booked", "to": "live"},
            ],
        },
        today,
    )


def picture(colour=(200, 40, 40), size=(64, 40), form="PNG") -> bytes:
    """The bytes of a small plain picture; another colour is other content."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


