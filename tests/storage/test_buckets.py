"""One promise, two stores: every test runs on a folder behind the files host and on a real S3."""

import hashlib
import itertools
import os
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from storage import keys
from storage.buckets import (
    Changed,
    KeyTaken,
    MissingPart,
    NoSuchObject,
    NoSuchUpload,
    StoreAway,
    WrongPart,
)
from storage.buckets.folder import FolderBucket
from storage.buckets.s3 import S3Bucket
from storage.db import new_id
from storage.names import content_disposition
from storage.renditions import Grid
from tests.services.wsgi import served
from webapp.fileshost import files_app

MB = 1024**2
APP = "http://app.example:8000"
HERO = b"the hero picture of the Autumn launch"
SHA = hashlib.sha256(HERO).hexdigest()
NUMBERS = itertools.count(1)


@pytest.fixture
def folder_bucket(tmp_path):
    bucket = FolderBucket(tmp_path / "objects", lambda: address, "a secret key")
    bucket.prepare(APP)
    with served(files_app(bucket, APP)) as address:
        yield bucket


@pytest.fixture
def s3_bucket(request):
    rgw = request.getfixturevalue("rgw")
    bucket = S3Bucket(rgw.endpoint, f"backbeat-{next(NUMBERS)}", rgw.access_key_id, rgw.secret_access_key, rgw.region)
    assert bucket.prepare(APP) == ""
    return bucket


@pytest.fixture(params=["folder", "s3"])
def bucket(request):
    return request.getfixturevalue(f"{request.param}_bucket")


@pytest.fixture
def key():
    return keys.quarantine(new_id())


def kept(bucket, path, content, key):
    (path / "source").write_bytes(content)
    bucket.put_file(key, path / "source", "image/png")
    return key


def content_of(bucket, key):
    with bucket.open(key) as stream:
        return stream.read()


def put(part, body, **headers):
    return requests.put(part.url, data=body, headers=part.headers | headers, timeout=30)


def uploaded(bucket, key, content, **options):
    """Start an upload and send every part; answers (pending, parts, sizes)."""
    pending = bucket.start(key, len(content), **options)
    parts, at = [], 0
    for part in pending.parts:
        answer = put(part, content[at : at + part.size_bytes])
        assert answer.status_code == 200, answer.text
        parts.append((part.number, answer.headers["ETag"]))
        at += part.size_bytes
    return pending, parts, [part.size_bytes for part in pending.parts]


# Objects


def test_what_is_put_is_there_whole(bucket, key, tmp_path):
    kept(bucket, tmp_path, HERO, key)

    assert content_of(bucket, key) == HERO
    assert bucket.head(key).size_bytes == len(HERO)


def test_a_stream_is_read_in_pieces(bucket, key, tmp_path):
    content = os.urandom(3 * MB + 17)
    kept(bucket, tmp_path, content, key)

    with bucket.open(key) as stream:
        assert b"".join(iter(lambda: stream.read(100_000), b"")) == content


@pytest.mark.parametrize(("start", "end"), [(0, 3), (4, 8), (0, 10_000), (30, 10_000), (5, 5), (37, 40), (100, 200)])
def test_a_range_is_cut_like_a_slice(bucket, key, tmp_path, start, end):
    kept(bucket, tmp_path, HERO, key)

    with bucket.range(key, start, end) as stream:
        assert stream.read() == HERO[start:end]


def test_what_is_not_there_is_said_to_be_missing(bucket, key):
    assert bucket.head(key) is None
    for look in (lambda: bucket.open(key), lambda: bucket.range(key, 0, 1), lambda: bucket.copy(key, keys.quarantine("other"))):
        with pytest.raises(NoSuchObject):
            look()


def test_an_empty_object_is_an_object(bucket, key, tmp_path):
    kept(bucket, tmp_path, b"", key)

    assert bucket.head(key).size_bytes == 0
    assert content_of(bucket, key) == b""


def test_a_copy_outlives_what_it_was_made_of(bucket, key, tmp_path):
    kept(bucket, tmp_path, HERO, key)
    target = keys.blob("w1", SHA)

    bucket.copy(key, target)
    bucket.copy(key, target)
    bucket.delete(key)

    assert content_of(bucket, target) == HERO


def test_a_copy_of_many_parts_is_the_same(bucket, key, tmp_path):
    """Above 4 GiB a copy goes in parts; here the line is drawn at 5 MiB."""
    content = os.urandom(11 * MB)
    kept(bucket, tmp_path, content, key)
    if isinstance(bucket, S3Bucket):
        bucket._to.copying.multipart_threshold = bucket._to.copying.multipart_chunksize = 5 * MB
    target = keys.blob("w1", SHA)

    bucket.copy(key, target, etag=bucket.head(key).etag)

    assert content_of(bucket, target) == content


