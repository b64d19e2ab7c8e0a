"""One scene on each dialect for all the questions of who may."""

import pytest

from tests.rights.scene import Scene
from tests.stage import opened


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def scene(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rights")
    if request.param == "sqlite":
        with opened(folder, database=request.getfixturevalue("migrated_sqlite")) as app:
            yield Scene(app)
        return
    server = request.getfixturevalue("postgres")
    with opened(folder, database_url=server.new_database(template=request.getfixturevalue("migrated_postgres"))) as app:
        yield Scene(app, server)
