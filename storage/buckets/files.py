"""Files that are on disk whole or not at all: written aside, synced, then renamed into place."""

import errno
import hashlib
import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from storage.buckets import StoreAway, StoreFull, WrongPart

CHUNK = 1024**2
FORGOTTEN_SECONDS = 24 * 3600
_UNABLE = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EXDEV, errno.EINVAL}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def translated(missing: Exception | None = None) -> Iterator[None]:
    """Faults of the disk as the bucket's own: StoreFull, StoreAway, and `missing` for a file that is not there."""
    try:
        yield
    except FileNotFoundError as error:
        raise missing or StoreAway(error.strerror) from error
    except OSError as error:
        raise (StoreFull if error.errno in _FULL else StoreAway)(error.strerror) from error


class Writing:
    """A file being written aside, its bytes hashed; gone on leaving unless `keep_as` gave it its place."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._digest = hashlib.sha256()

    def __enter__(self) -> "Writing":
        descriptor, name = tempfile.mkstemp(dir=self._folder)
        self._file, self._path = open(descriptor, "wb"), Path(name)
        return self

    def __exit__(self, *_) -> None:
        with suppress(OSError):
            self._path.unlink()
        with suppress(OSError):  # a full disk says so again when the rest is flushed; it has been told already
            self._file.close()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def size_bytes(self) -> int:
        self._file.flush()
        return os.fstat(self._file.fileno()).st_size

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._digest.update(chunk)

    def pour(self, path: Path) -> None:
        """Add a whole file, unhashed."""
        self._file.flush()
        with path.open("rb") as source:
            _pour(source, self._file)

    def expect(self, size_bytes: int, sha256: str, number: int) -> None:
        """Raise WrongPart unless that is what was written; an empty `sha256` expects nothing."""
        if self.size_bytes != size_bytes or (sha256 and self.sha256 != sha256):
            raise WrongPart(number)

    def keep_as(self, target: Path) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        os.replace(self._path, _with_folder(target))
        _sync(target.parent)

    def keep_first(self, target: Path) -> None:
        """The same, unless another file has the place already: that one stays, and this one goes."""
        self._file.flush()
        os.fsync(self._file.fileno())
        with suppress(FileExistsError):
            _name_first(self._path, _with_folder(target))
        _sync(target.parent)


class Slice(io.RawIOBase):
    """Some bytes of a file, which is closed with it."""

    def __init__(self, file: BinaryIO, start: int, end: int):
        self._file, self._left = file, max(0, end - start)
        file.seek(start)

    def buffered(self) -> BinaryIO:
        return io.BufferedReader(self, CHUNK)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        chunk = self._file.read(min(len(buffer), self._left))
        buffer[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._file.close()
        super().close()


def written_whole(folder: Path, target: Path, source: BinaryIO) -> None:
    """Keep the stream's bytes as `target`, by way of `folder` on the same disk."""
    with translated(), Writing(folder) as file:
        shutil.copyfileobj(source, file, CHUNK)
        file.keep_as(target)


def link_whole(folder: Path, source: Path, target: Path) -> None:
    """Give a file a second name, replacing what has it. Where the disk knows no links, its bytes are copied."""
    aside = folder / f"link-{os.urandom(16).hex()}"
    try:
        os.link(source, aside)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
        with source.open("rb") as stream:
            return written_whole(folder, target, stream)
    os.replace(aside, _with_folder(target))
    aside.unlink(missing_ok=True)  # rename does nothing between two names of one file
    return _sync(target.parent)


def sweep(folder: Path) -> None:
    """Remove what a crash left half written, once it is a day old."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                path.unlink()


def _name_first(path: Path, target: Path) -> None:
    """Raises FileExistsError. A disk without links cannot tell who is first: there the last one stays."""
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
        os.replace(path, target)


def _pour(source: BinaryIO, target: BinaryIO) -> None:
    """Inside the kernel where it can, which spares the processor; the rest, or all, by hand."""
    try:
        while hasattr(os, "copy_file_range") and os.copy_file_range(source.fileno(), target.fileno(), 1024 * CHUNK):
            pass
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
    shutil.copyfileobj(source, target, CHUNK)


def _with_folder(target: Path) -> Path:
    _make(target.parent)
    return target


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
