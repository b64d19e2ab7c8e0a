"""A version's room over two processes on one database: one to whoever is in it, also when a process is killed."""

import pytest

from tests.conftest import SECRET
from tests.services.house import served_house
from tests.services.valkey import valkey as a_valkey
from tests.stage import opened
from tests.webapp.seats import Seat
from tests.webapp.sockets import Socket
from tests.world import make_world, picture


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
