"""One heavy child at a time, over all processes that share a scratch folder."""

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from storage.renditions.verdicts import RanShort

_POLL_S = 0.02
_here = threading.Semaphore(1)


@contextmanager
def turn(scratch, wait_s):
    """Hold the only turn while the block runs. Raises RanShort when none comes free within wait_s seconds.

    Threads queue at a semaphore, processes at a lock on a file; the kernel frees the latter when a process dies.
    """
    deadline = time.monotonic() + wait_s
    if not _here.acquire(timeout=max(wait_s, 0)):
        raise RanShort("no turn came free")
    try:
        with _file_lock(Path(scratch) / "turn", deadline):
            yield
    finally:
        _here.release()


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
