"""The way to an S3: credentials, clients with sane patience, and signed addresses."""

from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from storage.buckets import StoreAway
from storage.buckets.signatures import presigned

COPIED_AT_ONCE_BYTES = 4 * 1024**3
COPIED_PART_BYTES = 512 * 1024**2


class Connection:
    """One S3 and one bucket in it. Without key and secret boto3 looks for them where it always does.

    A copy is made in one call up to 4 GiB, in parts above: Amazon copies at most 5 GiB at once.
    """

    def __init__(self, endpoint: str | None, bucket: str, key: str | None, secret: str | None, region: str):
        self.bucket, self.region = bucket, region
        self._endpoint = endpoint or None
        self._session = boto3.Session(key, secret, region_name=region)
        self.copying = TransferConfig(
            multipart_threshold=COPIED_AT_ONCE_BYTES, multipart_chunksize=COPIED_PART_BYTES, max_concurrency=2
        )

    @cached_property
    def client(self) -> Any:
        return self._connected(connect_timeout=5, read_timeout=60, tries=3)

    @cached_property
    def prober(self) -> Any:
        """A client that gives up soon."""
        return self._connected(connect_timeout=2, read_timeout=2, tries=1)

    def signed(self, method: str, key: str, query: dict[str, str], headers: dict[str, str], seconds: int) -> str:
        """An address for anyone to call within so many seconds, with exactly these headers."""
        credentials = self._session.get_credentials()
        if credentials is None:
            raise StoreAway("there are no credentials for S3")
        base = self.client.meta.endpoint_url.rstrip("/")
        asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
        url = f"{base}/{self.bucket}/{key}{asked}"
        return presigned(credentials.get_frozen_credentials(), self.region, method, url, headers, seconds)

    def _connected(self, *, connect_timeout: int, read_timeout: int, tries: int) -> Any:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"total_max_attempts": tries, "mode": "standard"},
            max_pool_connections=32,
            request_checksum_calculation="when_required",  # trailing checksums are unknown to RGW before Reef
            response_checksum_validation="when_required",
        )
        return self._session.client("s3", endpoint_url=self._endpoint, config=config)
