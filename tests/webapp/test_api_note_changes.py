"""Notes that change, through the API: whose they are, what is told of them, and what they cost."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import insert

from review.annotations import Annotation, Audience
from review.numbers import Numbering
from storage.clock import utcnow
from storage.db import new_id, writing
from tests.webapp.api_checks import error_of, note
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")
BOX = {"type": "box", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}


@pytest.fixture
def version(world):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    return version


@pytest.fixture
def made(api, version):
    """`made("chloe", body="x")`: a note somebody has just left, as the API answers it; shared unless it says otherwise."""

    def leave(name, **more) -> dict:
        answer = api(name).post(f"/versions/{version.id}/annotations", json=note(audience="shared") | more)
        assert answer.status_code == 201, answer.text
        return answer.json

    return leave


def test_a_note_has_a_number_a_colour_and_a_priority(made):
    plain, chosen = made("marc"), made("marc", colour="red", priority="must", audience="internal")
    assert (plain["number"], plain["colour"], plain["priority"], plain["mentions"], plain["edited_at"], plain["deleted"]) == ("1", "blue", None, [], None, False)
    assert (chosen["number"], chosen["colour"], chosen["priority"]) == ("A", "red", "must")


def test_its_author_changes_a_note(api, made):
    first = made("chloe")
    path = f"/annotations/{first['id']}"

    changed = api("chloe").patch(path, json={"body": "Larger, and left", "shape": BOX, "colour": "green", "priority": "later"})

    assert changed.status_code == 200, changed.text
    told = {name: changed.json[name] for name in ("body", "shape", "colour", "priority", "number")}
    assert told == {"body": "Larger, and left", "shape": BOX, "colour": "green", "priority": "later", "number": "1"}
    assert changed.json["edited_at"]
    history = api("marc").get(f"{path}/history").json["items"]
    assert [(one["body"], one["shape"], one["reply_id"], one["by"]["name"]) for one in history] == [("Larger, please", first["shape"], None, "Chloe")]
    assert api("chloe").get(f"{path}/history").json["items"] == history
    assert api("rita").get(f"{path}/history").status_code == 404


@pytest.mark.parametrize("wrong", [
    {"shape": None}, {"shape": {"type": "pin", "x": 2, "y": 0}}, {"shape": {"type": "star"}}, {"body": None}, {"body": "x" * 10_001}, {"body": "\x00"},
    {"audience": None}, {"audience": "all"}, {"colour": "pink"}, {"colour": None}, {"priority": "soon"}, {"number": "7"}, {"resolved": True}, {"mentions": []},
])
def test_what_makes_no_sense_changes_nothing(api, made, wrong):
    first = made("marc")
    path = f"/annotations/{first['id']}"
    assert api("marc").patch(path, json=wrong).status_code == 422
    assert api("marc").get(path).json == first


def test_a_note_without_a_mark_keeps_its_words(api, made):
    path = f"/annotations/{made('marc', shape=None)['id']}"
    answer = api("marc").patch(path, json={"body": " \n"})
    assert (answer.status_code, error_of(answer)) == (422, "nothing_said")


def test_no_change_is_no_event(api, made, world):
    first = made("marc")
    events = f"/campaigns/{world.ids['campaign']}/events"
    before = api("marc").get(events).json["seq"]
    for same in ({}, {"body": first["body"]}, {"shape": first["shape"], "colour": "blue"}, {"priority": None}):
        assert api("marc").patch(f"/annotations/{first['id']}", json=same).status_code == 200
    assert api("marc").get(events).json["seq"] == before


def test_anothers_note_is_not_ones_own_to_change(api, made, guest, version):
    clients = made("chloe")
    path = f"/annotations/{clients['id']}"
    for other in (api("marc"), api("olga"), guest(version, ["see", "comment"])):
        assert [other.patch(path, json=change).status_code for change in ({"body": "x"}, {"shape": BOX}, {"colour": "red"}, {"body": "x", "priority": "must"})] == [403] * 4
        assert other.delete(path).status_code == 403
        assert other.post(f"{path}/restoration", json={}).status_code == 404
    assert api("marc").patch(path, json={"priority": "must"}).json["priority"] == "must"
    assert guest(version, ["see", "comment"]).patch(path, json={"priority": None}).status_code == 403
    for stranger in (api("rita"),):
        assert [call.status_code for call in (stranger.patch(path, json={"body": "x"}), stranger.delete(path))] == [404, 404]
    assert api("chloe").patch(path, json={"audience": "internal"}).status_code == 403


def test_a_guest_changes_their_own_and_nothing_once_the_link_is_over(api, guest, version, later):
    zoe = guest(version, ["see", "comment"])
    made = zoe.post(f"/versions/{version.id}/annotations", json=note()).json
    path = f"/annotations/{made['id']}"
    assert zoe.patch(path, json={"body": "Smaller"}).json["body"] == "Smaller"
    assert zoe.delete(path).status_code == 204
    assert zoe.post(f"{path}/restoration", json={}).status_code == 201

    assert api("marc").delete(f"/links/{zoe.link_id}").status_code == 204
    calls = [zoe.patch(path, json={"body": "x"}), zoe.delete(path), zoe.post(f"{path}/replies", json={"body": "x"}), zoe.get(f"{path}/history")]
    assert [answer.status_code for answer in calls] == [401] * 4
    assert api("marc").get(path).json["body"] == "Smaller"


def test_a_superseded_version_is_still_talked_about(api, made, world):
    first = made("chloe")
    world.upload(picture((7, 7, 7)), deliverable="visual")
    assert api("chloe").patch(f"/annotations/{first['id']}", json={"body": "As I said"}).status_code == 200
    assert api("marc").post(f"/annotations/{first['id']}/replies", json={"body": "Done in v2"}).status_code == 201


def test_a_deleted_note_leaves_the_list_and_comes_back(api, made, version):
    first = made("chloe")
    path = f"/annotations/{first['id']}"

    assert api("chloe").delete(path).status_code == 204
    assert api("marc").get(f"/versions/{version.id}/annotations").json["items"] == []
    assert [call.status_code for call in (api("marc").get(path), api("chloe").patch(path, json={"body": "x"}), api("chloe").delete(path))] == [404] * 3
    assert api("marc").post(f"{path}/restoration", json={}).status_code == 404

    again = api("chloe").post(f"{path}/restoration", json={})
    assert (again.status_code, again.json) == (201, first)
    assert api("chloe").post(f"{path}/restoration", json={}).status_code == 404


def test_what_others_have_answered_is_ticked_off_instead(api, made):
    first = made("marc")
    path = f"/annotations/{first['id']}"
    said = api("chloe").post(f"{path}/replies", json={"body": "Why?"}).json
    for answer in (api("marc").delete(path), api("marc").patch(path, json={"audience": "internal"})):
        assert (answer.status_code, error_of(answer)) == (409, "answered")
    assert api("chloe").delete(f"/replies/{said['id']}").status_code == 204
    assert api("marc").delete(path).status_code == 204


def test_who_ticked_it_off_is_told(api, made):
    path = f"/annotations/{made('chloe')['id']}"
    assert api("camille").post(f"{path}/resolution").json["resolved_by_name"] == "Camille"
    api("camille").delete(f"{path}/resolution")
    assert api("chloe").get(path).json["resolved_by_name"] is None


def test_replies_are_their_authors(api, made):
    path = f"/annotations/{made('chloe')['id']}"
    said = api("camille").post(f"{path}/replies", json={"body": "10 %", "id": str(uuid.uuid4())}).json
    own = f"/replies/{said['id']}"

    for other in (api("marc"), api("chloe")):
        assert [call.status_code for call in (other.patch(own, json={"body": "x"}), other.delete(own))] == [403, 403]
    assert api("rita").patch(own, json={"body": "x"}).status_code == 404
    changed = api("camille").patch(own, json={"body": "20 % @Chloe"})
    assert (changed.json["body"], changed.json["edited_at"] is not None, len(changed.json["mentions"])) == ("20 % @Chloe", True, 1)
    assert [(one["body"], one["reply_id"]) for one in api("chloe").get(f"{path}/history").json["items"]] == [("10 %", said["id"])]

    assert api("camille").delete(own).status_code == 204
    assert api("chloe").get(path).json["replies"] == []
    assert api("marc").post(f"{own}/restoration", json={}).status_code == 404
    assert api("camille").post(f"{own}/restoration", json={}).json == changed.json


def test_nobody_takes_a_reply_by_giving_another_its_id(api, made):
    """Ids of replies are made by clients, and only under one note are they unique."""
    first, mine = made("camille"), str(uuid.uuid4())
    api("camille").post(f"/annotations/{first['id']}/replies", json={"body": "Mine", "id": mine})
    api("chloe").post(f"/annotations/{made('chloe')['id']}/replies", json={"body": "Hers", "id": mine})

    assert api("camille").patch(f"/replies/{mine}", json={"body": "Still mine"}).status_code == 200
    assert api("camille").get(f"/annotations/{first['id']}").json["replies"][0]["body"] == "Still mine"


def test_what_was_said_inside_is_nowhere_outside(api, made, version, guest, world):
    """By list, by id, by history, by events and their rows, from both sides of the change."""
    inside = made("camille", audience="internal", body="the client is wrong")
    moved = made("camille", body="for all")
    api("camille").patch(f"/annotations/{moved['id']}", json={"audience": "internal", "body": "for us alone"})
    api("camille").patch(f"/annotations/{inside['id']}", json={"body": "have a look"})
    api("camille").patch(f"/annotations/{inside['id']}", json={"audience": "shared"})

    for outsider in (api("chloe"), guest(version, ["see", "comment"])):
        listed = outsider.get(f"/versions/{version.id}/annotations").json["items"]
        assert [(one["number"], one["body"]) for one in listed] == [("2", "have a look")]
        assert outsider.get(f"/annotations/{moved['id']}").status_code == 404
        assert outsider.get(f"/annotations/{inside['id']}/history").json["items"] == []
        told = outsider.get(f"/campaigns/{world.ids['campaign']}/events").text
        assert not [word for word in ("wrong", "alone") if word in told]


# What it costs


def crowd(version, count: int) -> None:
    """So many notes on the version, as if they had been left one by one."""
    row = {
        "workspace_id": version.workspace_id, "version_id": version.id, "page": 1, "shape": {"type": "pin", "x": 0.5, "y": 0.5}, "body": "x", "mentions": {},
        "author_key": "member:x", "author_name": "X", "author_kind": "team", "colour": "blue", "audience": Audience.SHARED,
    }
    with writing() as session:
        at = utcnow()
        session.execute(insert(Annotation), [
            {**row, "id": new_id(), "uuid": str(uuid.uuid4()), "number": number, "created_at": at + timedelta(milliseconds=number)} for number in range(1, count + 1)
        ])
        session.execute(insert(Numbering), [{"id": new_id(), "version_id": version.id, "audience": Audience.SHARED, "last": count}])
        session.commit()


def test_saving_costs_the_same_beside_many_notes(api, version, queries):
    """No statement reads the others: neither for the number nor for the answer."""
    path, counts = f"/versions/{version.id}/annotations", []
    for size in (0, 5000):
        if size:
            crowd(version, size)
        with queries() as sent:
            answer = api("marc").post(path, json=note(audience="internal" if not size else "shared"))
        assert answer.status_code == 201
        counts.append(len(sent))
        assert not [one for one in sent if "annotations" in one and one.startswith("SELECT") and "uuid" not in one.partition("WHERE")[2]]
    assert answer.json["number"] == "5001"
    assert counts[1] <= counts[0] <= 22
