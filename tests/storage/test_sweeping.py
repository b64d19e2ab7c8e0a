"""What nobody claims goes after a day; what somebody may still claim, and all that is kept, stays."""


import pytest

from storage import outbox, sweeping
from storage.answers import Answer, keep_answer
from storage.db import db, writing
from storage.shelf import bucket
from storage.uploads import open_ticket
from tests.world import picture, put_parts
from webapp.checks import ledger_faults


@pytest.fixture
def visual(world):
    version = world.upload(picture(size=(1400, 900)), deliverable="visual")
    outbox.do_all()
    return version


def kept() -> set[str]:
    return {listed.key for listed in bucket().list("")}


def opened(world, content: bytes):
    ticket, pending = open_ticket(world.camille, "left.png", len(content), scope_id=world.ids["campaign"])
    with writing() as session:
        session.add(ticket)
        session.commit()
    put_parts(ticket, pending, content)
    return ticket


def orphan(world, tmp_path) -> str:
    """An original whose upload died before its row."""
    key = f"blob/{world.ids['workspace']}/{'a' * 64}"
    (tmp_path / "orphan").write_bytes(b"nobody's")
    bucket().put_file(key, tmp_path / "orphan", "image/png")
    return key


def test_what_is_kept_stays_for_ever(world, visual, later):
    before = kept()
    later(days=400)

    sweeping.sweep()

    assert kept() == {key for key in before if not key.startswith("quarantine/")}
    assert list(ledger_faults()) == []


def test_an_upload_that_was_never_completed_goes_after_a_day(world, later):
    opened(world, picture())
    assert sweeping.sweep() == 0
    assert list(bucket().unfinished()) or kept()

    later(days=1, minutes=5)

    assert sweeping.sweep() >= 1
    assert not list(bucket().unfinished())
    assert not kept()


def test_what_an_upload_left_before_its_row_goes_after_a_day(world, tmp_path, later):
    key = orphan(world, tmp_path)
    assert sweeping.sweep() == 0

    later(days=1, minutes=5)

    assert sweeping.sweep() == 1
    assert key not in kept()


def test_it_stays_while_somebody_uploads_in_that_workspace(world, tmp_path, later):
    key = orphan(world, tmp_path)
    later(days=1, minutes=5)
    opened(world, picture())

    sweeping.sweep()

    assert key in kept()


def test_an_orphan_nobody_swept_is_a_fault_and_a_fresh_one_is_owed(world, tmp_path, later):
    key = orphan(world, tmp_path)
    assert list(ledger_faults()) == []

    later(days=3)

    assert [key in fault for fault in ledger_faults()] == [True]


def test_old_answers_are_forgotten(world, later):
    with writing() as session:
        keep_answer(world.marc.key, "first", "f" * 64, 200, "{}")
        session.commit()
    later(days=2)

    sweeping.sweep()

    assert db.session.query(Answer).count() == 0