def test_a_copy_of_what_was_seen_refuses_what_came_since(bucket, key, tmp_path):
    kept(bucket, tmp_path, HERO, key)
    seen = bucket.head(key)
    kept(bucket, tmp_path, HERO[::-1], key)

    with pytest.raises(Changed):
        bucket.copy(key, keys.blob("w1", SHA), etag=seen.etag)
    assert bucket.head(keys.blob("w1", SHA)) is None


def test_deleting_twice_is_no_harm(bucket, key, tmp_path):
    kept(bucket, tmp_path, HERO, key)

    bucket.delete(key)
    bucket.delete(key)

    assert bucket.head(key) is None


def test_a_listing_knows_keys_sizes_and_age(bucket, tmp_path):
    before = time.time()
    for name in ("2048", "1024", "tile/1/0/0"):
        kept(bucket, tmp_path, HERO, keys.rendition("w1", SHA, name))
    kept(bucket, tmp_path, b"x", keys.blob("w2", SHA))

    listed = list(bucket.list("rendition/w1/"))

    assert [one.key.rpartition(SHA)[2] for one in listed] == ["/1024", "/2048", "/tile/1/0/0"]
    assert {one.size_bytes for one in listed} == {len(HERO)}
    assert all(abs(one.modified_at.timestamp() - before) < 60 for one in listed)
    assert [one.key for one in bucket.list("blob/w")] == [keys.blob("w2", SHA)]
    assert len(list(bucket.list())) == 4
    assert list(bucket.list("quarantine/")) == []


@pytest.mark.parametrize("bad", ["../../etc/passwd", "blob/../x", "Blob/w/x", "", "quarantine/é"])
def test_only_our_own_keys_are_keys(bucket, bad, tmp_path):
    for use in (bucket.open, bucket.head, bucket.delete, lambda key: bucket.start(key, 1)):
        with pytest.raises(keys.BadKey):
            use(bad)
    with pytest.raises(keys.BadKey):
        kept(bucket, tmp_path, HERO, bad)


def test_a_store_that_is_well_says_so(bucket):
    bucket.probe()
    assert bucket.prepare(APP) == ""


# Uploads in one part


def test_one_part_goes_to_one_address(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, HERO, sha256=SHA)

    assert sizes == [len(HERO)]
    assert bucket.finish(key, pending.upload_id, parts, sizes=sizes).size_bytes == len(HERO)
    assert content_of(bucket, key) == HERO


def test_an_empty_file_is_one_empty_part(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, b"")

    assert sizes == [0]
    assert bucket.finish(key, pending.upload_id, parts, sizes=sizes).size_bytes == 0


@pytest.mark.parametrize("body", [HERO + b"!", HERO[:-1], b""])
def test_another_length_is_refused(bucket, key, body):
    pending = bucket.start(key, len(HERO))

    assert 400 <= put(pending.parts[0], body).status_code < 500
    with pytest.raises(MissingPart):
        bucket.finish(key, pending.upload_id, [(1, '"x"')], sizes=[len(HERO)])


def test_a_length_nobody_tells_is_refused(bucket, key):
    pending = bucket.start(key, len(HERO))

    assert 400 <= put(pending.parts[0], iter([HERO])).status_code < 500


def test_other_bytes_than_announced_are_refused(bucket, key):
    pending = bucket.start(key, len(HERO), sha256=SHA)

    assert 400 <= put(pending.parts[0], HERO[::-1]).status_code < 500
    assert bucket.head(key) is None


def test_another_digest_cannot_be_announced_afterwards(bucket, key):
    part = bucket.start(key, len(HERO), sha256=SHA).parts[0]
    other = hashlib.sha256(HERO[::-1]).hexdigest()

    assert 400 <= put(part, HERO[::-1], **{"X-Amz-Content-SHA256": other}).status_code < 500


def test_another_type_is_refused(bucket, key):
    part = bucket.start(key, len(HERO)).parts[0]

    assert 400 <= put(part, HERO, **{"Content-Type": "text/html"}).status_code < 500


