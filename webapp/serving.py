"""`backbeat serve`: app, sockets, files and worker in one process, from the first print to the last request."""

import logging
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from urllib.parse import urlsplit

import click
from flask import Flask

from config import Settings
from storage import outbox
from storage.db import db
from webapp import create_app, prepare_bucket, public_url
from webapp.installation import is_empty
from webapp.listening import Listener, listening
from webapp.memory import settle
from webapp.migrating import migrate_to_head
from webapp.setup_code import set_up_code
from webapp.working import work_until

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(host: str, port: int, *, demo: bool = False) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises OSError when no port is free."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings()
    app = create_app(settings)
    with app.app_context():
        migrate_to_head()
        if demo and settings.demo and is_empty():
            _make_demo()
    with ExitStack() as house:
        _open(app, settings, host, port, house)
        settle()
        _until_told_to_stop()
        click.echo("\nStopping.")


def _open(app: Flask, settings: Settings, host: str, port: int, house: ExitStack) -> None:
    """Listen, prepare, start everything and say where; `house` closes it all again, in the other order."""
    ours = _app_socket(host, port)
    at = ours.getsockname()[1]
    app.extensions["backbeat.public_url"] = f"http://{_spoken(host)}:{at}"
    files = None if settings.s3_endpoint_url else _files_listener(app, settings, host, at)
    if by_hand := prepare_bucket(app):
        click.echo(by_hand)
    house.callback(_close_database, app)
    house.callback(_work(app))
    if files:
        _run(files, house)
    app.extensions["backbeat.start_live"]()
    web = by_one_name(app, public_url(app)) if settings.public_url is None else app
    _run(Listener(web, ours, buffered_bytes=settings.max_body_bytes), house)
    _say_where(app, settings, host)


def _app_socket(host: str, port: int):
    ours = listening(host, port)
    if port and ours.getsockname()[1] != port:
        click.echo(f"Port {port} is busy; taking {ours.getsockname()[1]}.")
    return ours


def _files_listener(app: Flask, settings: Settings, host: str, at: int) -> Listener:
    """The files host on the port FILES_URL names, else the next free one after the app's own."""
    from webapp.fileshost import files_app

    named = urlsplit(settings.files_url or "").port
    bound = listening(host, named or at + 1, others=named is None)
    shown = urlsplit(public_url(app)).hostname or _spoken(host)
    app.extensions["backbeat.files_url"] = f"http://{_bracketed(shown)}:{bound.getsockname()[1]}"
    return Listener(files_app(app.extensions["backbeat.bucket"], lambda: public_url(app)), bound)


def _work(app: Flask):
    """Start the worker; answers what stops it."""
    stopping = threading.Event()
    worker = threading.Thread(target=work_until, args=(app, stopping), name="worker", daemon=True)
    worker.start()

    def stop() -> None:
        stopping.set()
        outbox.nudge()
        worker.join(outbox.IDLE_SECONDS + 1)

    return stop


def _run(listener: Listener, house: ExitStack) -> None:
    listener.start()
    house.callback(listener.stop)


def _close_database(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _say_where(app: Flask, settings: Settings, host: str) -> None:
    """All in one write: whoever waits for the address has read the rest with it."""
    lines = [f"Backbeat is at {public_url(app)}   (stop with Ctrl-C)"]
    if host not in LOOPBACK and settings.public_url is None:
        lines.append("It listens beyond this machine: set BACKBEAT_PUBLIC_URL to the address people use.")
    if settings.drills:
        lines.append(f"DRILLS ARE ON (now {settings.now or 'as it is'}, failpoint {settings.failpoint or 'none'}).")
    with app.app_context():
        if code := set_up_code(app):
            lines.append(f"Start your own workspace at {public_url(app)}/setup with the code {code}")
    click.echo("\n".join(lines))


def _make_demo() -> None:
    """In a process of its own, whose memory for drawing pictures goes with it."""
    click.echo("Making the demo workspaces (BACKBEAT_DEMO=0: none) ...")
    done = subprocess.run([sys.executable, "-m", "webapp.commands", "demo"], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        click.echo("The demo could not be made; serving without it.", err=True)


def _until_told_to_stop() -> None:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    stopping.wait()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _spoken(host: str) -> str:
    """The host as it goes into an address: a wildcard is reached here by 127.0.0.1."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}.get(host, _bracketed(host))  # noqa: S104


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def by_one_name(app, address: str):
    """Send a page asked for by another of this machine's own names to the one that is printed.

    Files come from another port of the same host name, and browsers hold them to that name.
    """
    known = urlsplit(address)

    def by_its_name(environ, start_response):
        asked = _named(environ.get("HTTP_HOST", ""))
        is_page = environ["REQUEST_METHOD"] == "GET" and "text/html" in environ.get("HTTP_ACCEPT", "")
        if not is_page or asked == known.hostname or asked not in LOOPBACK or known.hostname not in LOOPBACK:
            return app(environ, start_response)
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        start_response("307 Temporary Redirect", [("Location", f"{address}{environ['REQUEST_URI'].partition('?')[0]}{query}"), ("Content-Length", "0")])
        return [b""]

    return by_its_name


def _named(host: str) -> str | None:
    """The name in a Host header, without its port; None if it holds none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
