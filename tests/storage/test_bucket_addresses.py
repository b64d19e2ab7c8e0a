"""Addresses by which a browser reads from a store: short-lived, under the file's own name, and nothing that could run."""

import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from storage import keys
from storage.names import content_disposition
from storage.renditions import Grid
from tests.storage.objects import HERO, SHA, kept


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
