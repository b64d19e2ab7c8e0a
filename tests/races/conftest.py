"""One world for all races on each dialect: the app, two racers beside it, and a look at what is left."""

import shutil
from types import SimpleNamespace

import pytest

from config import Settings
from planning.campaigns import Campaign
from planning.founding import found_campaign
from planning.plan import load_plan
from planning.steps import Step
from storage import keys
from storage.db import db, writing
from storage.events import verify
from storage.shelf import bucket, scratch_root
from storage.uploads import open_ticket
from tests.conftest import SECRET, Api
from tests.races.racers import two_processes
from tests.stage import at_work
from tests.world import autumn, digest, make_world, put_parts
from webapp.checks import ledger_faults


@pytest.fixture(scope="package", params=["sqlite", "postgres"])
def ground(request, tmp_path_factory):
    """The named world in an app whose database two more processes use; an app context is pushed."""
    folder = tmp_path_factory.mktemp("races")
    settings = {"data": folder, "database_url": None, "BACKBEAT_SECRET_KEY": SECRET}
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "backbeat.db")
    else:
        server = request.getfixturevalue("postgres")
        settings["database_url"] = server.new_database(template=request.getfixturevalue("migrated_postgres"))
    with two_processes(settings) as race, at_work(Settings(**settings)) as app:
        yield Ground(app, race)


class Ground(SimpleNamespace):
    """What a race needs: the world, the racers, calls of the API, and tickets whose bytes are there."""

    def __init__(self, app, race):
        with app.app_context():
            super().__init__(app=app, race=race, world=make_world(SECRET))
            db.session.remove()

    def api(self, name: str) -> Api:
        return Api(self.app, self.world.tokens[name])

    def call(self, name: str, method: str, path: str, **asked):
        """An act for the race: this person's call."""
        return "call", {"method": method, "path": path, "token": self.world.tokens[name], **asked}

    def put_up(self, version_id: str, rule, *names: str) -> dict:
        """A review of these people, opened by Marc."""
        asked = {"reviewers": [f"{name}@maree.example" for name in names], "rule": rule}
        answer = self.api("marc").post(f"/versions/{version_id}/reviews", json=asked)
        assert answer.status_code == 201, answer.text
        return answer.json

    def flow(self, campaign_id: str, key: str):
        """How a milestone of this campaign stands."""
        db.session.remove()
        plan = load_plan(db.session.get_one(Campaign, campaign_id), dated=False)
        return plan.state_of(next(step for step in plan.steps if step.key == key))

    def another_campaign(self) -> tuple[str, str]:
        """(campaign id, its key visual's step id): the same plan, untouched."""
        with writing() as session:
            campaign = found_campaign("Winter", autumn(), by=self.world.marc)
            session.commit()
        step = db.session.query(Step).filter_by(campaign_id=campaign.id, key="visual").one()
        db.session.rollback()
        return campaign.id, step.id

    def uploaded(self, content: bytes, **where) -> dict:
        """A version, all the way through the API."""
        ticket_id, parts = self.ticket(content, **where)
        answer = self.api("camille").post(f"/uploads/{ticket_id}/complete", json={"parts": parts})
        assert answer.status_code in (201, 202), answer.text
        return answer.json

    def submission(self, ticket_id: str, content: bytes):
        """An act for the race: the last step of an upload whose content was received before."""
        self._place(content)
        asked = {"sha256": digest(content), "size_bytes": len(content), "member_id": self.world.ids["camille"]}
        return "submit", {"ticket_id": ticket_id, **asked}

    def _place(self, content: bytes) -> None:
        key = keys.blob(self.world.ids["workspace"], digest(content))
        if bucket().head(key) is None:
            path = scratch_root() / "placed"
            path.write_bytes(content)
            bucket().put_file(key, path, "text/plain")

    def ticket(self, content: bytes, *, campaign_id=None, deliverable_id=None, asset_id=None, filename="note.txt"):
        """(ticket id, its parts as sent): everything is there but the completion."""
        ticket, pending = open_ticket(
            self.world.camille, filename, len(content), scope_id=campaign_id or self.world.ids["campaign"],
            deliverable_id=deliverable_id, asset_id=asset_id,
        )
        db.session.rollback()
        parts = put_parts(ticket, pending, content)
        with writing() as session:
            session.add(ticket)
            session.commit()
        db.session.remove()
        return ticket.id, [{"number": number, "etag": etag} for number, etag in parts]

    def sound(self) -> None:
        """The chains hold and the ledger is clean."""
        db.session.remove()
        assert list(verify()) == []
        assert list(ledger_faults()) == []
        db.session.remove()


def text(number: int) -> bytes:
    """A small file that is kept as it is; another number is other content."""
    return f"note {number}\n".encode()
