"""Slow, silent and talkative clients meet the server's patience, and nobody else notices them."""

import socket
import threading
from contextlib import contextmanager

import pytest

from webapp.listening import Listener, Patience, listening

IMPATIENT = Patience(silent_seconds=5, header_seconds=0.3, header_bytes=8192, body_seconds=0.3, drain_seconds=0.3)


class Echo:
    """Answers with what it was sent; `called` is how often it was asked at all."""

    def __init__(self):
        self.called, self.asked, self.may_answer = 0, threading.Event(), threading.Event()
        self.may_answer.set()

    def __call__(self, environ, start_response):
        self.called += 1
        self.asked.set()
        self.may_answer.wait(10)
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def echo():
    return Echo()


@contextmanager
def heard(app, **options):
    listener = Listener(app, listening("127.0.0.1", 0), patience=IMPATIENT, **options)
    listener.start()
    try:
        yield listener
    finally:
        app.may_answer.set()
        listener.stop()


@contextmanager
def caller(listener, first: bytes):
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as line:
        line.sendall(first)
        yield line


def everything(line) -> bytes:
    said = b""
    while chunk := line.recv(65536):
        said += chunk
    return said


def test_whoever_says_nothing_is_let_go(echo):
    with heard(echo) as listener, caller(listener, b"") as line:
        assert everything(line) == b""
        assert echo.called == 0


def test_headers_that_never_end_are_let_go(echo):
    with heard(echo) as listener, caller(listener, b"GET / HTTP/1.1\r\nX-Slow: ") as line:
        assert everything(line) == b""
        assert echo.called == 0


def test_headers_without_end_are_cut(echo):
    with heard(echo) as listener, caller(listener, b"GET / HTTP/1.1\r\nX-Much: " + b"a" * 8300) as line:
        assert not everything(line).startswith(b"HTTP/1.1 200")
        assert echo.called == 0


def test_a_body_that_never_comes_is_told_so_and_the_application_never_waits_for_it(echo):
    with heard(echo, buffered_bytes=1000) as listener, caller(listener, b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhal") as line:
        assert everything(line).startswith(b"HTTP/1.1 408")
        assert echo.called == 0


def test_a_body_that_comes_is_there_whole(echo):
    with heard(echo, buffered_bytes=1000) as listener, caller(listener, b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhal") as line:
        line.sendall(b"f a mil")
        assert everything(line).endswith(b"\r\n\r\nhalf a mil")


def test_a_body_in_chunks_is_there_whole(echo):
    chunks = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n7\r\n a mile\r\n0\r\n\r\n"
    with heard(echo, buffered_bytes=1000) as listener, caller(listener, chunks) as line:
        assert everything(line).endswith(b"\r\n\r\nhalf a mile")


def test_two_gigabytes_announced_are_answered_without_waiting_for_them(echo):
    announced = b"POST / HTTP/1.1\r\nContent-Length: 2147483648\r\n\r\n"
    with heard(echo, buffered_bytes=1000) as listener, caller(listener, announced + b"x" * 100_000) as line:
        assert everything(line).startswith(b"HTTP/1.1 200")
        assert echo.called == 1


def test_the_server_does_not_say_what_it_is_made_of(echo):
    with heard(echo, buffered_bytes=1000) as listener, caller(listener, b"GET / HTTP/1.1\r\n\r\n") as line:
        assert b"Server: Backbeat" in everything(line)


def test_stopping_lets_what_is_being_answered_come_to_its_end(echo):
    echo.may_answer.clear()
    with heard(echo, buffered_bytes=1000) as listener, caller(listener, b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok") as line:
        assert echo.asked.wait(10)
        stopping = threading.Thread(target=listener.stop)
        stopping.start()
        echo.may_answer.set()
        assert everything(line).endswith(b"ok")
        stopping.join(10)
        assert not stopping.is_alive()


def test_the_next_free_port_is_taken_only_where_another_will_do():
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with listening("127.0.0.1", port) as other:
            assert other.getsockname()[1] > port
        with pytest.raises(OSError, match=str(port)):
            listening("127.0.0.1", port, others=False)
