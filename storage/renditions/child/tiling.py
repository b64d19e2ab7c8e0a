"""A picture as tiles at every size from full to one pixel, each half of the one above: deep zoom.

Source: the Deep Zoom file format (level n shows the picture at 1/2^(max - n), sides rounded up), without overlap.
"""

import os

import slabs
import writing
from PIL import Image


def tiles(source, job):
    """Write "<level>-<column>-<row>" for each tile; their row of the answer. Raises TooLargeToShow."""
    found = slabs.Slabs(source, job["limits"], job["tile"], job["see_through"])
    pyramid = _Pyramid(found, job)
    for index, slab in found:
        pyramid.take(pyramid.top, index, slab.convert("RGBa") if slab.mode == "RGBA" else slab)
    width, height = found.size
    return {"name": "tiles", "media_type": pyramid.media_type, "width": width, "height": height}


class _Pyramid:
    """Two slabs of one level, halved, are one slab of the level below; nothing else is kept."""

    def __init__(self, found, job):
        self._tile, self._lying, self._folder = job["tile"], found.lying, job["folder"]
        self._see_through = job["see_through"]
        self.top = (max(found.size) - 1).bit_length()
        self._deep = [-(-found.deep // 2 ** (self.top - level)) for level in range(self.top + 1)]
        self._halves = {}
        self.media_type = writing.media_type(self._see_through)

    def take(self, level, index, slab):
        """Cut it into tiles, and pass it on at half its size."""
        self._cut(level, index, slab)
        if not level:
            return
        halves = self._halves.setdefault((level - 1, index // 2), {})
        halves[index % 2] = slab.reduce(2)
        if len(halves) == self._count(level, index):
            del self._halves[(level - 1, index // 2)]
            self.take(level - 1, index // 2, self._joined(halves))

    def _count(self, level, index):
        """How many slabs of this level make the one below: the last may stand alone."""
        last = (self._deep[level] - 1) // self._tile
        return 1 if index == last and index % 2 == 0 else 2

    def _joined(self, halves):
        if len(halves) == 1:
            return halves[0]
        first, second = halves[0], halves[1]
        size = (first.width + second.width, first.height) if self._lying else (first.width, first.height + second.height)
        joined = Image.new(first.mode, size)
        joined.paste(first, (0, 0))
        joined.paste(second, (first.width, 0) if self._lying else (0, first.height))
        return joined

    def _cut(self, level, index, slab):
        for other, start in enumerate(range(0, slab.height if self._lying else slab.width, self._tile)):
            end = start + self._tile
            if self._lying:
                column, row, box = index, other, (0, start, slab.width, min(end, slab.height))
            else:
                column, row, box = other, index, (start, 0, min(end, slab.width), slab.height)
            self._write(f"{level}-{column}-{row}", slab.crop(box))

    def _write(self, name, picture):
        picture = picture.convert("RGBA") if picture.mode == "RGBa" else picture
        with open(os.path.join(self._folder, name), "xb") as file:
            writing.encode(picture, file, self._see_through, **writing.LARGE)
