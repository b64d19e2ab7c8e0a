"""The ledger check finds what was tampered with, and finds nothing where people only work."""

import pytest
from sqlalchemy import text

from review.links import make_link
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from storage.shelf import bucket
from storage.uploads import open_ticket
from storage.workspaces import Right
from tests.world import picture
from webapp.checks import every_floor, ledger_faults

STAMP = "'2027-01-01 00:00:00'"
TAMPERED = {
    "an approval withdrawn from its review": ("UPDATE reviews SET outcome = NULL", ["still open", "disagrees", "cleared"]),
    "a review approved by nobody": ("DELETE FROM decisions", ["rule is not satisfied", "there is none such"]),
    "another content put under a review": ("UPDATE reviews SET sha256 = 'x'", ["not about the content"]),
    "a verdict turned": ("UPDATE decisions SET verdict = 'changes_requested'", ["rule is not satisfied"]),
    "a chain broken": ("UPDATE decisions SET replaces_id = id", ["it replaces"]),
    "a clearing ended": (f"UPDATE clearings SET ended_at = {STAMP}", ["not cleared"]),
    "a milestone passed that is not": (f"UPDATE closings SET reopened_at = {STAMP}", ["says otherwise"]),
    "a closing lost": ("DELETE FROM closings", ["was not passed", "not kept"]),
    "a closing counted twice": ("UPDATE closings SET number = 2", ["one by one", "not kept"]),
    "a version renumbered": ("UPDATE versions SET number = 7 WHERE number = 2", ["number 7"]),
    "an upload that never ended": ("UPDATE tickets SET ended_at = NULL", ["has not ended"]),
    "a size that is not the object's": ("UPDATE blobs SET size_bytes = size_bytes + 1", ["bytes, not"]),
    "renditions nobody owes": ("UPDATE renditions SET state = 'waiting'", ["nobody owes"]),
    "a delivery nobody does": ("UPDATE deliveries SET handler = 'gone', done_at = NULL WHERE handler = 'make_renditions'", ["nothing handles"]),
    "lost slack made up for": ("UPDATE slack_entries SET delta_days = delta_days + 1 WHERE number = 1", ["does not add up"]),
    "a log whose head is wrong": ("UPDATE logs SET seq = seq + 1", ["its head says"]),
    "an annotation the log does not know": ("UPDATE annotations SET version_id = (SELECT id FROM versions WHERE number = 2)", ["not told exactly once"]),
}  # fmt: skip


@pytest.fixture
def approved(world):
    """The visual's second version, approved and drawn, its milestone passed; the first with a note, superseded."""
    first = world.upload(picture((1, 2, 3)), deliverable="visual")
    world.put_up(first, "chloe@maree.example")
    _note(world, first)
    second = world.upload(picture((4, 5, 6)), deliverable="visual")
    world.decide(world.put_up(second, "chloe@maree.example"), world.chloe)
    second_id = second.id
    outbox.do_all()
    return db.session.get_one(Version, second_id)


def test_a_worked_in_house_is_clean(world, approved):
    assert list(ledger_faults()) == []


def test_what_is_merely_owed_is_no_fault(world):
    world.upload(picture(), deliverable="visual")
    ticket, _ = open_ticket(world.camille, "coming.png", 10, scope_id=world.ids["campaign"])
    with writing() as session:
        session.add(ticket)
        session.commit()

    assert list(ledger_faults()) == []


def test_every_turn_of_a_decision_is_clean(world, approved, later):
    review = world.put_up(approved, "chloe@maree.example", "olga@maree.example", rule={"at_least": 1})
    asked = world.decide(review, world.olga, "changes_requested")
    assert list(ledger_faults()) == []
    with writing() as session:
        type(review).undo(session.get_one(type(review), review.id), session.get_one(type(asked), asked.id), world.olga)
        session.commit()
    assert list(ledger_faults()) == []
    world.decide(review, world.chloe)
    world.upload(picture((7, 8, 9)), deliverable="visual")

    assert list(ledger_faults()) == []


def test_what_was_tampered_with_is_found(world, approved):
    unseen = {}
    for deed, (command, told) in TAMPERED.items():
        with writing() as session:
            session.execute(text(command))
            faults = list(every_floor())
            session.rollback()
        if not all(any(words in fault for fault in faults) for words in told):
            unseen[deed] = faults

    assert unseen == {}
    assert list(ledger_faults()) == []


def test_a_lost_object_is_found_and_named(world, approved):
    key = next(listed.key for listed in bucket().list("rendition/"))
    bucket().delete(key)

    assert [key in fault for fault in ledger_faults()] == [True]


def test_a_version_the_log_does_not_know_is_found(world, approved):
    with writing() as session:
        twin = session.get_one(Version, approved.id)
        session.add(Version(
            workspace_id=twin.workspace_id, asset_id=twin.asset_id, number=3, blob_id=twin.blob_id, filename="x", uploaded_by=twin.uploaded_by
        ))
        session.commit()

    assert any("0 events in its log" in fault for fault in ledger_faults())


def _note(world, version):
    from review.annotations import Audience, annotate

    with writing() as session:
        version = session.get_one(type(version), version.id)
        annotate(version, world.chloe, id_="7c0e3a52-5a8c-4bb5-9a2e-000000000001", shape=None, body="logo", audience=Audience.SHARED)
        make_link(world.ids["campaign"], [(version, True)], [Right.COMMENT], by=world.marc, secret_key=world.secret_key)
        session.commit()
    db.session.rollback()
