"""A version's room over real sockets: who is seen, what is passed on, what is refused, and what is thinned."""

import uuid

import pytest

from tests.webapp.seats import BOX, Seat, heard_nothing_but
from tests.webapp.sockets import NO_SWEEP, SECONDS, guest_cookie
from tests.world import picture
from webapp import doors, presence


def test_whoever_comes_sees_who_is_there_and_is_seen(world, seated):
    marc = seated("marc")
    camille = seated("camille")

    key, name = f"member:{world.ids['marc']}", "Marc"
    assert marc.looked == {"people": [{"key": key, "name": name, "kind": "team"}]}
    assert [one["name"] for one in camille.looked["people"]] == ["Camille", "Marc"]
    marc.sees("Camille", "Marc")


def test_clients_and_guests_are_seen_as_what_they_are(app, api, world, seated, version):
    world.put_up(version, "chloe@maree.example")
    cookie, _ = guest_cookie(app, api, version)
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
