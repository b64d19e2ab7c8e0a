"""Listening for HTTP in this process: sockets on free ports, and threads that no slow or silent client holds for ever.

Werkzeug serves each connection in a thread of its own and closes it after one answer, unless it became a websocket.
"""

import errno
import io
import select
import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

BACKLOG = 1024
PORTS_TRIED = 50


@dataclass(frozen=True)
class Patience:
    """How long a connection may take, in seconds, and how much it may send, in bytes.

    silent   without a byte in either direction; header, body: until all of it is there
    drain    what is still sent while, and after, it is being answered
    reader   a websocket that takes nothing of what it is sent
    """

    silent_seconds: float = 60.0
    header_seconds: float = 20.0
    header_bytes: int = 64 * 1024
    body_seconds: float = 30.0
    drain_seconds: float = 5.0
    drain_bytes: int = 64 * 1024**2
    reader_seconds: int = 20


def listening(host: str, port: int, *, others: bool = True) -> socket.socket:
    """A socket that listens on the port, or with `others` on the next free one; 0 is any. Raises OSError."""
    for candidate in range(port, min(port + PORTS_TRIED, 65536) if others and port else port + 1):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not others:
                raise OSError(error.errno, f"cannot listen on {host}:{candidate}: {error.strerror}") from error
    raise OSError(errno.EADDRINUSE, f"no port from {port} on is free on {host}")


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


class Listener:
    """A WSGI application served by threads from a socket, until it is stopped.

    With `buffered_bytes` bodies of up to that size are read whole before the application is called, so that a body
    that trickles in holds no lock of the database.
    """

    def __init__(self, app, bound: socket.socket, *, buffered_bytes: int = 0, patience: Patience | None = None):
        host, port = bound.getsockname()[:2]
        self.server: BaseWSGIServer = make_server(
            host, port, app, threaded=True, request_handler=_Connection, fd=bound.fileno()
        )
        bound.close()
        self.server.buffered_bytes = buffered_bytes  # type: ignore[attr-defined]
        self.server.patience = patience or Patience()  # type: ignore[attr-defined]
        self.server.underway = self._underway = _Underway()  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def port(self) -> int:
        return self.server.port

    def start(self) -> None:
        self._thread.start()

    def stop(self, grace_seconds: float = 5.0) -> None:
        """Take no more connections, and let what is being answered come to its end."""
        self.server.shutdown()
        self.server.server_close()
        self._underway.wait(grace_seconds)


class _Underway:
    """How many requests are being answered, websockets not counted."""

    def __init__(self):
        self._count, self._changed = 0, threading.Condition()

    @contextmanager
    def one(self):
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._count, seconds)

    def _add(self, change: int) -> None:
        with self._changed:
            self._count += change
            self._changed.notify_all()


class _Connection(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Backbeat"  # type: ignore[assignment]
    sys_version = ""

    def setup(self) -> None:
        self._patience: Patience = self.server.patience  # type: ignore[attr-defined]
        self.timeout = self._patience.silent_seconds  # type: ignore[misc]
        super().setup()
        self._reader = _Patient(self.connection, self._patience.silent_seconds)
        self.rfile = io.BufferedReader(self._reader, 64 * 1024)  # type: ignore[assignment]
        self.wfile = self._writer = _Gathering(self.connection)  # type: ignore[assignment]
        self._reader.expect(self._patience.header_seconds, self._patience.header_bytes)

    def flush_headers(self) -> None:
        """The head waits for the first bytes of the body."""
        self._writer.hold(b"".join(getattr(self, "_headers_buffer", ())))
        self._headers_buffer = []

    def log(self, type: str, message: str, *args) -> None:
        """Requests are not logged; faults of the application are, by the application."""

    def run_wsgi(self) -> None:
        self.close_connection = True
        self._reader.expect(None, None)
        if self._is_websocket():
            self._let_go()
            super().run_wsgi()
            return
        with self.server.underway.one():  # type: ignore[attr-defined]
            try:
                super().run_wsgi()
            except TimeoutError:
                self.send_error(408)

    def make_environ(self):
        environ = super().make_environ()
        most = self.server.buffered_bytes  # type: ignore[attr-defined]
        if most and not self._is_websocket():
            environ["wsgi.input"] = self._whole_body(environ, most)
        return environ

    def send_response(self, code, message=None) -> None:
        """What still comes after the answer began is only read so that the client gets to see it."""
        super().send_response(code, message)
        self._reader.expect(self._patience.drain_seconds, self._patience.drain_bytes, patiently=False)

    def _whole_body(self, environ, most: int) -> io.BytesIO:
        """The body, or for one that is too long or has no good length nothing: the application refuses it unread."""
        self._reader.expect(self._patience.body_seconds, None)
        if environ.get("wsgi.input_terminated"):
            return io.BytesIO(environ["wsgi.input"].read(most + 1))
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdecimal() or int(length) > most:
            return io.BytesIO()
        return io.BytesIO(self.rfile.read(int(length)))

    def _is_websocket(self) -> bool:
        return self.headers.get("Upgrade", "").lower() == "websocket" and self.path.startswith("/socket.io/")

    def _let_go(self) -> None:
        """A websocket waits as long as its pings are answered; a reader that takes nothing is cut by the kernel."""
        self.connection.settimeout(None)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", self._patience.reader_seconds, 0))


class _Gathering(io.BufferedIOBase):
    """Sends what is written, what was held back before it in the same call.

    An answer in two would come late: with each call this thread lets go of the interpreter, and whoever waits for it,
    such as who sends the act's hints, would have it until they are done.
    """

    def __init__(self, connection: socket.socket):
        self._connection, self._held = connection, b""

    def hold(self, head: bytes) -> None:
        self._held += head

    def writable(self) -> bool:
        return True

    def write(self, some) -> int:
        held, self._held = self._held, b""
        self._connection.sendall(held + some if held else some)
        return len(some)

    def flush(self) -> None:
        if self._held:
            self.write(b"")


class _Patient(io.RawIOBase):
    """A connection's bytes, up to an amount and a deadline. Past them is a TimeoutError, or not `patiently` their end."""

    def __init__(self, connection: socket.socket, silent_seconds: float):
        self._connection, self._silent_seconds = connection, silent_seconds
        self.expect(None, None)

    def expect(self, seconds: float | None, most_bytes: int | None, *, patiently: bool = True) -> None:
        self._until = time.monotonic() + seconds if seconds is not None else None
        self._left, self._patiently = most_bytes, patiently

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if (self._left is not None and self._left <= 0) or not self._something_comes():
            if self._patiently:
                raise TimeoutError
            return 0
        count = self._connection.recv_into(buffer)
        if self._left is not None:
            self._left -= count
        return count

    def _something_comes(self) -> bool:
        seconds = self._silent_seconds if self._until is None else min(self._silent_seconds, self._until - time.monotonic())
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        return seconds > 0 and bool(poll.poll(seconds * 1000))
