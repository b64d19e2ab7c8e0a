"""The log: gapless, chained, append-only; what a reader may not see is left out."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from storage.db import db, writing
from storage.events import Event, Log, on_commit, record, since, verify
from tests.world import picture


def write_events(world, count=3, **more):
    with writing() as session:
        for number in range(count):
            record("step.changed", f"step:{number}", by=world.marc, scope_id=world.ids["campaign"], **more)
        session.commit()


def test_each_scope_counts_for_itself_without_a_gap(world):
    write_events(world)
    campaign = [event.seq for event in Event.query.filter_by(scope_id=world.ids["campaign"]).order_by(Event.seq)]
    agency = [event.seq for event in Event.query.filter_by(scope_id=world.ids["workspace"]).order_by(Event.seq)]

    assert campaign == list(range(1, len(campaign) + 1))
    assert agency == list(range(1, len(agency) + 1))
    assert world.campaign.seq == campaign[-1]


@pytest.mark.parametrize("statement", ["UPDATE events SET name = 'x'", "DELETE FROM events"])
def test_nobody_rewrites_the_log(world, statement):
    with writing() as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))


def test_a_changed_row_and_a_cut_tail_are_noticed(world):
    write_events(world)
    assert list(verify()) == []
    if db.engine.dialect.name == "sqlite":
        off, on = "DROP TRIGGER events_no_update", None
    else:
        off, on = "ALTER TABLE events DISABLE TRIGGER ALL", None
    assert on is None
    with writing() as session:
        session.execute(text(off))
        session.execute(text("UPDATE events SET actor = 'member:somebody' WHERE seq = 2"))
        session.execute(text("UPDATE logs SET seq = seq - 1 WHERE id = :id"), {"id": world.ids["workspace"]})
        session.commit()
    faults = list(verify())

    assert any("does not match its hash" in fault for fault in faults)
    assert any("its head says" in fault for fault in faults)


def test_what_is_rolled_back_leaves_neither_event_nor_hint(world):
    told, before = [], world.campaign.seq
    hook = on_commit(told.append)
    try:
        with writing() as session:
            record("step.changed", "step:1", by=world.marc, scope_id=world.ids["campaign"])
            session.rollback()
        write_events(world, 1)
    finally:
        from storage import events

        events._hooks.remove(hook)

    assert world.campaign.seq == before + 1
    assert [[happened.seq for happened in batch] for batch in told] == [[before + 1]]


def test_two_writers_at_once_leave_no_gap_and_no_twin(app, world):
    def write():
        with app.app_context():
            for _ in range(10):
                write_events(world, 1)

    before = world.campaign.seq
    db.session.rollback()
    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    seqs = [row.seq for row in Event.query.filter_by(scope_id=world.ids["campaign"]).order_by(Event.seq)]
    assert seqs == list(range(1, before + 41))
    assert list(verify()) == []


def test_a_client_reads_only_what_was_shared_about_versions_they_may_see(world):
    seen = world.upload(picture(), deliverable="visual")
    world.put_up(seen, "chloe@maree.example")
    world.upload(picture((9, 9, 9)), deliverable="media")

    rows, reached = since(world.chloe, world.ids["campaign"], 0)

    assert {row.version_id for row in rows} == {seen.id}
    assert "plan" not in {row.name.split(".")[0] for row in rows}
    assert reached == world.campaign.seq
    assert since(world.rita, world.ids["campaign"], 0)[0] == []


def test_a_long_answer_stops_at_a_page_and_says_how_far_it_reaches(world):
    write_events(world, 20)
    rows, reached = since(world.marc, world.ids["campaign"], 0, limit=5)
    more, end = since(world.marc, world.ids["campaign"], reached, limit=500)

    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert reached == 5
    assert [row.seq for row in more] == list(range(6, end + 1))
    assert db.session.get(Log, world.ids["campaign"]).seq == end


def test_keys_of_the_plan_are_not_told_to_clients(world):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    event = Event.query.filter_by(name="review.opened").one()

    assert f"campaign_{world.ids['campaign']}" in event.keys_for(world.marc)
    assert not [key for key in event.keys_for(world.chloe) if key.startswith(("campaign_", "step_"))]
