"""The named world, served by a process of its own."""

import pytest

from storage.db import db
from tests.drills.house import House


@pytest.fixture
def house(settings, app, world, tmp_path):
    """A house that is not serving yet; it is stopped at the end."""
    db.session.remove()
    house = House(settings, world.tokens, tmp_path / "house.log")
    yield house
    house.stop()


@pytest.fixture
def step(world):
    """`step("visual")`: the id of the plan's step with this key."""

    def of(key: str) -> str:
        found = world.step(key).id
        db.session.remove()
        return found

    return of
