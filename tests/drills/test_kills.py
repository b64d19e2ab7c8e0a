"""kill -9 at each named place: what was acknowledged is there, nothing is half done, the client's call again does it once."""

import time
from datetime import timedelta

import pytest
import requests

from review.seats import Decision
from storage import clock, outbox
from storage.assets import Version
from storage.blobs import Blob
from storage.db import db, new_id
from storage.drills import FAILPOINTS
from storage.events import Delivery, Event
from storage.leases import LEASE
from storage.renditions import Grid
from storage.uploads import Ticket
from tests.world import picture

UPLOADING = ("upload.before_judging", "upload.after_blob", "upload.before_commit", "upload.after_commit")
DECIDING = ("decision.before_commit", "decision.after_commit", "hint.after_publish")
DELIVERING = ("delivery.before_work", "delivery.before_mark")
PART = 25 * 1024**2


def on(dialects: str, places=()):
    """Run a test on these dialects only, at each of the places: every start of the app costs seconds."""
    fixed = pytest.mark.parametrize("begun", dialects.split(), indirect=True)
    return lambda test: fixed(pytest.mark.parametrize("place", places)(test) if places else test)


def rows(model, **where) -> list:
    db.session.remove()
    return list(db.session.query(model).filter_by(**where).populate_existing())


