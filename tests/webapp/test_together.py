"""A version's room over real sockets: who is seen, what is passed on, what is thinned, and whom nothing reaches."""

import queue
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest

from review.links import GuestLink
from storage import clock
from storage.db import writing
from storage.workspaces import Membership
from tests.conftest import SECRET
from tests.services.house import served_house
from tests.services.valkey import valkey as a_valkey
from tests.stage import opened
from tests.webapp.sockets import NO_SWEEP, SECONDS, Socket, guest_cookie
from tests.world import make_world, picture
from webapp import doors, frames, presence

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


@pytest.fixture
def seated(connected, version):
    """`seated("marc")` looks at the version."""
    return lambda name=None, **how: Seat(connected(name, **how), version.id)


def guest_of(app, api, version, *rights):
    return guest_cookie(app, api, version, *rights)


def test_whoever_comes_sees_who_is_there_and_is_seen(world, seated):
    marc = seated("marc")
    camille = seated("camille")

    key, name = f"member:{world.ids['marc']}", "Marc"
    assert marc.looked == {"people": [{"key": key, "name": name, "kind": "team"}]}
    assert [one["name"] for one in camille.looked["people"]] == ["Camille", "Marc"]
    marc.sees("Camille", "Marc")


def test_clients_and_guests_are_seen_as_what_they_are(app, api, world, seated, version):
    world.put_up(version, "chloe@maree.example")
    cookie, _ = guest_of(app, api, version)
    seated("marc")
    seated("chloe")

    guest = seated(cookie=cookie)

    assert {one["kind"]: one["name"] for one in guest.looked["people"]} == {"team": "Marc", "client": "Chloe", "guest": "Zoé"}


def test_several_tabs_are_one_face_that_goes_with_the_last(seated):
    camille, first, second = seated("camille"), seated("marc"), seated("marc")
    camille.sees("Camille", "Marc")

    first.socket.hang_up()
    assert first.socket.closed.wait(SECONDS)
    second.draw()
    camille.until("stroke")
    assert camille.faces.empty()

    second.socket.hang_up()
    camille.sees("Camille")


def test_what_one_does_the_others_see_and_not_oneself(world, seated):
    marc, again, camille = seated("marc"), seated("marc"), seated("camille")

    assert marc.ask("pointer", page=1, x=0.25, y=0.5) == {}
    assert marc.ask("typing", audience="shared") == {}
    id_ = marc.draw(colour="red", frame=3)

    heard = camille.hears("pointer", "typing", "stroke")
    sid = heard["pointer"]["from"]["sid"]
    by = {"key": f"member:{world.ids['marc']}", "name": "Marc", "kind": "team", "sid": sid}
    assert heard["typing"] == {"version_id": marc.version_id, "id": None, "from": by}
    assert heard["stroke"] == {
        "version_id": marc.version_id, "id": id_, "page": 1, "frame": 3, "shape": BOX, "colour": "red", "audience": "shared", "done": True, "from": by,
    }
    assert again.strokes_until(id_)
    mark = camille.draw()
    assert {said["id"] for event, said in marc.until("stroke") if event == "stroke"} == {mark}
    assert sid not in (marc.socket.client.sid, marc.socket.client.eio.sid)


def test_a_socket_may_look_at_a_few_versions_and_then_leaves_the_oldest(world, seated):
    marc, camille = seated("marc"), seated("camille")
    others = [world.upload(picture((n, n, n)), deliverable="media") for n in range(presence.LOOKS)]

    for one in others[:-1]:
        marc.ask("look", version_id=one.id)
    camille.draw()
    assert marc.until("stroke")

    marc.ask("look", version_id=others[-1].id)
    camille.sees("Camille")
    assert marc.ask("pointer", page=1, x=0, y=0)["error"]["code"] == "not_found"

    marc.ask("look", alone=True)
    camille.sees("Camille", "Marc")
    assert marc.ask("pointer", version_id=others[-1].id, page=1, x=0, y=0)["error"]["code"] == "not_found"


@pytest.mark.parametrize("message", [
    {"x": float("nan")}, {"x": float("inf")}, {"x": -0.001}, {"y": 1.001}, {"x": "0.5"}, {"x": True}, {"x": None}, {"y": 10**90}, {"y": [0.5]},
    {"page": 0}, {"page": 1.5}, {"page": True}, {"page": 2**31}, {"page": "1"}, {"version_id": 5}, {"version_id": None}, {"version_id": ["x"]},
])
def test_a_pointer_that_is_nowhere_is_refused(message, seated):
    marc, camille = seated("marc"), seated("camille")

    answer = marc.ask("pointer", **{"page": 1, "x": 0.5, "y": 0.5, **message})

    assert answer["error"]["code"] == "bad_request"
    heard_nothing_but(camille, marc.draw())


