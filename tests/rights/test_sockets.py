"""Every socket event × every role, at a house that really serves; and to whom hints go."""

import queue

import pytest
import requests
from socketio import Client
from socketio.exceptions import ConnectionError as Refused

from storage.db import db
from tests.conftest import SECRET
from tests.rights.rights import NOT_FOUND, OK, REFUSED, SOCKETS
from tests.rights.scene import GUESTS, LINKS, MEMBERS, ROLES, Scene
from tests.services.house import served_house
from tests.stage import opened
from webapp.live import SOCKET_EVENTS

PATIENCE_SECONDS = 10
TEAM = ("owner", "marketer", "creative")
HERE = ("client", *LINKS, "reviewer")
MINE = {"id": "55555555-5555-4555-8555-555555555555", "body": "Between us.", "audience": "internal"}
OURS = {"id": "66666666-6666-4666-8666-666666666666", "body": "For all of us.", "audience": "shared"}
THEIRS = {"id": "77777777-7777-4777-8777-777777777777", "body": "About the other one.", "audience": "shared"}


MARKER = "88888888-8888-4888-8888-000000000001"
SECRET_STROKE = "88888888-8888-4888-8888-000000000002"
BOX = {"type": "box", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}
RELAYS = {
    "look": {},
    "pointer": {"page": 1, "x": 0.5, "y": 0.5},
    "stroke": {"id": MARKER, "page": 1, "shape": BOX, "audience": "shared", "done": True},
    "typing": {"audience": "shared"},
}
SPEAKERS = ("comment", "reviewer")


class Line:
    """Somebody's socket, and the hints that came by it."""

    def __init__(self, url: str, *, auth=None, cookie: str = "", origin: str | None = None):
        options = {"origin": origin} if origin else {"suppress_origin": True}
        self.client = Client(reconnection=False, websocket_extra_options=options)
        self.hints: queue.Queue[dict] = queue.Queue()
        self.ended: queue.Queue[str] = queue.Queue()
        self.client.on("hint", self.hints.put)
        self.relayed: queue.Queue[tuple[str, dict]] = queue.Queue()
        for event in ("pointer", "stroke", "typing"):
            self.client.on(event, lambda said, event=event: self.relayed.put((event, said)))
        self.client.on("disconnect", lambda reason: self.ended.put(reason))
        headers = {"Cookie": cookie} if cookie else {}
        self.client.connect(url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=PATIENCE_SECONDS)

    def join(self, campaign_id, seq=0) -> dict:
        return self.client.call("join", {"campaign_id": campaign_id, "seq": seq}, timeout=PATIENCE_SECONDS)

    def ask(self, event: str, **message) -> dict:
        return self.client.call(event, message, timeout=PATIENCE_SECONDS)

    def heard_until_marker(self) -> list[tuple[str, object]]:
        """(event, id) of what was relayed to it, up to the stroke that everybody may see."""
        came = []
        while not came or came[-1][1] != MARKER:
            event, said = self.relayed.get(timeout=PATIENCE_SECONDS)
            came.append((event, said.get("id")))
        return came

    def until(self, wanted) -> list[dict]:
        """The hints that came, up to the one that is wanted: they come in their order."""
        came = []
        while not came or not wanted(came[-1]):
            came.append(self.hints.get(timeout=PATIENCE_SECONDS))
        return came


