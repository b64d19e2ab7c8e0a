"""The spine's figures, each beside its floor in the same run: `python -m tests.bench.spine [sqlite] [postgres]`.

A decision, an annotation, decision to hint at 1, 50 and 200 sockets, upload to first rendition of a 12 MP JPEG, and the
board, each against `backbeat serve` as a process of its own; the floor (floor.py) is about 60 lines of bare Flask that
do the same durable writes. Milliseconds. PostgreSQL runs with fsync on. Targets: a decision within 3 times its floor and
12 statements besides signing in and the plan; the first rendition within a second.
"""

import http.client
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import requests
from PIL import Image
from skimage import data as photographs

from config import Settings
from planning.founding import found_campaign
from storage import outbox
from storage.db import db, writing
from tests.bench.figures import HEAD, Figures, cpu_seconds, figures, measured, row
from tests.drills.house import ROOT, House
from tests.services.postgres import postgres
from tests.services.processes import free_ports, start, stop
from tests.services.wsgi import served
from tests.statements import counted
from tests.world import PASSWORD, World, autumn, make_world, picture
from webapp import create_app
from webapp.fileshost import files_app
from webapp.migrating import migrate_to_head

SECRET = "a secret for figures only"
DECISIONS, PER_CAMPAIGN = 200, 10
ROUNDS, PHOTOGRAPHS, PAGES = 20, 8, 100
SOCKETS = (1, 50, 200)


class Bench:
    """One dialect: the world behind a serving process, and the floor beside it."""

    def __init__(self, dialect: str, database_url: str | None, floor_database: str, folder: Path, stack: ExitStack):
        self.dialect, self.folder = dialect, folder
        settings = Settings(data=folder / "data", database_url=database_url, BACKBEAT_SECRET_KEY=SECRET)
        self.app = create_app(settings)
        stack.enter_context(self.app.app_context())
        migrate_to_head()
        store = self.app.extensions["backbeat.bucket"]
        store.prepare("http://localhost")
        self.app.extensions["backbeat.files_url"] = stack.enter_context(served(files_app(store, "http://localhost")))
        self.world = make_world(SECRET)
        self.reviews = list(self._open_reviews(DECISIONS + len(SOCKETS) * ROUNDS + 1))
        outbox.do_all()
        db.session.remove()
        self.house = House(settings, self.world.tokens, folder / "house.log").serve(drills="0", secret_key=SECRET)
        stack.callback(self.house.stop)
        self.floor_url, self.floor_pid = floor_of(floor_database, folder, stack)

    @property
    def pid(self) -> int:
        assert self.house.process
        return self.house.process.pid

    def _open_reviews(self, count: int):
        """(campaign, review, version, digest) of reviews that wait for Chloé; a new campaign now and then."""
        for number in range(count):
            if number % PER_CAMPAIGN == 0:
                world = self._another_world()
                version = world.upload(picture(), deliverable="visual")
            review = world.put_up(version, "chloe@maree.example")
            yield world.ids["campaign"], review.id, version.id, version.blob.sha256
            db.session.rollback()

    def _another_world(self) -> World:
        with writing() as session:
            campaign = found_campaign("Winter", autumn(), by=self.world.marc)
            session.commit()
        return World(SECRET, self.world.tokens, self.world.ids | {"campaign": campaign.id})

    def post(self, name: str, path: str, body: dict) -> dict:
        return _post(self.house.port, f"/api/v1{path}", body, {"Authorization": f"Bearer {self.world.tokens[name]}"})

    def floor(self, act: str, calls: int, way: str = "write") -> Figures:
        """The bare floor's own figures, by the driver (`write`) or by the ORM (`orm`)."""
        port = int(self.floor_url.rpartition(":")[2])
        return measured(self.floor_pid, [lambda: _post(port, f"/{way}/{act}", {})] * calls)

    def decide(self, review) -> dict:
        _, review_id, version_id, sha256 = review
        return self.post("chloe", f"/reviews/{review_id}/decision", _yes(version_id, sha256))


