"""Somebody's seat in a version's room, over a real socket: what they do there, and what they are told of the others."""

import queue
import uuid

from tests.webapp.sockets import SECONDS, Socket

BOX = {"type": "box", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}


class Seat:
    """Somebody who looks at a version, and what they are told of the others."""

    def __init__(self, socket: Socket, version_id: str):
        self.socket, self.version_id = socket, version_id
        self.told: queue.Queue[tuple[str, dict]] = queue.Queue()
        self.faces: queue.Queue[list[str]] = queue.Queue()
        self.people: list[str] = []
        for event in ("pointer", "stroke", "typing"):
            socket.client.on(event, lambda said, event=event: self.told.put((event, said)))
        socket.client.on("presence", lambda said: self.faces.put([one["name"] for one in said["people"]]))
        self.looked = self.ask("look")

    def ask(self, event: str, **message) -> dict:
        return self.socket.client.call(event, {"version_id": self.version_id, **message}, timeout=SECONDS)

    def send(self, event: str, **message) -> None:
        """As a browser does it: without waiting for an answer."""
        self.socket.client.emit(event, {"version_id": self.version_id, **message})

    def draw(self, id_: str | None = None, **stroke) -> str:
        id_ = id_ or str(uuid.uuid4())
        assert self.ask("stroke", **{"id": id_, "page": 1, "shape": BOX, "audience": "shared", "done": True, **stroke}) == {}
        return id_

    def until(self, event: str, wanted=lambda said: True) -> list[tuple[str, dict]]:
        """What came, up to this."""
        came = []
        while not came or came[-1][0] != event or not wanted(came[-1][1]):
            came.append(self.told.get(timeout=SECONDS))
        return came

    def strokes_until(self, id_: str) -> list[dict]:
        return [said for event, said in self.until("stroke", lambda said: said["id"] == id_ and said["done"]) if event == "stroke"]

    def sees(self, *names: str) -> None:
        """Until it is told that these, and nobody else, are there."""
        while self.people != list(names):
            self.people = self.faces.get(timeout=SECONDS)

    def hears(self, *events: str) -> dict[str, dict]:
        """The first of each of these, in whatever order they come."""
        heard: dict[str, dict] = {}
        while not heard.keys() >= set(events):
            event, said = self.told.get(timeout=SECONDS)
            heard.setdefault(event, said)
        return heard


def heard_nothing_but(camille: Seat, id_: str) -> None:
    assert [said["id"] for said in camille.strokes_until(id_)] == [id_]