class Street:
    """The scene, and the house that serves it."""

    def __init__(self, scene: Scene, house):
        self.scene, self.house, self.lines = scene, house, []

    def connect(self, role: str) -> Line:
        """By a token where there is one, else by what a browser at the app's own pages sends."""
        token = self.scene.world.tokens.get(MEMBERS.get(role, ""))
        if token:
            return self.open(auth={"token": token})
        cookie = f"bb_guest={self.scene.secrets[role]}" if role in GUESTS else ""
        return self.open(cookie=cookie, origin=self.house.url)

    def open(self, **how) -> Line:
        line = Line(self.house.url, **how)
        self.lines.append(line)
        return line

    def joined(self, role: str) -> Line:
        line = self.connect(role)
        assert "missed" in line.join(self.scene.ids["campaign"])
        return line

    def api(self, role: str, method: str, path: str, **asked):
        """Somebody's call, by the same credential."""
        headers = {"Authorization": f"Bearer {self.scene.world.tokens[MEMBERS[role]]}"}
        return requests.request(method, f"{self.house.url}/api/v1{path}", headers=headers, timeout=PATIENCE_SECONDS, **asked)

    def session_of(self, role: str) -> str:
        cookie = self.scene.visitor(role).client.get_cookie("backbeat")
        assert cookie
        return f"backbeat={cookie.value}"

    def looking(self, role: str) -> Line:
        line = self.connect(role)
        version = "other_version_id" if role == "elsewhere" else "version_id"
        assert "people" in line.ask("look", version_id=self.scene.ids[version])
        return line

    def hang_up(self) -> None:
        for line in self.lines:
            line.client.disconnect()
        self.lines.clear()


@pytest.fixture(scope="module")
def house(tmp_path_factory, migrated_sqlite):
    folder = tmp_path_factory.mktemp("street") / "data"
    with opened(folder, database=migrated_sqlite) as app:
        scene = Scene(app)
        db.session.remove()
        with served_house(folder, secret_key=SECRET, demo="0") as house:
            yield Street(scene, house)


@pytest.fixture
def street(house):
    yield house
    house.hang_up()


def test_the_table_names_every_event_and_no_other():
    assert SOCKETS.keys() == {"connect", *SOCKET_EVENTS}


def test_who_may_connect(street):
    seen = {}
    for role in ROLES:
        try:
            street.connect(role)
            seen[role] = OK
        except Refused:
            seen[role] = REFUSED

    assert seen == SOCKETS["connect"]


def test_who_may_join_a_campaign(street):
    """Whoever may not is told the same as of a campaign that does not exist."""
    seen = {"nobody": REFUSED}
    for role in MEMBERS.keys() | GUESTS:
        line = street.connect(role)
        answer, absent = line.join(street.scene.ids["campaign"]), line.join("0" * 26)
        assert absent["error"]["code"] == NOT_FOUND
        assert "missed" in answer or answer == absent
        seen[role] = OK if "missed" in answer else NOT_FOUND

    assert seen == SOCKETS["join"]


def test_whoever_joins_missed_what_the_api_would_tell_them(street):
    campaign_id = street.scene.ids["campaign"]
    for role in (*TEAM, "client"):
        told = street.api(role, "GET", f"/campaigns/{campaign_id}/events").json()
        joined = street.connect(role).join(campaign_id)

        assert joined["seq"] == told["seq"]
        assert [{name: value for name, value in event.items() if name != "row"} for event in joined["missed"]] == told["items"]


@pytest.mark.parametrize("role", [*HERE, "elsewhere"])
def test_whoever_is_not_of_the_team_hears_of_nothing_but_what_they_may_see(role, street):
    """What they missed names no plan, no internal note, and no version but theirs."""
    ids = street.scene.ids
    theirs = ids["other_version_id"] if role == "elsewhere" else ids["version_id"]

    missed = street.connect(role).join(ids["campaign"])["missed"]

    assert {event["version_id"] for event in missed} == {theirs}
    assert {event.get("row", {}).get("audience", "shared") for event in missed} == {"shared"}
    assert {key.partition("_")[0] for event in missed for key in event["keys"]} <= {"version", "asset", "review", "annotation"}
    assert ids["annotation_internal"] not in str(missed)


def test_hints_go_to_whom_they_may_go(street):
    """A note between the team, a step that moves, a note about another version, a note for all: each to its readers."""
    lines = {role: street.joined(role) for role in (*TEAM, *HERE, "elsewhere")}
    say(street, "version_id", MINE)
    move(street)
    say(street, "other_version_id", THEIRS)
    say(street, "version_id", OURS)

    heard = {role: line.until(last_for(role)) for role, line in lines.items()}

    assert {role: [said_in(hint) for hint in came] for role, came in heard.items()} == {
        **dict.fromkeys(TEAM, [MINE["id"], None, THEIRS["id"], OURS["id"]]),
        **dict.fromkeys(HERE, [OURS["id"]]),
        "elsewhere": [THEIRS["id"]],
    }
    assert all(key.partition("_")[0] != "campaign" for role in HERE for hint in heard[role] for key in hint["keys"])


