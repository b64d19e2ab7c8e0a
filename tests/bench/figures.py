"""Measuring a call again and again, and saying what came out."""

import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """Milliseconds of one operation; CPU is the server process's own, with the children it has waited for."""

    p50: float
    p95: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.p50:8.1f} {self.p95:8.1f} {self.cpu:8.1f}"


def figures(seconds: list[float], cpu_seconds: float = 0.0) -> Figures:
    cut = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return Figures(1000 * statistics.median(seconds), 1000 * cut, 1000 * cpu_seconds / len(seconds))


def measured(pid: int, calls: Iterable[Callable[[], object]]) -> Figures:
    """How long each call took, and what it cost the server's process."""
    seconds, before = [], cpu_seconds(pid)
    for call in calls:
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return figures(seconds, cpu_seconds(pid) - before)


def cpu_seconds(pid: int) -> float:
    """User and system time, children included. Source: proc(5), /proc/pid/stat, fields 14 to 17."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def row(name: str, ours: Figures, floor: Figures | None, note: str = "") -> str:
    beside = f"{floor} {ours.p50 / floor.p50:6.1f}×" if floor else ""
    return f"{name:44}{ours}   {beside:34}  {note}".rstrip()


HEAD = f"{'':44}{'p50':>8} {'p95':>8} {'CPU':>8}   {'floor p50':>8} {'p95':>7} {'CPU':>8} {'ratio':>7}"
