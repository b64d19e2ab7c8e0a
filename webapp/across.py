"""Between several processes: what one relays the others send on, and each knows whom the others show.

Through Redis, where one is set. When it does not answer, each process knows its own people alone; they are told when it
is back.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex

import redis

log = logging.getLogger(__name__)
CHANNEL = "backbeat:together"
FADES_MS = 6_000
"""so long the faces of a process that died are still shown"""
ANSWERS_SECONDS = 2
AWAY_SECONDS = 1.0

Heard = Callable[[dict], None]


class Across:
    """One process's way to the others. Every message says who sent it, and nobody hears their own."""

    def __init__(self, url: str, heard: Heard):
        self.name, self.heard, self.over, self.away_until = token_hex(8), heard, threading.Event(), 0.0
        self.server = redis.Redis.from_url(url, socket_timeout=ANSWERS_SECONDS, socket_connect_timeout=ANSWERS_SECONDS)
        threading.Thread(target=self._listen, name="across", daemon=True).start()

    def tell(self, message: dict) -> None:
        self._ask(lambda: self.server.publish(CHANNEL, json.dumps({**message, "by": self.name}, separators=(",", ":"))))

    def faces(self, version_id: str, ours: list[dict]) -> list[dict]:
        """Keep whom we show, and learn whom the others do."""
        return self._ask(lambda: self._exchanged(version_id, ours)) or []

    def _exchanged(self, version_id: str, ours: list[dict]) -> list[dict]:
        processes, own = f"backbeat:here:{version_id}", self._entry(version_id, self.name)
        pipe = self.server.pipeline(transaction=False)
        if ours:
            pipe.set(own, json.dumps(ours), px=FADES_MS)
            pipe.sadd(processes, self.name)
            pipe.pexpire(processes, FADES_MS)
        else:
            pipe.delete(own)
            pipe.srem(processes, self.name)
        pipe.smembers(processes)
        *_, names = pipe.execute()
        others = sorted(name.decode() for name in names if name != self.name.encode())
        kept = self.server.mget([self._entry(version_id, name) for name in others]) if others else []
        return [face for entry in kept if entry for face in json.loads(entry)]

    def _entry(self, version_id: str, process: str) -> str:
        return f"backbeat:here:{version_id}:{process}"

    def _ask(self, question):
        """Its answer, or None: one that does not answer is left alone for a moment, and nobody waits for it."""
        if time.monotonic() < self.away_until:
            return None
        try:
            return question()
        except redis.RedisError as error:
            self.away_until = time.monotonic() + AWAY_SECONDS
            log.warning("other processes cannot be told: %s", error)
            return None

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                self._hear_all()
            except redis.RedisError:
                self.over.wait(AWAY_SECONDS)

    def _hear_all(self) -> None:
        with self.server.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(CHANNEL)
            while not self.over.is_set():
                message = heard.get_message(timeout=AWAY_SECONDS)
                if message:
                    self._take(message["data"])

    def _take(self, said: bytes) -> None:
        message = json.loads(said)
        if message.pop("by") != self.name:
            try:
                self.heard(message)
            except Exception:
                log.exception("what another process said was not understood")


_across: Across | None = None


def start(url: str | None, heard: Heard) -> None:
    global _across
    stop()
    _across = Across(url, heard) if url else None


def stop() -> None:
    global _across
    if _across:
        _across.over.set()
        with suppress(redis.RedisError):
            _across.server.close()
    _across = None


def several() -> bool:
    """Whether there may be other processes."""
    return _across is not None


def tell(message: dict) -> None:
    """Say something to every other process; it is heard by those that are there now."""
    if _across:
        _across.tell(message)


def faces(version_id: str, ours: list[dict]) -> list[dict]:
    """Whom the other processes show at this version, telling them whom we do."""
    return _across.faces(version_id, ours) if _across else []
