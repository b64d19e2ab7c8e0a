"""The room's figures: `python -m tests.bench.room [sqlite] [postgres]`, against `backbeat serve` as a process of its own.

Forty people in two rooms draw for half a minute (drawers.py): in each room a marketer, thirteen creatives, four clients
and two guests. A relay is a stroke or a pointer from sending it to hearing it at another socket; bar: p95 within 100 ms.
A mark saved, over HTTP, as it was drawn: p50 within 10 ms, as fast with 5,000 marks there. Milliseconds.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from config import Settings
from planning.founding import found_campaign
from review.annotations import Audience, annotate
from review.links import make_link
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Right, Role, Workspace
from tests.bench.figures import HEAD, cpu_seconds, figures, measured, row
from tests.bench.spine import floor_of
from tests.drills.house import ROOT, House
from tests.services.postgres import postgres
from tests.services.wsgi import served
from tests.world import World, add_member, autumn, make_world, picture
from webapp import create_app
from webapp.fileshost import files_app
from webapp.migrating import migrate_to_head

SECRET = "a secret for figures only"
CAST = {Role.MARKETER: 1, Role.CREATIVE: 13, Role.CLIENT: 4}
GUESTS, SECONDS, SAVES, MARKS, AT_ONCE = 2, 30, 200, 5000, 500


class Rooms:
    """One dialect: two campaigns with a version and twenty people each, behind a serving process."""

    def __init__(self, dialect: str, database_url: str | None, floor_database: str, folder: Path, stack: ExitStack):
        self.folder = folder
        settings = Settings(data=folder / "data", database_url=database_url, BACKBEAT_SECRET_KEY=SECRET)
        self.app = create_app(settings)
        stack.enter_context(self.app.app_context())
        migrate_to_head()
        store = self.app.extensions["backbeat.bucket"]
        store.prepare("http://localhost")
        self.app.extensions["backbeat.files_url"] = stack.enter_context(served(files_app(store, "http://localhost")))
        self.world = make_world(SECRET)
        self.people, self.versions = [], []
        for number in range(2):
            self._furnish(number)
        self.full = self._filled(MARKS)
        outbox.do_all()
        db.session.remove()
        self.house = House(settings, self.world.tokens, folder / "house.log").serve(drills="0", secret_key=SECRET)
        stack.callback(self.house.stop)
        self.floor_url, self.floor_pid = floor_of(floor_database, folder, stack)

    @property
    def pid(self) -> int:
        assert self.house.process
        return self.house.process.pid

    def _furnish(self, number: int) -> None:
        names = [(f"{role}{number}{at}", role) for role, count in CAST.items() for at in range(count)]
        with writing() as session:
            studio = session.get_one(Workspace, self.world.ids["workspace"])
            for name, role in names:
                add_member(self.world, studio, name, role)
            campaign = found_campaign(f"Room {number}", autumn(), by=self.world.marc)
            session.commit()
        world = World(SECRET, self.world.tokens, self.world.ids | {"campaign": campaign.id})
        version = world.upload(picture((40 * number, 90, 90)), deliverable="visual")
        world.put_up(version, *(f"{name}@maree.example" for name, role in names if role == Role.CLIENT))
        self.versions.append(version.id)
        place = {"campaign_id": campaign.id, "version_id": version.id}
        for name, role in names:
            token = world.tokens[name]
            self.people.append(place | {
                "name": name.title(), "kind": "client" if role == Role.CLIENT else "team", "auth": {"token": token},
                "headers": {"Authorization": f"Bearer {token}"},
            })
        self.people += [place | self._guest(campaign.id, version, f"Guest {number}{at}") for at in range(GUESTS)]

    def _guest(self, campaign_id: str, version: Version, name: str) -> dict:
        with writing() as session:
            link = make_link(campaign_id, [(session.merge(version), False)], [Right.COMMENT], by=self.world.marc, secret_key=SECRET)
            _, secret = link.admit(name=name, email=f"{name.replace(' ', '')}@client.example")
            session.commit()
        return {"name": name, "kind": "guest", "auth": {"guest": link.id}, "cookie": f"bb_guest={secret}"}

    def _filled(self, count: int) -> str:
        """A version with so many marks, kept as ever."""
        with writing() as session:
            campaign = found_campaign("Much said", autumn(), by=self.world.marc)
            session.commit()
        version_id = World(SECRET, self.world.tokens, self.world.ids | {"campaign": campaign.id}).upload(picture()).id
        for _ in range(count // AT_ONCE):
            with writing() as session:
                version, marc = session.get_one(Version, version_id), self.world.marc
                for _ in range(AT_ONCE):
                    pin = {"type": "pin", "x": 0.5, "y": 0.5}
                    annotate(version, marc, id_=str(uuid.uuid4()), shape=pin, body="Warmer, please.", audience=Audience.SHARED)
                session.commit()
        return version_id

    def draw(self) -> dict:
        """What the crowd tells, with what the house spent on it."""
        crowd = {"url": self.house.url, "seconds": SECONDS, "people": [self._with_page(person) for person in self.people]}
        before = cpu_seconds(self.pid)
        process = subprocess.run([sys.executable, "-m", "tests.bench.drawers"], cwd=ROOT, input=json.dumps(crowd), capture_output=True, text=True, check=False)
        if process.returncode:
            raise RuntimeError(process.stderr[-3000:] + self.house.log.read_text()[-3000:])
        return json.loads(process.stdout) | {"cpu": cpu_seconds(self.pid) - before}

    def _with_page(self, person: dict) -> dict:
        """A guest writes with what their page gave them."""
        if "guest" not in person["auth"]:
            return person
        link_id, browser = person["auth"]["guest"], requests.Session()
        browser.headers["Cookie"] = person["cookie"]
        page = browser.get(f"{self.house.url}/g/{link_id}", timeout=30)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        assert token, page.text
        cookies = "; ".join([person["cookie"], *(f"{one.name}={one.value}" for one in browser.cookies if one.name != "bb_guest")])
        return person | {"headers": {"Cookie": cookies, "X-CSRFToken": token[1], "X-Backbeat-Link": link_id}}

    def save(self, version_id: str, by: str = "marc") -> None:
        """A stroke by one of the team: one person's hundreds in few seconds would be asked to wait."""
        points = [[0.1 + at / 100, 0.3 + at % 7 / 50, 0.5] for at in range(72)]
        body = {"id": str(uuid.uuid4()), "shape": {"type": "stroke", "points": points, "width": 0.004}, "body": "", "audience": "shared"}
        answer = self.house.call(by, "POST", f"/versions/{version_id}/annotations", json=body)
        assert answer.status_code == 201, answer.text


