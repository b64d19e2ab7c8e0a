"""Sockets as browsers and scripts meet them: who is let in, what they miss, what they hear."""

import pytest
import socketio

from storage.db import db, writing
from storage.events import record
from storage.workspaces import Membership
from tests.webapp.api_checks import note
from tests.webapp.sockets import NO_SWEEP, SECONDS, Socket, guest_cookie
from tests.world import digest, picture
from webapp import live


def test_who_joins_hears_what_was_missed_and_then_each_change(api, connected, campaign_id, version):
    socket = connected("marc")

    joined = socket.join(campaign_id)

    assert joined["missed"] == api("marc").get(f"/campaigns/{campaign_id}/events").json["items"]
    assert joined["seq"] == joined["missed"][-1]["seq"]
    made = api("camille").post(f"/versions/{version.id}/annotations", json=note()).json
    hint = socket.heard()
    assert (hint["campaign_id"], hint["seq"], hint["row"]) == (campaign_id, joined["seq"] + 1, made)
    assert f"version_{version.id}" in hint["keys"]

    api("marc").patch(f"/campaigns/{campaign_id}", json={"row_version": 1, "name": "Late autumn"})
    second = socket.heard()
    assert (second["seq"], second["keys"]) == (hint["seq"] + 1, [f"campaign_{campaign_id}"])
    assert "row" not in second


def test_who_comes_back_hears_the_rest_with_its_rows(api, connected, campaign_id, version):
    socket = connected("marc")
    seq = socket.join(campaign_id)["seq"]
    made = api("camille").post(f"/versions/{version.id}/annotations", json=note()).json
    api("camille").post(f"/annotations/{made['id']}/replies", json={"body": "And bolder"})
    assert [socket.heard()["seq"] for _ in range(2)] == [seq + 1, seq + 2]  # what is still to be sent is not missed

    rejoined = connected("marc").join(campaign_id, seq)

    assert [event["name"] for event in rejoined["missed"]] == ["annotation.added", "annotation.replied"]
    assert [event["row"]["id"] for event in rejoined["missed"]] == [made["id"]] * 2
    assert rejoined["seq"] == seq + 2
    assert connected("marc").join(campaign_id, rejoined["seq"]) == {"seq": rejoined["seq"], "missed": []}


def test_the_clients_yes_is_heard_at_the_marketers(api, world, connected, campaign_id, version):
    review = world.put_up(version, "chloe@maree.example")
    socket = connected("marc")
    socket.join(campaign_id)

    body = {"verdict": "approved", "version_id": version.id, "sha256": digest(picture())}
    assert api("chloe").post(f"/reviews/{review.id}/decision", json=body).status_code == 201

    keys = {key for _ in range(4) for key in socket.heard()["keys"]}
    assert {f"campaign_{campaign_id}", f"review_{review.id}", f"step_{world.step('ready').id}"} <= keys


def test_clients_and_guests_hear_what_was_shared_of_their_version(app, api, world, connected, campaign_id, version):
    other = world.upload(picture((3, 3, 3)), deliverable="media")
    world.put_up(version, "chloe@maree.example")
    cookie, _link = guest_cookie(app, api, version)
    team, client, guest = connected("marc"), connected("chloe"), connected(cookie=cookie)
    for socket in (team, client, guest):
        assert "seq" in socket.join(campaign_id)

    hidden = [
        api("camille").post(f"/versions/{version.id}/annotations", json=note(audience="internal")).json,
        api("camille").post(f"/versions/{other.id}/annotations", json=note(audience="shared")).json,
    ]
    shared = api("camille").post(f"/versions/{version.id}/annotations", json=note(audience="shared")).json

    assert [team.heard()["row"]["id"] for _ in range(3)] == [hidden[0]["id"], hidden[1]["id"], shared["id"]]
    for outsider in (client, guest):
        hint = outsider.heard()
        assert hint["row"] == shared
        assert all(key.startswith(("version_", "annotation_")) for key in hint["keys"])
        assert outsider.hints.empty()


def test_outsiders_miss_only_what_they_may_see(app, api, world, connected, campaign_id, version):
    world.put_up(version, "chloe@maree.example")
    api("camille").post(f"/versions/{version.id}/annotations", json=note(audience="internal"))
    cookie, _link = guest_cookie(app, api, version)

    for outsider in (connected("chloe"), connected(cookie=cookie)):
        joined = outsider.join(campaign_id)
        assert {event["version_id"] for event in joined["missed"]} == {version.id}
        assert not any(event["name"].startswith("annotation.") for event in joined["missed"])
        assert joined["seq"] == world.campaign.seq


def test_what_may_not_be_watched_is_not_there(app, api, world, connected, campaign_id, version):
    nothing = connected("marc").join("nothing")
    assert nothing["error"]["code"] == "not_found"
    cookie, _link = guest_cookie(app, api, version)
    other = api("marc").post("/campaigns", json={"name": "x", "launch": "2030-01-01"}).json["id"]

    assert connected("rita").join(campaign_id) == nothing
    assert connected("chloe").join(campaign_id) == nothing
    assert connected(cookie=cookie).join(other) == nothing
    assert connected("marc").join(world.ids["workspace"]) == nothing
    for odd in ("\x00", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "x" * 10_000, "'; --"):
        assert connected("marc").join(odd) == nothing