def asked_for(house, content: bytes, step_id: str, *, filename="visual.png") -> dict:
    asked = {"filename": filename, "size_bytes": len(content), "deliverable_id": step_id}
    answer = house.call("camille", "POST", "/uploads", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


def sent(house, upload: dict, content: bytes) -> list[dict]:
    return [{"number": 1, "etag": house.put(upload["parts"][0], content)}]


def complete(house, upload: dict, parts: list[dict], **options):
    return house.call("camille", "POST", f"/uploads/{upload['id']}/complete", json={"parts": parts}, **options)


def dies(house, act) -> None:
    """The act is cut off by the process's death, or was answered just before it."""
    try:
        act()
    except requests.ConnectionError:
        pass
    house.await_death()


def is_whole(house, version: dict) -> None:
    """One version with its bytes and all its renditions, made once; no ticket, no delivery left over."""
    await_nothing_owed(house)
    [row] = rows(Version)
    assert (row.id, row.number) == (version["id"], 1)
    assert [ticket.version_id for ticket in rows(Ticket)] == [version["id"]]
    [blob] = rows(Blob)
    assert {rendition.name: rendition.state for rendition in blob.renditions} == dict.fromkeys(["320", "1024", "2048"], "ready")
    happened = [event.name for event in rows(Event)]
    assert (happened.count("version.added"), happened.count("version.rendered")) == (1, 1)
    house.sound()


def await_nothing_owed(house) -> None:
    for _ in range(400):
        if not rows(Delivery, done_at=None):
            return
        house.call("marc", "GET", "/campaigns")
    raise AssertionError([(row.handler, row.attempts, row.error) for row in rows(Delivery, done_at=None)])


@on("sqlite", UPLOADING)
def test_an_upload_is_completed_once(house, step, place):
    content = picture()
    house.serve(failpoint=place)
    upload = asked_for(house, content, step("visual"))
    parts = sent(house, upload, content)
    dies(house, lambda: complete(house, upload, parts, key="k"))
    assert len(rows(Version)) == (1 if place == "upload.after_commit" else 0)

    house.serve()
    again = complete(house, upload, parts, key="k")

    assert again.status_code in (201, 202), again.text
    assert complete(house, upload, parts).status_code == 200
    is_whole(house, again.json())


@on("sqlite")
def test_an_upload_goes_on_after_its_first_part(house, step):
    first, last = b"a" * PART, b"the rest"
    house.serve(failpoint="upload.between_parts")
    upload = asked_for(house, first + last, step("visual"), filename="film.bin")
    assert [part["number"] for part in upload["parts"]] == [1, 2]
    dies(house, lambda: house.put(upload["parts"][0], first))

    house.serve()
    parts = [{"number": 2, "etag": house.put(upload["parts"][1], last)}, {"number": 1, "etag": house.put(upload["parts"][0], first)}]
    done = complete(house, upload, parts)

    assert (done.status_code, done.json()["state"], done.json()["size_bytes"]) == (201, "opaque", PART + len(last))
    assert len(rows(Version)) == 1
    house.sound()
    house.sound_by_hand()


@on("sqlite postgres", DECIDING)
def test_a_decision_is_made_once(house, world, place):
    version = world.upload(picture(), deliverable="visual")
    review_id = world.put_up(version, "chloe@maree.example").id
    seen = {"verdict": "approved", "version_id": version.id, "sha256": version.blob.sha256}
    outbox.do_all()
    house.serve(failpoint=place)

    def decide():
        return house.call("chloe", "POST", f"/reviews/{review_id}/decision", json=seen, key="k")

    dies(house, decide)
    kept = [decision.id for decision in rows(Decision)]
    assert len(kept) == (0 if place == "decision.before_commit" else 1)

    house.serve()
    again = decide()

    assert (again.status_code, again.json()["review"]["state"]) == (201, "approved"), again.text
    assert [decision.id for decision in rows(Decision)] == [again.json()["id"]]
    assert kept in ([], [again.json()["id"]])
    assert again.json()["unblocked"] == [world.step("ready").id]
    assert len(rows(Event, name="milestone.unblocked")) == 1
    await_nothing_owed(house)
    house.sound()


@on("sqlite", DELIVERING)
def test_a_house_that_works_alone_goes_on_at_once(house, step, place):
    """Nobody waits for the dead worker's lease."""
    content = picture()
    house.serve(failpoint=place)
    upload = asked_for(house, content, step("visual"))
    parts = sent(house, upload, content)
    dies(house, lambda: complete(house, upload, parts, key="k"))

    begun = time.monotonic()
    house.serve()
    again = complete(house, upload, parts, key="k")

    is_whole(house, again.json())
    assert time.monotonic() - begun < LEASE.total_seconds() / 2


@on("sqlite postgres")
def test_tiles_are_there_all_at_once_or_not_at_all(house, step):
    """A house that dies between two tiles has shown none; the next one makes them all."""
    content = picture(size=(9000, 4600), form="JPEG")
    house.serve(failpoint="rendition.between_tiles")
    upload = asked_for(house, content, step("visual"))
    version = complete(house, upload, sent(house, upload, content), key="k").json()
    house.await_death()
    [blob] = rows(Blob)
    grid = Grid(9000, 4600)
    assert (blob.tiles.state, blob.tiles.width) == ("waiting", None)
    assert 0 < len(objects(house, "tiles/")) < grid.count

    house.serve(now=(clock.utcnow() + timedelta(minutes=2)).isoformat())
    await_nothing_owed(house)

    shown = house.call("camille", "GET", f"/versions/{version['id']}").json()
    assert (shown["tiles"]["width"], shown["tiles"]["max_level"]) == (9000, 14)
    assert len(objects(house, "tiles/")) == grid.count
    house.sound()


def objects(house, within: str) -> list[str]:
    """The keys of what is stored that have this in them."""
    root = house.settings.data / "objects"
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and within in str(path)]


@on("postgres", DELIVERING)
def test_what_is_owed_is_done_once(house, step, place):
    """The dead worker's lease has to run out first; a day set by the drill spares the wait."""
    content = picture()
    house.serve(failpoint=place)
    upload = asked_for(house, content, step("visual"))
    parts = sent(house, upload, content)
    dies(house, lambda: complete(house, upload, parts, key="k"))

    house.serve(now=(clock.utcnow() + timedelta(minutes=2)).isoformat())
    again = complete(house, upload, parts, key="k")

    assert again.status_code in (201, 202), again.text
    is_whole(house, again.json())


def test_every_place_has_its_drill():
    assert {*UPLOADING, *DECIDING, *DELIVERING, "upload.between_parts", "rendition.between_tiles"} == set(FAILPOINTS)


@on("sqlite")
def test_without_drills_no_failpoint_is_armed(house, world, unique):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example")
    seen = {"verdict": "approved", "version_id": version.id, "sha256": version.blob.sha256}
    house.serve(drills="0", failpoint="decision.before_commit")

    assert house.call("chloe", "POST", f"/reviews/{review.id}/decision", json=seen, key=new_id()).status_code == 201
    assert requests.get(f"{house.url}/readyz", timeout=10).json()["drills"] is False
