"""Objects in a folder: the embedded default. Each object is a file that appears whole, by rename, once it is on disk."""

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage import keys
from storage.buckets import (
    PART_BYTES,
    UPLOAD_SECONDS,
    UPLOAD_TYPE,
    Bucket,
    Changed,
    Head,
    KeyTaken,
    Listed,
    NoSuchObject,
    NoSuchUpload,
    Part,
    Pending,
    StoreAway,
    Unfinished,
    UnfitParts,
    served_as,
)
from storage.buckets.addresses import Addresses, ObjectAddress, PartAddress
from storage.buckets.files import Slice, Writing, link_whole, sweep, translated, written_whole
from storage.buckets.parts import compare, cut
from storage.drills import failpoint

_PARTS = "quarantine-parts"
_WRITING = "writing"


class FolderBucket(Bucket):
    """Objects as root/<key>, parts as root/quarantine-parts/<upload>/<number>-<etag>, half-written files in root/writing.

    Its signed addresses are served by webapp/fileshost.py. A file is never changed once it has its name.
    """

    def __init__(self, root: Path, files_url: str | Callable[[], str], secret_key: str):
        self.root = Path(root)
        self.addresses = Addresses(files_url, secret_key)

    def prepare(self, public_url: str) -> str:
        with translated():
            for name in (_PARTS, _WRITING):
                (self.root / name).mkdir(parents=True, exist_ok=True)
            sweep(self._writing)
        return ""

    def probe(self) -> None:
        if not self._writing.is_dir():
            raise StoreAway(f"there is no folder {self._writing.name} for objects")
        with translated(), Writing(self._writing) as file:
            file.write(b"probe")

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        with Path(path).open("rb") as source:
            written_whole(self._writing, self._path(key), source)

    def open(self, key: str) -> BinaryIO:
        with translated(missing=NoSuchObject(key)):
            return self._path(key).open("rb")

    def range(self, key: str, start: int, end: int) -> BinaryIO:
        return Slice(self.open(key), start, end).buffered()

    def head(self, key: str) -> Head | None:
        try:
            with translated(missing=NoSuchObject(key)):
                stat = self._path(key).stat()
        except NoSuchObject:
            return None
        return Head(stat.st_size, f"{stat.st_ino:x}-{stat.st_mtime_ns:x}-{stat.st_size:x}")

    def copy(self, source: str, target: str, *, etag: str | None = None) -> None:
        """A second name for the same file, which nobody ever changes."""
        if etag and (seen := self.head(source)) and seen.etag != etag:
            raise Changed(source)
        with translated(missing=NoSuchObject(source)):
            link_whole(self._writing, self._path(source), self._path(target))

    def delete(self, key: str) -> None:
        with translated():
            self._path(key).unlink(missing_ok=True)

    def list(self, prefix: str = "") -> Iterator[Listed]:
        start = self.root / keys.checked_prefix(prefix).rpartition("/")[0]
        with translated():
            found = sorted(path.relative_to(self.root).as_posix() for path in start.rglob("*") if path.is_file())
        for key in found:
            if key.startswith(prefix) and (listed := self._listed(key)):
                yield listed

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
        sizes, upload_id = cut(size_bytes, part_size_bytes), secrets.token_hex(16)
        with translated():
            self._parts(upload_id).mkdir(parents=True)
            (self._parts(upload_id) / "key").write_text(key)
        pinned = (sha256 or "", UPLOAD_TYPE) if len(sizes) == 1 else ("", "")
        headers = {"Content-Type": UPLOAD_TYPE} if len(sizes) == 1 else {}
        asked = [PartAddress(upload_id, number, size, *pinned) for number, size in enumerate(sizes, 1)]
        return Pending(upload_id, [Part(one.number, one.size_bytes, self.addresses.of_part(one, seconds), headers) for one in asked])

    def receive(self, part: PartAddress, chunks: Iterable[bytes]) -> str:
        """Keep a part that comes in chunks, and answer its ETag: its SHA-256 in hex, without quotes.

        Raises NoSuchUpload, WrongPart if size or digest are not what is pinned, and whatever `chunks` raises;
        nothing is kept then. A part sent again replaces the one before.
        """
        folder = self._parts(part.upload_id)
        if not folder.is_dir():
            raise NoSuchUpload(part.upload_id)
        with translated(missing=NoSuchUpload(part.upload_id)), Writing(self._writing) as file:
            for chunk in chunks:
                file.write(chunk)
            file.expect(part.size_bytes, part.sha256, part.number)
            before = list(folder.glob(f"{part.number}-*"))
            file.keep_as(folder / f"{part.number}-{file.sha256}")
        for path in before:
            if path.name != f"{part.number}-{file.sha256}":
                path.unlink(missing_ok=True)
        failpoint("upload.between_parts")
        return file.sha256

    def finish(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]], *, sizes: Sequence[int]) -> Head:
        if not self._done(key, sizes):
            try:
                self._assemble(key, upload_id, parts, sizes)
            except (NoSuchUpload, UnfitParts):  # another call may have finished it, and be clearing its parts away
                if not self._done(key, sizes):
                    raise
        shutil.rmtree(self._parts(upload_id), ignore_errors=True)
        return self._done(key, sizes) or _gone(key)

    def abort(self, key: str, upload_id: str) -> None:
        shutil.rmtree(self._parts(upload_id), ignore_errors=True)
        self.delete(key)

    def unfinished(self) -> Iterator[Unfinished]:
        for folder in sorted((self.root / _PARTS).iterdir()):
            try:
                noted = folder / "key"
                yield Unfinished(noted.read_text(), folder.name, datetime.fromtimestamp(noted.stat().st_mtime, UTC))
            except FileNotFoundError:
                continue

    def presign_get(self, key: str, *, disposition: str, media_type: str, seconds: int, link: str = "") -> str:
        address = ObjectAddress(keys.checked(key), *served_as(disposition, media_type))
        return self.addresses.of_object(address, seconds, link=link)

    @property
    def _writing(self) -> Path:
        return self.root / _WRITING

    def _path(self, key: str) -> Path:
        return self.root / keys.checked(key)

    def _parts(self, upload_id: str) -> Path:
        if not (len(upload_id) == 32 and upload_id.isascii() and upload_id.isalnum()):
            raise NoSuchUpload(upload_id)
        return self.root / _PARTS / upload_id

    def _listed(self, key: str) -> Listed | None:
        try:
            stat = self._path(key).stat()
        except (keys.BadKey, FileNotFoundError):
            return None
        return Listed(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _done(self, key: str, sizes: Sequence[int]) -> Head | None:
        head = self.head(key)
        return head if head and head.size_bytes == sum(sizes) else None

    def _assemble(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]], sizes: Sequence[int]) -> None:
        folder = self._parts(upload_id)
        with translated(missing=NoSuchUpload(upload_id)):
            if (folder / "key").read_text() != key:
                raise NoSuchUpload(upload_id)
            kept = _kept(folder)
            compare(parts, {number: head for number, (head, _) in kept.items()}, sizes)
            with Writing(self._writing) as file:
                for number in range(1, len(sizes) + 1):
                    file.pour(kept[number][1])
                if file.size_bytes != sum(sizes):
                    raise StoreAway("the parts do not add up")
                file.keep_first(self._path(key))


def _kept(folder: Path) -> dict[int, tuple[Head, Path]]:
    """The parts that are there; of two for one number, the later."""
    found = {}
    for path in sorted(folder.glob("*-*"), key=lambda path: path.stat().st_mtime_ns):
        number, _, etag = path.name.partition("-")
        found[int(number)] = (Head(path.stat().st_size, etag), path)
    return found


def _gone(key: str) -> Head:
    raise NoSuchObject(key)
