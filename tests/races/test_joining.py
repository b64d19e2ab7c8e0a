"""Somebody joins while things happen: every event reaches them, as missed or as a hint, and none is passed over."""

import threading

import pytest

from storage.db import db, writing
from storage.events import record
from webapp import hints
from webapp.extensions import socketio

ROUNDS = 200


@pytest.fixture
def live(app):
    """Hints are sent while the test runs."""
    hints.start(app, lambda hint, room: socketio.emit("hint", hint, to=room), lambda told: None, lambda campaign_id: True)
    yield app
    hints.stop()


def happen(app, scope_id: str) -> None:
    with app.app_context(), writing() as session:
        record("test.happened", "test:1", by=None, scope_id=scope_id, keys=(f"campaign_{scope_id}",))
        session.commit()
        db.session.remove()


def heard(client) -> list[int]:
    return [message["args"][0]["seq"] for message in client.get_received() if message["name"] == "hint"]


def all_sent(scope_id: str) -> None:
    """Until no hint is on its way."""
    pause = threading.Event()
    for _ in range(1000):
        with hints.sending:
            if not hints.unsent(scope_id):
                return
        pause.wait(0.005)
    raise AssertionError("hints are still on their way")


def test_whoever_joins_while_something_happens_hears_of_it(live, world):
    campaign_id, seen = world.ids["campaign"], world.campaign.log.seq
    db.session.remove()
    for _ in range(ROUNDS):
        client = socketio.test_client(live, auth={"token": world.tokens["marc"]})
        acting = threading.Thread(target=happen, args=(live, campaign_id))
        acting.start()
        joined = client.emit("join", {"campaign_id": campaign_id, "seq": seen}, callback=True)
        acting.join()
        all_sent(campaign_id)
        missed = {event["seq"] for event in joined["missed"]}
        assert [*missed, *heard(client)] == [seen + 1]
        assert joined["seq"] == max(missed, default=seen)
        client.disconnect()
        seen += 1


def test_hints_come_in_the_order_of_the_log(live, world):
    campaign_id, seen = world.ids["campaign"], world.campaign.log.seq
    db.session.remove()
    client = socketio.test_client(live, auth={"token": world.tokens["marc"]})
    client.emit("join", {"campaign_id": campaign_id, "seq": seen}, callback=True)
    acting = [threading.Thread(target=lambda: [happen(live, campaign_id) for _ in range(ROUNDS // 4)]) for _ in range(4)]
    for thread in acting:
        thread.start()
    for thread in acting:
        thread.join()
    all_sent(campaign_id)

    assert heard(client) == list(range(seen + 1, seen + ROUNDS + 1))
    client.disconnect()
