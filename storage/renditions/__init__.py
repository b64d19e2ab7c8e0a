"""Stored bytes judged, and stills made showable, in a limited child process.

`judge` says whether a file is a picture we can show, something kept untouched, or broken, and makes the first
rendition on the way; `make` makes the other sizes later, and `make_large` shows every pixel, at once or in tiles. Nothing here decodes: a child of its own does, one per
file, so that hostile bytes meet neither the web process nor its memory (docs: decisions 8 and 9 of SAFETY).

Two ends are kept apart. `Rejected` is about the file and is final; `RanShort` is about us and means: try again.
"""

from storage.renditions.grid import Grid, large
from storage.renditions.judging import judge, make, make_large, sniff
from storage.renditions.limits import LARGE, LIMITS, Limits
from storage.renditions.verdicts import Made, RanShort, Rejected, Sniffed, Tiles, Verdict, discard

__all__ = [
    "LARGE", "LIMITS", "Grid", "Limits", "Made", "RanShort", "Rejected", "Sniffed", "Tiles", "Verdict", "discard", "judge",
    "large", "make", "make_large", "sniff",
]  # fmt: skip
