"""What the child takes from itself before it reads a hostile byte: memory, time, files, network, priority."""

import ctypes
import os
import resource
import signal
import sys

_MB = 1024 * 1024
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def close(limits, parent):
    """Shut the cage; what the system does not permit (a network of its own) is left out silently."""
    os.nice(limits["nice"])
    _die_with(parent)
    _leave_the_network()
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_CPU, limits["cpu_s"], grace=1)
    _bound(resource.RLIMIT_AS, limits["address_mb"] * _MB)
    _bound(resource.RLIMIT_DATA, limits["data_mb"] * _MB)
    _bound(resource.RLIMIT_FSIZE, limits["file_mb"] * _MB)
    _bound(resource.RLIMIT_NOFILE, limits["open_files"])


def _die_with(parent):
    """A child must not outlive a killed server. Source: prctl(2)."""
    _libc("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(3)


def _leave_the_network():
    """An empty network namespace: at once for root, else inside a user namespace of one's own."""
    if _libc("unshare", _CLONE_NEWNET) != 0:
        _libc("unshare", _CLONE_NEWUSER | _CLONE_NEWNET)


def _libc(name, *arguments):
    try:
        return getattr(ctypes.CDLL(None), name)(*arguments)
    except (OSError, AttributeError):
        return -1


def _bound(kind, most, grace=0):
    """The grace lets the signal of the soft bound be seen before the hard one simply kills."""
    hard = resource.getrlimit(kind)[1]
    most, last = (each if hard == resource.RLIM_INFINITY else min(each, hard) for each in (most, most + grace))
    resource.setrlimit(kind, (most, last))
