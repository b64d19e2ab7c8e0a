"""Password hashes: argon2, few at a time, and where they block nobody."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB and some tenths of a second of a core."""

_hasher = PasswordHasher()


class TooShort(ValueError):
    """A password needs at least MIN_LENGTH characters."""


def hashed(password: str) -> str:
    """The argon2id hash of a new password. Raises TooShort."""
    if len(password) < MIN_LENGTH:
        raise TooShort
    return _elsewhere(_hasher.hash, password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is no hash, so that nobody learns who has an account."""
    try:
        return _elsewhere(_hasher.verify, password_hash or _decoy(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _hasher.hash("nobody's password")


def _elsewhere(work, *arguments):
    """Run on a real thread: under gevent that is its thread pool, else the request's own."""
    with AT_ONCE:
        hub = _gevent_hub()
        return hub.threadpool.apply(work, arguments) if hub else work(*arguments)


def _gevent_hub():
    try:
        from gevent import get_hub
        from gevent.monkey import is_module_patched
    except ImportError:
        return None
    return get_hub() if is_module_patched("socket") else None
