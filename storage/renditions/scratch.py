"""Folders for one child each, inside the scratch folder all processes share."""

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from storage.renditions.limits import MB
from storage.renditions.verdicts import RanShort

_PREFIX = "job-"
_STALE_S = 3600


@contextmanager
def job_folder(scratch, quota_mb):
    """A fresh folder for one child. Raises RanShort if there is no room.

    Only files the block adds to the set it is given stay behind it; with none, the folder goes too.
    """
    folder = _made(Path(scratch), quota_mb)
    kept = set()
    try:
        yield folder, kept
    finally:
        _remove_all_but(kept, folder)


def _remove_all_but(kept, folder):
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for entry in folder.iterdir():
        if entry in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _made(scratch, quota_mb):
    try:
        if shutil.disk_usage(scratch).free < quota_mb * MB:
            raise RanShort("scratch is full")
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=scratch))
    except OSError as error:
        raise RanShort(f"scratch: {error.strerror}") from error


def used_bytes(folder):
    """What the folder holds; the child may be changing it meanwhile."""
    total = 0
    for inside, _, names in os.walk(folder):
        total += sum(_size(os.path.join(inside, name)) for name in names)
    return total


def _size(path):
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def sweep(scratch, older_than_s=_STALE_S):
    """Remove job folders a killed process left behind; those in use are far younger than this."""
    horizon = time.time() - older_than_s
    for entry in Path(scratch).glob(f"{_PREFIX}*"):
        try:
            stale = entry.lstat().st_mtime < horizon
        except OSError:
            continue
        if stale:
            shutil.rmtree(entry, ignore_errors=True)
