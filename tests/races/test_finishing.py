"""Two calls finishing one upload at once, in the folder: one object, whole, and nobody is told that parts are missing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from storage import keys
from storage.buckets.folder import FolderBucket
from storage.db import new_id

ROUNDS = 200
PARTS = [b"the first part", b"the second", b"and the last"]


@pytest.fixture
def bucket(tmp_path):
    bucket = FolderBucket(tmp_path / "objects", "http://127.0.0.1:1", "a secret key")
    bucket.prepare("http://localhost")
    return bucket


def test_both_are_answered_with_the_same_object(bucket):
    meeting = Barrier(2)
    with ThreadPoolExecutor(2) as both:
        for _ in range(ROUNDS):
            key = keys.quarantine(new_id())
            pending, parts, sizes = sent(bucket, key)

            def finish(key=key, pending=pending, parts=parts, sizes=sizes):
                meeting.wait()
                return bucket.finish(key, pending.upload_id, parts, sizes=sizes)

            one, other = (call.result() for call in [both.submit(finish), both.submit(finish)])
            assert one == other == bucket.head(key)
            assert bucket.open(key).read() == b"".join(PARTS)


def sent(bucket, key):
    size = len(PARTS[0])
    body = b"".join(PARTS)
    pending = bucket.start(key, len(body), part_size_bytes=size)
    parts = []
    for part in pending.parts:
        address = bucket.addresses.part(pending.upload_id, str(part.number), part.url.partition("?")[2])
        start = (part.number - 1) * size
        parts.append((part.number, bucket.receive(address, [body[start : start + part.size_bytes]])))
    return pending, parts, [part.size_bytes for part in pending.parts]
