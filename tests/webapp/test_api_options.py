"""Options of a campaign that is too short, their acceptance, taking it back, and baselines, over the API and from the wrong side."""

from xml.etree import ElementTree

import pytest

from planning.options import Kind
from storage.db import db
from storage.events import Event
from tests.planning.rushed import founded, offer_of, plan_of, rushed, step_of

pytestmark = pytest.mark.usefixtures("documented")


@pytest.fixture
def short_id(world):
    """A film whose plan is three days too long for its launch."""
    return founded(world, rushed(world.campaign.today), "Film")


@pytest.fixture
def offered(api, short_id):
    """`offered("shorten_review")`: the option of that one kind, as Marc reads it."""

    def read(kind: str, name="marc") -> dict:
        items = api(name).get(f"/campaigns/{short_id}/options").json["items"]
        return next(item for item in items if {change["kind"] for change in item["changes"]} == {kind})

    return read


@pytest.fixture
def accept(api, short_id):
    """`accept(option)` as Marc, from the first row."""

    def post(option: dict | str, by="marc", row_version=1, headers=None, **more):
        option_id = option if isinstance(option, str) else option["id"]
        path = f"/campaigns/{short_id}/options/{option_id}/acceptance"
        return api(by).post(path, json={"row_version": row_version, **more}, headers=headers)

    return post


def test_a_plan_that_is_long_enough_offers_nothing(api, campaign_id):
    read = api("marc").get(f"/campaigns/{campaign_id}/options").json

    assert (read["short_by_days"], read["items"]) == (0, [])


def test_options_name_rows_and_say_what_each_leaves(api, short_id, offered):
    plan = plan_of(short_id)
    ids = {key: step_of(plan, key).id for key in ("film", "ok", "fixes", "fine")}
    read = api("camille").get(f"/campaigns/{short_id}/options").json

    assert (read["short_by_days"], read["ready"], read["row_version"]) == (3, plan.schedule.ready.isoformat(), 1)
    assert read["items"][-1]["changes"][0]["kind"] == "move_launch"
    shorter = offered("shorten_review")
    assert shorter["changes"] == [{"kind": "shorten_review", "step_id": ids["ok"], "days": 2}]
    assert (shorter["holds"], shorter["hard_slack_days"], shorter["slack_days"]) == (True, 0, -1)
    assert (shorter["people"], shorter["people_disturbed"]) == (["chloe@maree.example"], 1)
    beside = offered("run_parallel")
    assert beside["changes"][0] == {"kind": "run_parallel", "step_id": ids["fixes"], "after_id": ids["ok"]}
    assert beside["at_risk_days"] == 2
    assert offered("shorten_review")["id"] == shorter["id"]


def test_an_accepted_option_is_the_plan_that_everybody_reads(api, short_id, offered, accept):
    option = offered("shorten_review")
    answer = accept(option, by="olga")

    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["decision"]["hard_slack_days_before"], told["decision"]["hard_slack_days_after"]) == (-3, option["hard_slack_days"])
    assert (told["baseline"], told["row_version"], told["unblocked"]) == (2, 2, [])
    read = api("marc").get(f"/campaigns/{short_id}").json
    assert (read["short_by_days"], read["ready"], read["row_version"]) == (0, option["ready"], 2)
    assert api("marc").get(f"/campaigns/{short_id}/options").json["items"] == []
    listed = api("camille").get(f"/campaigns/{short_id}/plan-decisions").json["items"]
    assert listed == [told["decision"]]
    assert "@" not in answer.text


