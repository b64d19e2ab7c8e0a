"""How often people did something within a moment: what every limit asks. Redis counts for several processes."""

import logging
import time

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

SWEEP_SECONDS = 30
AWAY_SECONDS = 5.0
PATIENCE = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}

log = logging.getLogger(__name__)


class Counters(MemoryStorage):
    """Counts in memory, swept now and then by whoever comes by: the library's own starts a thread at each count."""

    _swept_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a key's count, which lasts `expiry` seconds from its first; the count."""
        self._sweep()
        self.get(key)  # drops what has run out
        with self.locks[key]:
            self.storage[key] += amount
            if self.storage[key] == amount:
                self.expirations[key] = time.time() + expiry
        return self.storage.get(key, 0)

    def _sweep(self) -> None:
        now = time.time()
        if now < self._swept_at + SWEEP_SECONDS:
            return
        self._swept_at = now
        for key in [key for key, until in list(self.expirations.items()) if until <= now]:
            self.get(key)


class Counts:
    """What is counted, by a limit and the names of whom and what; in this process alone while Redis does not answer."""

    def __init__(self):
        self.init_app(None)

    def init_app(self, redis_url: str | None) -> None:
        """Begin counting anew, in Redis where there is one."""
        self._own = FixedWindowRateLimiter(Counters())
        shared = storage_from_string(redis_url, wrap_exceptions=True, **PATIENCE) if redis_url else None
        self._shared = FixedWindowRateLimiter(shared) if shared else self._own
        self._away_until = 0.0

    def hit(self, item: RateLimitItem, *counted: str, cost: int = 1) -> bool:
        """Count once more; whether that was still within the limit. A negative cost gives back."""
        return self._asked(lambda limiter: limiter.hit(item, *counted, cost=cost))

    def over_until(self, item: RateLimitItem, *counted: str) -> float:
        """When the counting begins anew, in seconds since 1970."""
        return self._asked(lambda limiter: limiter.get_window_stats(item, *counted).reset_time)

    def reset(self) -> None:
        """Forget what was counted."""
        for limiter in {self._own, self._shared}:
            limiter.storage.reset()

    def _asked(self, ask):
        if time.monotonic() >= self._away_until:
            try:
                return ask(self._shared)
            except StorageError as away:
                log.warning("Redis does not answer; this process counts calls and tries alone: %s", away)
                self._away_until = time.monotonic() + AWAY_SECONDS
        return ask(self._own)
