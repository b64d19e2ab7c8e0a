"""Texts that took time to make, kept in memory up to so many characters; what was not asked for the longest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept:
    """A text by what it depends on. `most`: characters, those of the keys not counted."""

    def __init__(self, most: int):
        self.most, self.size = most, 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The text of this key, made now if it is not there. Two who ask at once may both make it."""
        with self._lock:
            text = self._texts.get(key)
            if text is not None:
                self._texts.move_to_end(key)
                return text
        text = make()
        self._keep(key, text)
        return text

    def _keep(self, key: Hashable, text: str) -> None:
        with self._lock:
            before = self._texts.pop(key, "")
            self._texts[key] = text
            self.size += len(text) - len(before)
            while self.size > self.most:
                self.size -= len(self._texts.popitem(last=False)[1])
