"""Starting one limited child, watching it, ending it with all it started."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from storage.renditions.limits import MB, REST_S
from storage.renditions.scratch import used_bytes
from storage.renditions.verdicts import RanShort, Rejected

_PROGRAM = str(Path(__file__).parent / "child")
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "VIPS_CONCURRENCY": "1"}
_ANSWER_BYTES = 16 * 1024
_LOOK_S = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")
_OUR_FAULT = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass
class _Watch:
    """What was seen of a child until it ended."""

    answer: bytes = b""
    late: bool = False
    spilled: bool = False
    cpu_s: float = 0.0


def answer_of(job, folder, limits, rests=lambda: False):
    """Run the child on one job and return the bytes it answered. While `rests()` it is stopped, and no time counts.

    Raises Rejected("too_heavy" or "unreadable") where the file wore the child out or crashed it, RanShort where
    the machine failed us. The child and whatever it started are gone when this returns.
    """
    child = _started(job | {"folder": str(folder), "parent": os.getpid(), "limits": limits.as_job()}, folder)
    watch = _Watch()
    try:
        _follow(child, folder, limits, watch, rests)
    finally:
        _end(child)
    return _judged(child, watch, limits)


def _started(job, folder):
    command = [sys.executable, "-I", _PROGRAM, json.dumps(job)]
    try:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT | {"TMPDIR": str(folder)}, cwd=folder, start_new_session=True, bufsize=0,
        )  # fmt: skip
    except (OSError, MemoryError) as error:
        raise RanShort(f"no child: {error}") from error


def _follow(child, folder, limits, watch, rests):
    """Read until the child closes its end, says too much, fills its scratch or is late."""
    deadline = time.monotonic() + limits.wall_s
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while len(watch.answer) < _ANSWER_BYTES:
            if rests():
                deadline += _rested(child, rests)
            watch.late = time.monotonic() >= deadline
            watch.spilled = used_bytes(folder) > limits.scratch_mb * MB
            if watch.late or watch.spilled:
                watch.cpu_s = _cpu_seconds(child.pid)
                return
            if selector.select(min(_LOOK_S, max(deadline - time.monotonic(), 0))):
                part = os.read(child.stdout.fileno(), _ANSWER_BYTES)
                if not part:
                    return
                watch.answer += part


def _rested(child, rests):
    """Seconds for which the child was stopped. Raises RanShort if there is no end of it."""
    begun = time.monotonic()
    os.killpg(child.pid, signal.SIGSTOP)
    while rests():
        if time.monotonic() - begun > REST_S:
            raise RanShort("others needed the processor")
        time.sleep(_LOOK_S)
    os.killpg(child.pid, signal.SIGCONT)
    return time.monotonic() - begun


def _cpu_seconds(pid):
    """User and system time so far. Source: proc(5), /proc/pid/stat, fields 14 and 15."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    except (OSError, ValueError, IndexError):
        return 0.0


def _end(child):
    """Kill the group before the leader is reaped: until then nobody else can bear its number."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.stdout.close()
    child.wait()


def _judged(child, watch, limits):
    if watch.spilled:
        raise RanShort("scratch quota is used up")
    if watch.late:
        raise _lateness(watch, limits)
    if watch.answer.endswith(b"\n"):
        return watch.answer
    if child.returncode == -signal.SIGXCPU:
        raise Rejected("too_heavy")
    if child.returncode in (-signal.SIGABRT, -signal.SIGTRAP):
        raise Rejected("too_heavy")  # glib ends so when it is refused memory
    if child.returncode < 0 and -child.returncode not in _OUR_FAULT:
        raise Rejected("unreadable")
    raise RanShort(f"the child ended with {child.returncode} and no answer")


def _lateness(watch, limits):
    """A child that was hardly given the processor is no evidence against its file."""
    if watch.cpu_s < min(limits.cpu_s, limits.wall_s) / 2:
        return RanShort("no processor time")
    return Rejected("too_heavy")
