"""Campaigns, steps, gates, milestones and the log through the API."""

import json
from datetime import date, timedelta

import pytest

from planning.planfile import plan_from
from planning.retroplan import retroplan_answer
from storage.clock import today
from tests.webapp.api_checks import error_of
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")

LAUNCH = (date(2026, 1, 1) + timedelta(days=2000)).isoformat()


def plan(**more) -> dict:
    return {
        "steps": [
            {"id": "brief", "days": 2},
            {"id": "visual", "days": 3, "kind": "deliverable"},
            {"id": "text", "days": 3, "kind": "deliverable"},
            {"id": "ok", "days": 2, "kind": "review", "of": "visual"},
            {"id": "ready", "kind": "milestone"},
            {"id": "party", "kind": "milestone"},
        ],
        "links": [{"from": "brief", "to": "visual"}, {"from": "visual", "to": "ok"}, {"from": "ok", "to": "ready"}, {"from": "brief", "to": "party"}],
        **more,
    }


@pytest.fixture
def autumn(api, world):
    """`autumn("marc")`: the campaign as that person reads it."""
    return lambda name="marc": api(name).get(f"/campaigns/{world.ids['campaign']}").json


def step_called(campaign: dict, key: str) -> dict:
    return next(step for step in campaign["steps"] if step["key"] == key)


def test_a_campaign_is_made_from_a_plan(api):
    answer = api("marc").post("/campaigns", json={"name": "Spring", "launch": LAUNCH, "plan": plan(launch="2020-01-01", buffer_days=9), "buffer_days": 3, "calendar": "GB-ENG"})

    assert answer.status_code == 201
    made = answer.json
    assert (made["name"], made["launch"], made["buffer_days"], made["calendar"]) == ("Spring", LAUNCH, 3, "GB-ENG")
    assert [step["key"] for step in made["steps"]] == ["brief", "visual", "text", "ok", "ready", "party"]
    ready = made["milestones"][0]
    assert ready["flow"] == step_called(made, "ready")["state"] == "not_started"
    assert ready["id"] == step_called(made, "ready")["id"]
    assert [gate["deliverable_id"] for gate in ready["gates"]] == [step_called(made, "visual")["id"]]
    assert ready["gates"][0]["cleared"] is False
    assert api("olga").get(f"/campaigns/{made['id']}").json == made


def test_a_campaign_without_plan_is_empty(api):
    made = api("marc").post("/campaigns", json={"name": "Empty", "launch": LAUNCH}).json

    assert (made["steps"], made["milestones"], made["slack_days"], made["calendar"]) == ([], [], None, "FR")


@pytest.mark.parametrize("template", ["Product launch", "social-campaign", "Spot vidéo"])
def test_a_campaign_is_made_from_a_template(api, template):
    answer = api("marc").post("/campaigns", json={"name": "Spring", "launch": LAUNCH, "template": template, "buffer_days": 7})

    assert answer.status_code == 201
    made = answer.json
    assert (made["launch"], made["buffer_days"], made["calendar"]) == (LAUNCH, 7, "FR")
    assert any(milestone["gates"] for milestone in made["milestones"])
    both = api("marc").post("/campaigns", json={"name": "Mine", "launch": LAUNCH, "template": template, "plan": plan()}).json
    assert len(both["steps"]) == len(plan()["steps"])


@pytest.mark.parametrize("body", [
    {"launch": LAUNCH},
    {"name": "", "launch": LAUNCH},
    {"name": " \n", "launch": LAUNCH},
    {"name": "x", "launch": "2027-13-01"},
    {"name": "x", "launch": "20270101"},
    {"name": "x", "launch": "1969-12-31"},
    {"name": "x", "launch": 20270101},
    {"name": "x", "launch": LAUNCH, "buffer_days": -1},
    {"name": "x", "launch": LAUNCH, "buffer_days": 1.5},
    {"name": "x", "launch": LAUNCH, "buffer_days": True},
    {"name": "x", "launch": LAUNCH, "buffer_days": "3"},
    {"name": "x", "launch": LAUNCH, "buffer_days": 10**30},
    {"name": "x", "launch": LAUNCH, "colour": "red"},
    {"name": "x", "launch": LAUNCH, "calendar": "Atlantis"},
    {"name": "x", "launch": LAUNCH, "template": "No such template"},
    {"name": "x", "launch": LAUNCH, "plan": {"steps": [{"id": "a", "name": "\x00"}]}},
    {"name": "x\ud800", "launch": LAUNCH},
    {"name": "x", "launch": LAUNCH, "plan": {"steps": [{"id": "a"}, {"id": "a"}]}},
    {"name": "x", "launch": LAUNCH, "plan": {"steps": [{"id": "a"}, {"id": "b"}], "links": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]}},
    {"name": "x", "launch": LAUNCH, "plan": {"steps": [{"id": "a", "days": 150000}]}},
    {"name": "x", "launch": LAUNCH, "plan": []},
    [],
    "campaign",
    None,
])
def test_what_is_no_campaign_is_refused(api, body):
    answer = api("marc").post("/campaigns", json=body)

    assert answer.status_code == 422
    assert answer.json["error"]["message"]


