"""Figures for Prometheus: behind their own token, and nowhere without one."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.services.wsgi import client_of
from tests.stage import opened

TOKEN = "a token for the one who watches"


@pytest.fixture(scope="module")
def watched(tmp_path_factory, migrated_sqlite):
    with opened(tmp_path_factory.mktemp("metrics"), database=migrated_sqlite, metrics_token=TOKEN) as app:
        yield app


def ask(app, **headers):
    return client_of(app).get("/metrics", headers=headers)


def figures(answer) -> dict:
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_the_figures_are_those_of_readyz_and_of_the_process(watched):
    answer = ask(watched, Authorization=f"Bearer {TOKEN}")

    assert answer.mimetype == "text/plain"
    told = figures(answer)
    assert {part: told["backbeat_ready", part] for part in ("database", "schema", "store")} == {"database": 1, "schema": 1, "store": 1}
    assert told["backbeat_deliveries_owed",] == 0
    assert told["backbeat_sockets",] == 0
    assert told["backbeat_scratch_free_bytes",] > 0
    assert told["backbeat_process_resident_memory_bytes",] > 1024**2


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer \u00e9"}])
def test_without_the_token_nothing_is_told(watched, headers):
    answer = ask(watched, **headers)

    assert answer.status_code == 401
    assert "backbeat_" not in answer.text


def test_a_part_that_fails_is_a_figure(watched, monkeypatch):
    monkeypatch.setitem(figures_probes(), "store", lambda: 1 / 0)

    told = figures(ask(watched, Authorization=f"Bearer {TOKEN}"))

    assert told["backbeat_ready", "store"] == 0
    assert told["backbeat_ready", "database"] == 1


def figures_probes() -> dict:
    from webapp.routes import health

    return health._PROBES


def test_where_no_token_is_set_there_is_no_such_page(app):
    assert ask(app, Authorization="Bearer ").status_code == 404
