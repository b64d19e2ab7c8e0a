"""Fixtures of pages, API and sockets: answers held to OpenAPI, counted statements, guests, connections."""

from contextlib import contextmanager

import pytest
from flask import request, request_finished
from sqlalchemy import event

from storage.assets import Version
from storage.db import db
from tests.services.wsgi import client_of, served
from tests.webapp.api_checks import GuestClient, admitted, faults_of
from tests.webapp.guests import Guests
from tests.webapp.pages import Element
from tests.webapp.rooms import seen_by
from tests.webapp.seats import Seat
from tests.webapp.sockets import Socket
from tests.world import picture
from webapp import doors, live


@pytest.fixture
def documented(app):
    """Every answer of /api/v1 during a test is what OpenAPI says; what is not fails it at its end."""
    document = client_of(app).get("/api/v1/openapi.json").json
    faults: list[str] = []

    def hold(_app, response):
        if request.path.startswith("/api/v1/") and request.url_rule is not None:
            faults.extend(faults_of(document, response))

    with request_finished.connected_to(hold, app):
        yield
    assert faults == []


@pytest.fixture
def queries(app):
    """`with queries() as sent: …` collects the statements sent meanwhile."""

    @contextmanager
    def counting():
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def guest(app, world, api):
    """`guest(version, ["see", "comment"])`: a guest at a new link to that version; `latest=True` follows the asset."""

    def came_in(version, rights, *, latest=False, **who) -> GuestClient:
        items = [{"asset_id": version.asset_id, "version_id": "latest" if latest else version.id}]
        link = api("marc").post(f"/campaigns/{world.ids['campaign']}/links", json={"items": items, "rights": rights})
        assert link.status_code == 201, link.text
        return GuestClient(app, *admitted(app, link.json["id"], **who))

    return came_in


@pytest.fixture
def guests(app, world):
    return Guests(app, world)


@pytest.fixture
def sweep_seconds() -> float:
    """Lost rights are noticed sooner than in 5 s."""
    return 0.3


@pytest.fixture
def url(app, monkeypatch, sweep_seconds):
    """The app behind a port, with hints going out."""
    monkeypatch.setattr(doors, "SWEEP_SECONDS", sweep_seconds)
    app.extensions["backbeat.start_live"]()
    with served(app) as address:
        yield address
    live.stop()


@pytest.fixture
def connected(app, url, world):
    """`connected("marc")` with a token; `connected(cookie=…, origin=…)` as a browser."""
    opened: list[Socket] = []

    def connect(name: str | None = None, **options) -> Socket:
        auth = {"token": world.tokens[name]} if name else None
        socket = Socket(url, **({"auth": auth} | options))
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        socket.hang_up()


@pytest.fixture
def seated(connected, version):
    """`seated("marc")` looks at the version."""
    return lambda name=None, **how: Seat(connected(name, **how), version.id)


@pytest.fixture
def version(world):
    return world.upload(picture(), deliverable="visual")


@pytest.fixture
def visual(version):
    """The same: so it is called where others are beside it."""
    return version


@pytest.fixture
def room_of(sign_in):
    """`room_of("marc", version)`: the room as that person finds it."""
    browsers = {}

    def room(name: str, version: Version) -> Element:
        browser = browsers.get(name) or browsers.setdefault(name, sign_in(name))
        return seen_by(browser, f"/versions/{version.id}")

    return room


@pytest.fixture
def review(world, version):
    """Chloé and Marc are asked about the version; one yes is enough."""
    review = world.put_up(version, "chloe@maree.example", "marc@maree.example", rule="any")
    db.session.rollback()
    return review


@pytest.fixture
def campaign_id(world) -> str:
    return world.ids["campaign"]