def test_a_malformed_join_is_refused_in_words(connected, campaign_id):
    socket = connected("marc")

    for odd in (None, "campaign", 5, [], {}, {"campaign_id": 5}, {"campaign_id": campaign_id, "seq": -1},
                {"campaign_id": campaign_id, "seq": "1"}, {"campaign_id": campaign_id, "seq": True}, {"campaign_id": campaign_id, "seq": 1.5}):
        answer = socket.client.call("join", odd, timeout=SECONDS)
        assert answer["error"]["code"] == "bad_request"


def test_beyond_the_log_or_too_far_behind_is_told_to_reload(connected, campaign_id, world):
    seq = world.campaign.seq
    assert connected("marc").join(campaign_id, seq + 1) == {"reload": True}
    assert connected("marc").join(campaign_id, 10**30) == {"reload": True}
    with writing() as session:
        for _ in range(501):
            record("drill.held", f"campaign:{campaign_id}", by=None, scope_id=campaign_id)
        session.commit()

    assert connected("marc").join(campaign_id, seq) == {"reload": True}
    assert len(connected("marc").join(campaign_id, seq + 1)["missed"]) == 500


@pytest.mark.parametrize("auth", [None, {}, {"token": "bb_wrong"}, {"token": 5}, {"token": ""}, "token", {"guest": "nothing"}])
def test_nobody_unknown_is_let_in(url, auth):
    with pytest.raises(socketio.exceptions.ConnectionError):
        Socket(url, auth=auth)


def test_a_token_needs_no_origin_but_a_foreign_one_is_refused(url, world):
    token = {"token": world.tokens["marc"]}

    Socket(url, auth=token, origin=None).hang_up()
    with pytest.raises(socketio.exceptions.ConnectionError):
        Socket(url, auth=token, origin="https://elsewhere.example")


def test_a_cookie_comes_from_our_own_pages_only(app, api, sign_in, connected, url, campaign_id, version):
    browser = sign_in("marc")
    session = browser.client.get_cookie("backbeat")
    cookies = {"session": f"backbeat={session.value}", "guest": guest_cookie(app, api, version)[0]}

    for cookie in cookies.values():
        assert "seq" in connected(cookie=cookie).join(campaign_id)
        for origin in (None, "https://elsewhere.example", "null"):
            with pytest.raises(socketio.exceptions.ConnectionError):
                Socket(url, cookie=cookie, origin=origin)


def test_a_browser_with_two_links_says_which_it_joins_by(app, api, world, connected, campaign_id, version):
    other = world.upload(picture((3, 3, 3)), deliverable="media")
    (one, first), (two, second) = guest_cookie(app, api, version), guest_cookie(app, api, other)
    both = f"{one}.{two.partition('=')[2]}"

    for link_id, seen in ((first, version), (second, other)):
        joined = connected(auth={"guest": link_id}, cookie=both).join(campaign_id)
        assert {event["version_id"] for event in joined["missed"]} == {seen.id}


def test_a_revoked_links_socket_is_closed(app, api, connected, campaign_id, version):
    cookie, link_id = guest_cookie(app, api, version)
    guest, member = connected(cookie=cookie), connected("camille")
    guest.join(campaign_id)
    member.join(campaign_id)

    assert api("marc").delete(f"/links/{link_id}").status_code == 204

    assert guest.closed.wait(SECONDS)
    assert member.heard()["keys"] == [f"campaign_{campaign_id}"]
    assert not member.closed.is_set()


def test_who_left_hears_nothing_more(api, world, connected, campaign_id):
    camille = connected("camille")
    camille.join(campaign_id)

    assert api("olga").delete(f"/workspace/members/{world.ids['camille']}").status_code == 204

    assert camille.closed.wait(SECONDS)


def test_a_role_changed_by_another_process_closes_the_socket(world, connected, campaign_id):
    camille = connected("camille")
    camille.join(campaign_id)
    told = db.session.get_one(Membership, world.ids["camille"])

    told.role = "client"  # without its event, as this process hears nothing of what another commits
    db.session.commit()

    assert camille.closed.wait(SECONDS)


@NO_SWEEP
def test_what_was_missed_costs_as_much_for_many_notes_as_for_few(api, connected, campaign_id, version, queries):
    socket, costs = connected("marc"), []
    seq = socket.join(campaign_id)["seq"]
    for count in (1, 4):
        for _ in range(count):
            api("camille").post(f"/versions/{version.id}/annotations", json=note())
            socket.heard()
        with queries() as sent:
            missed = connected("marc").join(campaign_id, seq)["missed"]
        costs.append(len(sent))

    assert len(missed) == 5
    assert costs[0] == costs[1]


def test_an_ended_tokens_socket_is_closed(api, world, connected, campaign_id):
    first, second = connected("camille"), connected("camille")
    own = next(one for one in api("camille").get("/tokens").json["items"] if one["member_id"] == world.ids["camille"])
    assert api("camille").delete(f"/tokens/{own['id']}").status_code == 204

    first.client.emit("join", {"campaign_id": campaign_id, "seq": 0})

    assert first.closed.wait(SECONDS)
    assert second.closed.wait(SECONDS)


def test_every_event_a_client_may_send_is_declared():
    assert live.SOCKET_EVENTS.keys() >= {"join"}
    assert set(live.SOCKET_EVENTS.values()) <= {"actor"}
