"""Tells who looks at a version to everybody who does, whenever somebody comes or goes."""

import json
import logging
import queue
import threading

from flask import Flask

from webapp import across, frames, presence

log = logging.getLogger(__name__)
REFRESH_SECONDS = 2.0
"""How often processes tell each other that their people are still there; well within across.FADES_MS."""


class Announcer:
    """Sends `presence` from one thread, so that what was true last is heard last."""

    def __init__(self, app: Flask, server):
        self.app, self.server, self.over = app, server, False
        self.told: dict[str, dict[str, list[dict]]] = {}

    def run(self) -> None:
        while not self.over:
            for version_id in self._changed():
                try:
                    self._announce(version_id)
                except Exception:
                    log.exception("who looks at %s was not told", version_id)

    def _changed(self) -> set[str]:
        """The versions to look at again; where there are other processes, now and then all of ours."""
        try:
            first = presence.changed.get(timeout=REFRESH_SECONDS if across.several() else None)
        except queue.Empty:
            return set(presence.rooms())
        found = {first}
        while not presence.changed.empty():
            found.add(presence.changed.get())
        return {version_id for version_id in found if version_id}

    def _announce(self, version_id: str) -> None:
        """To each of our own what they were not told before; the other processes are told to look for themselves."""
        here = presence.still_here(self.app, presence.room(version_id))
        people, told = presence.people(version_id), self.told.pop(version_id, {})
        if told.keys() != {sid for _, sid in here}:
            across.tell({"version_id": version_id, "faces": True})
        said = frames.framed(json.dumps(["presence", {"version_id": version_id, "people": people}], separators=(",", ":")))
        for _, sid in here:
            if told.get(sid) != people:
                frames.send(self.server, sid, said)
        if here:
            self.told[version_id] = {sid: people for _, sid in here}


_announcer: Announcer | None = None


def start(app: Flask, server) -> None:
    """Announce from now on, in place of whoever did before."""
    global _announcer
    stop()
    _announcer = Announcer(app, server)
    threading.Thread(target=_announcer.run, name="faces", daemon=True).start()


def stop() -> None:
    global _announcer
    if _announcer:
        _announcer.over = True
        presence.changed.put(None)
    _announcer = None


def heard(version_id: str) -> None:
    """Another process has other people than a moment ago."""
    if presence.room(version_id):
        presence.changed.put(version_id)
