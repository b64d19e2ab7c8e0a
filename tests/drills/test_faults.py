"""What goes wrong around the app is said honestly, and nothing is half done: disks, stores, databases, cut lines."""

import socket
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from sqlalchemy import event, text

from config import Settings
from review.seats import Decision
from storage.assets import Version
from storage.db import db, new_id
from storage.events import verify
from storage.uploads import Ticket
from tests.conftest import SECRET, Api
from tests.services.rgw import ceph_rgw
from tests.world import make_world, picture
from webapp import create_app
from webapp.checks import ledger_faults

TWO_GB = 2 * 1024**3


def only(dialect: str):
    return pytest.mark.parametrize("begun", [dialect], indirect=True)


def is_sound() -> None:
    db.session.remove()
    assert (list(verify()), list(ledger_faults())) == ([], [])
    db.session.remove()


def ask(api, content: bytes, **where) -> dict:
    answer = api("camille").post("/uploads", json={"filename": "visual", "size_bytes": len(content), **where})
    assert answer.status_code == 201, answer.text
    return answer.json


def send(upload: dict, content: bytes) -> requests.Response:
    part = upload["parts"][0]
    return requests.put(part["url"], data=content, headers=part["headers"], timeout=30)


def complete(api, upload: dict, etag: str):
    return api("camille").post(f"/uploads/{upload['id']}/complete", json={"parts": [{"number": 1, "etag": etag}]})


def is_refused(answer, status: int, code: str) -> None:
    body = answer.json if isinstance(answer.json, dict) else answer.json()
    assert (answer.status_code, body["error"]["code"]) == (status, code)
    assert len(body["error"]["message"]) > 20
    assert (answer.headers.get("Retry-After") is not None) == (status == 503)


# Disks


