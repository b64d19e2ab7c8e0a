"""What real people and bad ones upload, by the real way: ticket, PUT to the files host, completion, and a look at what is shown."""

import io
import json
import os
import socket
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import requests
from markupsafe import escape
from PIL import Image

from storage import clock, keys, ledger, outbox, sweeping
from storage.assets import Version
from storage.db import db
from storage.events import verify
from storage.names import clean_filename
from storage.shelf import bucket
from tests.conftest import SECRET
from tests.stage import Visitor, opened, uploaded
from tests.world import make_world

HOSTILE = Path(__file__).parent.parent / "hostile"
MANIFEST = json.loads((HOSTILE / "manifest.json").read_text("utf-8"))
LIMITS = MANIFEST["limits"]
MARKER = b"BACKBEAT-PAYLOAD"
INERT = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}
NAMED = {"red": (255, 0, 0), "green": (0, 160, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


@pytest.fixture(scope="module")
def studio(tmp_path_factory, migrated_sqlite):
    """Camille's token and Marc's browser in an app all these files go into."""
    with opened(tmp_path_factory.mktemp("hostile"), database=migrated_sqlite) as app, nobody_is_called() as calls:
        yield Studio(app, calls)


class Studio:
    def __init__(self, app, calls):
        self.app, self.calls, self.world = app, calls, make_world(SECRET)
        self.camille = Visitor(app, token=self.world.tokens["camille"])
        self.marc = Visitor(app, user=self.world.marc.user)
        db.session.rollback()

    def send(self, case) -> list:
        """Every answer to this file, sent as often as it says and with what it declares."""
        declared = dict(case.get("declared", {}))
        repeat = declared.pop("repeat", 1)
        asked = {"campaign_id": self.world.ids["campaign"], **renamed(declared)}
        answers, content = [], (HOSTILE / case["file"]).read_bytes()
        for _ in range(repeat):
            answers += uploaded(self.camille, content, case["upload_name"], **asked)
            if answers[-1].status_code in (200, 201, 202):
                asked = {"asset_id": answers[-1].get_json()["asset_id"]}
        return answers

    def version(self, version_id: str) -> dict:
        """As the API answers it, once nothing is owed any more."""
        outbox.do_all()
        answer = self.camille.get(f"/api/v1/versions/{version_id}")
        assert answer.status_code == 200
        return answer.get_json()

    def fetched(self, path: str) -> requests.Response:
        """What the app's own address leads to, on the files host."""
        answer = self.camille.get(urlsplit(path).path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
        assert urlsplit(answer.headers["Location"]).netloc == urlsplit(self.app.extensions["backbeat.files_url"]).netloc
        return requests.get(answer.headers["Location"], timeout=30)

    def objects(self) -> set[str]:
        return {listed.key for listed in bucket().list()}

    def versions(self) -> int:
        db.session.rollback()
        count = db.session.query(Version).count()
        db.session.rollback()
        return count


def renamed(declared: dict) -> dict:
    return {{"size": "size_bytes"}.get(name, name): value for name, value in declared.items()}


@contextmanager
def nobody_is_called():
    """Who connects to the port that hostile files name, where this process may listen there."""
    calls: list = []
    with closing(socket.socket()) as line:
        try:
            line.bind(("127.0.0.1", 9))
        except PermissionError:
            yield calls
            return
        line.listen()
        threading.Thread(target=_count, args=(line, calls), daemon=True).start()
        yield calls


def _count(line, calls) -> None:
    while True:
        try:
            calls.append(line.accept()[1])
        except OSError:
            return


@pytest.mark.parametrize("case", MANIFEST["files"], ids=lambda case: case["id"])
def test_a_hostile_file_gets_its_verdict_and_does_no_harm(case, studio, caplog):
    before, rows, started = studio.objects(), studio.versions(), time.monotonic()

    answers = studio.send(case)

    assert time.monotonic() - started < LIMITS["seconds"] * case.get("declared", {}).get("repeat", 1)
    assert max(answer.status_code for answer in answers) < 500
    found, version = outcome(studio, answers[-1])
    assert found in {case["verdict"], *case["also_ok"]}
    if found == "reject":
        check_refused(studio, answers[-1], before, rows)
    else:
        check_kept(studio, case, version, found)
        assert studio.versions() == rows + 1
    assert studio.calls == []
    assert "Traceback" not in caplog.text


def outcome(studio, answer):
    if answer.status_code >= 400:
        return "reject", None
    version = studio.version(answer.get_json()["id"])
    return {"ready": "accept", "opaque": "opaque", "rejected": "reject"}[version["state"]], version


def check_refused(studio, answer, before, rows) -> None:
    """A reason a person can act on; no row; no object but what is still in quarantine."""
    error = (answer.get_json() if hasattr(answer, "get_json") else answer.json())["error"]
    assert error["code"] not in ("", "error")
    assert len(error["message"]) > 20
    assert studio.versions() == rows
    assert {key for key in studio.objects() - before if not key.startswith("quarantine/")} == set()


def check_kept(studio, case, version, found) -> None:
    content = (HOSTILE / case["file"]).read_bytes()
    assert version["filename"] == clean_filename(case["upload_name"])
    check_original(studio, version, content, case)
    check_names(studio, version, case)
    if found == "accept":
        check_shown(studio, version, case.get("expect", {}))
    else:
        assert version["renditions"] == []
    assert MARKER.decode() not in json.dumps(version)


def check_original(studio, version, content: bytes, case) -> None:
    """Byte for byte, from a host that knows no session, as nothing that could run."""
    answer = studio.fetched(f"/api/v1/versions/{version['id']}/original")
    assert answer.content == content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    kind, _, name = answer.headers["Content-Disposition"].partition(";")
    assert kind == "attachment" or answer.headers["Content-Type"] in INERT
    if "never_inline" in case["invariants"]:
        assert kind == "attachment"
    assert answer.headers["Content-Type"] in INERT | {"application/octet-stream"}
    assert unquote(name.partition("filename*=UTF-8''")[2]) == version["filename"]
    assert not set("\r\n\0") & set(answer.headers["Content-Disposition"])


def check_names(studio, version, case) -> None:
    """Pages show the name as it was kept, escaped; no key holds anything of it."""
    page = studio.marc.get(f"/versions/{version['id']}")
    assert page.status_code == 200
    assert str(escape(version["filename"])) in page.text
    key = keys.blob(studio.world.ids["workspace"], version["sha256"])
    assert key in studio.objects()
    if "payload_gone" in case["invariants"]:
        assert MARKER.decode() not in page.text


def check_shown(studio, version, expected) -> None:
    """Its size as shown; every rendition clean, and the corners where they were."""
    for side in ("width", "height", "pages"):
        assert version[side] == expected.get(side, version[side])
    check_sizes(version)
    for rendition in version["renditions"]:
        answer = studio.fetched(rendition["url"])
        assert answer.headers["Content-Type"] in INERT
        assert MARKER not in answer.content
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.size == (rendition["width"], rendition["height"])
            assert 0x8825 not in picture.getexif()
            if rendition["name"] == "1024" and "corners" in expected:
                assert corners(picture) == expected["corners"]


def check_sizes(version) -> None:
    """The three sizes; where they cannot show every pixel, however thin the picture, the full size or tiles as well."""
    names, tiled = {rendition["name"] for rendition in version["renditions"]}, version["tiles"] is not None
    assert names - {"full"} == {"1024", "2048", "320"}
    assert ["full" in names, tiled].count(True) == (max(version["width"], version["height"]) > 2048)
    assert any(rendition["full"] for rendition in version["renditions"]) != tiled


def corners(picture) -> list[str]:
    picture = picture.convert("RGB")
    right, bottom = picture.width - 5, picture.height - 5
    return [nearest(picture.getpixel(at)) for at in ((4, 4), (right, 4), (4, bottom), (right, bottom))]


def nearest(colour) -> str:
    return min(NAMED, key=lambda name: sum((a - b) ** 2 for a, b in zip(colour, NAMED[name], strict=True)))


def test_the_same_bytes_twice_are_one_version(studio):
    content = (HOSTILE / "files/exif_8.jpg").read_bytes()
    first = uploaded(studio.camille, content, "a.jpg", campaign_id=studio.world.ids["campaign"])[-1]
    asset_id = first.get_json()["asset_id"]

    again = uploaded(studio.camille, content, "b.jpg", asset_id=asset_id)[-1]

    assert (first.status_code in (201, 202), again.status_code) == (True, 200)
    assert again.get_json()["id"] == first.get_json()["id"]


def test_afterwards_everything_agrees_and_nothing_is_left_lying(studio):
    """After a day, what was refused or never finished is gone; the ledger and the chains hold."""
    db.session.remove()
    clock.set_clock(clock.utcnow() + 2 * sweeping.UNCLAIMED)
    sweeping.sweep()
    clock.set_clock(None)

    assert [key for key in studio.objects() if key.startswith("quarantine/")] == []
    ledger.snapshot()
    assert list(ledger.faults()) == []
    assert list(verify()) == []
    db.session.remove()
    assert set(os.listdir(studio.app.extensions["backbeat.scratch"])) <= {"turn", "turn-large"}
