"""Stored bytes judged, and stills made showable, in a limited child process.

`judge` says whether a file is a picture we can show, something kept untouched, or broken, and makes the first
rendition on the way; `make` makes the other sizes later. Nothing here decodes: a child of its own does, one per
file, so that hostile bytes meet neither the web process nor its memory (docs: decisions 8 and 9 of SAFETY).

Two ends are kept apart. `Rejected` is about the file and is final; `RanShort` is about us and means: try again.
"""

from storage.renditions.judging import judge, make, sniff
from storage.renditions.limits import LIMITS, Limits
from storage.renditions.verdicts import Made, RanShort, Rejected, Sniffed, Verdict, discard

__all__ = [
    "LIMITS", "Limits", "Made", "RanShort", "Rejected", "Sniffed", "Verdict", "discard", "judge", "make", "sniff",
]  # fmt: skip
