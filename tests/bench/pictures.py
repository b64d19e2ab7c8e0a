"""The figures of pictures and of the room's page: `python -m tests.bench.pictures [making] [room]`; SQLite, one process.

making  each rendition of a 12 MP JPEG, the full size of 39 MP, the tiles of 100 MP: wall, CPU and memory of the child
room    a real Chromium with an empty cache: the first picture of a 12 MP still against the start of the navigation (bar:
        500 ms), the page with 500 marks by the server (60 ms), and what its scripts weigh compressed (200 kB)
"""

import gzip
import resource
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import requests
from PIL import Image
from playwright.sync_api import sync_playwright
from skimage import data as photographs

from config import Settings
from e2e.conftest import CHROMIUM, FLAGS
from review.annotations import Audience, annotate
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from storage.renditions import discard, judge, make, make_large
from tests.bench.figures import cpu_seconds, figures
from tests.drills.house import House
from tests.services.wsgi import served
from tests.storage.test_judging import PeakOfChildren
from tests.world import PASSWORD, make_world
from webapp import create_app
from webapp.fileshost import files_app
from webapp.migrating import migrate_to_head

SECRET = "a secret for figures only"
ROUNDS, VISITS, PAGES, MARKS = 5, 7, 40, 500
SCREENS = {"1440 × 900": ((1440, 900), 1), "390 × 844, three dots a pixel": ((390, 844), 3)}
FIRST_PICTURE = """() => new Promise(found => {
  const shown = () => {
    const picture = [...document.images].filter(one => one.complete && /\\/renditions\\/(1024|2048)$/.test(one.currentSrc))[0]
    const entry = picture && performance.getEntriesByName(picture.currentSrc)[0]
    const largest = window.__largest.filter(one => one.url).pop()
    return entry && largest ? {loaded: entry.responseEnd, largest: largest.startTime, url: picture.currentSrc} : null
  }
  const look = () => shown() ? found(shown()) : requestAnimationFrame(look)
  look()
})"""
OBSERVED = """window.__largest = []
new PerformanceObserver(list => window.__largest.push(...list.getEntries().map(({startTime, url}) => ({startTime, url}))))
  .observe({type: "largest-contentful-paint", buffered: true})"""


# Making


@dataclass
class Made:
    """One piece of work in the child: seconds of each round, CPU seconds of all, the most memory."""

    seconds: list[float]
    cpu_s: float
    mb: int

    def row(self, name: str, note: str = "") -> str:
        found = figures(self.seconds, self.cpu_s)
        return f"{name:44}{found.p50:8.0f} {found.p95:8.0f} {found.cpu:8.0f} {self.mb:8}   {note}".rstrip()


def making(folder: Path) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    small, large, huge = (photograph(folder / f"{side}.jpg", side) for side in ((4000, 3000), (7300, 5400), (12_000, 8_400)))
    print(f"\n{'milliseconds of a child':44}{'p50':>8} {'p95':>8} {'CPU':>8} {'MB':>8}")
    first = spent(lambda: judge(small, filename="a.jpg", scratch=scratch).made)
    print(first.row("12 MP JPEG: judged, with its 1024", "bar: 1000"))
    print(spent(lambda: make(small, ("2048", "320"), scratch=scratch)).row("12 MP JPEG: 2048 and 320"))
    print(spent(lambda: [make_large(small, "full", False, scratch=scratch)]).row("12 MP JPEG: full size"))
    print(spent(lambda: [make_large(large, "full", False, scratch=scratch)]).row("39 MP JPEG: full size"))
    print(spent(lambda: [make_large(huge, "tiles", False, scratch=scratch)], 3).row("100 MP JPEG: tiles", f"{huge.stat().st_size / 1e6:.0f} MB"))
    print(spent(lambda: judge(huge, filename="a.jpg", scratch=scratch).made, 3).row("100 MP JPEG: judged, with its 1024"))


def spent(work: Callable, rounds: int = ROUNDS) -> Made:
    seconds, before = [], _children_cpu()
    with PeakOfChildren() as peak:
        for _ in range(rounds):
            begun = time.perf_counter()
            made = work()
            seconds.append(time.perf_counter() - begun)
            discard(made)
    return Made(seconds, _children_cpu() - before, peak.mb)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def photograph(path: Path, size: tuple[int, int]) -> Path:
    """A real photograph of scikit-image's, enlarged and grained band by band."""
    grain, picture = np.random.default_rng(1), Image.fromarray(photographs.astronaut()).resize(size, Image.Resampling.BICUBIC)
    for top in range(0, size[1], 500):
        band = np.asarray(picture.crop((0, top, size[0], min(top + 500, size[1]))), dtype=np.int16)
        noisy = np.clip(band + grain.integers(-6, 7, (*band.shape[:2], 1), dtype=np.int16), 0, 255).astype(np.uint8)
        picture.paste(Image.fromarray(noisy), (0, top))
    picture.save(path, "JPEG", quality=88)
    return path


# The room


