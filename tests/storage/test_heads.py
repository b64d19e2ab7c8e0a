"""Heads kept day by day show a tail that was cut off, which the chain alone cannot."""

import json

from sqlalchemy import text

from storage.db import db, writing
from storage.events import Event, Log, verify
from storage.heads import compare_heads, keep_heads


def test_a_cut_tail_is_noticed_by_yesterdays_heads(world, tmp_path):
    path = keep_heads(tmp_path / "heads")
    heads = json.loads(path.read_text())
    assert heads[world.ids["workspace"]][0] == db.session.get_one(Log, world.ids["workspace"]).seq
    assert list(compare_heads(tmp_path / "heads")) == []

    cut_the_last_event(world.ids["workspace"])

    assert list(verify()) == []
    assert [world.ids["workspace"] in line for line in compare_heads(tmp_path / "heads")] == [True]


def test_a_days_heads_are_kept_once(world, tmp_path):
    first = keep_heads(tmp_path).read_text()
    cut_the_last_event(world.ids["workspace"])
    assert keep_heads(tmp_path).read_text() == first


def cut_the_last_event(scope_id: str) -> None:
    """What somebody with the database in their hands could do: the last event goes, and the log's row agrees."""
    sqlite = db.engine.dialect.name == "sqlite"
    with writing() as session:
        session.execute(text("DROP TRIGGER events_no_delete" if sqlite else "ALTER TABLE events DISABLE TRIGGER ALL"))
        last = session.query(Event).filter_by(scope_id=scope_id).order_by(Event.seq.desc()).limit(2).all()
        session.execute(text("DELETE FROM deliveries WHERE event_id = :id"), {"id": last[0].id})
        session.execute(text("DELETE FROM events WHERE id = :id"), {"id": last[0].id})
        session.execute(
            text("UPDATE logs SET seq = :seq, head = :head WHERE id = :id"),
            {"seq": last[1].seq, "head": last[1].hash, "id": scope_id},
        )
        session.commit()
        session.expire_all()
