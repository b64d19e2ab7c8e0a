"""Where this app keeps its objects and does its rough work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from storage.buckets import Bucket


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
    """A folder of its own for one piece of work, gone afterwards."""
    folder = Path(mkdtemp(dir=scratch_root()))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)
