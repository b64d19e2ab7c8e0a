"""Fixtures of the buckets: a folder behind the files host, a real S3, and each of them in turn."""

import itertools

import pytest

from storage import keys
from storage.buckets.folder import FolderBucket
from storage.buckets.s3 import S3Bucket
from storage.db import new_id
from tests.services.wsgi import served
from tests.storage.objects import APP
from webapp.fileshost import files_app

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
