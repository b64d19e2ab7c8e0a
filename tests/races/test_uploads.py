"""Two completions of one ticket, and two uploads for one deliverable, at once."""

from sqlalchemy import func, select

from storage.assets import Asset, Version
from storage.blobs import Blob
from storage.db import db
from storage.uploads import Ticket
from tests.races.conftest import text
from tests.world import digest

ROUNDS = 100
JUDGED = 50
"""Completions of which each judges its file in a child process take a while."""


def count(model, *where) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def completed_at_once(ground, tickets):
    return ground.race.run(*(
        ground.call("camille", method="POST", path=f"/uploads/{ticket_id}/complete", json={"parts": parts})
        for ticket_id, parts in tickets
    ))


def test_two_completions_of_one_ticket_make_one_version(ground):
    for number in range(JUDGED):
        ticket = ground.ticket(text(100 + number))
        told = completed_at_once(ground, [ticket, ticket])
        assert {status for status, _ in told} <= {200, 201, 202}, told
        (_, one), (_, other) = told
        assert one["id"] == other["id"]
        assert count(Version, Version.asset_id == one["asset_id"]) == 1
    ground.sound()


def test_the_last_step_of_one_ticket_taken_twice_makes_one_version(ground):
    content = text(0)
    for _ in range(2 * ROUNDS - JUDGED):
        ticket_id, _ = ground.ticket(content)
        one, other = ground.race.run(ground.submission(ticket_id, content), ground.submission(ticket_id, content))
        assert one == other
        assert count(Version, Version.asset_id == one[2]) == 1
    ground.sound()


def test_an_upload_given_up_while_it_is_completed_is_one_or_the_other(ground):
    content = text(0)
    for _ in range(ROUNDS):
        ticket_id, _ = ground.ticket(content)
        (status, _), version = ground.race.run(
            ground.call("camille", method="DELETE", path=f"/uploads/{ticket_id}"), ground.submission(ticket_id, content)
        )
        assert (status, version is None) in ((204, True), (409, False))
        assert count(Ticket, Ticket.id == ticket_id, Ticket.version_id.is_(None)) == (version is None)
    ground.sound()


def test_two_uploads_for_a_deliverable_without_an_asset_make_one_asset(ground):
    contents = text(1), text(2)
    for _ in range(ROUNDS // 2):
        campaign_id, step_id = ground.another_campaign()
        tickets = [ground.ticket(content, campaign_id=campaign_id, deliverable_id=step_id) for content in contents]
        told = ground.race.run(*(
            ground.submission(ticket_id, content) for (ticket_id, _), content in zip(tickets, contents, strict=True)
        ))
        assert sorted(number for _, number, _ in told) == [1, 2]
        assert len({asset_id for _, _, asset_id in told}) == 1
    ground.sound()


def test_the_same_new_content_in_two_campaigns_is_kept_once(ground):
    other, _ = ground.another_campaign()
    for number in range(ROUNDS // 2):
        content = text(1000 + number)
        tickets = [ground.ticket(content), ground.ticket(content, campaign_id=other)]
        told = ground.race.run(*(ground.submission(ticket_id, content) for ticket_id, _ in tickets))
        assert told[0][2] != told[1][2]
        assert count(Blob, Blob.sha256 == digest(content)) == 1
        assert count(Asset, Asset.id.in_([asset_id for _, _, asset_id in told])) == 2
    assert count(Ticket, Ticket.refused.is_not(None)) == 0
    ground.sound()
