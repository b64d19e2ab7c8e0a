"""Which bucket the settings ask for."""

from collections.abc import Callable

from storage.buckets import Bucket
from storage.buckets.folder import FolderBucket


def chosen(settings, files_url: str | Callable[[], str]) -> Bucket:
    """S3 where an endpoint is set, else the folder `objects` among the data, served at `files_url`."""
    if not settings.s3_endpoint_url:
        return FolderBucket(settings.data / "objects", files_url, settings.secret_key)
    from storage.buckets.s3 import S3Bucket

    return S3Bucket(
        settings.s3_endpoint_url, settings.s3_bucket, settings.s3_access_key_id, settings.s3_secret_access_key, settings.s3_region
    )
