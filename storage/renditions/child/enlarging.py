"""The full-size rendition: every pixel, as shown."""

import shrinking
import slabs
import writing
from PIL import Image

_THICK = 512


def full(source, job):
    """Write it; its row of the answer. Raises TooLargeToShow."""
    found = slabs.Slabs(source, job["limits"], _THICK, job["see_through"])
    canvas = None
    for index, slab in found:
        canvas = canvas or Image.new(slab.mode, found.size)
        canvas.paste(slab, found.place(index))
    del found
    return writing.written(shrinking.bare(canvas), "full", job["folder"], **writing.LARGE)
