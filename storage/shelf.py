"""Where this app keeps its objects and does its rough work."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from flask import current_app

from storage.renditions import RanShort

if TYPE_CHECKING:
    from storage.buckets import Bucket

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def bucket() -> "Bucket":
    """The bucket of the current app."""
    return current_app.extensions["backbeat.bucket"]


def scratch_root() -> Path:
    """The folder all processes of this installation do their rough work in."""
    root: Path = current_app.extensions["backbeat.scratch"]
    root.mkdir(parents=True, exist_ok=True)
    return root


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of its own for one piece of work, gone afterwards. Raises RanShort where there is no room for it."""
    folder = None
    try:
        folder = Path(mkdtemp(dir=scratch_root()))
        yield folder
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise RanShort("scratch is full") from error
    finally:
        if folder:
            rmtree(folder, ignore_errors=True)