@pytest.mark.parametrize("message", [
    {"shape": None, "done": False}, {"shape": {"type": "star", "x": 0, "y": 0}}, {"shape": {"type": "box", "x": 0.9, "y": 0, "width": 0.2, "height": 0}},
    {"shape": {"type": "pin", "x": float("nan"), "y": 0.5}}, {"shape": {"type": "pin", "x": 0.5, "y": 0.5, "more": 1}}, {"shape": "box"}, {"shape": []},
    {"shape": {"type": "stroke", "width": 0.01, "points": [[0.5, float("nan")]]}}, {"shape": {"type": "stroke", "width": 0.01, "points": [[0.5, 0.5]] * 5001}},
    {"shape": {"type": "stroke", "width": 2, "points": [[0.5, 0.5]]}}, {"shape": {"type": "stroke", "width": 0.01, "points": []}},
    {"id": "no uuid"}, {"id": 7}, {"id": None}, {"audience": "everybody"}, {"audience": 1}, {"done": "yes"}, {"frame": -1}, {"frame": 0.5},
    {"colour": "mauve"}, {"colour": 3}, {"page": 0},
])
def test_a_stroke_that_makes_no_sense_is_refused(message, seated):
    marc, camille = seated("marc"), seated("camille")

    answer = marc.ask("stroke", **{"id": str(uuid.uuid4()), "page": 1, "shape": BOX, "audience": "shared", "done": True, **message})

    assert answer["error"]["code"] == "bad_request"
    heard_nothing_but(camille, marc.draw())


def heard_nothing_but(camille: Seat, id_: str) -> None:
    assert [said["id"] for said in camille.strokes_until(id_)] == [id_]


def test_nonsense_for_a_message_is_told_so(seated):
    marc = seated("marc")

    for event in ("look", "pointer", "stroke"):
        for odd in (None, 5, "x", [], ["version_id"], {}):
            assert marc.socket.client.call(event, odd, timeout=SECONDS)["error"]["code"] == "bad_request"
    assert marc.ask("typing", id="no uuid")["error"]["code"] == "bad_request"
    assert marc.ask("look", version_id="\x00")["error"]["code"] == "not_found"


def test_a_stroke_taken_back_is_told(seated):
    marc, camille = seated("marc"), seated("camille")

    id_ = marc.draw(shape=None)

    assert camille.strokes_until(id_)[-1]["shape"] is None


def test_what_comes_too_fast_is_thinned_but_every_end_arrives_in_its_order(seated):
    """Three hundred moves of three strokes at once: few are passed on, the newest; the ends all are, and last of theirs."""
    marc, camille = seated("marc"), seated("camille")
    ids = [str(uuid.uuid4()) for _ in range(3)]

    for id_ in ids:
        for move in range(100):
            marc.send("stroke", id=id_, page=1, shape={**BOX, "x": move / 200}, audience="shared", done=False)
        marc.send("stroke", id=id_, page=1, shape={**BOX, "x": 0.75}, audience="shared", done=True)

    came = camille.strokes_until(ids[-1])
    assert [said["id"] for said in came if said["done"]] == ids
    assert [said["shape"]["x"] for said in came if said["done"]] == [0.75] * 3
    assert len(came) < 150
    for id_ in ids:
        moves = [said["shape"]["x"] for said in came if said["id"] == id_]
        assert moves == sorted(moves)


@NO_SWEEP
def test_a_round_asks_the_database_as_much_for_many_as_for_few(monkeypatch, queries, seated):
    """The least of several rounds: the faces of whoever came are told by another thread, which asks too."""
    marc = seated("marc")

    def cost_of_a_round(listener: Seat) -> int:
        with queries() as sent:
            marc.send("stroke", id=str(uuid.uuid4()), page=1, shape=BOX, done=True)
            listener.until("stroke")
        return sum(statement.startswith("SELECT") for statement in sent)

    costs = [min(cost_of_a_round(listener) for _ in range(3)) for listener in map(seated, ("camille", "olga"))]

    assert costs[0] == costs[1] <= 2


def test_more_than_hands_can_do_is_refused(monkeypatch, seated):
    monkeypatch.setattr(doors, "EVENTS_PER_SECOND", 0)
    marc = seated("marc")

    answers = [marc.ask("pointer", page=1, x=0, y=0) for _ in range(doors.BURST + 1)]

    assert answers[-1]["error"]["code"] == "too_many_requests"
    assert {} in answers


@NO_SWEEP
def test_an_expired_links_guest_hears_and_says_nothing_though_the_socket_is_open(app, api, seated, version):
    """Before anybody swept: the very next thing that happens finds it out."""
    cookie, link_id = guest_of(app, api, version, "comment")
    guest, marc, camille = seated(cookie=cookie), seated("marc"), seated("camille")
    marc.draw()
    guest.until("stroke")
    with writing() as session:
        session.get_one(GuestLink, link_id).expires_on = (clock.utcnow() - timedelta(days=2)).date()
        session.commit()

    last = marc.draw()
    assert guest.socket.closed.wait(SECONDS)
    assert last not in {said.get("id") for _, said in drained(guest.told)}
    camille.sees("Camille", "Marc")