def room(folder: Path) -> None:
    with serving(folder) as (house, plain, marked), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        cookies = signed_in(browser, house)
        print(f"\n{'first picture of a 12 MP still, ms':44}{'p50':>8} {'worst':>8}   bar: 500, with an empty cache")
        for name, (size, dots) in SCREENS.items():
            seen = [visited(browser, house, plain, cookies, size, dots) for _ in range(VISITS)]
            for what in ("loaded", "largest"):
                found = sorted(one[what] for one in seen)
                print(f"{name + ': ' + SAID[what]:44}{found[len(found) // 2]:8.0f} {found[-1]:8.0f}   {urlsplit(seen[-1]['url']).path.rpartition('/')[2]}")
        print(page(house, plain, cookies, "the page without marks"))
        print(page(house, marked, cookies, f"the page with {MARKS} marks"))
        scripts(browser, house, marked, cookies)
        browser.close()


SAID = {"loaded": "loaded", "largest": "largest paint"}


@contextmanager
def serving(folder: Path):
    """(the house, a version of 12 megapixels, another with marks): both drawn."""
    settings = Settings(data=folder / "data", BACKBEAT_SECRET_KEY=SECRET)
    app = create_app(settings)
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        migrate_to_head()
        store = app.extensions["backbeat.bucket"]
        store.prepare("http://localhost")
        app.extensions["backbeat.files_url"] = stack.enter_context(served(files_app(store, "http://localhost")))
        world = make_world(SECRET)
        content = photograph(folder / "still.jpg", (4000, 3000)).read_bytes()
        plain = world.upload(content, filename="still.jpg", deliverable="visual").id
        marked = world.upload(content, filename="marked.jpg", deliverable="media").id
        mark(world, marked)
        outbox.do_all()
        db.session.remove()
        house = House(settings, world.tokens, folder / "house.log").serve(drills="0", secret_key=SECRET)
        stack.callback(house.stop)
        yield house, plain, marked


def mark(world, version_id: str) -> None:
    with writing() as session:
        version = session.get_one(Version, version_id)
        for number in range(MARKS):
            shape = {"type": "pin", "x": number % 25 / 25, "y": number // 25 / 20}
            annotate(version, world.marc, id_=str(uuid.uuid4()), shape=shape, body=f"Note {number}: warmer here, please.", audience=Audience.SHARED)
        session.commit()


def signed_in(browser, house: House) -> list:
    context = browser.new_context(base_url=house.url, locale="en-GB")
    opened = context.new_page()
    opened.goto("/sign-in")
    opened.get_by_label("E-mail").fill("marc@maree.example")
    opened.get_by_label("Password").fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    opened.wait_for_url(lambda address: "/sign-in" not in address)
    cookies = context.cookies()
    context.close()
    return cookies


def visited(browser, house: House, version_id: str, cookies: list, size, dots: int) -> dict:
    """{loaded, largest: ms since the navigation began, url} of somebody who was never here before."""
    context = browser.new_context(base_url=house.url, locale="en-GB", viewport=dict(zip(("width", "height"), size, strict=True)), device_scale_factor=dots)
    context.add_cookies(cookies)
    context.add_init_script(OBSERVED)
    opened = context.new_page()
    opened.goto(f"/versions/{version_id}", wait_until="commit")
    found = opened.evaluate(FIRST_PICTURE)
    context.close()
    return found


def page(house: House, version_id: str, cookies: list, name: str) -> str:
    """By the server: a keep-alive connection, so that the wall is its own; and its CPU."""
    assert house.process
    client = requests.Session()
    for cookie in cookies:
        client.cookies.set(cookie["name"], cookie["value"])
    address, seconds = f"{house.url}/versions/{version_id}", []
    client.get(address, timeout=30).raise_for_status()
    before = cpu_seconds(house.process.pid)
    for _ in range(PAGES):
        begun = time.perf_counter()
        answer = client.get(address, timeout=30)
        seconds.append(time.perf_counter() - begun)
    found = figures(seconds, cpu_seconds(house.process.pid) - before)
    weight = f"{len(answer.content) / 1024:.0f} KiB, {len(gzip.compress(answer.content)) / 1024:.0f} compressed"
    return f"{name:44}{found.p50:8.1f} {found.p95:8.1f} {found.cpu:8.1f}   p50, p95, CPU; bar: 60; {weight}"


def scripts(browser, house: House, version_id: str, cookies: list) -> None:
    """Every script the page loads, as it would travel compressed."""
    context = browser.new_context(base_url=house.url, locale="en-GB")
    context.add_cookies(cookies)
    opened, found = context.new_page(), {}

    def note(answer) -> None:
        if answer.request.resource_type == "script":
            found[urlsplit(answer.url).path] = answer

    opened.on("response", note)
    opened.goto(f"/versions/{version_id}", wait_until="networkidle")
    weights = {path: len(gzip.compress(answer.body(), 9)) for path, answer in found.items()}
    context.close()
    print(f"{'scripts of the room, compressed':44}{sum(weights.values()) / 1000:8.1f} kB in {len(weights)} files; bar: 200")
    for path, weight in sorted(weights.items(), key=lambda one: -one[1])[:6]:
        print(f"    {path.rpartition('/')[2]:40}{weight / 1000:8.1f} kB")


def main(*parts: str) -> None:
    for part in parts or ("making", "room"):
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        try:
            {"making": making, "room": room}[part](folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
