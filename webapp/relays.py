"""Relays: what one person is doing, sent on to the others who look at the same version, and stored nowhere.

What comes faster than it can be seen is thinned: of each connection and kind only the newest is kept until the next
round, at most every 33 ms; the last of a stroke is never dropped. A round asks the database once for everybody it
concerns, senders and readers alike, so that nobody is heard or hears after their right has ended.
"""

import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask

from webapp import across, frames, presence
from webapp.presence import Looker

log = logging.getLogger(__name__)
ROUND_SECONDS = 0.033
FINALS_MOST = 5000


@dataclass(frozen=True)
class Relay:
    """One event for the others who look. `sid` is the sender's socket; None where another process has asked for them.

    said    the event and its data, as JSON
    inside  for the team alone
    final   never left out for something newer
    """

    version_id: str
    line: str
    event: str
    said: str
    inside: bool
    final: bool
    sid: str | None = None


class Rounds:
    """Gathers what is to be relayed and sends it, in rounds, from one thread."""

    def __init__(self, app: Flask, server):
        self.app, self.server = app, server
        self.newest: dict[tuple, Relay] = {}
        self.finals: list[Relay] = []
        self.taking, self.due, self.over = threading.Lock(), threading.Event(), False

    def take(self, relay: Relay) -> None:
        with self.taking:
            replaced = (relay.version_id, relay.line, relay.event)
            self.newest.pop(replaced, None)
            if not relay.final:
                self.newest[replaced] = relay
            elif len(self.finals) < FINALS_MOST:
                self.finals.append(relay)
        self.due.set()

    def run(self) -> None:
        while self.due.wait() and not self.over:
            begun = time.monotonic()
            self.due.clear()
            try:
                self._send(self._taken())
            except Exception:
                log.exception("a round of relays was lost")
            time.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - begun)))

    def _taken(self) -> list[Relay]:
        with self.taking:
            taken, self.newest, self.finals = [*self.finals, *self.newest.values()], {}, []
        return taken

    def _send(self, relays: list[Relay]) -> None:
        readers = {version_id: presence.room(version_id) for version_id in {relay.version_id for relay in relays}}
        here = presence.still_here(self.app, [one for room in readers.values() for one in room])
        by_version = defaultdict(list)
        for relay in relays:
            if relay.sid is None or (relay.version_id, relay.sid) in here:
                by_version[relay.version_id].append(relay)
        for version_id, said in by_version.items():
            _tell_others(version_id, said)
            framed = [(relay, frames.framed(relay.said)) for relay in said]
            for reader in readers[version_id]:
                if (version_id, reader.sid) in here:
                    self._write(reader, framed)

    def _write(self, reader: Looker, framed: list[tuple[Relay, bytes]]) -> None:
        behind = frames.behind(self.server, reader.sid)
        if behind > frames.CUT_BEHIND:
            frames.cut(self.server, reader.sid)
            return
        heard = b"".join(frame for relay, frame in framed if _is_for(reader, relay, behind=behind))
        if heard:
            frames.send(self.server, reader.sid, heard)


_rounds: Rounds | None = None


def start(app: Flask, server) -> None:
    """Relay from now on, in place of whoever did before."""
    global _rounds
    stop()
    _rounds = Rounds(app, server)
    threading.Thread(target=_rounds.run, name="relays", daemon=True).start()


def stop() -> None:
    global _rounds
    if _rounds:
        _rounds.over = True
        _rounds.due.set()
    _rounds = None


def relay(by: Looker, event: str, said: dict, *, inside: bool = False, final: bool = False) -> None:
    """Send this on to the others who look; `inside` to the team alone, `final` in any case."""
    if _rounds:
        told = json.dumps([event, {**said, "from": by.named}], separators=(",", ":"))
        _rounds.take(Relay(by.version_id, by.door.line, event, told, inside, final, by.sid))


def heard(version_id: str, told: Iterable[list]) -> None:
    """What another process relays, for those who look through this one."""
    if _rounds:
        for line, event, said, inside, final in told:
            _rounds.take(Relay(version_id, line, event, said, inside, final))


def _is_for(reader: Looker, relay: Relay, *, behind: int) -> bool:
    if reader.door.line == relay.line or (relay.inside and not reader.is_team):
        return False
    return relay.final or behind <= frames.SKIPPED_BEHIND


def _tell_others(version_id: str, relays: list[Relay]) -> None:
    ours = [[one.line, one.event, one.said, one.inside, one.final] for one in relays if one.sid]
    if ours and across.several():
        across.tell({"version_id": version_id, "relays": ours})
