"""What judging a file can end in."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.renditions.grid import Grid


class Rejected(Exception):
    """This file is bad, and always will be. `code` is a key of `reasons.REJECTED`."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class RanShort(Exception):
    """We ran short (memory, time, scratch space, a process, a turn): nothing is known of the file, try again."""


@dataclass(frozen=True)
class Sniffed:
    """What the first bytes and the name say; nothing was decoded. `kind` is "image" or "opaque"."""

    media_type: str
    kind: str


@dataclass(frozen=True)
class Made:
    """One rendition, lying in a scratch folder until `discard`. Width and height in pixels, as shown."""

    name: str
    path: Path
    media_type: str
    width: int
    height: int
    size_bytes: int


@dataclass(frozen=True)
class Tiles:
    """A picture's tiles, lying in a scratch folder until `discard`: one file for each (level, column, row) of the grid."""

    folder: Path
    media_type: str
    grid: Grid
    size_bytes: int
    name = "tiles"

    @property
    def width(self) -> int:
        return self.grid.width

    @property
    def height(self) -> int:
        return self.grid.height

    @property
    def path(self) -> Path:
        return self.tile(0, 0, 0)

    def tile(self, level: int, column: int, row: int) -> Path:
        return self.folder / f"{level}-{column}-{row}"


@dataclass(frozen=True)
class Verdict:
    """What a file is.

    kind        "image" (can be shown; width, height and made are set) or "opaque" (kept as it is, never shown)
    media_type  the true one as far as it is known; an opaque file's may be a picture's too, so ask `kind`
    width, height  pixels as shown, after its orientation was applied
    pages       pages of a TIFF, counted up to the limit; else 1 for pictures, None for the opaque
    reason      a key of `reasons.OPAQUE` where a picture could not be shown
    """

    kind: str
    media_type: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    transparent: bool = False
    reason: str | None = None
    made: tuple[Made, ...] = ()


def discard(made: Iterable[Made | Tiles]):
    """Remove the scratch folders of these renditions, once they are stored."""
    for folder in {rendition.path.parent for rendition in made}:
        shutil.rmtree(folder, ignore_errors=True)
