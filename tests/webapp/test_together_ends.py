"""Whom a version's room reaches no more: rights that ended, versions that are no longer shown, readers who take nothing."""

import queue
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta

from review.links import GuestLink
from storage import clock
from storage.db import writing
from storage.workspaces import Membership
from tests.webapp.seats import BOX, heard_nothing_but
from tests.webapp.sockets import NO_SWEEP, SECONDS, Socket, guest_cookie
from tests.world import picture
from webapp import frames


@NO_SWEEP
def test_an_expired_links_guest_hears_and_says_nothing_though_the_socket_is_open(app, api, seated, version):
    """Before anybody swept: the very next thing that happens finds it out."""
    cookie, link_id = guest_cookie(app, api, version, "comment")
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
