"""What open pages hear of notes that change: each what they may see, and that it is gone when they may no longer."""

import pytest

from storage.db import db
from tests.webapp.api_checks import note


@pytest.fixture
def lines(world, connected, campaign_id, version):
    """The sockets of the marketer and the client, joined, and what was said before heard."""
    world.put_up(version, "chloe@maree.example")
    db.session.rollback()
    opened = {name: connected(name) for name in ("marc", "chloe")}
    for line in opened.values():
        line.join(campaign_id)
    return opened


@pytest.fixture
def made(api, version, lines):
    answer = api("camille").post(f"/versions/{version.id}/annotations", json=note(audience="shared", body="for all")).json
    for line in lines.values():
        assert heard(line)["body"] == "for all"
    return answer


def heard(line) -> dict:
    """The row of the next hint that has one."""
    while True:
        hint = line.heard()
        if "row" in hint:
            return hint["row"]


def test_what_is_deleted_and_restored(api, lines, made):
    gone = {"id": made["id"], "version_id": made["version_id"], "deleted": True}
    api("camille").delete(f"/annotations/{made['id']}")
    assert [heard(line) for line in lines.values()] == [gone, gone]
    api("camille").post(f"/annotations/{made['id']}/restoration", json={})
    assert [heard(line) for line in lines.values()] == [made, made]


def test_what_turns_internal_is_gone_for_the_client_who_hears_nothing_of_what_it_says_since(api, lines, made):
    path = f"/annotations/{made['id']}"
    inside = api("camille").patch(path, json={"audience": "internal", "body": "for us"}).json
    api("camille").patch(path, json={"body": "for us alone"})
    gone = {"id": made["id"], "version_id": made["version_id"], "deleted": True}

    assert heard(lines["chloe"]) == gone
    rows = [heard(lines["marc"]) for _ in range(3)]
    assert rows[0] == gone
    assert rows[-1] == {**inside, "body": "for us alone", "edited_at": rows[-1]["edited_at"]}

    shared = api("camille").patch(path, json={"audience": "shared", "body": "for all again"}).json
    assert heard(lines["chloe"]) == heard(lines["marc"]) == shared
    assert shared["number"] == "2"


def test_who_was_away_learns_the_same(api, connected, campaign_id, made):
    path = f"/annotations/{made['id']}"
    api("camille").patch(path, json={"body": "a secret by now"})
    api("camille").patch(path, json={"audience": "internal"})

    missed = connected("chloe").join(campaign_id)["missed"]
    rows = [event["row"] for event in missed if "row" in event]
    assert {row.get("deleted") for row in rows} == {True}
    assert "secret" not in str(missed)
    team = [event["row"] for event in connected("marc").join(campaign_id)["missed"] if "row" in event]
    assert {row["body"] for row in team} == {"a secret by now"}