def test_an_address_is_good_for_one_thing_only(bucket, key):
    mine, other = bucket.start(key, len(HERO)), bucket.start(keys.quarantine(new_id()), len(HERO))
    url = urlsplit(mine.parts[0].url)
    elsewhere = url._replace(path=urlsplit(other.parts[0].url).path).geturl()

    assert requests.put(elsewhere, data=HERO, headers=mine.parts[0].headers, timeout=30).status_code == 403
    assert requests.get(mine.parts[0].url, timeout=30).status_code in (403, 405)
    assert requests.put(url._replace(query="").geturl(), data=HERO, timeout=30).status_code == 403


def test_every_parameter_of_an_address_is_signed(bucket, key):
    part = bucket.start(key, len(HERO), sha256=SHA).parts[0]
    url = urlsplit(part.url)
    fields = parse_qsl(url.query)
    for at, (name, text) in enumerate(fields):
        changed = [*fields[:at], (name, text + "1"), *fields[at + 1 :]]
        answer = requests.put(url._replace(query=urlencode(changed)).geturl(), data=HERO, headers=part.headers, timeout=30)
        assert 400 <= answer.status_code < 500, name


def test_an_address_expires(bucket, key):
    part = bucket.start(key, len(HERO), seconds=1).parts[0]
    deadline = time.monotonic() + 10
    while (status := put(part, HERO).status_code) == 200 and time.monotonic() < deadline:
        pass

    assert status == 403


def test_a_part_may_be_sent_again_until_it_is_right(bucket, key):
    pending = bucket.start(key, len(HERO))
    wrong = put(pending.parts[0], HERO[::-1]).headers["ETag"]
    right = put(pending.parts[0], HERO).headers["ETag"]

    with pytest.raises(WrongPart) as refusal:
        bucket.finish(key, pending.upload_id, [(1, wrong)], sizes=[len(HERO)])
    assert refusal.value.number == 1
    bucket.finish(key, pending.upload_id, [(1, right)], sizes=[len(HERO)])
    assert content_of(bucket, key) == HERO


def test_a_key_is_never_used_again(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, HERO)
    bucket.finish(key, pending.upload_id, parts, sizes=sizes)

    with pytest.raises(KeyTaken):
        bucket.start(key, 1)


# Uploads in several parts

LONG = os.urandom(10 * MB) + b"the end"
IN_PARTS = {"part_size_bytes": 5 * MB}


def test_several_parts_become_one_object(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)

    assert sizes == [5 * MB, 5 * MB, 7]
    assert bucket.head(key) is None
    assert bucket.finish(key, pending.upload_id, parts[::-1], sizes=sizes).size_bytes == len(LONG)
    assert content_of(bucket, key) == LONG
    assert list(bucket.unfinished()) == []


def test_etags_are_taken_with_and_without_quotes(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)

    assert all(etag.startswith('"') for _, etag in parts)
    bucket.finish(key, pending.upload_id, [(number, etag.strip('"')) for number, etag in parts], sizes=sizes)


def test_finishing_twice_is_finishing_once(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)

    first = bucket.finish(key, pending.upload_id, parts, sizes=sizes)

    assert bucket.finish(key, pending.upload_id, parts, sizes=sizes) == first
    assert content_of(bucket, key) == LONG


def test_a_part_that_was_not_sent_is_named(bucket, key):
    pending = bucket.start(key, len(LONG), **IN_PARTS)
    sizes = [part.size_bytes for part in pending.parts]
    etags = [(part.number, put(part, LONG[: part.size_bytes]).headers["ETag"]) for part in (pending.parts[0], pending.parts[2])]

    for named in (etags, [*etags, (2, '"made up"')]):
        with pytest.raises(MissingPart) as refusal:
            bucket.finish(key, pending.upload_id, named, sizes=sizes)
        assert refusal.value.number == 2


def test_a_part_that_is_not_named_is_missing(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)

    with pytest.raises(MissingPart) as refusal:
        bucket.finish(key, pending.upload_id, parts[:2], sizes=sizes)
    assert refusal.value.number == 3
    assert bucket.head(key) is None


@pytest.mark.parametrize("wrong", [(3, '"0"'), (4, '"0"')])
def test_a_part_that_is_another_is_named(bucket, key, wrong):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)
    named = [part for part in parts if part[0] != wrong[0]] + [wrong]

    with pytest.raises(WrongPart) as refusal:
        bucket.finish(key, pending.upload_id, named, sizes=sizes)
    assert refusal.value.number == wrong[0]


