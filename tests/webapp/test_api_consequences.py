"""What an act would do, asked over the API: the same figures as after it, nothing kept, and nothing for who sees no plan."""

from datetime import date, timedelta

import pytest

from storage.db import db
from storage.events import Event
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")
CHLOE = "chloe@maree.example"


@pytest.fixture
def at(world) -> str:
    return f"/campaigns/{world.ids['campaign']}"


@pytest.fixture
def review(world):
    return world.put_up(world.upload(picture(), deliverable="visual"), CHLOE)


def figures(campaign: dict) -> dict:
    return {name: campaign[name] for name in ("launch", "ready", "launch_slack_days", "hard_launch_slack_days", "short_by_days")}


def events() -> int:
    db.session.rollback()
    return db.session.query(Event).count()


def test_a_changed_step_is_foreseen_as_it_comes(api, world, at):
    marc, brief = api("marc"), world.step("brief")
    before, seen = marc.get(at).json, events()

    told = marc.post(f"{at}/consequences", json={"steps": {brief.id: {"days": 6}}}).json

    assert (events(), marc.get(at).json) == (seen, before)
    assert told["before"] == figures(before)
    marc.patch(f"{at}/steps/{brief.id}", json={"days": 6, "row_version": brief.row_version})
    after = marc.get(at).json
    assert told["after"] == figures(after)
    assert told["slack_lost_days"] == 4
    assert told["people"] == ["camille@maree.example"]
    now = {step["id"]: step for step in after["steps"]}
    for shift in told["steps"]:
        assert shift["after"] == {name: now[shift["id"]][name] for name in shift["after"]}


def test_another_launch_and_buffer_are_foreseen_together(api, world, at):
    launch = world.campaign.launch + timedelta(days=14)

    told = api("marc").post(f"{at}/consequences", json={"launch": launch.isoformat(), "buffer_days": 0}).json

    assert told["after"]["launch"] == launch.isoformat()
    assert told["after"]["launch_slack_days"] == told["after"]["hard_launch_slack_days"]
    assert told["slack_lost_days"] < 0
    assert api("marc").post(f"{at}/consequences", json={}).json["steps"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"steps": {"nonsense": {"days": 2}}}, 404), ({"steps": {"=brief": {"days": -1}}}, 422), ({"steps": {"=brief": {"calendar": "mars"}}}, 422),
        ({"steps": {"=brief": {"colour": "red"}}}, 422), ({"launch": None}, 422), ({"steps": {"=brief": {"not_before": "2400-12-30"}}}, 422), ({"steps": []}, 422),
    ],
)
def test_nonsense_is_refused(api, world, at, body, status):
    if isinstance(body.get("steps"), dict):
        body = {"steps": {world.step("brief").id if key == "=brief" else key: change for key, change in body["steps"].items()}}

    answer = api("marc").post(f"{at}/consequences", json=body)

    assert answer.status_code == status, answer.text
    assert answer.json["error"]["message"]


def test_an_answer_is_foreseen(api, world, review):
    told = api("camille").get(f"/reviews/{review.id}/consequences").json

    assert told["passes"] == [world.step("ready").id]
    assert told["frees"] == [world.step("media").id]
    assert {one["flow_after"] for one in told["milestones"]} == {"passed", "not_started"}
    changes = api("camille").get(f"/reviews/{review.id}/consequences?verdict=changes_requested").json
    assert changes["passes"] == []
    assert [one["flow_after"] for one in changes["milestones"]] == ["changes_requested"]
    assert api("camille").get(f"/reviews/{review.id}/consequences?verdict=lifted").status_code == 422


def test_each_day_of_a_late_answer_has_its_price(api, world, at, review, later):
    found = api("marc").get(f"/reviews/{review.id}/prices").json
    free, items = found["free_until"], found["items"]
    lost = [one["lost_days"] for one in items]
    assert items[0]["answer_on"] == world.campaign.today.isoformat()
    assert lost[0] == 0
    assert lost == sorted(lost)
    assert lost[-1] > 0
    dear = next(one for one in items if one["lost_days"])
    assert date.fromisoformat(free) < date.fromisoformat(dear["answer_on"])

    later(days=(date.fromisoformat(dear["answer_on"]) - world.campaign.today).days)
    world.decide(review, world.chloe)
    now = api("marc").get(at).json
    assert (now["ready"], now["launch_slack_days"]) == (dear["ready"], dear["launch_slack_days"])
    assert api("marc").get(f"/reviews/{review.id}/prices").json == {"free_until": None, "items": []}


@pytest.mark.parametrize("what", ["consequences", "prices"])
def test_who_sees_no_plan_finds_nothing(api, guest, review, what):
    assert api("chloe").get(f"/reviews/{review.id}/{what}").status_code == 404
    assert api("rita").get(f"/reviews/{review.id}/{what}").status_code == 404
    assert guest(review.version, ["see", "comment", "decide"]).get(f"/reviews/{review.id}/{what}").status_code == 404
