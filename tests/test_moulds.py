"""What one test did to its database is gone for the next."""

import psycopg
import pytest

EVENTS = "SELECT count(*), min(hash) FROM events"


def test_rows_are_as_they_were_under_another_name(postgres, postgres_mould):
    url, world = postgres_mould.begin(peopled=True)
    before = postgres.ask(url, EVENTS)
    postgres.run("UPDATE users SET name = 'Nobody'", url)

    again, same = postgres_mould.begin(peopled=True)

    assert (postgres.ask(again, EVENTS), same) == (before, world)
    assert postgres.ask(again, "SELECT count(*) FROM users WHERE name = 'Nobody'") == [(0,)]
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        postgres.ask(url, EVENTS)


@pytest.mark.parametrize(
    "change", ["ALTER TABLE events DISABLE TRIGGER ALL", "ALTER TABLE users ADD COLUMN shoe_size int", "CREATE INDEX mine ON users (name)"]
)
def test_a_database_whose_schema_was_touched_is_made_anew(postgres, postgres_mould, change):
    url, _ = postgres_mould.begin(peopled=False)
    postgres.run(change, url)

    again, world = postgres_mould.begin(peopled=True)

    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        postgres.run("DELETE FROM events", again)
    assert postgres.ask(again, "SELECT id FROM campaigns") == [(world.ids["campaign"],)]
    assert postgres.ask(again, "SELECT 1 FROM pg_indexes WHERE indexname = 'mine'") == []


def test_nobody_is_in_it_who_was_not_asked_for(postgres, postgres_mould):
    url, world = postgres_mould.begin(peopled=False)

    assert world is None
    assert postgres.ask(url, EVENTS) == [(0, None)]
