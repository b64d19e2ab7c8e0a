"""An app that a module's tests share, and visitors of every kind: by token, by session, by a guest's pass, unknown."""

import shutil
from contextlib import contextmanager

import requests
from itsdangerous import URLSafeTimedSerializer
from jinja2 import BytecodeCache

from config import Settings
from storage import clock
from storage.db import db
from tests.moulds import SECRET
from tests.services.wsgi import client_of, served
from webapp import create_app
from webapp.fileshost import files_app

CSRF = "c" * 40


@contextmanager
def opened(folder, *, database=None, database_url=None, **settings):
    """The app with its files host on a port of its own, its context pushed; `database` is a file at head to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    if database:
        shutil.copy(database, folder / "backbeat.db")
    chosen = Settings(data=folder, database_url=database_url, BACKBEAT_SECRET_KEY=SECRET, drills=True, **settings)
    with at_work(chosen) as app:
        yield app
    clock.set_clock(None)


@contextmanager
def at_work(settings: Settings):
    """The app of these settings with its store ready and its files host on a port of its own, its context pushed."""
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.jinja_env.bytecode_cache = COMPILED
    bucket = app.extensions["backbeat.bucket"]
    bucket.prepare("http://localhost")
    with served(files_app(bucket, "http://localhost")) as url:
        app.extensions["backbeat.files_url"] = url
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


class Compiled(BytecodeCache):
    """Templates are compiled once for all the apps of a process: of what a page's test costs it was the most."""

    def __init__(self):
        self._code = {}

    def load_bytecode(self, bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


class Visitor:
    """A client of app and API: with a token, else with the cookies a browser would have."""

    def __init__(self, app, *, token: str | None = None, user=None, guest: str | None = None):
        self.app, self.token, self.client = app, token, client_of(app)
        if token is None:
            self._open_session(user)
        if guest:
            self.client.set_cookie("bb_guest", guest)

    def _open_session(self, user) -> None:
        with self.client.session_transaction() as session:
            session["csrf_token"] = CSRF
            if user:
                session["_user_id"] = user.get_id()

    def ask(self, method: str, path: str, *, csrf: bool = True, headers=None, **options):
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        elif csrf and method not in ("GET", "HEAD", "OPTIONS"):
            sent["X-CSRFToken"] = csrf_token(self.app)
        return self.client.open(path, method=method, headers=sent, **options)

    def get(self, path: str, **options):
        return self.ask("GET", path, **options)

    def post(self, path: str, **options):
        return self.ask("POST", path, **options)


def csrf_token(app) -> str:
    """What a page of a session that `Visitor` opened would carry."""
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(CSRF)


def sent(parts: list[dict], content: bytes, part_size_bytes: int) -> list[requests.Response]:
    """The content put where the upload's parts say, as a browser does it; the answers, whatever they are."""
    return [
        requests.put(part["url"], data=content[start : start + part_size_bytes], headers=part["headers"], timeout=30)
        for part, start in zip(parts, range(0, max(len(content), 1), part_size_bytes), strict=False)
    ]


def uploaded(visitor: Visitor, content: bytes, filename: str, **asked):
    """The whole flow of an upload: the answers in their order, the last is the one that says what became of it."""
    opened_ = visitor.post("/api/v1/uploads", json={"filename": filename, "size_bytes": len(content), **asked})
    if opened_.status_code != 201:
        return [opened_]
    ticket = opened_.get_json()
    put = sent(ticket["parts"], content, ticket["part_size_bytes"])
    parts = [{"number": part["number"], "etag": answer.headers.get("ETag", "")} for part, answer in zip(ticket["parts"], put, strict=True)]
    if any(answer.status_code >= 400 for answer in put):
        return [opened_, *put]
    return [opened_, *put, visitor.post(f"/api/v1/uploads/{ticket['id']}/complete", json={"parts": parts})]