def decisions(bench: Bench) -> Iterator[str]:
    waiting = bench.reviews[:DECISIONS]
    bench.reviews = bench.reviews[DECISIONS:]
    ours = measured(bench.pid, [lambda review=review: bench.decide(review) for review in waiting])
    yield row("a decision, over HTTP", ours, bench.floor("decision", DECISIONS), f"statements: {statements(bench)}")
    yield row("  the same, beside a floor with the ORM", ours, bench.floor("decision", DECISIONS, "orm"))


def statements(bench: Bench) -> str:
    """Counted in this process, through the same route."""
    _, review_id, version_id, sha256 = bench.reviews.pop()
    with counted() as spent:
        answer = bench.app.test_client().post(
            f"/api/v1/reviews/{review_id}/decision", json=_yes(version_id, sha256),
            headers={"Authorization": f"Bearer {bench.world.tokens['chloe']}"},
        )
    assert answer.status_code == 201, answer.text
    return ", ".join(f"{name} {len(found)}" for name, found in spent.items())


def annotations(bench: Bench) -> str:
    version_id = bench.reviews[0][2]

    def annotate() -> None:
        mark = {"type": "box", "x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}
        bench.post("marc", f"/versions/{version_id}/annotations", {"id": str(uuid.uuid4()), "shape": mark, "body": "Warmer, please."})

    return row("an annotation saved", measured(bench.pid, [annotate] * DECISIONS), bench.floor("annotation", DECISIONS))


def hints(bench: Bench, sockets: int) -> str:
    """From sending the decision to the median and to the last socket; the floor's to its last."""
    waiting, bench.reviews = bench.reviews[:ROUNDS], bench.reviews[ROUNDS:]
    by_campaign = Counter(review[0] for review in waiting)
    medians, lasts, spent = [], [], 0.0
    for campaign_id in by_campaign:
        with watching(bench.house.url, bench.world.tokens["marc"], campaign_id, sockets, bench.folder) as heard:
            before = cpu_seconds(bench.pid)
            for review in [review for review in waiting if review[0] == campaign_id]:
                seq = bench.house.call("marc", "GET", f"/campaigns/{campaign_id}/events?after=0").json()["seq"]
                begun = time.monotonic()
                bench.decide(review)
                median, last = heard(seq)
                medians.append(median - begun)
                lasts.append(last - begun)
            spent += cpu_seconds(bench.pid) - before
    note = f"median socket {figures(medians).p50:.1f}"
    return row(f"decision to hint, last of {sockets} sockets", figures(lasts, spent), _floor_hints(bench, sockets), note)


def _floor_hints(bench: Bench, sockets: int) -> Figures:
    port, lasts = int(bench.floor_url.rpartition(":")[2]), []
    with watching(bench.floor_url, "", "any", sockets, bench.folder) as heard:
        before = cpu_seconds(bench.floor_pid)
        for _ in range(ROUNDS):
            begun = time.monotonic()
            answer = _post(port, "/write/decision?tell=1", {})
            lasts.append(heard(answer["seq"] - 1)[1] - begun)
        return figures(lasts, cpu_seconds(bench.floor_pid) - before)


def uploads(bench: Bench) -> list[str]:
    """From the call that completes it, and from the first call, to a version that can be looked at."""
    whole, completing, spent, floor = [], [], 0.0, []
    for number in range(PHOTOGRAPHS):
        content = photograph(number)
        before, begun = cpu_seconds(bench.pid), time.perf_counter()
        asked = {"filename": "wheel.jpg", "size_bytes": len(content), "campaign_id": bench.world.ids["campaign"]}
        upload = bench.post("camille", "/uploads", asked)
        parts = [{"number": 1, "etag": bench.house.put(upload["parts"][0], content)}]
        sent = time.perf_counter()
        version = bench.post("camille", f"/uploads/{upload['id']}/complete", {"parts": parts})
        assert "1024" in [rendition["name"] for rendition in version["renditions"]], version
        whole.append(time.perf_counter() - begun)
        completing.append(time.perf_counter() - sent)
        spent += cpu_seconds(bench.pid) - before
        floor.append(_drafted(content))
    beside = figures(floor, sum(floor))
    return [
        row("12 MP JPEG: completed to first rendition", figures(completing, spent), beside, "the floor is Pillow alone"),
        row("12 MP JPEG: first call to first rendition", figures(whole, spent), beside, f"{len(content) / 1e6:.1f} MB"),
    ]


def photograph(seed: int) -> bytes:
    """A real photograph of scikit-image's, enlarged to 12 MP and given a grain of its own."""
    grain = np.random.default_rng(seed)
    enlarged = np.asarray(Image.fromarray(photographs.astronaut()).resize((4000, 3000), Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = np.clip(enlarged + grain.integers(-6, 7, (3000, 4000, 1), dtype=np.int16), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=88)
    return out.getvalue()


def _drafted(content: bytes) -> float:
    begun = time.perf_counter()
    with Image.open(io.BytesIO(content)) as opened:
        opened.draft("RGB", (1024, 1024))
        opened.thumbnail((1024, 1024))
        opened.save(io.BytesIO(), "JPEG", quality=85)
    return time.perf_counter() - begun


def board(bench: Bench) -> list[str]:
    browser = requests.Session()
    page = browser.get(f"{bench.house.url}/sign-in", timeout=30).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    signing = {"csrf_token": token[1], "email": "marc@maree.example", "password": PASSWORD}
    browser.post(f"{bench.house.url}/sign-in", data=signing, timeout=30).raise_for_status()
    address = f"{bench.house.url}/campaigns/{bench.world.ids['campaign']}"
    first = browser.get(address, timeout=30)
    first.raise_for_status()
    ours = measured(bench.pid, [lambda: browser.get(address, timeout=30)] * PAGES)
    floor = measured(bench.floor_pid, [lambda: requests.get(f"{bench.floor_url}/page", timeout=30)] * PAGES)
    return [row("the board, a page", ours, floor, f"{len(first.content) / 1024:.0f} KiB")]


@contextmanager
def watching(url: str, token: str, campaign_id: str, sockets: int, folder: Path):
    """`heard(seq)` → when the median and the last socket heard of something after it."""
    command = [sys.executable, "-m", "tests.bench.watchers", url, token, campaign_id, "0", str(sockets)]
    with (folder / "watchers.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == "ready\n", (folder / "watchers.log").read_text()[-2000:]

    def heard(seq: int) -> tuple[float, float]:
        print(seq, file=process.stdin, flush=True)
        median, last = process.stdout.readline().split()
        return float(median), float(last)

    try:
        yield heard
    finally:
        process.kill()
        process.wait()


def _yes(version_id: str, sha256: str) -> dict:
    return {"verdict": "approved", "version_id": version_id, "sha256": sha256}


def _post(port: int, path: str, body: dict, headers: dict | None = None) -> dict:
    """One call on a connection of its own, with nothing of a client library in the figure."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        told = json.loads(answer.read())
    finally:
        connection.close()
    assert answer.status in (201, 202), told
    return told


def floor_of(database: str, folder: Path, stack: ExitStack) -> tuple[str, int]:
    [port] = free_ports(1)
    process = start([sys.executable, "-m", "tests.bench.floor", port, database], folder / "floor.log", cwd=ROOT)
    stack.callback(stop, process)
    for _ in range(200):
        try:
            requests.get(f"http://127.0.0.1:{port}/page", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return f"http://127.0.0.1:{port}", process.pid
    raise RuntimeError((folder / "floor.log").read_text())


@contextmanager
def opened(dialect: str):
    """A bench on this dialect."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if dialect == "sqlite":
            yield Bench(dialect, None, str(folder / "floor.db"), folder, stack)
            return
        server = stack.enter_context(postgres())
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            server.run(f"ALTER SYSTEM SET {name} = on")
        server.run("SELECT pg_reload_conf()")
        floor = server.new_database().replace("postgresql+psycopg:", "postgresql:")
        yield Bench(dialect, server.new_database(), floor, folder, stack)


def main(*dialects: str) -> None:
    for dialect in dialects or ("sqlite", "postgres"):
        with opened(dialect) as bench:
            print(f"\n{dialect}\n{HEAD}", flush=True)
            print(*decisions(bench), annotations(bench), sep="\n", flush=True)
            for sockets in SOCKETS:
                print(hints(bench, sockets), flush=True)
            print(*uploads(bench), *board(bench), sep="\n", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