def drawing(rooms: Rooms):
    """What forty people's half a minute came to."""
    told = rooms.draw()
    heard = len(told["strokes"]) + len(told["pointers"])
    note = f"{told['sent']} sent, {heard} heard, {told['cpu'] / SECONDS:.0%} of a core"
    yield row("a relay, sent to heard", figures(told["strokes"] + told["pointers"], told["cpu"]), None, note)
    yield row("  strokes", figures(told["strokes"]), None)
    yield row("  the ends of strokes", figures(told["ends"]), None, f"{len(told['ends'])} heard")
    yield row("  pointers", figures(told["pointers"]), None)
    yield row("a mark saved, while forty draw", figures(told["saved"]), None, f"{told['marks']} marks")
    wrong = ("lost", "twins", "foreign", "leaked", "unkept", "cut")
    yield f"  {', '.join(f'{name} {told[name]}' for name in wrong)}; faces {told['faces']}; the crowd's own hands up to {1000 * told['late']:.0f} ms late"
    assert not any(told[name] for name in wrong), "something was lost, twice, or foreign"


def saving(rooms: Rooms):
    floor = measured(rooms.floor_pid, [lambda: requests.post(f"{rooms.floor_url}/write/annotation", json={}, timeout=30)] * SAVES)
    few = measured(rooms.pid, [lambda: rooms.save(rooms.versions[0])] * SAVES)
    yield row("a mark saved", few, floor, "nobody else draws")
    yield row("  with 5,000 marks there", measured(rooms.pid, [lambda: rooms.save(rooms.full, by="olga")] * SAVES), floor)


@contextmanager
def opened(dialect: str):
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if dialect == "sqlite":
            yield Rooms(dialect, None, str(folder / "floor.db"), folder, stack)
            return
        server = stack.enter_context(postgres())
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            server.run(f"ALTER SYSTEM SET {name} = on")
        server.run("SELECT pg_reload_conf()")
        floor = server.new_database().replace("postgresql+psycopg:", "postgresql:")
        yield Rooms(dialect, server.new_database(), floor, folder, stack)


def main(*dialects: str) -> None:
    for dialect in dialects or ("sqlite", "postgres"):
        with opened(dialect) as rooms:
            print(f"\n{dialect}\n{HEAD}", flush=True)
            for act in (saving, drawing):
                for line in act(rooms):
                    print(line, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
