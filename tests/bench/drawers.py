"""People who draw in rooms, in a process of their own: `python -m tests.bench.drawers`; a Crowd as JSON in, a Told out.

Each has a socket and does as a page does: a stroke, whole each time, thirty times a second for a second and a bit; when it
is done the mark is kept over HTTP; then a pause in which they only point. Sockets are read raw, all by one thread: a
client library would take longer to read a relay than the house to send it.
"""

import heapq
import http.client
import json
import math
import re
import select
import sys
import threading
import time
import uuid
from array import array
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import websocket

TICK, DRAWING, PAUSING = 1 / 30, 36, 24
"""seconds between two sendings; sendings of a stroke, and of the pause after it"""
SAVERS, QUIET_SECONDS, PATIENCE_SECONDS = 8, 2.0, 15
STROKE = re.compile(rb'"id":"([^"]+)".*"audience":"(\w+)","done":(\w+),"frame":(\d+).*"from":\{"key":"([^"]+)"', re.DOTALL)
POINTER = re.compile(rb'"x":([^,]+),"y":.*"from":\{"key":"([^"]+)"')


@dataclass
class Person:
    """One of the crowd: how they come in, which room they are in, and what they did and heard."""

    name: str
    kind: str
    campaign_id: str
    version_id: str
    auth: dict
    cookie: str = ""
    headers: dict = field(default_factory=dict)
    key: str = ""
    sent: array = field(default_factory=lambda: array("d"))  # when, by the number of the sending
    done: dict[str, str] = field(default_factory=dict)  # {uuid: audience} of the strokes that were ended
    kept: set[str] = field(default_factory=set)  # uuids the house has acknowledged
    ends: Counter = field(default_factory=Counter)  # uuids of ended strokes that were heard
    rows: Counter = field(default_factory=Counter)  # (seq, uuid) of hints that were heard
    last: dict = field(default_factory=dict)  # {(key, kind): number of the newest that was heard}
    people: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    @property
    def is_team(self) -> bool:
        return self.kind == "team"

    def connect(self, url: str) -> None:
        host = url.removeprefix("http://")
        self.socket = websocket.WebSocket()
        self.socket.settimeout(PATIENCE_SECONDS)
        how: dict = {"cookie": self.cookie, "origin": url} if self.cookie else {"suppress_origin": True}
        self.socket.connect(f"ws://{host}/socket.io/?EIO=4&transport=websocket", **how)
        self.socket.recv()
        self.socket.send("40" + json.dumps(self.auth))
        assert str(self.socket.recv()).startswith("40"), self.name
        assert "missed" in self._ask("join", {"campaign_id": self.campaign_id, "seq": 0})
        people = self._ask("look", {"version_id": self.version_id})["people"]
        self.people = len(people)
        self.key = next(one["key"] for one in people if one["name"] == self.name)
        self.line: Any = self.socket.sock

    def say(self, event: str, message: str) -> None:
        self.socket.send(f'42["{event}",{{"version_id":"{self.version_id}",{message}}}]')

    def _ask(self, event: str, message: dict) -> dict:
        self.socket.send(f"420{json.dumps([event, message])}")
        while not (said := str(self.socket.recv())).startswith("430"):
            pass
        return json.loads(said[3:])[0]