@contextmanager
def a_disk_of(bytes_: int):
    """No file may grow beyond this while the block runs: writing one is refused as on a full disk (EFBIG)."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@only("sqlite")
def test_a_part_that_does_not_fit_on_the_disk_is_507_and_can_be_sent_again(app, api):
    content = b"x" * 8 * 1024**2
    upload = ask(api, content)
    with a_disk_of(4 * 1024**2):
        is_refused(send(upload, content), 507, "store_full")
    bucket = app.extensions["backbeat.bucket"]
    assert list((bucket.root / "writing").iterdir()) == []

    etag = send(upload, content).headers["ETag"]
    assert complete(api, upload, etag).status_code == 201
    is_sound()


@only("sqlite")
def test_a_file_that_no_longer_fits_when_it_is_put_together_stays_to_be_completed(api):
    content = b"x" * 8 * 1024**2
    upload = ask(api, content)
    etag = send(upload, content).headers["ETag"]
    with a_disk_of(4 * 1024**2):
        is_refused(complete(api, upload, etag), 507, "store_full")
    assert db.session.query(Version).count() == 0

    assert complete(api, upload, etag).status_code == 201
    is_sound()


@only("sqlite")
def test_a_full_scratch_folder_is_a_matter_of_trying_again(app, api):
    content = b"x" * 8 * 1024**2
    upload = ask(api, content)
    etag = send(upload, content).headers["ETag"]
    bucket, ticket = app.extensions["backbeat.bucket"], db.session.get_one(Ticket, upload["id"])
    bucket.finish(ticket.object_key, ticket.upload_id, [(1, etag)], sizes=ticket.parts)
    db.session.remove()
    with a_disk_of(4 * 1024**2):
        is_refused(complete(api, upload, etag), 503, "ran_short")

    assert complete(api, upload, etag).status_code == 201
    is_sound()


@only("sqlite")
def test_a_full_database_is_507_and_nothing_is_changed(app, api, world):
    pages = db.session.scalar(text("PRAGMA page_count"))
    db.session.remove()
    db.engine.dispose()

    def fill(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(db.engine, "connect", fill)
    campaign = {"name": "Winter " * 20, "launch": "2027-05-20", "plan": {"launch": "2027-05-20", "steps": [{"id": f"s{n}"} for n in range(200)]}}
    is_refused(api("marc").post("/campaigns", json=campaign), 507, "disk_full")
    event.remove(db.engine, "connect", fill)
    db.session.remove()
    db.engine.dispose()

    assert [one["name"] for one in api("marc").get("/campaigns").json["items"]] == ["Autumn"]
    is_sound()


# Lines


def test_half_a_part_is_no_part(app, api, world):
    content = picture(size=(900, 700))
    upload = ask(api, content, deliverable_id=world.step("visual").id)
    part = upload["parts"][0]
    url = urlsplit(part["url"])
    with socket.create_connection((url.hostname, url.port), 10) as line:
        headers = {"Host": url.netloc, "Content-Length": len(content), **part["headers"]}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"PUT {url.path}?{url.query} HTTP/1.1\r\n{head}\r\n".encode() + content[: len(content) // 2])

    is_refused(complete(api, upload, '"never came"'), 409, "part_missing")
    assert db.session.query(Version).count() == 0

    etag = send(upload, content).headers["ETag"]
    assert complete(api, upload, etag).status_code == 201
    is_sound()


@only("sqlite")
def test_the_served_house_refuses_at_its_doors(house):
    """Two gigabytes to a route: 413 before they come. A socket from a foreign page: refused at the handshake."""
    house.serve(drills="0")

    def first_line(request: str) -> str:
        with socket.create_connection(("127.0.0.1", house.port), 30) as line:
            line.sendall(request.replace("\n", "\r\n").encode())
            return line.recv(200).decode("latin-1").partition("\r\n")[0]

    bearer = f"Authorization: Bearer {house.tokens['marc']}"
    for path in ("/api/v1/campaigns", "/sign-in"):
        big = f"POST {path} HTTP/1.1\nHost: 127.0.0.1:{house.port}\n{bearer}\nContent-Type: application/json\nContent-Length: {TWO_GB}\n\n"
        assert " 413 " in first_line(big)
    handshake = f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\nHost: 127.0.0.1:{house.port}\n" \
        "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
    assert " 400 " in first_line(f"{handshake}Origin: http://elsewhere.example\n\n")
    assert " 101 " in first_line(f"{handshake}Origin: {house.url}\n\n")
    assert len(house.call("marc", "GET", "/campaigns").json()["items"]) == 1


# Doors


def test_a_wrong_password_is_told_so_and_lets_nobody_in(app, sign_in):
    browser = sign_in("marc")
    browser.client.delete_cookie("backbeat")
    answer = browser.submit("/sign-in", email="marc@maree.example", password="not his password")

    assert answer.status_code == 422
    assert "marc@maree.example" in answer.text
    assert "/sign-in" in browser.get("/").headers["Location"]


def test_a_form_without_its_token_changes_nothing(sign_in, world):
    version = world.upload(picture(), deliverable="visual")
    review_id = world.put_up(version, "chloe@maree.example").id
    seen = {"verdict": "approved", "version_id": version.id, "sha256": version.blob.sha256}
    browser = sign_in("chloe")

    page = browser.client.post(f"/reviews/{review_id}/decision", data=seen)
    call = browser.client.post(f"/api/v1/reviews/{review_id}/decision", json=seen)

    assert page.status_code == 400
    is_refused(call, 400, "csrf")
    assert db.session.query(Decision).count() == 0


# Databases and stores


@contextmanager
def held(database_url, settings):
    """Somebody else writes, and does not come to an end."""
    if database_url is None:
        other = sqlite3.connect(Path(settings.data) / "backbeat.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(database_url.replace("postgresql+psycopg:", "postgresql:"))
        other.execute("SELECT * FROM logs FOR UPDATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_database_somebody_else_holds_is_503_after_five_seconds(api, world, settings, database_url):
    version = world.upload(picture(), deliverable="visual")
    review_id = world.put_up(version, "chloe@maree.example").id
    seen = {"verdict": "approved", "version_id": version.id, "sha256": version.blob.sha256}
    db.session.remove()

    def decide():
        return api("chloe").post(f"/reviews/{review_id}/decision", json=seen, headers={"Idempotency-Key": "k"})

    with held(database_url, settings):
        is_refused(decide(), 503, "database_away")
        assert api("chloe").get(f"/reviews/{review_id}").json["state"] == "open"

    assert decide().status_code == 201
    assert db.session.query(Decision).count() == 1
    is_sound()


def test_a_store_that_is_away_stops_files_and_nothing_else(tmp_path, database_url):
    content = picture()
    with ceph_rgw() as rgw:
        app = create_app(Settings(
            data=tmp_path / "data", database_url=database_url, BACKBEAT_SECRET_KEY=SECRET, s3_endpoint_url=rgw.endpoint,
            s3_bucket=f"away-{new_id()}", s3_access_key_id=rgw.access_key_id, s3_secret_access_key=rgw.secret_access_key,
        ))
        app.extensions["backbeat.bucket"].prepare("http://localhost")
        with app.app_context():
            world = make_world(SECRET)
            version = world.upload(picture((1, 2, 3)), deliverable="visual")
            review_id = world.put_up(version, "chloe@maree.example").id
            seen = {"verdict": "approved", "version_id": version.id, "sha256": version.blob.sha256}
            db.session.remove()
        api = lambda name: Api(app, world.tokens[name])  # noqa: E731
        upload = ask(api, content)
        etag = send(upload, content).headers["ETag"]

    is_refused(complete(api, upload, etag), 503, "store_away")
    is_refused(api("camille").post("/uploads", json={"filename": "a.png", "size_bytes": 5}), 503, "store_away")
    assert app.test_client().get("/readyz").status_code == 503
    assert api("chloe").post(f"/reviews/{review_id}/decision", json=seen).status_code == 201
    with app.app_context():
        ticket = db.session.get_one(Ticket, upload["id"])
        assert (ticket.ended_at, ticket.version_id, db.session.query(Version).count()) == (None, None, 1)
        assert list(verify()) == []
        db.session.remove()
        db.engine.dispose()
