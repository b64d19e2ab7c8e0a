"""What is made of every pixel of a picture: one rendition of full size, or tiles at every size from full to one pixel.

Source: the Deep Zoom file format: level n shows the picture at 1/2^(max - n), its sides rounded up; no overlap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LARGEST_OF_SIZES = 2048
FULL_PIXELS = 40_000_000
FULL_SEE_THROUGH_PIXELS = 16_000_000
"""WebP takes seventeen bytes a pixel while it writes."""
JPEG_SIDE, WEBP_SIDE = 65_500, 16_383
TILE = 512
MOST_TILES = 4_000
"""A square of the most pixels there may be has a thousand; only a thread of a picture has more."""

Large = Literal["full", "tiles"]


def large(width: int, height: int, see_through: bool) -> Large | None:
    """What shows all of these pixels; None where the sizes do so already, or nothing can."""
    if max(width, height) <= LARGEST_OF_SIZES:
        return None
    most, side = (FULL_SEE_THROUGH_PIXELS, WEBP_SIDE) if see_through else (FULL_PIXELS, JPEG_SIDE)
    if width * height <= most and max(width, height) <= side:
        return "full"
    return "tiles" if Grid(width, height).count <= MOST_TILES else None


@dataclass(frozen=True)
class Grid:
    """The tiles of a picture of so many pixels. `overlap` is in pixels, on every side."""

    width: int
    height: int
    tile: int = TILE
    overlap: int = 0

    @property
    def max_level(self) -> int:
        return (max(self.width, self.height) - 1).bit_length()

    @property
    def count(self) -> int:
        return sum(columns * rows for columns, rows in map(self.at, range(self.max_level + 1)))

    def size_at(self, level: int) -> tuple[int, int]:
        """(width, height) of the picture at a level."""
        scale = 2 ** (self.max_level - level)
        return -(-self.width // scale), -(-self.height // scale)

    def at(self, level: int) -> tuple[int, int]:
        """(columns, rows) of a level."""
        width, height = self.size_at(level)
        return -(-width // self.tile), -(-height // self.tile)

    def holds(self, level: int, column: int, row: int) -> bool:
        if not 0 <= level <= self.max_level:
            return False
        columns, rows = self.at(level)
        return 0 <= column < columns and 0 <= row < rows

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """(level, column, row) of every tile."""
        for level in range(self.max_level + 1):
            columns, rows = self.at(level)
            yield from ((level, column, row) for row in range(rows) for column in range(columns))