class Reading:
    """Everything that everybody hears, taken down as it comes."""

    def __init__(self, people: list[Person]):
        self.by_key = {person.key: person for person in people}
        self.by_socket = {person.line.fileno(): person for person in people}
        self.strokes, self.pointers, self.ends = array("d"), array("d"), array("d")
        self.twins = self.foreign = self.leaked = self.cut = 0
        self.heard_at, self.over = time.monotonic(), False

    def run(self) -> None:
        poll = select.poll()
        for number in self.by_socket:
            poll.register(number, select.POLLIN)
        while not self.over:
            for number, _ in poll.poll(200):
                person = self.by_socket[number]
                chunk = person.line.recv(1 << 18)
                if not chunk:
                    self.cut += 1
                    poll.unregister(number)
                person.buffer += chunk
                self._take(person, time.monotonic())

    def _take(self, person: Person, now: float) -> None:
        """The whole frames that have come: unmasked, in one piece. Source: RFC 6455, 5.2."""
        buffer, at = person.buffer, 0
        while len(buffer) - at >= 2:
            size, head = buffer[at + 1], 2
            if size > 125:
                head = 4 if size == 126 else 10
                if len(buffer) - at < head:
                    break
                size = int.from_bytes(buffer[at + 2 : at + head])
            if len(buffer) - at < head + size:
                break
            self._hear(person, bytes(buffer[at + head : at + head + size]), now)
            at += head + size
        del buffer[:at]

    def _hear(self, person: Person, said: bytes, now: float) -> None:
        if said == b"2":
            person.socket.send("3")
        elif said.startswith(b'42["stroke"'):
            self._stroke(person, said, now)
        elif said.startswith(b'42["pointer"'):
            x, key = POINTER.search(said).groups()  # type: ignore[union-attr]
            self._newer(person, key, "pointer", round(float(x) * 1e6), now, self.pointers)
            self.foreign += person.version_id.encode() not in said[:80]
        elif said.startswith(b'42["presence"'):
            told = json.loads(said[2:])[1]
            self.foreign += told["version_id"] != person.version_id
            person.people = len(told["people"])
        elif said.startswith(b'42["hint"'):
            self._hint(person, json.loads(said[2:])[1])

    def _stroke(self, person: Person, said: bytes, now: float) -> None:
        id_, audience, done, number, key = STROKE.search(said).groups()  # type: ignore[union-attr]
        self.foreign += person.version_id.encode() not in said[:80]
        self.leaked += audience == b"internal" and not person.is_team
        self._newer(person, key, "stroke", int(number), now, self.strokes)
        if done == b"true":
            person.ends[id_.decode()] += 1
            self.ends.append(now - self.by_key[key.decode()].sent[int(number)])
            self.heard_at = now

    def _newer(self, person: Person, key: bytes, kind: str, number: int, now: float, taken: array) -> None:
        self.twins += number <= person.last.get((key, kind), -1)
        person.last[key, kind] = number
        taken.append(now - self.by_key[key.decode()].sent[number])

    def _hint(self, person: Person, hint: dict) -> None:
        row = hint.get("row") or {}
        self.foreign += hint["campaign_id"] != person.campaign_id
        self.leaked += row.get("audience") == "internal" and not person.is_team
        person.rows[hint["seq"], row.get("id")] += 1
        self.heard_at = time.monotonic()


class Drawing:
    """Somebody's hand: what it sends at each tick."""

    def __init__(self, person: Person, number: int, save):
        self.person, self.number, self.save, self.tick = person, number, save, 0
        self.begin()

    def begin(self) -> None:
        self.id, self.points, self.strokes = str(uuid.uuid4()), [], getattr(self, "strokes", 0) + 1
        self.audience = "internal" if self.person.is_team and (self.number + self.strokes) % 3 == 0 else "shared"

    def move(self) -> None:
        at = self.tick % (DRAWING + PAUSING)
        self.tick += 1
        number = len(self.person.sent)
        self.person.sent.append(time.monotonic())
        if at < DRAWING:
            self._draw(at, number)
        else:
            self.person.say("pointer", f'"page":1,"x":{number / 1e6},"y":0.5')

    def _draw(self, at: int, number: int) -> None:
        self.points += [self._point(2 * at), self._point(2 * at + 1)]
        shape = f'{{"type":"stroke","width":0.004,"points":[{",".join(self.points)}]}}'
        done = at == DRAWING - 1
        said = f'"id":"{self.id}","page":1,"frame":{number},"audience":"{self.audience}","done":{json.dumps(done)},"colour":"blue","shape":{shape}'
        self.person.say("stroke", said)
        if done:
            self.person.done[self.id] = self.audience
            self.save(self.person, {"id": self.id, "page": 1, "audience": self.audience, "body": "", "shape": json.loads(shape)})
            self.begin()

    def _point(self, at: int) -> str:
        x, y = 0.5 + 0.4 * math.sin(at / 9 + self.number), 0.5 + 0.4 * math.cos(at / 13 + self.strokes)
        return f"[{x:.5f},{y:.5f},{0.5 + 0.4 * math.sin(at / 5):.2f}]"


