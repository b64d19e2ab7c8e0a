"""Connections to a served app as browsers and scripts make them, by token or by the cookie of a guest."""

import queue
import threading
from contextlib import suppress
from socket import SHUT_RDWR

import pytest
import socketio

from tests.webapp.api_checks import admitted

SECONDS = 10


class Socket:
    """One connection over websocket only; hints are put by in the order they come."""

    def __init__(self, url: str, *, auth=None, cookie: str = "", origin: str | None = "same"):
        self.hints: queue.Queue[dict] = queue.Queue()
        self.closed = threading.Event()
        options = {"suppress_origin": True} if origin is None else {"origin": url if origin == "same" else origin}
        self.client = socketio.Client(reconnection=False, websocket_extra_options=options)
        self.client.on("hint", self.hints.put)
        self.client.on("disconnect", lambda *_reason: self.closed.set())
        headers = {"Cookie": cookie} if cookie else {}
        self.client.connect(url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=SECONDS)

    def join(self, campaign_id, seq=0) -> dict:
        return self.client.call("join", {"campaign_id": campaign_id, "seq": seq}, timeout=SECONDS)

    def hang_up(self) -> None:
        """At once: a polite farewell waits three seconds for its answer, and a close waits for the thread that reads."""
        with suppress(Exception):
            self.client.eio.ws.sock.shutdown(SHUT_RDWR)

    def heard(self) -> dict:
        return self.hints.get(timeout=SECONDS)


NO_SWEEP = pytest.mark.parametrize("sweep_seconds", [600])
"""From the start: a wait that is under way keeps its length, and a sweep asks the database and shuts sockets."""


def guest_cookie(app, api, version, *rights) -> tuple[str, str]:
    """(cookie, link id) of a guest who came in by a new link to this version."""
    items = [{"asset_id": version.asset_id, "version_id": version.id}]
    link = api("marc").post(f"/campaigns/{version.scope_id}/links", json={"items": items, "rights": list(rights or ["see"])}).json
    secret, link_id = admitted(app, link["id"])
    return f"bb_guest={secret}", link_id