def test_a_part_spoilt_on_its_way_is_sent_again(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)
    spoilt = put(pending.parts[1], b"\0" * 5 * MB).headers["ETag"]

    with pytest.raises(WrongPart) as refusal:
        bucket.finish(key, pending.upload_id, parts, sizes=sizes)
    assert refusal.value.number == 2
    assert spoilt != parts[1][1]

    assert put(pending.parts[1], LONG[5 * MB : 10 * MB]).headers["ETag"] == parts[1][1]
    bucket.finish(key, pending.upload_id, parts, sizes=sizes)
    assert content_of(bucket, key) == LONG


def test_each_part_has_its_own_length(bucket, key):
    pending = bucket.start(key, len(LONG), **IN_PARTS)

    assert 400 <= put(pending.parts[2], LONG[:8]).status_code < 500
    assert 400 <= put(pending.parts[0], LONG[: 5 * MB - 1]).status_code < 500


def test_an_aborted_upload_leaves_nothing(bucket, key):
    pending, parts, sizes = uploaded(bucket, key, LONG, **IN_PARTS)
    assert [one.key for one in bucket.unfinished()] == [key]

    bucket.abort(key, pending.upload_id)
    bucket.abort(key, pending.upload_id)

    assert list(bucket.unfinished()) == []
    assert list(bucket.list()) == []
    assert 400 <= put(pending.parts[2], LONG[-7:]).status_code < 500
    with pytest.raises(NoSuchUpload):
        bucket.finish(key, pending.upload_id, parts, sizes=sizes)


def test_an_abandoned_upload_is_found_and_swept(bucket, key):
    bucket.start(key, len(LONG), **IN_PARTS)

    [found] = bucket.unfinished()
    assert abs(found.started_at.timestamp() - time.time()) < 60
    bucket.abort(found.key, found.upload_id)

    assert list(bucket.unfinished()) == []


def test_aborting_a_single_part_takes_it_back(bucket, key):
    pending, _, _ = uploaded(bucket, key, HERO)

    bucket.abort(key, pending.upload_id)

    assert list(bucket.list()) == []
    assert list(bucket.unfinished()) == []


def test_the_tiles_of_a_picture_are_objects_like_others(bucket, tmp_path):
    """One made, three levels of it: listed under their picture, each served by its own address."""
    (tmp_path / "tile").write_bytes(HERO)
    grid = Grid(1500, 1100)
    wanted = {keys.tile("studio", SHA, *place) for place in grid}
    for key in wanted:
        bucket.put_file(key, tmp_path / "tile", "image/jpeg")
    bucket.put_file(keys.rendition("studio", SHA, "full"), tmp_path / "tile", "image/jpeg")

    assert {listed.key for listed in bucket.list(f"rendition/studio/{SHA}/tiles/")} == wanted
    last = keys.tile("studio", SHA, grid.max_level, 2, 2)
    answer = requests.get(shown(bucket, last, name="11-2-2-hero é.jpg", media_type="image/jpeg"), timeout=30)
    assert (answer.content, answer.headers["Content-Type"]) == (HERO, "image/jpeg")
    bucket.delete(last)
    assert {listed.key for listed in bucket.list(f"rendition/studio/{SHA}/tiles/")} == wanted - {last}


# Addresses to read


def shown(bucket, key, name="hero é.png", kind="inline", media_type="image/png", seconds=60):
    return bucket.presign_get(key, disposition=content_disposition(kind, name), media_type=media_type, seconds=seconds, link="l1")