class Keeping:
    """Marks that are kept, each by a call of its own, and how long each took."""

    def __init__(self, url: str):
        self.host, self.pool, self.calls, self.seconds = url.removeprefix("http://"), ThreadPoolExecutor(SAVERS), [], array("d")

    def save(self, person: Person, row: dict) -> None:
        self.calls.append(self.pool.submit(self._post, person, row))

    def _post(self, person: Person, row: dict) -> None:
        begun = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, timeout=30)
        headers = {"Content-Type": "application/json", **person.headers}
        connection.request("POST", f"/api/v1/versions/{person.version_id}/annotations", json.dumps(row), headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        assert answer.status == 201, said
        self.seconds.append(time.perf_counter() - begun)
        person.kept.add(row["id"])


def main() -> None:
    crowd = json.load(sys.stdin)
    people = [Person(**one) for one in crowd["people"]]
    for person in people:
        person.connect(crowd["url"])
    reading, keeping = Reading(people), Keeping(crowd["url"])
    reader = threading.Thread(target=reading.run)
    reader.start()
    late = draw([Drawing(person, number, keeping.save) for number, person in enumerate(people)], crowd["seconds"])
    for call in keeping.calls:
        call.result(PATIENCE_SECONDS)
    until_quiet(reading)
    reading.over = True
    reader.join()
    print(json.dumps({**told(people, reading), "saved": list(keeping.seconds), "late": late}))


def draw(hands: list[Drawing], seconds: float) -> float:
    """Everybody's ticks, each in its turn; the longest that one came too late."""
    start, late = time.monotonic() + 0.1, 0.0
    due = [(start + number * TICK / len(hands) + number % 10 * 0.2, number) for number in range(len(hands))]
    heapq.heapify(due)
    while due:
        at, number = heapq.heappop(due)
        time.sleep(max(0.0, at - time.monotonic()))
        late = max(late, time.monotonic() - at)
        hands[number].move()
        if at + TICK < start + seconds or hands[number].tick % (DRAWING + PAUSING) < DRAWING:
            heapq.heappush(due, (at + TICK, number))
    return late


def until_quiet(reading: Reading) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < min(deadline, reading.heard_at + QUIET_SECONDS):
        time.sleep(0.1)


def told(people: list[Person], reading: Reading) -> dict:
    """The figures, and what must be nothing: what was lost, came twice, or came to whom it was not for."""
    lost = twice = 0
    for person in people:
        others = [one for one in people if one.version_id == person.version_id]
        ends = {id_ for one in others if one is not person for id_, audience in one.done.items() if person.is_team or audience == "shared"}
        rows = {id_ for one in others for id_ in one.kept if person.is_team or one.done[id_] == "shared"}
        lost += len(ends - person.ends.keys()) + len(rows - {id_ for _, id_ in person.rows})
        twice += sum(count - 1 for count in (*person.ends.values(), *person.rows.values()))
    return {
        "lost": lost, "twins": twice + reading.twins, "foreign": reading.foreign, "leaked": reading.leaked, "cut": reading.cut,
        "unkept": sum(len(person.done.keys() - person.kept) for person in people), "faces": sorted({person.people for person in people}),
        "sent": sum(len(person.sent) for person in people), "marks": sum(len(person.kept) for person in people),
        "strokes": list(reading.strokes), "pointers": list(reading.pointers), "ends": list(reading.ends),
    }


if __name__ == "__main__":
    main()
