"""Where bytes are kept: the seam between Backbeat and a store of objects.

Two kinds: FolderBucket, in a folder, the embedded default; S3Bucket, in any S3. Both give out signed addresses, so
that bytes go between browser and store without passing through the app, and both stream: nothing holds an object
in memory. A key is written once by an upload and never used for another one.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

PART_BYTES = 25 * 1024**2
UPLOAD_SECONDS = 6 * 3600
UPLOAD_TYPE = "application/octet-stream"
INERT = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}")
_DISPOSITION = re.compile(r"(inline|attachment)(;[ -~]*)?")


class StoreAway(Exception):
    """The store cannot be reached or does not answer as it should; trying again later is right."""


class StoreFull(Exception):
    """The store has no room left."""


class NoSuchObject(Exception):
    """Nothing is kept under this key."""


class NoSuchUpload(Exception):
    """This upload was never started, or is over."""


class KeyTaken(Exception):
    """Something is kept under this key already, and a key is never used twice."""


class Changed(Exception):
    """The object is not the one that was seen before: its ETag differs."""


class UnfitParts(Exception):
    """The parts do not make the object that was announced; `number` is the first one to send again."""

    def __init__(self, number: int):
        super().__init__(f"part {number}")
        self.number = number


class MissingPart(UnfitParts):
    """The part was not sent, or not named."""


class WrongPart(UnfitParts):
    """The part is not the one that was named, or has not the size that was announced."""


@dataclass(frozen=True)
class Head:
    """What a store says of an object. The ETag comes without quotes, and is no hash of anything."""

    size_bytes: int
    etag: str


@dataclass(frozen=True)
class Listed:
    """An object in a listing; `modified_at` by the store's clock."""

    key: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True)
class Part:
    """One part to be PUT to its address with these headers, and exactly this many bytes."""

    number: int
    size_bytes: int
    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Pending:
    """An upload under way. `upload_id` is the store's, opaque, and may be empty."""

    upload_id: str
    parts: list[Part]


@dataclass(frozen=True)
class Unfinished:
    """An upload in parts that is neither finished nor aborted."""

    key: str
    upload_id: str
    started_at: datetime


class Bucket(ABC):
    """Objects under keys of storage/keys.py. Everything here may raise StoreAway; what writes, StoreFull too."""

    @abstractmethod
    def prepare(self, public_url: str) -> str:
        """Make the bucket if there is none, open to the pages of `public_url`. Answers what a person still has to
        configure by hand, in words, or "" if nothing."""

    @abstractmethod
    def probe(self) -> None:
        """Raise StoreAway, within a few seconds, if the store cannot be used."""

    @abstractmethod
    def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Keep a copy of this file, at most 5 GiB, whole or not at all; what was under the key is replaced."""

    @abstractmethod
    def open(self, key: str) -> BinaryIO:
        """The object as a stream to be closed. Raises NoSuchObject."""

    @abstractmethod
    def range(self, key: str, start: int, end: int) -> BinaryIO:
        """The bytes from `start` up to, not including, `end` (past the object's end: up to it). Raises NoSuchObject."""

    @abstractmethod
    def head(self, key: str) -> Head | None:
        """Size and ETag, or None if nothing is there."""

    @abstractmethod
    def copy(self, source: str, target: str, *, etag: str | None = None) -> None:
        """Copy inside the store, whole or not at all. Raises NoSuchObject; with `etag` Changed if the source has
        become another since."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove the object; nothing happens if there is none."""

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[Listed]:
        """All objects whose key begins with the prefix, in the order of their keys."""

    @abstractmethod
    def start(
        self,
        key: str,
        size_bytes: int,
        *,
        sha256: str | None = None,
        part_size_bytes: int = PART_BYTES,
        seconds: int = UPLOAD_SECONDS,
    ) -> Pending:
        """Signed addresses for an upload that pin each part's length; with a single part the type
        application/octet-stream and, where it is known, the SHA-256 (hex) too. Raises KeyTaken."""

    @abstractmethod
    def finish(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]], *, sizes: Sequence[int]) -> Head:
        """Make the object of its parts: (number, ETag as received, quoted or not) in any order, against the sizes
        announced by `start`. Done already is done again without harm. Raises MissingPart, WrongPart, NoSuchUpload."""

    @abstractmethod
    def abort(self, key: str, upload_id: str) -> None:
        """Drop an upload and all that was sent of it, the finished object too; harmless when there is nothing."""

    @abstractmethod
    def unfinished(self) -> Iterator[Unfinished]:
        """Uploads in parts still under way, for the sweeper. A single part that was sent is in `list` instead."""

    @abstractmethod
    def presign_get(self, key: str, *, disposition: str, media_type: str, seconds: int, link: str = "") -> str:
        """A short-lived address to GET the object. `disposition` is the header of names.content_disposition; only
        an inert raster (INERT) is ever answered inline. `link` names the guest link it was made for, if any."""


def served_as(disposition: str, media_type: str) -> tuple[str, str]:
    """Disposition and type that are safe to answer with: what could run is an attachment of no known type."""
    if not _DISPOSITION.fullmatch(disposition):
        raise ValueError(f"no Content-Disposition: {disposition!r}")
    if media_type in INERT:
        return disposition, media_type
    plays = media_type.startswith(("video/", "audio/")) and _MEDIA_TYPE.fullmatch(media_type)
    return re.sub("^inline", "attachment", disposition), media_type if plays else UPLOAD_TYPE