@NO_SWEEP
def test_who_lost_their_place_is_not_heard(world, seated):
    """By an act of another process, of which this one hears nothing."""
    camille, marc, olga = seated("camille"), seated("marc"), seated("olga")
    with writing() as session:
        session.get_one(Membership, world.ids["camille"]).ended_at = clock.utcnow()
        session.commit()

    camille.send("stroke", id=str(uuid.uuid4()), page=1, shape=BOX, audience="shared", done=True)
    assert camille.socket.closed.wait(SECONDS)

    heard_nothing_but(olga, marc.draw())


@NO_SWEEP
def test_who_waits_for_an_answer_is_told_that_their_right_has_ended(world, seated):
    """Neither a sweep nor who tells of faces shuts the socket first: both are over when the right ends."""
    camille = seated("camille")
    camille.sees("Camille")
    with writing() as session:
        session.get_one(Membership, world.ids["camille"]).ended_at = clock.utcnow()
        session.commit()

    answer = camille.ask("stroke", id=str(uuid.uuid4()), page=1, shape=BOX, done=True)

    assert answer["error"]["code"] == "not_found"


def test_who_follows_the_latest_version_leaves_the_room_of_the_one_before(api, app, world, seated, version):
    items = [{"asset_id": version.asset_id, "version_id": "latest"}]
    link = api("marc").post(f"/campaigns/{version.scope_id}/links", json={"items": items, "rights": ["see"]}).json
    from tests.webapp.api_checks import admitted

    guest, marc = seated(cookie=f"bb_guest={admitted(app, link['id'])[0]}"), seated("marc")
    marc.draw()
    guest.until("stroke")
    newer = world.upload(picture((9, 9, 9)), deliverable="visual", asset_id=version.asset_id)

    marc.draw()
    marc.sees("Marc")

    assert guest.ask("pointer", page=1, x=0, y=0)["error"]["code"] == "not_found"
    assert "people" in guest.ask("look", version_id=newer.id)
    assert not guest.socket.closed.is_set()


def test_a_reader_who_takes_nothing_is_cut_and_holds_nobody_up(monkeypatch, seated):
    monkeypatch.setattr(frames, "CUT_BEHIND", 20)
    marc, camille, idle = seated("marc"), seated("camille"), seated("olga")
    line = {"type": "stroke", "width": 0.01, "points": [[0.123456, 0.654321]] * 2500}
    with not_reading(idle.socket):
        for _ in range(400):
            marc.send("stroke", id=str(uuid.uuid4()), page=1, shape=line, audience="shared", done=True)
            camille.until("stroke")
            if idle.socket.client.eio.sid not in open_sockets():
                break

    camille.sees("Camille", "Marc")


@contextmanager
def not_reading(socket: Socket):
    """Its connection takes nothing more from the wire."""
    raw = socket.client.eio.ws
    recv, raw.recv = raw.recv, lambda *_: time.sleep(3600)
    try:
        yield
    finally:
        raw.recv = recv


def open_sockets():
    from webapp.extensions import socketio

    return socketio.server.eio.sockets  # pyright: ignore[reportAttributeAccessIssue]


def drained(told: queue.Queue) -> list:
    found = []
    while not told.empty():
        found.append(told.get())
    return found


class Houses:
    """Two processes on one database, and what they have between them."""

    def __init__(self, world, one, other, version_id: str):
        self.world, self.one, self.other, self.version_id = world, one, other, version_id
        self.sockets: list[Socket] = []

    def seat(self, name: str, house) -> Seat:
        socket = Socket(house.url, auth={"token": self.world.tokens[name]})
        self.sockets.append(socket)
        return Seat(socket, self.version_id)


@pytest.fixture
def houses(tmp_path, migrated_sqlite):
    with opened(tmp_path / "data", database=migrated_sqlite):
        world = make_world(SECRET)
        version = world.upload(picture(), deliverable="visual")
        world.put_up(version, "chloe@maree.example")
        version_id = version.id
    with a_valkey() as url_:
        how = {"secret_key": SECRET, "demo": "0", "redis_url": url_}
        with served_house(tmp_path / "data", **how) as one, served_house(tmp_path / "data", **how) as other:
            found = Houses(world, one, other, version_id)
            yield found
            for socket in found.sockets:
                socket.hang_up()


def test_two_processes_are_one_room(houses):
    marc, camille, chloe = houses.seat("marc", houses.one), houses.seat("camille", houses.other), houses.seat("chloe", houses.other)
    assert [one["name"] for one in chloe.looked["people"]] == ["Camille", "Chloe", "Marc"]
    marc.sees("Camille", "Chloe", "Marc")

    inside = marc.draw(audience="internal")
    shared = marc.draw()
    assert [said["id"] for said in camille.strokes_until(shared)] == [inside, shared]
    assert [said["id"] for said in chloe.strokes_until(shared)] == [shared]
    answer = chloe.draw()
    assert [said["id"] for said in marc.strokes_until(answer)] == [answer]

    camille.socket.hang_up()
    marc.sees("Chloe", "Marc")
    chloe.sees("Chloe", "Marc")


def test_the_people_of_a_process_that_was_killed_fade(houses):
    marc = houses.seat("marc", houses.one)
    houses.seat("camille", houses.other)
    marc.sees("Camille", "Marc")

    houses.other.process.kill()

    marc.sees("Marc")
    assert houses.one.process.poll() is None
