"""Websocket frames that are encoded once and sent to many at one stroke.

A relay is the same bytes for everybody: frames of a server are not masked, and one may go uncompressed where
compression was agreed (RFC 7692, 6). python-socketio would encode and write it anew for each reader.
"""

from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE

SKIPPED_BEHIND = 6
"""A reader with so many writes still to come is left out of what the next relay replaces …"""
CUT_BEHIND = 400
"""… and with so many is cut: it comes back by itself and reads what was kept."""
FINAL_TEXT = 0x81
EVENT = "42"  # Engine.IO message, Socket.IO event


class Frames(bytes):
    """Whole frames, to be written as they are."""


class _Written:
    """What waits in a socket's queue: to Engine.IO a packet that is encoded already."""

    packet_type = MESSAGE
    data = b""

    def __init__(self, frames: Frames):
        self.frames = frames

    def encode(self) -> Frames:
        return self.frames


def framed(said: str) -> bytes:
    """An event and its data, as JSON, in one frame. Source: RFC 6455, 5.2."""
    payload = f"{EVENT}{said}".encode()
    size = len(payload)
    if size < 126:
        return bytes((FINAL_TEXT, size)) + payload
    if size < 1 << 16:
        return bytes((FINAL_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((FINAL_TEXT, 127)) + size.to_bytes(8, "big") + payload


def carried_by(server, most_bytes: int) -> None:
    """Let this Socket.IO server's websockets write frames, and take no message above so many bytes."""
    driver = server.eio._async["websocket"]

    class Carrier(driver):
        def __init__(self, handler, engine):
            super().__init__(handler, engine)
            self.server_args["max_message_size"] = most_bytes
            handler.__self__.carrier = self

        def send(self, message):
            if not isinstance(message, Frames):
                return super().send(message)
            if not self.ws.connected:
                raise OSError("the websocket has gone")
            return self.ws.sock.sendall(message)

    server.eio._async = {**server.eio._async, "websocket": Carrier}


def send(server, sid: str, frames: bytes) -> None:
    """To one socket, after what it is sent already; one that has gone gets nothing."""
    socket = _socket(server, sid)
    if socket:
        try:
            socket.send(_Written(Frames(frames)))
        except SocketIsClosedError:
            return


def behind(server, sid: str) -> int:
    """How many writes a socket's reader has not taken yet."""
    socket = _socket(server, sid)
    return socket.queue.qsize() if socket else 0


def cut(server, sid: str) -> None:
    """End a connection at once, whatever its reader has not taken; a polite farewell would wait behind it."""
    carrier = getattr(_socket(server, sid), "carrier", None)
    if carrier:
        with suppress(OSError):
            carrier.ws.sock.shutdown(SHUT_RDWR)


def _socket(server, sid: str) -> Any:
    return server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
