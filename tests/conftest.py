"""The app on both dialects, with a real bucket and a real files host, and the named world in it."""

from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from config import Settings
from storage import clock
from tests.moulds import SECRET, PostgresMould, SqliteMould, migrated
from tests.services.fixtures import postgres, rgw, valkey  # noqa: F401  fixtures for all
from tests.services.wsgi import client_of
from tests.stage import at_work
from tests.world import PASSWORD, World


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory) -> Path:
    """A database file at head, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    migrated(folder)
    return folder / "backbeat.db"


@pytest.fixture(scope="session")
def migrated_postgres(postgres, tmp_path_factory) -> str:  # noqa: F811
    """A database at head, to be made templates of."""
    url = postgres.new_database()
    migrated(tmp_path_factory.mktemp("pg"), url)
    return url


@pytest.fixture(scope="session")
def sqlite_mould(migrated_sqlite, tmp_path_factory) -> SqliteMould:
    return SqliteMould(tmp_path_factory.mktemp("mould"), migrated_sqlite)


@pytest.fixture(scope="session")
def postgres_mould(postgres, migrated_postgres, tmp_path_factory) -> PostgresMould:  # noqa: F811
    return PostgresMould(postgres, tmp_path_factory.mktemp("mould"), migrated_postgres)


@pytest.fixture(params=["sqlite", "postgres"])
def begun(request, tmp_path) -> tuple[str | None, World | None]:
    """A database at head on each dialect in turn, and who is in it: the named world, for a test that asks for it."""
    peopled = "world" in request.fixturenames
    if request.param == "sqlite":
        return None, request.getfixturevalue("sqlite_mould").begin(tmp_path / "data", peopled=peopled)
    return request.getfixturevalue("postgres_mould").begin(peopled=peopled)


@pytest.fixture
def database_url(begun) -> str | None:
    """Its address; None means the data folder's own."""
    return begun[0]


@pytest.fixture
def settings(tmp_path, database_url) -> Settings:
    return Settings(data=tmp_path / "data", database_url=database_url, BACKBEAT_SECRET_KEY=SECRET, drills=True)


@pytest.fixture
def app(settings):
    """The app with its files host served on a port of its own; an app context is pushed."""
    with at_work(settings) as app:
        yield app


@pytest.fixture
def world(app, begun) -> World:
    """The named people and their campaign."""
    return deepcopy(begun[1])


@pytest.fixture
def api(app, world):
    """`api("marc").post("/campaigns", json=…)`: a client of /api/v1 with that person's token; api(None) has none."""
    return lambda name: Api(app, world.tokens[name] if name else None)


class Api:
    """A test client that speaks to /api/v1 with a bearer token."""

    def __init__(self, app, token: str | None):
        self.client = client_of(app)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def open(self, method: str, path: str, headers=None, **options):
        return self.client.open(f"/api/v1{path}", method=method, headers={**self.headers, **(headers or {})}, **options)

    def get(self, path, **options):
        return self.open("GET", path, **options)

    def post(self, path, **options):
        return self.open("POST", path, **options)

    def patch(self, path, **options):
        return self.open("PATCH", path, **options)

    def delete(self, path, **options):
        return self.open("DELETE", path, **options)


@pytest.fixture
def sign_in(app, world):
    """`sign_in("marc")`: a browser's client with that person signed in; forms go through `submit`."""

    def signed_in(name: str) -> Browser:
        browser = Browser(app)
        browser.submit("/sign-in", email=f"{name}@maree.example", password=PASSWORD)
        return browser

    return signed_in


class Browser:
    """A test client that keeps cookies and sends the page's CSRF token with each form."""

    def __init__(self, app):
        self.client = client_of(app)

    def get(self, path, **options):
        return self.client.get(path, **options)

    def csrf_token(self) -> str:
        import re

        page = self.client.get("/sign-in", follow_redirects=True).text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found, "the page carries no CSRF token"
        return found[1]

    def submit(self, path: str, **fields):
        return self.client.post(path, data={"csrf_token": self.csrf_token(), **fields})


@pytest.fixture
def later():
    """`later(seconds=31)`: the clock runs ahead for the rest of the test."""
    yield lambda **ahead: clock.set_clock(clock.utcnow() + timedelta(**ahead))
    clock.set_clock(None)


@pytest.fixture
def unique():
    """A text nobody else has."""
    return uuid4().hex
