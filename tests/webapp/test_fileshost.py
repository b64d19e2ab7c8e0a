"""The files host seen from outside: plain HTTP and, where a client misbehaves, a plain socket."""

import errno
import hashlib
import os
import socket
import threading
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from storage import keys
from storage.buckets import PART_BYTES
from storage.buckets.folder import FolderBucket
from storage.clock import set_clock, utcnow
from storage.db import new_id
from storage.names import content_disposition
from tests import naughty
from tests.services.wsgi import served
from webapp.fileshost import files_app

APP = "http://127.0.0.1:8000"
HERO = b"the hero picture of the Autumn launch"
SHA = hashlib.sha256(HERO).hexdigest()


@pytest.fixture
def bucket(tmp_path):
    bucket = FolderBucket(tmp_path / "objects", lambda: address, "a secret key")
    bucket.prepare(APP)
    with served(files_app(bucket, lambda: APP)) as address:
        yield bucket


@pytest.fixture
def key():
    return keys.quarantine(new_id())


@pytest.fixture
def picture(bucket, tmp_path, key):
    (tmp_path / "source").write_bytes(HERO)
    bucket.put_file(key, tmp_path / "source", "image/png")
    return bucket.presign_get(key, disposition=content_disposition("inline", "hero.png"), media_type="image/png", seconds=60)


def put(part, body, **headers):
    return requests.put(part.url, data=body, headers=part.headers | headers, timeout=30)


def refusal(answer):
    assert answer.headers["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"]


def nothing_kept(bucket):
    parts = [path for path in (bucket.root / "quarantine-parts").rglob("*") if path.is_file() and path.name != "key"]
    return not parts and not list((bucket.root / "writing").iterdir())


