"""Exact drills: stop the process at a named place. Only with BACKBEAT_DRILLS=1."""

import os
import signal

FAILPOINTS = (
    "upload.between_parts",
    "upload.before_judging",
    "upload.after_blob",
    "upload.before_commit",
    "upload.after_commit",
    "decision.before_commit",
    "decision.after_commit",
    "hint.after_publish",
    "delivery.before_work",
    "delivery.before_mark",
    "rendition.between_tiles",
)
_armed: str | None = None


def arm(name: str | None) -> None:
    """Choose the place to stop at; None disarms. An unknown name is a ValueError that lists the known ones."""
    global _armed
    if name is not None and name not in FAILPOINTS:
        raise ValueError(f"BACKBEAT_FAILPOINT: {name!r} is none of {', '.join(FAILPOINTS)}")
    _armed = name


def failpoint(name: str) -> None:
    """Die here, as by kill -9, if this place is armed."""
    if name == _armed:
        os.kill(os.getpid(), signal.SIGKILL)
