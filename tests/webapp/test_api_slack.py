"""GET /campaigns/{id}/slack: the ledger as the team reads it, a page at a time; nobody else learns that there is one."""

from datetime import timedelta

import pytest

from planning.bookkeeping import turn_days
from storage import outbox
from storage.db import db
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")


@pytest.fixture
def ledger(api, campaign_id):
    """`ledger(limit=2)` as Marc reads it."""

    def read(name="marc", **asked):
        answer = api(name).get(f"/campaigns/{campaign_id}/slack", query_string=asked)
        assert answer.status_code == 200, answer.text
        return answer.json

    return read


@pytest.fixture
def told(api, campaign_id, world, later):
    """The launch was moved ten days ahead, and then four weeks went by in which nobody began."""
    launch = (world.campaign.launch + timedelta(days=14)).isoformat()
    assert api("marc").patch(f"/campaigns/{campaign_id}", json={"launch": launch, "row_version": 1}).status_code == 200
    outbox.do_all()
    for _ in range(4):
        later(days=7)
        turn_days()
    db.session.remove()


def test_a_new_campaign_has_consumed_nothing(ledger, world):
    campaign = world.campaign
    read = ledger()

    assert read["initial_slack_days"] == read["slack_days"] == world.plan.schedule.launch_slack_days
    assert (read["consumed_days"], read["consumed_percent"], read["by_cause"], read["next"]) == (0, 0, [], None)
    assert read["booked_to"] == campaign.today.isoformat()
    assert [(item["number"], item["cause"], item["delta_days"], item["event_id"]) for item in read["items"]] == [
        (number, "opening", 0, None) for number in (1, 2, 3)
    ]
    assert [item["milestone_id"] for item in read["items"]] == [None, world.step("ready").id, world.step("booked").id]


def test_what_was_consumed_adds_up_by_cause(ledger, told, world, api, campaign_id):
    read = ledger()
    causes = {row["cause"]: row["consumed_days"] for row in read["by_cause"]}
    launch = [item for item in read["items"] if item["milestone_id"] is None]

    assert read["initial_slack_days"] - read["consumed_days"] == read["slack_days"]
    assert sum(causes.values()) == read["consumed_days"] == -sum(item["delta_days"] for item in launch)
    assert causes["promised_anew"] < 0 < causes["late_work"]
    assert [row["cause"] for row in read["by_cause"]] == ["late_work", "promised_anew"]
    assert {item["step_id"] for item in launch if item["cause"] == "late_work"} == {world.step("brief").id}
    assert read["slack_days"] == api("marc").get(f"/campaigns/{campaign_id}").json["launch_slack_days"]


def test_it_is_read_a_page_at_a_time_in_the_order_of_its_numbers(ledger, told):
    whole, pages, cursor = ledger(limit=500)["items"], [], None
    while True:
        page = ledger(limit=4, **({"next": cursor} if cursor else {}))
        pages += page["items"]
        cursor = page["next"]
        if cursor is None:
            break

    assert len(whole) > 8
    assert pages == whole
    assert [item["number"] for item in whole] == list(range(1, len(whole) + 1))


def test_a_strange_cursor_leads_nowhere(ledger):
    assert ledger(next="0" * 26)["items"] == []


@pytest.mark.parametrize("name", ["chloe", "rita"])
def test_neither_the_client_nor_strangers_learn_of_it(api, campaign_id, world, name):
    world.put_up(world.upload(picture(), deliverable="visual"), "chloe@maree.example")

    answers = [api(name).get(f"/campaigns/{id_}/slack") for id_ in (campaign_id, "0" * 26)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json == answers[1].json


def test_nor_do_guests(guest, version, campaign_id):
    assert guest(version, ["see", "comment", "decide", "download"]).get(f"/api/v1/campaigns/{campaign_id}/slack").status_code == 404