def by_hand(url, head, body=b""):
    """Send these very bytes, then fall silent; answers what comes back."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(f"{head.format(target=f'{address.path}?{address.query}')}\r\n\r\n".encode() + body)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


# Refusals


def test_each_refusal_says_why(bucket, key):
    part = bucket.start(key, len(HERO), sha256=SHA).parts[0]

    assert refusal(put(part, HERO[:-1])) == (400, "too_short")
    assert refusal(put(part, HERO + b"!")) == (413, "too_long")
    assert refusal(put(part, iter([HERO]))) == (411, "length_required")
    assert refusal(put(part, HERO[::-1])) == (422, "wrong_checksum")
    assert refusal(put(part, HERO, **{"Content-Type": "text/html"})) == (415, "wrong_type")
    assert refusal(requests.put(part.url + "0", data=HERO, timeout=30)) == (403, "bad_address")
    assert nothing_kept(bucket)


def test_an_expired_address_says_so(bucket, key, picture):
    part = bucket.start(keys.quarantine("later"), len(HERO)).parts[0]
    try:
        set_clock(utcnow() + timedelta(hours=7))
        assert refusal(put(part, HERO)) == (403, "expired")
        assert refusal(requests.get(picture, timeout=30)) == (403, "expired")
    finally:
        set_clock(None)
    assert put(part, HERO).status_code == 200


def test_an_upload_that_is_over_takes_no_more(bucket, key):
    pending = bucket.start(key, len(HERO))
    bucket.abort(key, pending.upload_id)

    assert refusal(put(pending.parts[0], HERO)) == (404, "no_such_upload")


def test_a_picture_that_is_gone_is_not_there(bucket, key, picture):
    bucket.delete(key)

    assert refusal(requests.get(picture, timeout=30)) == (404, "not_found")


@pytest.mark.parametrize("path", ["/", "/nothing", "/parts", "/parts/", "/objects", "/objects/", "/favicon.ico"])
def test_other_places_are_not_there(bucket, path):
    assert refusal(requests.get(bucket.addresses.base + path, timeout=30)) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "PUT"])
def test_a_picture_is_only_read(bucket, picture, method):
    assert refusal(requests.request(method, picture, data=b"x", timeout=30)) == (405, "method_not_allowed")


def test_a_large_part_sent_to_a_wrong_address_is_still_answered(bucket, key):
    part = bucket.start(key, PART_BYTES).parts[0]

    answer = requests.put(part.url + "0", data=b"\0" * PART_BYTES, headers=part.headers, timeout=60)

    assert refusal(answer) == (403, "bad_address")


# Clients that misbehave


def test_a_part_that_stops_early_is_not_kept(bucket, key):
    part = bucket.start(key, len(HERO)).parts[0]
    head = f"PUT {{target}} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(HERO)}"

    answer = by_hand(part.url, head, HERO[:10])

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"stopped_early"' in answer
    assert nothing_kept(bucket)


@pytest.mark.parametrize("length", ["-1", "abc", "99999999999999999999", "3.5", "+37", "٣٧", "37, 37", ""])
def test_a_length_that_is_none_is_refused(bucket, key, length):
    part = bucket.start(key, len(HERO)).parts[0]
    head = f"PUT {{target}} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}"

    answer = by_hand(part.url, head, HERO)

    assert answer.split()[1] in (b"400", b"411", b"413")
    assert nothing_kept(bucket)


def test_no_room_left_is_said_and_nothing_is_kept(bucket, key, monkeypatch):
    """The disk, faked at its edge: the last write of a part finds it full."""
    part = bucket.start(key, len(HERO)).parts[0]

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        assert refusal(put(part, HERO)) == (507, "store_full")
    assert nothing_kept(bucket)
    assert put(part, HERO).status_code == 200


def test_a_disk_that_fails_is_a_store_away(bucket, key, monkeypatch):
    part = bucket.start(key, len(HERO)).parts[0]

    def failing(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", failing)
        answer = put(part, HERO)
    assert refusal(answer) == (503, "store_away")
    assert answer.headers["Retry-After"]


# What is answered


def test_every_answer_is_harmless(bucket, key, picture):
    part = bucket.start(keys.quarantine("other"), len(HERO)).parts[0]
    answers = [
        requests.get(picture, timeout=30),
        requests.head(picture, timeout=30),
        requests.get(picture + "0", timeout=30),
        requests.get(bucket.addresses.base, timeout=30),
        requests.get(picture, headers={"Range": "bytes=99-"}, timeout=30),
        put(part, HERO, Cookie="session=1"),
    ]

    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Cross-Origin-Resource-Policy"] in ("same-site", "cross-origin")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"].startswith("private")
        assert answer.headers["Vary"] == "Origin"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("ours", "theirs", "policy"),
    [
        ("https://app.example:8443", "https://app.example", "same-site"),
        ("https://files.example", "https://app.example", "cross-origin"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8000", "cross-origin"),  # a browser knows no site of an address
        ("http://localhost:8001", "http://localhost:8000", "cross-origin"),
    ],
)
def test_who_may_show_what_it_answers(tmp_path, ours, theirs, policy):
    answer = Client(files_app(FolderBucket(tmp_path, ours, "a secret key"), theirs)).get("/")

    assert answer.headers["Cross-Origin-Resource-Policy"] == policy


@pytest.mark.parametrize("public_url", ["https://App.Example", "https://app.example:443/", "https://app.example/below"])
def test_the_origin_is_compared_as_a_browser_writes_it(tmp_path, public_url):
    client = Client(files_app(FolderBucket(tmp_path, "https://files.example", "k"), public_url))

    answer = client.options("/parts/a/1", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"})

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"


def test_head_tells_what_get_would_send(picture):
    head, got = requests.head(picture, timeout=30), requests.get(picture, timeout=30)

    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Accept-Ranges", "Content-Disposition"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-0", 206, HERO[:1]),
        ("bytes=-4", 206, HERO[-4:]),
        ("bytes=30-9999", 206, HERO[30:]),
        ("bytes=37-", 416, None),
        ("bytes=0-1,3-4", 200, HERO),
        ("bytes=5-2", 416, None),
        ("pages=1-2", 200, HERO),
        ("nonsense", 200, HERO),
    ],
)
def test_ranges(picture, asked, status, content):
    answer = requests.get(picture, headers={"Range": asked}, timeout=30)

    assert answer.status_code == status
    if content is None:
        assert refusal(answer) == (416, "range_not_satisfiable")
        assert answer.headers["Content-Range"] == f"bytes */{len(HERO)}"
    else:
        assert answer.content == content


def test_a_range_of_something_else_is_sent_whole(picture):
    answer = requests.get(picture, headers={"Range": "bytes=0-3", "If-Range": '"another"'}, timeout=30)

    assert (answer.status_code, answer.content) == (200, HERO)


# Crashes and races


def test_a_crash_after_the_object_took_its_place_is_finished_by_the_next_call(bucket, key, tmp_path):
    pending = bucket.start(key, len(HERO))
    etag = put(pending.parts[0], HERO).headers["ETag"]
    (tmp_path / "source").write_bytes(HERO)
    bucket.put_file(key, tmp_path / "source", "image/png")

    bucket.finish(key, pending.upload_id, [(1, etag)], sizes=[len(HERO)])

    assert list(bucket.unfinished()) == []


def test_finishing_from_two_sides_at_once_makes_one_object(bucket, key):
    content = os.urandom(4_000_000)
    pending = bucket.start(key, len(content), part_size_bytes=1_000_000)
    sizes = [part.size_bytes for part in pending.parts]
    parts = [(part.number, put(part, content[at * 1_000_000 :][: part.size_bytes]).headers["ETag"]) for at, part in enumerate(pending.parts)]
    faults = []

    def finish():
        try:
            bucket.finish(key, pending.upload_id, parts, sizes=sizes)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=finish) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with bucket.open(key) as stream:
        assert stream.read() == content


# Whatever is sent


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    bucket = FolderBucket(tmp_path_factory.mktemp("fuzz"), "http://files.example", "a secret key")
    bucket.prepare(APP)
    return Client(files_app(bucket, APP))


@pytest.mark.parametrize("text", naughty.STRINGS)
def test_naughty_strings_are_refused_calmly(client, text):
    quoted = quote(text)
    for target in (f"/{quoted}", f"/parts/{quoted}/1", f"/parts/{'0' * 32}/{quoted}", f"/objects/{quoted}", f"/objects/a?signature={quoted}&expires={quoted}"):
        for method in ("GET", "PUT"):
            answer = client.open(target, method=method, data=b"x")
            assert answer.status_code in (403, 404, 405)
            assert answer.json["error"]["code"]


@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "OPTIONS", "POST"]),
    path=st.text(st.characters(max_codepoint=255), max_size=60),
    room=st.sampled_from(["", "parts/", "objects/", "objects/blob/", "parts/" + "0" * 32 + "/"]),
    query=st.text(st.characters(max_codepoint=255), max_size=80),
    headers=st.dictionaries(
        st.sampled_from(["HTTP_RANGE", "HTTP_ORIGIN", "HTTP_IF_RANGE", "HTTP_IF_NONE_MATCH", "CONTENT_TYPE", "HTTP_COOKIE", "CONTENT_LENGTH"]),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30),
    ),
)
@example("PUT", "1", "parts/" + "0" * 32 + "/", "signature=é&expires=x", {"CONTENT_LENGTH": "٣"})
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_request_is_too_odd(client, method, path, room, query, headers):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": f"/{room}{path}", "QUERY_STRING": query}

    answer = client.open(environ_overrides=environ | headers, method=method)

    assert answer.status_code < 500


@given(
    range_=st.one_of(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30), st.from_regex(r"bytes=[0-9,\-]{0,20}", fullmatch=True)),
    condition=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30),
)
@settings(max_examples=200, deadline=None)
def test_no_range_is_too_odd(tmp_path_factory, range_, condition):
    bucket, url = held(tmp_path_factory)
    address = urlsplit(url)

    answer = Client(files_app(bucket, APP)).open(
        address.path, query_string=address.query, environ_overrides={"HTTP_RANGE": range_, "HTTP_IF_RANGE": condition, "HTTP_IF_NONE_MATCH": condition}
    )

    assert answer.status_code in (200, 206, 304, 416)
    answer.close()


def held(factory):
    root = factory.getbasetemp() / "held"
    bucket = FolderBucket(root, "http://files.example", "a secret key")
    if not root.exists():
        bucket.prepare(APP)
        (root / "source").write_bytes(HERO)
        bucket.put_file("quarantine/t", root / "source", "image/png")
    return bucket, bucket.presign_get("quarantine/t", disposition="inline", media_type="image/png", seconds=60)