def test_what_left_the_launch_is_told_apart(api, short_id, offered, accept, sign_in):
    accept(offered("move_scope"))
    read = api("camille").get(f"/campaigns/{short_id}").json
    gone = read["slipped"]

    assert [step["state"] for step in gone] == ["slipped", "slipped"]
    ids = {step["id"] for step in gone}
    assert ids.isdisjoint(step["id"] for step in read["steps"])
    assert ids.isdisjoint(end for link in read["links"] for end in (link["from_id"], link["to_id"]))
    change = api("marc").patch(f"/campaigns/{short_id}/steps/{gone[0]['id']}", json={"days": 1, "row_version": gone[0]["row_version"]})
    assert (change.status_code, change.json["error"]["code"]) == (409, "left_launch")
    browser = sign_in("marc")
    assert gone[0]["name"] in browser.get(f"/campaigns/{short_id}/plan").text
    assert "left the launch" in browser.get(f"/steps/{gone[0]['id']}").text


@pytest.mark.parametrize("ending", ["json", "csv", "xml", "ics"])
def test_exports_are_of_what_is_left(api, short_id, offered, accept, ending):
    accept(offered("move_scope"))
    out = api("marc").get(f"/campaigns/{short_id}/plan.{ending}").text

    assert "Media plan" in out
    assert "OK of the fixes" not in out


# From the wrong side


def test_from_an_older_row_it_is_refused_with_the_row_as_it_stands(api, short_id, offered, accept):
    option = offered("shorten_review")
    api("marc").patch(f"/campaigns/{short_id}", json={"name": "Film!", "row_version": 1})
    answer = accept(option)

    assert (answer.status_code, answer.json["error"]["code"], answer.json["error"]["campaign"]["row_version"]) == (409, "moved_on", 2)
    assert accept(option, row_version=2).status_code == 201


def test_what_is_no_longer_on_offer_is_refused_in_a_sentence(api, short_id, offered, accept):
    option = offered("shorten_review")
    step = step_of(plan_of(short_id), "media")
    assert api("marc").patch(f"/campaigns/{short_id}/steps/{step.id}", json={"days": 4, "row_version": 1}).status_code == 200

    for option_id in (option["id"], "0" * 32):
        answer = accept(option_id)
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "option_gone")
        assert "no longer on offer" in answer.json["error"]["message"]


def test_the_same_key_accepts_once(offered, accept, unique, short_id):
    option = offered("shorten_review")
    first, again = (accept(option, headers={"Idempotency-Key": unique}) for _ in range(2))

    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    db.session.rollback()
    assert db.session.query(Event).filter_by(scope_id=short_id, name="plan.decided").count() == 1


def test_who_may_not_accept_changes_nothing(api, short_id, offered, accept):
    decision_id, option = accept(offered("shorten_review")).json["decision"]["id"], "0" * 32

    for name, status in (("camille", 403), ("chloe", 404), ("rita", 404)):
        assert accept(option, by=name, row_version=2).status_code == status
        assert api(name).post(f"/plan-decisions/{decision_id}/undo").status_code == status
        assert api(name).get(f"/campaigns/{short_id}/options").status_code == (200 if status == 403 else 404)
    assert api("marc").post(f"/plan-decisions/{'0' * 26}/undo").status_code == 404
    assert plan_of(short_id).campaign.row_version == 2


@pytest.mark.parametrize("body", [{}, {"row_version": "1"}, {"row_version": 1, "name": ""}, {"row_version": 1, "why": "x"}])
def test_an_acceptance_is_held_to_its_shape(api, short_id, offered, body):
    path = f"/campaigns/{short_id}/options/{offered('shorten_review')['id']}/acceptance"

    assert api("marc").post(path, json=body).status_code == 422


# Taking it back


def test_a_decision_is_taken_back_until_somebody_acts_on_it(api, short_id, offered, accept):
    before = api("marc").get(f"/campaigns/{short_id}").json
    decision = accept(offered("move_scope")).json["decision"]

    undone = api("marc").post(f"/plan-decisions/{decision['id']}/undo")

    assert undone.status_code == 201, undone.text
    assert (undone.json["decision"]["undone_at"] is None, undone.json["row_version"]) == (False, 3)
    after = api("marc").get(f"/campaigns/{short_id}").json
    moving = {"seq", "row_version", "steps", "milestones"}
    assert {name: value for name, value in after.items() if name not in moving} == {name: value for name, value in before.items() if name not in moving}
    assert [{**step, "row_version": 0} for step in after["steps"]] == [{**step, "row_version": 0} for step in before["steps"]]
    again = api("marc").post(f"/plan-decisions/{decision['id']}/undo")
    assert (again.status_code, again.json["error"]["code"]) == (409, "already_undone")


