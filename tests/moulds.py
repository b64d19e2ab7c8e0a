"""Databases as tests begin with: at head, with nobody in them or with the named world; made once, then copied.

Making a database and its world anew for each of thousands of tests would be most of what the tests cost.
"""

import itertools
import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import flask_migrate

from config import Settings
from storage import clock
from storage.db import db
from tests.services.postgres import Postgres
from tests.world import World, make_world
from webapp import create_app

SECRET = "a secret for tests only"


class Worlds:
    """The named world of today, made again when a run goes on past midnight: its plan's dates are counted from today."""

    def __init__(self, make: Callable[[date], World]):
        self._make, self._made = make, {}

    def of(self, today: date) -> World:
        if today not in self._made:
            self._made[today] = self._make(today)
        return self._made[today]


class SqliteMould:
    """A database file at head, and one with the world in it."""

    def __init__(self, folder: Path, migrated: Path):
        self._folder, self._migrated = folder, migrated
        self._worlds = Worlds(self._peopled)

    def begin(self, data: Path, *, peopled: bool) -> World | None:
        """Put a database of its own into the data folder; who is in it."""
        data.mkdir(parents=True, exist_ok=True)
        today = clock.today("Europe/Paris")
        world = self._worlds.of(today) if peopled else None
        shutil.copy(self._file(today) if peopled else self._migrated, data / "backbeat.db")
        return world

    def _peopled(self, today: date) -> World:
        data = self._folder / today.isoformat()
        data.mkdir()
        shutil.copy(self._migrated, data / "backbeat.db")
        with an_app(data):
            return make_world(SECRET)

    def _file(self, today: date) -> Path:
        return self._folder / today.isoformat() / "backbeat.db"


class PostgresMould:
    """One database, put back for each test: a new one is 85 ms and 9 MB, of which next to nothing is ours.

    Its name changes each time, so that what a test left running cannot reach the next one's rows. The rows to begin with
    are kept beside the tables, in schemas of their own.
    """

    def __init__(self, server: Postgres, folder: Path, migrated: str):
        self._server, self._folder, self._migrated = server, folder, migrated
        self._numbers = itertools.count(1)
        self._new()

    def begin(self, *, peopled: bool) -> tuple[str, World | None]:
        """The address of the database, nobody's but the test's; and who is in it."""
        self._rename()
        if self._server.ask(self._url, SHAPE) != self._shape:
            self._new()
        today = clock.today("Europe/Paris")
        world = self._worlds.of(today) if peopled else None
        self._put_back(_schema(today) if peopled else "nobody")
        return self._url, world

    def _new(self) -> None:
        self._worlds = Worlds(self._peopled)
        self._url = self._server.new_database(template=self._migrated)
        self._shape = self._server.ask(self._url, SHAPE)
        self._tables = [name for (name,) in self._server.ask(self._url, TABLES)]
        self._keep("nobody")

    def _rename(self) -> None:
        self._url = self._server.renamed(self._url, f"begun_{os.getpid()}_{next(self._numbers)}")

    def _peopled(self, today: date) -> World:
        self._put_back("nobody")
        with an_app(self._folder, self._url):
            world = make_world(SECRET)
        self._keep(_schema(today))
        return world

    def _keep(self, schema: str) -> None:
        kept = (f'CREATE TABLE "{schema}"."{table}" AS TABLE public."{table}"' for table in self._tables)
        self._server.run("; ".join([f'CREATE SCHEMA "{schema}"', *kept]), self._url)

    def _put_back(self, schema: str) -> None:
        emptied = (f'DELETE FROM public."{table}"' for table in self._tables)
        filled = (f'INSERT INTO public."{table}" TABLE "{schema}"."{table}"' for table in self._tables)
        self._server.run("; ".join(["SET session_replication_role = replica", *emptied, *filled]), self._url)


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SHAPE = """
SELECT md5(string_agg(word, ' ' ORDER BY word)) FROM (
  SELECT concat_ws(' ', relname, attname, atttypid, attnotnull) AS word FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
  WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT concat_ws(' ', tgname, tgenabled) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', conname, conbin) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS words
"""


def _schema(today: date) -> str:
    return f"peopled {today}"


@contextmanager
def an_app(data: Path, database_url: str | None = None):
    """An app on this database, its context pushed, without anything around it."""
    app = create_app(Settings(data=data, database_url=database_url, BACKBEAT_SECRET_KEY=SECRET))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def migrated(data: Path, database_url: str | None = None) -> None:
    """Bring the database to head, through every migration."""
    with an_app(data, database_url):
        flask_migrate.upgrade()
