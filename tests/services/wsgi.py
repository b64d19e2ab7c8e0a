"""A WSGI application behind a real port, for clients that speak plain HTTP."""

import threading
from contextlib import contextmanager
from contextvars import Context

from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server


class Apart(FlaskClient):
    """A test client whose requests share nothing with the test that sends them, nor with each other.

    Flask gives a request the app context that is pushed already, and with it that one's `g` and session of the database.
    """

    def open(self, *arguments, **options):
        return Context().run(super().open, *arguments, **options)


def client_of(app) -> Apart:
    return Apart(app, app.response_class, use_cookies=True)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        return None


@contextmanager
def served(app):
    """The application's address while it is served by threads of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
