"""Objects in any S3, through boto3. Import it only where an S3 is configured: boto3 takes its time."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from storage import keys
from storage.buckets import (
    PART_BYTES,
    UPLOAD_SECONDS,
    UPLOAD_TYPE,
    Bucket,
    Head,
    KeyTaken,
    Listed,
    NoSuchObject,
    NoSuchUpload,
    Part,
    Pending,
    Unfinished,
    WrongPart,
    served_as,
)
from storage.buckets.connection import Connection
from storage.buckets.faults import translated
from storage.buckets.parts import bare, compare, cut
from storage.buckets.settingup import prepare
from storage.buckets.signatures import DIGEST

_CHUNK = 1024**2


class S3Bucket(Bucket):
    """A bucket of its own, path style. A single part has no upload id: its object is there once it is PUT."""

    def __init__(self, endpoint: str | None, bucket: str, key: str | None, secret: str | None, region: str):
        self.bucket = bucket
        self._to = Connection(endpoint, bucket, key, secret, region)

    def prepare(self, public_url: str) -> str:
        with translated():
            return prepare(self._client, self.bucket, self._to.region, public_url)

    def probe(self) -> None:
        with translated():
            self._to.prober.head_bucket(Bucket=self.bucket)

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        with Path(path).open("rb") as file, translated():
            self._client.put_object(Bucket=self.bucket, Key=keys.checked(key), Body=file, ContentType=media_type)

    def open(self, key: str) -> BinaryIO:
        return self._get(key)

    def range(self, key: str, start: int, end: int) -> BinaryIO:
        head = self.head(key)
        if head is None:
            raise NoSuchObject(key)
        end = min(end, head.size_bytes)
        return self._get(key, Range=f"bytes={start}-{end - 1}") if start < end else io.BytesIO()

    def head(self, key: str) -> Head | None:
        try:
            with translated():
                seen = self._client.head_object(Bucket=self.bucket, Key=keys.checked(key))
        except NoSuchObject:
            return None
        return Head(seen["ContentLength"], bare(seen["ETag"]))

    def copy(self, source: str, target: str, *, etag: str | None = None) -> None:
        origin = {"Bucket": self.bucket, "Key": keys.checked(source)}
        said = {"CopySourceIfMatch": etag} if etag else {}
        with translated():
            self._client.copy(origin, self.bucket, keys.checked(target), ExtraArgs=said, Config=self._to.copying)

    def delete(self, key: str) -> None:
        with translated():
            self._client.delete_object(Bucket=self.bucket, Key=keys.checked(key))

    def list(self, prefix: str = "") -> Iterator[Listed]:
        asked = self._pages("list_objects_v2", Prefix=keys.checked_prefix(prefix))
        return (Listed(found["Key"], found["Size"], found["LastModified"]) for page in asked for found in page.get("Contents", ()))

    def start(
        self,
        key: str,
        size_bytes: int,
        *,
        sha256: str | None = None,
        part_size_bytes: int = PART_BYTES,
        seconds: int = UPLOAD_SECONDS,
    ) -> Pending:
        if self.head(key):
            raise KeyTaken(key)
        sizes = cut(size_bytes, part_size_bytes)
        if len(sizes) == 1:
            return Pending("", [self._single(key, size_bytes, sha256, seconds)])
        with translated():
            begun = self._client.create_multipart_upload(Bucket=self.bucket, Key=key, ContentType=UPLOAD_TYPE)
        upload_id = begun["UploadId"]
        return Pending(upload_id, [self._part(key, upload_id, number, size, seconds) for number, size in enumerate(sizes, 1)])

    def finish(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]], *, sizes: Sequence[int]) -> Head:
        if upload_id:
            self._assemble(key, upload_id, parts, sizes)
        head = self.head(key)
        if not upload_id:
            compare(parts, {1: head} if head else {}, sizes)
        if head is None or head.size_bytes != sum(sizes):
            raise NoSuchUpload(key)
        return head

    def abort(self, key: str, upload_id: str) -> None:
        try:
            if upload_id:
                with translated():
                    self._client.abort_multipart_upload(Bucket=self.bucket, Key=keys.checked(key), UploadId=upload_id)
        except NoSuchUpload:
            pass
        self.delete(key)

    def unfinished(self) -> Iterator[Unfinished]:
        asked = self._pages("list_multipart_uploads")
        return (Unfinished(found["Key"], found["UploadId"], found["Initiated"]) for page in asked for found in page.get("Uploads", ()))

    def presign_get(self, key: str, *, disposition: str, media_type: str, seconds: int, link: str = "") -> str:
        disposition, media_type = served_as(disposition, media_type)
        answered = {
            "response-content-disposition": disposition,
            "response-content-type": media_type,
            "response-cache-control": "private, max-age=300",
        }
        return self._signed("GET", key, answered | ({"x-link": link} if link else {}), {}, seconds)

    @property
    def _client(self) -> Any:
        return self._to.client

    def _single(self, key: str, size_bytes: int, sha256: str | None, seconds: int) -> Part:
        headers = {"Content-Type": UPLOAD_TYPE} | ({DIGEST: sha256} if sha256 else {})
        return Part(1, size_bytes, self._signed("PUT", key, {}, headers | _length(size_bytes), seconds), headers)

    def _part(self, key: str, upload_id: str, number: int, size_bytes: int, seconds: int) -> Part:
        asked = {"partNumber": str(number), "uploadId": upload_id}
        return Part(number, size_bytes, self._signed("PUT", key, asked, _length(size_bytes), seconds), {})

    def _signed(self, method: str, key: str, query: dict[str, str], headers: dict[str, str], seconds: int) -> str:
        with translated():
            return self._to.signed(method, keys.checked(key), query, headers, seconds)

    def _assemble(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]], sizes: Sequence[int]) -> None:
        """An upload that is over is left to the caller's look at the object: it may have been finished before."""
        try:
            compare(parts, self._kept(key, upload_id), sizes)
            self._complete(key, upload_id, parts)
        except NoSuchUpload:
            return

    def _kept(self, key: str, upload_id: str) -> dict[int, Head]:
        over = NoSuchUpload(upload_id)
        asked = self._pages("list_parts", missing=over, Key=keys.checked(key), UploadId=upload_id)
        return {part["PartNumber"]: Head(part["Size"], bare(part["ETag"])) for page in asked for part in page.get("Parts", ())}

    def _complete(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        named = {"Parts": [{"PartNumber": number, "ETag": f'"{bare(etag)}"'} for number, etag in sorted(parts)]}
        with translated(missing=NoSuchUpload(upload_id), unfit=WrongPart(1)):
            self._client.complete_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload_id, MultipartUpload=named)

    def _pages(self, name: str, *, missing: Exception | None = None, **asked) -> Iterator[dict]:
        with translated(missing):
            yield from self._client.get_paginator(name).paginate(Bucket=self.bucket, **asked)

    def _get(self, key: str, **asked) -> BinaryIO:
        with translated():
            body = self._client.get_object(Bucket=self.bucket, Key=keys.checked(key), **asked)["Body"]
        return io.BufferedReader(_Body(body), _CHUNK)


class _Body(io.RawIOBase):
    """An answer's body, its faults told as the bucket's own."""

    def __init__(self, body: Any):
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        with translated():
            chunk = self._body.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._body.close()
        super().close()


def _length(size_bytes: int) -> dict[str, str]:
    return {"Content-Length": str(size_bytes)}
