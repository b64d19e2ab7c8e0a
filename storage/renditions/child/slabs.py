"""A still at its full size, slab by slab: upright, in sRGB, few of its rows in memory at a time.

A slab is as thick as asked for (the last one thinner) and spans the whole picture as shown: from side to side, or from
top to bottom where the file's rows are columns as shown. Files are read from their first row on, so the slabs of a
picture that lies upside down come last one first.
"""

import os
import threading

import colours
import shrinking
import streaming
from PIL import Image

_ON_ITS_SIDE = (5, 6, 7, 8)
_LAST_FIRST = (3, 4, 6, 7)


class Slabs:
    """`size` is as shown, `lying` says that slabs run from top to bottom; iterate once for (index, slab).

    Slabs are L, RGB or RGBA; the latter only where `see_through` says that something lies behind. Raises
    TooLargeToShow.
    """

    def __init__(self, source, limits, thick, see_through):
        self._source, self._see_through, self.thick = source, see_through, thick
        self._rows = (_Streamed if _is_streamed(source, limits) else _Whole)(source, limits)
        self._orientation = self._rows.orientation
        self.size = source.shown_size
        self.lying = self._orientation in _ON_ITS_SIDE
        self.deep = self.size[0] if self.lying else self.size[1]

    def __iter__(self):
        top = 0
        for index in self._order():
            height = min(self.thick, self.deep - index * self.thick)
            rows = colours.in_srgb(self._rows.cut(top, height), self._rows.profile)
            yield index, shrinking.turned(self._seen(rows), self._orientation)
            top += height

    def place(self, index):
        """(left, top) of a slab."""
        return (index * self.thick, 0) if self.lying else (0, index * self.thick)

    def _order(self):
        count = -(-self.deep // self.thick)
        return reversed(range(count)) if self._orientation in _LAST_FIRST else range(count)

    def _seen(self, rows):
        return rows.convert("RGB") if rows.mode == "RGBA" and not self._see_through else rows


def _is_streamed(source, limits):
    """As the smaller sizes were made, so that colours stay the same; but a JPEG, which was shrunk while it was decoded."""
    return source.media_type == "image/jpeg" or (source.cost_mb > limits["stream_mb"] and streaming.suits(source, limits))


class _Whole:
    """Decoded at once by Pillow."""

    def __init__(self, source, limits):
        source.ensure_affordable(limits)
        self._image = source.image
        self._image.load()
        self._levels = colours.levels(self._image)
        self.profile = self._image.info.get("icc_profile")
        self.orientation = 1 if source.turns_itself else source.orientation

    def cut(self, top, height):
        rows = colours.plain(self._image.crop((0, top, self._image.width, top + height)), self._levels)
        return rows.convert("RGBA") if rows.mode == "RGBa" else rows


class _Streamed:
    """Read on the way by libvips, which sends the rows through a pipe: asked for anew, a file begins anew."""

    def __init__(self, source, _limits):
        self._image, self._mode, self.profile = streaming.stored_rows(source)
        self.orientation = source.orientation
        self._faults = []
        self._rows = self._sent()

    def cut(self, _top, height):
        size = (self._image.width, height)
        wanted = size[0] * height * self._image.bands
        raw = self._rows.read(wanted)
        if len(raw) < wanted:
            raise self._faults[0]
        picture = Image.frombytes(self._mode, size, raw)
        return picture.convert("RGBA") if self._mode == "LA" else picture

    def _sent(self):
        rows, end = os.pipe()
        threading.Thread(target=self._send, args=(end,), daemon=True).start()
        return open(rows, "rb")

    def _send(self, end):
        try:
            streaming.send(self._image, end)
        except BaseException as fault:
            fault.__context__ = None  # its frames would hold the pipe open
            self._faults.append(fault.with_traceback(None))
        finally:
            os.close(end)
