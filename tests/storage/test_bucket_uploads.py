"""Uploads straight to a store, in one part or several: to addresses that are good for these bytes, from our own pages alone."""

import hashlib
import os
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from storage import keys
from storage.buckets import KeyTaken, MissingPart, NoSuchUpload, WrongPart
from storage.db import new_id
from tests.storage.objects import APP, HERO, MB, SHA, content_of, put, uploaded

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