def test_a_picture_is_shown_under_its_own_name(bucket, key, tmp_path):
    answer = requests.get(shown(bucket, kept(bucket, tmp_path, HERO, key)), timeout=30)

    assert answer.content == HERO
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == content_disposition("inline", "hero é.png")
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", "image/tiff", "x/y; charset=z", "\r\n"])
def test_what_could_run_is_only_ever_saved(bucket, key, tmp_path, media_type):
    answer = requests.get(shown(bucket, kept(bucket, tmp_path, HERO, key), media_type=media_type), timeout=30)

    assert answer.content == HERO
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_range_of_a_picture_is_answered(bucket, key, tmp_path):
    url = shown(bucket, kept(bucket, tmp_path, HERO, key))
    part = requests.get(url, headers={"Range": "bytes=4-7"}, timeout=30)
    beyond = requests.get(url, headers={"Range": "bytes=9999-"}, timeout=30)

    assert (part.status_code, part.content) == (206, HERO[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(HERO)}"
    assert beyond.status_code == 416


def test_a_picture_already_held_is_not_sent_again(bucket, key, tmp_path):
    url = shown(bucket, kept(bucket, tmp_path, HERO, key))
    etag = requests.get(url, timeout=30).headers["ETag"]

    assert requests.get(url, headers={"If-None-Match": etag}, timeout=30).status_code == 304


def test_a_read_address_cannot_be_bent(bucket, key, tmp_path):
    url = urlsplit(shown(bucket, kept(bucket, tmp_path, HERO, key), kind="attachment"))
    fields = parse_qsl(url.query)
    for at, (name, text) in enumerate(fields):
        changed = [*fields[:at], (name, text + "1"), *fields[at + 1 :]]
        assert 400 <= requests.get(url._replace(query=urlencode(changed)).geturl(), timeout=30).status_code < 500, name


def test_a_read_address_expires(bucket, key, tmp_path):
    url = shown(bucket, kept(bucket, tmp_path, HERO, key), seconds=1)
    deadline = time.monotonic() + 10
    while (status := requests.get(url, timeout=30).status_code) == 200 and time.monotonic() < deadline:
        pass

    assert status == 403


def test_the_longest_name_still_travels(bucket, key, tmp_path):
    answer = requests.get(shown(bucket, kept(bucket, tmp_path, HERO, key), name="名" * 251 + ".png"), timeout=30)

    assert answer.headers["Content-Disposition"] == content_disposition("inline", "名" * 251 + ".png")


def test_a_header_is_not_smuggled_in(bucket, key):
    with pytest.raises(ValueError):
        bucket.presign_get(key, disposition="inline\r\nSet-Cookie: a=b", media_type="image/png", seconds=60)


# Pages of the app


def test_the_apps_pages_may_send_parts_and_read_their_etags(bucket, key):
    part = bucket.start(key, len(HERO), sha256=SHA).parts[0]
    asked = {"Origin": APP, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": ", ".join(part.headers).lower()}
    preflight = requests.options(part.url, headers=asked, timeout=30)
    answer = put(part, HERO, Origin=APP)

    assert preflight.ok
    assert preflight.headers["Access-Control-Allow-Origin"] == APP
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert {name.lower() for name in part.headers} <= _listed(preflight.headers["Access-Control-Allow-Headers"])
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert "etag" in _listed(answer.headers["Access-Control-Expose-Headers"])


def _listed(header):
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://app.example:8001", "https://app.example:8000"])
def test_other_pages_may_not(bucket, key, origin):
    part = bucket.start(key, len(HERO)).parts[0]
    preflight = requests.options(part.url, headers={"Origin": origin, "Access-Control-Request-Method": "PUT"}, timeout=30)

    assert not preflight.ok
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert "Access-Control-Allow-Origin" not in put(part, HERO, Origin=origin).headers


# Stores that are away


def test_an_s3_that_is_away_is_said_to_be_away(tmp_path):
    from tests.services.processes import free_ports

    bucket = S3Bucket(f"http://127.0.0.1:{free_ports(1)[0]}", "backbeat", "AKAKAKAK", "SKSKSKSK", "us-east-1")
    for use in (bucket.probe, lambda: bucket.head("quarantine/t"), lambda: bucket.start("quarantine/t", 1), lambda: list(bucket.list())):
        with pytest.raises(StoreAway):
            use()


def test_a_key_that_opens_nothing_is_a_store_away(rgw):
    bucket = S3Bucket(rgw.endpoint, "backbeat-closed", rgw.access_key_id, "another secret", rgw.region)

    with pytest.raises(StoreAway):
        bucket.probe()
    with pytest.raises(StoreAway):
        bucket.prepare(APP)


def test_cors_set_by_hand_is_kept(s3_bucket):
    s3_bucket.prepare("https://other.example")

    rules = s3_bucket._client.get_bucket_cors(Bucket=s3_bucket.bucket)["CORSRules"]
    assert [rule["AllowedOrigins"] for rule in rules] == [[APP], ["https://other.example"]]


def test_a_folder_that_is_gone_is_a_store_away(tmp_path):
    bucket = FolderBucket(tmp_path / "nowhere", "http://files.example", "a secret key")

    with pytest.raises(StoreAway):
        bucket.probe()


def test_a_folder_keeps_nothing_half_written(folder_bucket, key, tmp_path):
    with pytest.raises(OSError):
        folder_bucket.put_file(key, Path("/nonexistent"), "image/png")

    assert list((folder_bucket.root / "writing").iterdir()) == []


def test_what_a_crash_left_is_swept_after_a_day(folder_bucket):
    old, new = (folder_bucket.root / "writing" / name for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)

    folder_bucket.prepare(APP)

    assert not old.exists()
    assert new.exists()