@pytest.mark.parametrize(("sent", "status"), [
    (b"{", 400), (b'{"name": NaN}', 400), (b'{"buffer_days": 1e999}', 400), (b"\xff", 400), (b"[" * 100_000, 400),
    (b'{"plan": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, 400), (b'{"buffer_days": ' + b"9" * 5000 + b"}", 400), (b"", 422),
])
def test_what_is_no_json_is_refused(api, sent, status):
    answer = api("marc").post("/campaigns", data=sent, content_type="application/json")

    assert answer.status_code == status


def test_other_types_and_huge_bodies_are_refused(api):
    assert api("marc").post("/campaigns", data="name=x", content_type="application/x-www-form-urlencoded").status_code == 415
    assert api("marc").post("/campaigns", data=b" " * (3 * 1024**2), content_type="application/json").status_code == 413


@pytest.mark.parametrize(("name", "status"), [("olga", 201), ("marc", 201), ("camille", 403), ("chloe", 403), (None, 401)])
def test_only_planners_make_campaigns(api, name, status):
    assert api(name).post("/campaigns", json={"name": "x", "launch": LAUNCH}).status_code == status


def test_a_campaign_is_the_teams(api, world, guest):
    path = f"/campaigns/{world.ids['campaign']}"
    somebody = guest(world.upload(picture(), deliverable="visual"), ["see"])

    assert api("camille").get(path).status_code == 200
    nothing = api("chloe").get("/campaigns/nothing")
    for outsider in (api("chloe"), api("rita"), somebody):
        answer = outsider.get(path)
        assert (answer.status_code, answer.json) == (404, nothing.json)
        assert outsider.get(f"{path}/plan.json").status_code == 404
        assert outsider.patch(path, json={"row_version": 1, "name": "x"}).status_code == 404
    assert api(None).get(path).status_code == 401


def test_the_list_goes_on_by_its_cursor(api, world):
    for number in range(3):
        api("marc").post("/campaigns", json={"name": f"No {number}", "launch": LAUNCH})

    first = api("marc").get("/campaigns?limit=3").json
    second = api("marc").get(f"/campaigns?limit=3&next={first['next']}").json

    assert [row["name"] for row in first["items"] + second["items"]] == ["No 2", "No 1", "No 0", "Autumn"]
    assert second["next"] is None
    assert api("chloe").get("/campaigns").json == {"items": [], "next": None}
    assert api("marc").get("/campaigns?limit=0").status_code == 422
    assert api("marc").get("/campaigns?next=%00").status_code == 422


def test_an_unchanged_campaign_is_304_by_one_read(api, world, queries):
    path = f"/campaigns/{world.ids['campaign']}"
    etag = api("marc").get(path).headers["ETag"]

    with queries() as sent:
        answer = api("marc").get(path, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")
    reads = [one for one in sent if one.startswith("SELECT") and "JOIN tokens" not in one]
    assert len(reads) == 1, reads

    api("marc").patch(path, json={"row_version": 1, "name": "Late autumn"})
    assert api("marc").get(path, headers={"If-None-Match": etag}).status_code == 200


def test_a_campaign_takes_as_many_queries_however_long_its_plan(api, queries):
    counts = []
    for size in (3, 40):
        steps = [{"id": f"s{n}", "kind": "deliverable"} for n in range(size)] + [{"id": "m", "kind": "milestone"}]
        links = [{"from": f"s{n}", "to": "m"} for n in range(size)]
        made = api("marc").post("/campaigns", json={"name": "x", "launch": LAUNCH, "plan": {"steps": steps, "links": links}}).json
        with queries() as sent:
            api("marc").get(f"/campaigns/{made['id']}")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_a_campaign_is_amended_from_the_row_that_was_read(api, autumn, world):
    path, before = f"/campaigns/{world.ids['campaign']}", autumn()
    later = (date.fromisoformat(before["launch"]) + timedelta(days=28)).isoformat()

    answer = api("marc").patch(path, json={"row_version": before["row_version"], "launch": later, "buffer_days": 5})

    assert answer.status_code == 200
    assert (answer.json["launch"], answer.json["buffer_days"], answer.json["name"]) == (later, 5, "Autumn")
    assert answer.json["slack_days"] > before["slack_days"]
    stale = api("olga").patch(path, json={"row_version": before["row_version"], "name": "Mine"})
    assert stale.status_code == 409
    assert stale.json["error"]["campaign"]["launch"] == later
    assert api("camille").patch(path, json={"row_version": 2, "name": "x"}).status_code == 403
    assert api("marc").patch(path, json={"row_version": 2, "launch": None}).status_code == 422
    assert api("marc").patch(path, json={"name": "x"}).status_code == 422


def test_a_step_is_amended_from_the_row_that_was_read(api, autumn, world):
    step = step_called(autumn(), "visual")
    path = f"/campaigns/{world.ids['campaign']}/steps/{step['id']}"

    answer = api("marc").patch(path, json={"days": 6, "name": "Poster", "people": ["a@b.example"], "row_version": step["row_version"]})

    assert answer.status_code == 200
    assert (answer.json["days"], answer.json["name"], answer.json["people"]) == (6, "Poster", ["a@b.example"])
    assert answer.json["latest_start"] < step["latest_start"]
    stale = api("marc").patch(path, json={"days": 7, "row_version": step["row_version"]})
    assert (stale.status_code, stale.json["error"]["step"]["days"]) == (409, 6)
    events = api("marc").get(f"/campaigns/{world.ids['campaign']}/events").json["items"]
    assert events[-1]["name"] == "step.amended"
    assert f"step_{step['id']}" in events[-1]["keys"]


def test_what_no_plan_could_say_no_step_can(api, autumn, world):
    def patched(key: str, **changes) -> int:
        step = step_called(autumn(), key)
        path = f"/campaigns/{world.ids['campaign']}/steps/{step['id']}"
        return api("marc").patch(path, json={"row_version": step["row_version"], **changes}).status_code

    assert patched("ready", days=3) == 422
    assert patched("brief", closes="by_hand") == 422
    assert patched("brief", calendar="mars") == 422
    assert patched("brief", people=["nobody"]) == 422
    assert patched("brief", started_on="2026-05-05", finished_on="2026-05-04") == 422
    assert patched("brief", days=160_000) == 422
    assert patched("brief", id="other") == 422
    assert patched("ok", sla_days=2, rounds=2, rework_days=1) == 200
    assert step_called(autumn(), "ok")["days"] == 5
    assert patched("ok", days=4) == 200
    assert step_called(autumn(), "ok")["rounds"] is None
    assert patched("brief", deadline="2030-01-02") == 200
    assert patched("brief", deadline=None) == 200
    assert step_called(autumn(), "brief")["deadline"] is None


def test_a_creative_says_how_their_own_steps_go(api, autumn, world):
    own, other = step_called(autumn(), "visual"), step_called(autumn(), "brief")
    path = f"/campaigns/{world.ids['campaign']}/steps"
    began = {"started_on": today("Europe/Paris").isoformat(), "remaining_days": 2}

    assert api("camille").patch(f"{path}/{own['id']}", json={"days": 1, "row_version": 1}).status_code == 403
    assert api("camille").patch(f"{path}/{other['id']}", json={**began, "row_version": 1}).status_code == 403
    answer = api("camille").patch(f"{path}/{own['id']}", json={**began, "row_version": 1})
    assert (answer.status_code, answer.json["started_on"]) == (200, began["started_on"])
    assert api("chloe").patch(f"{path}/{own['id']}", json={**began, "row_version": 2}).status_code == 404
    assert api("rita").patch(f"{path}/{own['id']}", json={**began, "row_version": 2}).status_code == 404


def test_a_step_of_another_campaign_is_not_there(api, autumn):
    other = api("marc").post("/campaigns", json={"name": "x", "launch": LAUNCH}).json
    step = step_called(autumn(), "brief")

    assert api("marc").patch(f"/campaigns/{other['id']}/steps/{step['id']}", json={"row_version": 1, "days": 1}).status_code == 404


def test_a_gate_is_made_once(api):
    made = api("marc").post("/campaigns", json={"name": "x", "launch": LAUNCH, "plan": plan()}).json
    ids = {step["key"]: step["id"] for step in made["steps"]}
    path = f"/campaigns/{made['id']}/gates"

    first = api("marc").post(path, json={"milestone_id": ids["party"], "deliverable_id": ids["text"], "rule": {"at_least": 2}})
    again = api("marc").post(path, json={"milestone_id": ids["party"], "deliverable_id": ids["text"]})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["rule"] == {"at_least": 2}
    assert api("marc").post(path, json={"milestone_id": ids["ready"], "deliverable_id": ids["visual"]}).status_code == 200
    now = api("marc").get(f"/campaigns/{made['id']}").json
    assert [gate["id"] for gate in now["milestones"][1]["gates"]] == [first.json["id"]]
    assert {"from": "text", "to": "party"} in api("marc").get(f"/campaigns/{made['id']}/plan.json").json["links"]


def test_what_cannot_be_a_gate_is_refused(api, autumn):
    made = api("marc").post("/campaigns", json={"name": "x", "launch": LAUNCH, "plan": plan(
        links=[{"from": "ready", "to": "text"}]
    )}).json
    ids = {step["key"]: step["id"] for step in made["steps"]}
    path = f"/campaigns/{made['id']}/gates"

    def asked(milestone, deliverable, who="marc", **more):
        return api(who).post(path, json={"milestone_id": milestone, "deliverable_id": deliverable, **more})

    assert asked(ids["visual"], ids["ready"]).status_code == 422
    waits = asked(ids["ready"], ids["text"])
    assert (waits.status_code, waits.json["error"]["message"]) == (422, "Steps wait for each other: text → ready → text.")
    assert asked(ids["ready"], step_called(autumn(), "visual")["id"]).status_code == 404
    assert asked(ids["ready"], "nothing").status_code == 404
    assert asked(ids["ready"], ids["text"], rule="most").status_code == 422
    assert asked(ids["party"], ids["text"], "camille").status_code == 403
    assert asked(ids["party"], ids["text"], "chloe").status_code == 404


def test_a_waived_deliverable_holds_nothing(api, autumn, world):
    visual, path = step_called(autumn(), "visual"), f"/campaigns/{world.ids['campaign']}/steps"

    answer = api("marc").post(f"{path}/{visual['id']}/waiver", json={"reason": "The client brings it"})

    assert answer.status_code == 201
    assert answer.json["unblocked"] == [step_called(autumn(), "ready")["id"]]
    assert (step_called(autumn(), "visual")["state"], step_called(autumn(), "ready")["state"]) == ("waived", "passed")
    again = api("olga").post(f"{path}/{visual['id']}/waiver", json={"reason": "Twice"})
    assert (again.status_code, again.json["id"], again.json["reason"]) == (200, answer.json["id"], "The client brings it")

    assert api("marc").delete(f"{path}/{visual['id']}/waiver").status_code == 204
    assert step_called(autumn(), "ready")["state"] == "reopened"
    assert api("camille").post(f"{path}/{visual['id']}/waiver", json={"reason": "x"}).status_code == 403
    assert api("marc").post(f"{path}/{step_called(autumn(), 'brief')['id']}/waiver", json={"reason": "x"}).status_code == 422
    assert api("marc").post(f"{path}/{visual['id']}/waiver", json={"reason": " "}).status_code == 422


def test_a_milestone_is_passed_by_hand_when_it_is_ready(api):
    made = api("marc").post("/campaigns", json={"name": "x", "launch": LAUNCH, "plan": plan()}).json
    ids = {step["key"]: step["id"] for step in made["steps"]}
    path = f"/campaigns/{made['id']}/milestones"

    held = api("marc").post(f"{path}/{ids['ready']}/passing")
    passed = api("marc").post(f"{path}/{ids['party']}/passing", json={})

    assert (held.status_code, error_of(held)) == (409, "not_ready")
    assert (passed.status_code, passed.json["milestone"]["flow"], passed.json["milestone"]["health"]) == (201, "passed", "passed_on_time")
    assert ids["party"] in passed.json["unblocked"]
    assert api("marc").post(f"{path}/{ids['brief']}/passing").status_code == 422
    assert api("camille").post(f"{path}/{ids['ready']}/passing").status_code == 403
    assert api("marc").post(f"{path}/{ids['party']}/passing").status_code == 409


def test_the_log_is_read_from_a_seq(api, autumn, world):
    path = f"/campaigns/{world.ids['campaign']}/events"
    world.upload(picture(), deliverable="visual")

    everything = api("camille").get(path).json
    rest = api("camille").get(f"{path}?after={everything['seq'] - 1}").json

    assert [row["seq"] for row in everything["items"]] == list(range(1, everything["seq"] + 1))
    assert rest["items"] == everything["items"][-1:]
    assert autumn()["seq"] == everything["seq"]
    assert {"seq", "name", "actor", "subject", "at"} <= rest["items"][0].keys()
    for wrong in ("-1", "x", "99999999999999999999", "1.5"):
        assert api("marc").get(f"{path}?after={wrong}").status_code == 422


def test_clients_and_guests_read_what_concerns_them(api, world, guest):
    path = f"/campaigns/{world.ids['campaign']}/events"
    assert api("chloe").get(path).status_code == 404
    shown = world.upload(picture(), deliverable="visual")
    world.upload(picture((9, 9, 9)), deliverable="media")
    world.put_up(shown, "chloe@maree.example")
    somebody = guest(shown, ["see"])

    for outsider in (api("chloe"), somebody):
        answer = outsider.get(path).json
        assert {row["version_id"] for row in answer["items"]} == {shown.id}
        assert not any(key.startswith(("campaign_", "step_")) for row in answer["items"] for key in row["keys"])
        assert answer["seq"] == world.campaign.seq
    assert api("rita").get(path).status_code == 404
    assert api("chloe").get(f"/campaigns/{world.ids['workspace']}/events").status_code == 404


def test_the_plan_goes_out_and_computes_to_the_same_dates(api, autumn, world):
    world.decide(world.put_up(world.upload(picture(), deliverable="visual"), "chloe@maree.example"), world.chloe)

    out = api("camille").get(f"/campaigns/{world.ids['campaign']}/plan.json").json

    computed, live = retroplan_answer(plan_from(out, date.max)), autumn()
    assert computed["slack_days"] == live["slack_days"]
    for step in live["steps"]:
        mine = computed["steps"][step["key"]]
        assert (mine["latest_start"], mine["due"], mine["early_finish"]) == (step["latest_start"], step["due"], step["early_finish"])
    assert json.dumps(out)


def test_naughty_ids_are_not_there(api):
    for id_ in ("%00", "%F0%9F%92%A9", "'%20OR%201=1", "x" * 500):
        assert api("marc").get(f"/campaigns/{id_}").status_code == 404
        assert api("marc").get(f"/campaigns/{id_}/events").status_code == 404
        assert api("marc").get(f"/versions/{id_}").status_code == 404


def test_a_step_tells_what_it_may_slip_what_was_lost_and_how_many_rounds_fit(api, autumn):
    """The brief drives all; three days more of it are three days of slack lost by whatever waits for it."""
    before = autumn()
    assert [step_called(before, key)["free_slack_days"] for key in ("brief", "ok", "live")] == [0, 0, None]
    assert {step["consumed_slack_days"] for step in before["steps"]} == {0}
    afforded = step_called(before, "ok")["rounds_afforded"]
    assert afforded > 0
    assert {step["rounds_afforded"] for step in before["steps"] if step["kind"] != "review"} == {None}

    brief = step_called(before, "brief")
    api("marc").patch(f"/campaigns/{before['id']}/steps/{brief['id']}", json={"days": 5, "row_version": brief["row_version"]})

    after = autumn()
    assert {step["consumed_slack_days"] for step in after["steps"]} == {3}
    assert step_called(after, "ok")["rounds_afforded"] < afforded