def say(street, version: str, note: dict) -> None:
    answer = street.api("marketer", "POST", f"/versions/{street.scene.ids[version]}/annotations", json=note)
    assert answer.status_code == 201, answer.text


def move(street) -> None:
    path = f"/campaigns/{street.scene.ids['campaign']}/steps/{street.scene.ids['step_media']}"
    answer = street.api("marketer", "PATCH", path, json={"row_version": street.scene.row_versions["media"], "days": 4})
    assert answer.status_code == 200, answer.text


def last_for(role: str):
    wanted = THEIRS["id"] if role == "elsewhere" else OURS["id"]
    return lambda hint: said_in(hint) == wanted


def said_in(hint: dict) -> str | None:
    return hint.get("row", {}).get("id")


@pytest.mark.parametrize("event", RELAYS)
def test_who_may_take_part_in_a_versions_room(event, street):
    """Whoever may not see the version is told the same as of one that does not exist."""
    seen = {"nobody": REFUSED}
    for role in MEMBERS.keys() | GUESTS:
        line = street.connect(role)
        looked = line.ask("look", version_id=street.scene.ids["version_id"])
        answer = looked if event == "look" else line.ask(event, version_id=street.scene.ids["version_id"], **RELAYS[event])
        absent = line.ask(event, version_id="0" * 26, **RELAYS[event])
        assert absent["error"]["code"] == NOT_FOUND
        assert ("error" not in answer) or answer == absent or "people" in looked
        seen[role] = answer.get("error", {}).get("code", OK)

    assert seen == SOCKETS[event]


@pytest.mark.parametrize("event", ["pointer", "stroke", "typing"])
def test_nothing_is_relayed_of_those_who_do_not_look_or_may_not(event, street):
    """Who does not look at it, who looks at another version, who looks by a link that lets them see only."""
    listener = street.looking("owner")
    ids = street.scene.ids
    for role in ("stranger", "unnamed", "elsewhere", "marketer"):
        answer = street.connect(role).ask(event, version_id=ids["version_id"], **{**RELAYS[event], "id": SECRET_STROKE})
        assert answer["error"]["code"] == NOT_FOUND
    elsewhere = street.looking("elsewhere")
    assert elsewhere.ask(event, version_id=ids["version_id"], **{**RELAYS[event], "id": SECRET_STROKE})["error"]["code"] == NOT_FOUND
    if event != "pointer":
        street.looking("see").ask(event, version_id=ids["version_id"], **{**RELAYS[event], "id": SECRET_STROKE})

    street.looking("marketer").ask("stroke", version_id=ids["version_id"], **RELAYS["stroke"])

    assert listener.heard_until_marker() == [("stroke", MARKER)]
    assert elsewhere.relayed.empty()


def test_what_the_team_does_inside_never_reaches_a_client_or_a_guest(street):
    """Shown by a stroke for all that does arrive, after the internal ones."""
    ids = street.scene.ids
    team, outside = {role: street.looking(role) for role in TEAM}, {role: street.looking(role) for role in HERE}
    marketer, version_id = street.looking("marketer"), ids["version_id"]

    for audience in ({"audience": "internal"}, {}):
        said = {"id": SECRET_STROKE, "page": 1, "shape": BOX, "done": True, **audience}
        assert marketer.ask("stroke", version_id=version_id, **said) == {}
    marketer.ask("typing", version_id=version_id)
    marketer.ask("typing", version_id=version_id, id=ids["annotation_internal"], audience="shared")
    marketer.ask("stroke", version_id=version_id, **RELAYS["stroke"])

    for line in team.values():
        assert [said for said in line.heard_until_marker() if said[0] == "stroke"] == [("stroke", SECRET_STROKE)] * 2 + [("stroke", MARKER)]
    for line in outside.values():
        assert line.heard_until_marker() == [("stroke", MARKER)]


