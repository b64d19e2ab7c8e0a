"""Whose fault it is when memory runs out: the file's, which asked for too much, or the machine's."""

_PROBE_MB = 32


def mostly_used(limits):
    """Decoders hide a refused allocation behind "broken data"; having used half of what is allowed tells."""
    return _status_mb("VmHWM") > limits["data_mb"] / 2


def refused_by_machine(limits):
    """Whether a modest piece, well within our own bound, is refused too."""
    if _status_mb("VmData") + 2 * _PROBE_MB > limits["data_mb"]:
        return False
    try:
        bytearray(_PROBE_MB * 1024 * 1024)
    except MemoryError:
        return True
    return False


def _status_mb(key):
    """Source: proc(5), /proc/pid/status. (getrusage's peak would include the parent's, from before exec.)"""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith(key + ":"))
    except (OSError, StopIteration, ValueError):
        return 0.0
