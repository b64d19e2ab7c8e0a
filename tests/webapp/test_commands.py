"""The command line as people script it: what is printed, what it ends with, and that `serve` is a good guest."""

import http.client
import json
import shutil
import signal
import socket
import threading
import urllib.error
import urllib.request
from datetime import date
from urllib.parse import urlsplit

import pytest
import socketio

from planning.exchange.mspdi import mspdi_of
from planning.exchange.table import csv_of
from planning.planfile import dump, plan_from
from tests.services.house import backbeat, served_house

ROLES = ["owner", "marketer", "creative", "client"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A data folder with the demo in it, and what `backbeat demo` answered."""
    folder = tmp_path_factory.mktemp("house") / "data"
    done = backbeat(folder, "demo")
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


@pytest.fixture(scope="module")
def house(demo):
    with served_house(demo[0]) as house:
        yield house


@pytest.fixture
def empty(tmp_path):
    return tmp_path / "data"


def test_the_demo_answers_who_may_come_in_and_how(demo):
    _, answer = demo
    people = [role["email"] for workspace in answer["workspaces"] for role in workspace["roles"].values()]

    assert len(answer["workspaces"]) == 2
    assert len(set(people)) == 8
    for workspace in answer["workspaces"]:
        assert list(workspace["roles"]) == ROLES
        assert all(set(role) == {"email", "password", "token"} for role in workspace["roles"].values())
        assert workspace["campaigns"]
        assert all(set(campaign) == {"id", "name"} for campaign in workspace["campaigns"])
    assert answer["guest_link"].startswith("http://127.0.0.1:8000/")


def test_the_demos_people_see_their_own_campaigns_and_no_others(demo, house):
    first, second = demo[1]["workspaces"]
    campaign = first["campaigns"][0]["id"]

    seen = house.api(f"/campaigns/{campaign}", first["roles"]["marketer"]["token"])

    assert seen["name"] == first["campaigns"][0]["name"]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        house.api(f"/campaigns/{campaign}", second["roles"]["owner"]["token"])


def test_the_demo_again_changes_nothing_but_the_tokens(demo, house):
    folder, before = demo
    campaigns = [(workspace, campaign["id"]) for workspace in before["workspaces"] for campaign in workspace["campaigns"]]
    seqs = [house.api(f"/campaigns/{id_}", workspace["roles"]["owner"]["token"])["seq"] for workspace, id_ in campaigns]

    after = json.loads(backbeat(folder, "demo").stdout)

    assert [house.api(f"/campaigns/{id_}", _owner(after, workspace["id"]))["seq"] for workspace, id_ in campaigns] == seqs
    assert _owner(after, before["workspaces"][0]["id"]) != before["workspaces"][0]["roles"]["owner"]["token"]
    assert after["guest_link"] == before["guest_link"]
    assert [workspace["campaigns"] for workspace in after["workspaces"]] == [workspace["campaigns"] for workspace in before["workspaces"]]


def test_everything_in_the_demo_is_drawn_and_holds_together(demo, house):
    with house.get("/readyz") as answer:
        assert json.loads(answer.read())["deliveries_owed"] == 0
    for command in ("check-ledger", "verify"):
        done = backbeat(demo[0], command)
        assert (done.returncode, done.stdout) == (0, ""), done


def test_the_guest_link_opens_a_page_on_the_served_address(demo, house):
    path = "/" + demo[1]["guest_link"].split("/", 3)[3]
    with house.get(path, Accept="text/html") as page:
        assert page.status == 200


def test_a_page_asked_for_by_another_name_of_this_machine_goes_to_the_printed_one(house):
    address = urlsplit(house.url)
    line = http.client.HTTPConnection(address.netloc, timeout=10)
    line.request("GET", "/sign-in?next=%2F", headers={"Accept": "text/html", "Host": f"localhost:{address.port}"})
    answer = line.getresponse()

    assert (answer.status, answer.headers["Location"]) == (307, f"{house.url}/sign-in?next=%2F")


def test_the_files_host_is_another_port_and_sets_no_cookie(house):
    policy = house.get("/sign-in").headers["Content-Security-Policy"].replace(";", " ")
    files = next(word for word in policy.split() if word.startswith("http://"))

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{files}/objects/x", timeout=10)

    assert files != house.url
    assert refused.value.headers["Set-Cookie"] is None


def test_a_socket_comes_and_goes_and_leaves_no_fault_behind(demo, house):
    workspace = demo[1]["workspaces"][0]
    client, gone = socketio.Client(reconnection=False), threading.Event()
    client.on("disconnect", lambda *_: gone.set())
    client.connect(house.url, transports=["websocket"], auth={"token": workspace["roles"]["owner"]["token"]})

    joined = client.call("join", {"campaign_id": workspace["campaigns"][0]["id"], "seq": 0})
    client.disconnect()

    assert joined["missed"]
    assert gone.wait(10)
    with house.get("/healthz") as answer:
        assert answer.status == 200
    assert "Traceback" not in house.log.read_text()


def test_a_token_is_printed_for_one_membership(demo, house):
    folder, answer = demo
    email = answer["workspaces"][0]["roles"]["creative"]["email"]

    token = backbeat(folder, "token", "--email", email.upper()).stdout.strip()

    assert house.api("/campaigns", token)["items"]


def test_a_token_for_nobody_is_refused_in_one_line(demo):
    done = backbeat(demo[0], "token", "--email", "nobody@maree.example")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "nobody@maree.example" in done.stderr


def test_a_busy_port_is_passed_over_and_said(empty):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with served_house(empty, port=port) as house:
            assert f"Port {port} is busy; taking " in house.log.read_text()
            assert not house.url.endswith(f":{port}")


def test_an_empty_installation_prints_the_set_up_address_and_its_code(empty):
    with served_house(empty) as house:
        said = next(line for line in house.log.read_text().splitlines() if "/setup" in line)
        assert f"{house.url}/setup" in said
        assert len(said.split()[-1]) == 14
        with house.get("/setup") as page:
            assert page.status == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_told(empty, how):
    with served_house(empty) as house:
        house.process.send_signal(how)

        assert house.process.wait(10) == 0
        assert "Traceback" not in house.log.read_text()


def test_drills_are_shown(empty):
    with served_house(empty, drills="1", now="2027-01-01T08:00:00+00:00") as house:
        assert "DRILLS ARE ON" in house.log.read_text()
        with house.get("/readyz") as answer:
            assert json.loads(answer.read())["drills"] is True


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"drills": "1", "failpoint": "nowhere"}, "nowhere"),
        ({"drills": "perhaps"}, "drills"),
        ({"database_url": "postgresql://nobody@127.0.0.1:1/none"}, "database"),
    ],
)
def test_wrong_settings_end_with_one_line(empty, wrong, named):
    done = backbeat(empty, "check-ledger", **wrong)

    assert done.returncode == 1
    assert done.stderr.startswith("backbeat: ")
    assert done.stderr.count("\n") == 1
    assert named in done.stderr


def test_an_unmigrated_folder_is_told_what_to_do(empty):
    done = backbeat(empty, "verify")

    assert done.returncode == 1
    assert "backbeat migrate" in done.stderr


def test_a_lost_object_is_a_fault(demo, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(demo[0], folder)
    lost = next(path for path in (folder / "objects" / "blob").rglob("*") if path.is_file())
    lost.unlink()

    done = backbeat(folder, "check-ledger")

    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert lost.name in done.stdout


def test_plan_files_are_computed_without_a_database(empty):
    empty.parent.joinpath("spot.json").write_text(json.dumps(
        {"launch": "2027-05-20", "status_date": "2027-04-05", "steps": [{"id": "brief", "days": 2}]}
    ))

    done = backbeat(empty, "retroplan", "spot.json", "--format", "json")

    answer = json.loads(done.stdout)
    assert (answer["file"], answer["ready"]) == ("spot.json", "2027-04-06")
    assert not empty.exists()
    assert "brief" in backbeat(empty, "retroplan", "spot.json").stdout


def test_a_table_and_a_project_give_what_the_plan_json_gives(empty):
    plan = {"launch": "2027-05-20", "status_date": "2027-04-05", "buffer_days": 2, "steps": [{"id": "brief", "days": 2}, {"id": "film", "days": 4}]}
    read = plan_from({**plan, "links": [{"from": "brief", "to": "film", "lag": 1}]}, date(2027, 4, 5))
    files = {"plan.json": json.dumps(dump(read)).encode(), "plan.csv": csv_of(read).encode(), "plan.XML": mspdi_of(read)}
    for name, content in files.items():
        empty.parent.joinpath(name).write_bytes(content)

    done = backbeat(empty, "retroplan", *files, "--format", "json")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.pop("file") for answer in answers] == list(files)
    told = [[(step["latest_start"], step["due"], step["early_finish"]) for step in answer["steps"].values()] for answer in answers]
    assert told[0] == told[1] == told[2]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_plan_that_is_too_short_is_an_answer_with_what_could_be_done(empty):
    steps = [{"id": "film", "name": "The film", "days": 8}, {"id": "ok", "name": "Client's OK", "kind": "review", "days": 5, "people": ["chloe@alba.example"]}]
    plan = {"launch": "2027-04-20", "status_date": "2027-04-05", "steps": steps, "links": [{"from": "film", "to": "ok"}]}
    empty.parent.joinpath("short.json").write_text(json.dumps(plan))

    done = backbeat(empty, "retroplan", "short.json")

    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "short.json: launch 2027-04-20, ready 2027-04-21, short by 2 days"
    assert done.stdout.splitlines()[-4:] == [
        "What could be done:",
        "  - answer Client's OK in 3 days: ready 2027-04-19, 0 days to spare; asks chloe@alba.example",
        "  - launch on 2027-04-22: ready 2027-04-21, 0 days to spare",
        "",
    ]


def test_what_reading_left_out_is_said_beside_the_answer(empty):
    brief = {"from": "brief", "to": "film"}
    plan = {"launch": "2027-05-20", "steps": [{"id": "brief"}, {"id": "film"}], "links": [brief, {**brief, "lag": 2}]}
    empty.parent.joinpath("twice.json").write_text(json.dumps(plan))

    done = backbeat(empty, "retroplan", "twice.json", "--format", "json")

    assert json.loads(done.stdout)["file"] == "twice.json"
    assert done.stderr == "twice.json: Two FS links from brief to film: the stronger is kept.\n"


def test_a_wrong_plan_file_is_named_and_nothing_is_printed(empty):
    empty.parent.joinpath("good.json").write_text('{"launch": "2027-05-20", "steps": []}')
    empty.parent.joinpath("bad.json").write_text('{"launch": "2027-05-20", "steps": [{"id": "a", "colour": 1}]}')

    done = backbeat(empty, "retroplan", "good.json", "bad.json", "--format", "json")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "bad.json" in done.stderr
    assert "colour" in done.stderr


def _owner(answer, workspace_id):
    return next(one["roles"]["owner"]["token"] for one in answer["workspaces"] if one["id"] == workspace_id)
