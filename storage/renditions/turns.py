"""One heavy child at a time, over all processes that share a scratch folder.

Large renditions, which nobody waits for, take turns of their own, and rest while somebody has the other turn.
"""

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from storage.renditions.verdicts import RanShort

_POLL_S = 0.02
FIRST, LARGE = "turn", "turn-large"
_here = {name: threading.Semaphore(1) for name in (FIRST, LARGE)}


@contextmanager
def turn(scratch, wait_s, name=FIRST):
    """Hold the only turn of this name while the block runs. Raises RanShort when none comes free within wait_s seconds.

    Threads queue at a semaphore, processes at a lock on a file; the kernel frees the latter when a process dies.
    """
    deadline = time.monotonic() + wait_s
    if not _here[name].acquire(timeout=max(wait_s, 0)):
        raise RanShort("no turn came free")
    try:
        with _file_lock(Path(scratch) / name, deadline):
            yield
    finally:
        _here[name].release()


def taken(scratch, name=FIRST):
    """Whether somebody has that turn now, in whichever process."""
    descriptor = _opened(Path(scratch) / name)
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _file_lock(path, deadline):
    descriptor = _opened(path)
    try:
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise RanShort("no turn came free")
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _opened(path):
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RanShort(f"scratch: {error.strerror}") from error


def _locked(descriptor):
    """Never waits inside the kernel: under gevent that would hold up every other request."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