def test_once_somebody_acted_on_it_it_stands(api, short_id, offered, accept):
    decision = accept(offered("run_parallel")).json["decision"]
    step, campaign = step_of(plan_of(short_id), "fixes"), plan_of(short_id).campaign
    api("marc").patch(f"/campaigns/{short_id}/steps/{step.id}", json={"started_on": campaign.today.isoformat(), "row_version": step.row_version})

    answer = api("marc").post(f"/plan-decisions/{decision['id']}/undo")

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "acted_on")


# Baselines


def test_baselines_are_called_by_their_day_or_name(api, short_id, offered, accept):
    accept(offered("shorten_review"), name="With a quick OK")
    launch = plan_of(short_id).campaign.launch.replace(year=2099).isoformat()
    api("marc").patch(f"/campaigns/{short_id}", json={"launch": launch, "row_version": 2})

    items = api("camille").get(f"/campaigns/{short_id}/baselines").json["items"]

    today = plan_of(short_id).campaign.today
    assert [item["name"] for item in items] == ["First plan", "With a quick OK", f"Plan of {today:%-d %B}"]
    assert [item["occasion"] for item in items] == ["founded", "accepted", "launch_moved"]
    assert [item["number"] for item in items] == [1, 2, 3]
    assert [item["undone"] for item in items] == [False] * 3


def test_a_baseline_tells_how_far_the_plan_has_drifted(api, short_id, offered, accept):
    first = api("marc").get(f"/campaigns/{short_id}/baselines/1").json
    assert [step["committed_drift_days"] for step in first["steps"]] == [0] * 6
    assert max(step["forecast_drift_days"] for step in first["steps"]) == 4, "three days short, and a day of buffer"

    accept(offered("shorten_review"))
    now = {step["key"]: step for step in api("marc").get(f"/campaigns/{short_id}/baselines/1").json["steps"]}

    assert (now["ok"]["days"], now["ok"]["committed_drift_days"], now["media"]["committed_drift_days"]) == (5, -3, -3)
    for number in ("3", "0", "-1", "1x", "9" * 30):
        assert api("marc").get(f"/campaigns/{short_id}/baselines/{number}").status_code == 404


def test_an_undone_decisions_baseline_says_so(api, short_id, offered, accept):
    decision = accept(offered("shorten_review")).json["decision"]
    api("marc").post(f"/plan-decisions/{decision['id']}/undo")

    items = api("marc").get(f"/campaigns/{short_id}/baselines").json["items"]

    assert [(item["decision_id"], item["undone"]) for item in items] == [(None, False), (decision["id"], True)]


def test_microsoft_project_gets_the_first_promises(api, short_id, offered, accept):
    first = plan_of(short_id)
    promised = {step.name: first.promised[step.id] for step in first.steps}
    accept(offered("shorten_review"))

    space = {"p": "http://schemas.microsoft.com/project"}
    tasks = ElementTree.fromstring(api("marc").get(f"/campaigns/{short_id}/plan.xml").data).findall("p:Tasks/p:Task", space)
    told = {task.findtext("p:Name", "", space): task.find("p:Baseline", space) for task in tasks}
    assert {name: one.findtext("p:Finish", "", space)[:10] for name, one in told.items()} == {name: one.finish.isoformat() for name, one in promised.items()}
    ok = told["Client's OK"]
    assert [ok.findtext(f"p:{name}", "", space) for name in ("Number", "Duration")] == ["0", "PT40H0M0S"]


def test_offers_are_those_of_the_domain(short_id, offered):
    assert offered("run_parallel")["id"] == offer_of(plan_of(short_id), Kind.RUN_PARALLEL).id