@pytest.mark.parametrize("role", ["client", *SPEAKERS])
def test_what_a_client_or_guest_does_is_for_all(role, street):
    """Whatever they say of its audience; and an internal note they cannot see, they cannot be known to answer."""
    ids = street.scene.ids
    listener, other = street.looking("owner"), street.looking("see")
    speaker = street.looking(role)

    speaker.ask("typing", version_id=ids["version_id"], id=ids["annotation_internal"], audience="internal")
    speaker.ask("stroke", version_id=ids["version_id"], **{**RELAYS["stroke"], "audience": "internal"})

    for line in (listener, other):
        assert line.heard_until_marker() == [("typing", None), ("stroke", MARKER)]


def test_a_foreign_page_gets_no_socket(street):
    cookie = street.session_of("marketer")
    assert street.open(cookie=cookie, origin=street.house.url).join(street.scene.ids["campaign"])["seq"]

    for origin in ("https://evil.example", "null", street.house.url.replace("127.0.0.1", "127.0.0.2"), street.house.url + "0"):
        with pytest.raises(Refused):
            street.open(cookie=cookie, origin=origin)


@pytest.mark.parametrize("how", ["session", "pass"])
def test_without_an_origin_a_cookie_opens_nothing(how, street):
    """Only a script holds a token, and only a browser sends an Origin."""
    cookie = street.session_of("marketer") if how == "session" else f"bb_guest={street.scene.secrets['see']}"

    with pytest.raises(Refused):
        street.open(cookie=cookie)


@pytest.mark.parametrize("auth", [{"token": "bb_wrong"}, {"token": ""}, {"token": 7}, {"token": None}, ["token"], "token", None])
def test_a_wrong_token_opens_nothing(auth, street):
    with pytest.raises(Refused):
        street.open(auth=auth)


@pytest.mark.parametrize("message", [None, {}, [], "join", {"campaign_id": 7}, {"campaign_id": None, "seq": 1}, {"campaign_id": "x" * 5000},
                                     {"campaign_id": "0" * 26, "seq": -1}, {"campaign_id": "0" * 26, "seq": True}, {"campaign_id": "\0", "seq": 0},
                                     {"campaign_id": "0" * 26, "seq": 1e300}, {"campaign_id": "0" * 26, "seq": 10**30}])
def test_a_join_that_makes_no_sense_is_told_so(message, street):
    answer = street.connect("marketer").client.call("join", message, timeout=PATIENCE_SECONDS)

    assert answer["error"]["code"] in ("bad_request", NOT_FOUND)


def test_whoever_is_beyond_the_log_loads_anew(street):
    assert street.connect("client").join(street.scene.ids["campaign"], 10**6) == {"reload": True}
    assert street.connect("client").join(street.scene.ids["campaign"], 10**30) == {"reload": True}


def test_a_revoked_link_and_a_member_who_leaves_lose_their_sockets(street):
    ids = street.scene.ids
    guest, leaver, stays = street.joined("see"), street.joined("client"), street.joined("comment")
    drawing = street.looking("marketer")
    for line in (guest, leaver, stays):
        assert "people" in line.ask("look", version_id=ids["version_id"])

    assert street.api("owner", "DELETE", f"/links/{ids['link_see']}").status_code == 204
    assert street.api("owner", "DELETE", f"/workspace/members/{ids['chloe']}").status_code == 204

    assert guest.ended.get(timeout=PATIENCE_SECONDS)
    assert leaver.ended.get(timeout=PATIENCE_SECONDS)
    with pytest.raises(Refused):
        street.connect("see")
    assert "missed" in stays.join(ids["campaign"])
    drawing.ask("stroke", version_id=ids["version_id"], **RELAYS["stroke"])
    assert stays.heard_until_marker() == [("stroke", MARKER)]
    assert guest.relayed.empty()
    assert leaver.relayed.empty()
