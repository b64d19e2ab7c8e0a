"""Where one process counts what people ask, for the limits. Redis counts for several."""

import time

from limits.storage import MemoryStorage

SWEEP_SECONDS = 30
IN_MEMORY = "counters://"


class Counters(MemoryStorage):
    """Counts in memory, swept now and then by whoever comes by: the library's own starts a thread at each count."""

    STORAGE_SCHEME = [IN_MEMORY.partition(":")[0]]
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
