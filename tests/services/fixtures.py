"""The servers as fixtures, each started once, by the first test of a process that wants it.

What is not installed leaves its tests out and says so; with BACKBEAT_REQUIRE_ALL=1 it fails them.
"""

import os
from contextlib import contextmanager

import pytest

from tests.services import Missing
from tests.services.postgres import postgres as a_postgres
from tests.services.rgw import ceph_rgw
from tests.services.valkey import valkey as a_valkey


@pytest.fixture(scope="session")
def rgw():
    with _installed(ceph_rgw) as server:
        yield server


@pytest.fixture(scope="session")
def postgres():
    with _installed(a_postgres) as server:
        yield server


@pytest.fixture(scope="session")
def valkey():
    with _installed(a_valkey) as url:
        yield url


@contextmanager
def _installed(service):
    try:
        with service() as server:
            yield server
    except Missing as missing:
        leave_out(missing)


def leave_out(missing) -> None:
    """The one place a test is skipped: what it needs is not installed, and nobody asked for all of them."""
    if os.environ.get("BACKBEAT_REQUIRE_ALL") == "1":
        pytest.fail(f"not installed: {missing}")
    pytest.skip(f"not installed: {missing}")
