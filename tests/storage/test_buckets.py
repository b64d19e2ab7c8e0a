"""One promise, two stores: every test runs on a folder behind the files host and on a real S3, or on one that is away."""

import os
import time
from pathlib import Path

import pytest

from storage import keys
from storage.buckets import Changed, NoSuchObject, StoreAway
from storage.buckets.folder import FolderBucket
from storage.buckets.s3 import S3Bucket
from tests.storage.objects import APP, HERO, MB, SHA, content_of, kept

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
