"""Notes on versions through the API: shapes, audiences, replies, and W3C Web Annotations."""

import uuid

import pytest

from tests.naughty import STRINGS
from tests.webapp.api_checks import error_of, note
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")

SHAPES = [
    {"type": "pin", "x": 0, "y": 1},
    {"type": "box", "x": 0.1, "y": 0.2, "width": 0.9, "height": 0.8},
    {"type": "ellipse", "x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5},
    {"type": "arrow", "x1": 0, "y1": 0.1, "x2": 1, "y2": 0.9},
    {"type": "stroke", "points": [[0.1, 0.2], [0.3, 0.4, 0.5]], "width": 0.01},
]


@pytest.fixture
def version(world):
    return world.upload(picture(), deliverable="visual")


@pytest.fixture
def path(version) -> str:
    return f"/versions/{version.id}/annotations"


@pytest.mark.parametrize("shape", [*SHAPES, None])
def test_a_note_comes_back_as_it_was_made(api, path, shape):
    body = note(shape=shape)

    answer = api("marc").post(path, json=body)

    assert answer.status_code == 201
    assert {name: answer.json[name] for name in body} == body
    assert (answer.json["page"], answer.json["frame"], answer.json["audience"], answer.json["resolved"]) == (1, None, "internal", False)
    assert answer.json["author"]["name"] == "Marc"
    assert api("camille").get(path).json == {"items": [answer.json], "next": None}
    assert api("camille").get(f"/annotations/{body['id']}").json == answer.json


def test_the_same_id_again_is_the_same_note(api, path, world):
    body = note()
    first = api("marc").post(path, json=body)
    again = api("marc").post(path, json={**body, "body": "Something else"})

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    taken = api("camille").post(path, json=body)
    assert (taken.status_code, error_of(taken)) == (409, "id_taken")
    other = world.upload(picture((4, 4, 4)), deliverable="media")
    assert api("marc").post(f"/versions/{other.id}/annotations", json=body).status_code == 409


@pytest.mark.parametrize("wrong", [
    {"shape": {"type": "pin", "x": 1.01, "y": 0}},
    {"shape": {"type": "pin", "x": -0.1, "y": 0}},
    {"shape": {"type": "box", "x": 0.5, "y": 0.5, "width": 0.6, "height": 0.1}},
    {"shape": {"type": "box", "x": 0.5, "y": 0.5, "width": -0.1, "height": 0.1}},
    {"shape": {"type": "arrow", "x1": 0, "y1": 0, "x2": 2, "y2": 0}},
    {"shape": {"type": "stroke", "points": [], "width": 0.1}},
    {"shape": {"type": "stroke", "points": [[0.1, 0.1]] * 5001, "width": 0.1}},
    {"shape": {"type": "stroke", "points": [[0.1, 0.1, 2]], "width": 0.1}},
    {"shape": {"type": "stroke", "points": [[0.1]], "width": 0.1}},
    {"shape": {"type": "stroke", "points": [[0.1, "0.1"]], "width": 0.1}},
    {"shape": {"type": "star", "x": 0, "y": 0}},
    {"shape": {"type": "pin", "x": 0, "y": 0, "z": 0}},
    {"shape": {"type": "pin", "x": "0", "y": 0}},
    {"shape": {"type": "pin", "x": True, "y": 0}},
    {"shape": "pin"},
    {"id": "1"},
    {"id": uuid.uuid4().hex},
    {"page": 0},
    {"page": 2},
    {"page": 10**12},
    {"frame": -1},
    {"frame": 2**31},
    {"body": "x" * 10_001},
    {"body": None},
    {"body": "NUL \x00"},
    {"body": "\udfff"},
    {"shape": None, "body": " "},
    {"audience": "public"},
    {"colour": "pink"},
    {"priority": "soon"},
])
def test_what_leaves_the_page_is_refused(api, path, wrong):
    assert api("marc").post(path, json=note() | wrong).status_code == 422


def test_no_number_is_no_place(api, path):
    for number in ("NaN", "Infinity", "1e400"):
        sent = f'{{"id": "{uuid.uuid4()}", "body": "x", "shape": {{"type": "pin", "x": {number}, "y": 0}}}}'
        assert api("marc").post(path, data=sent, content_type="application/json").status_code == 400


def test_naughty_words_are_kept_as_typed(api, path):
    for start in range(0, len(STRINGS), 40):
        words = "\n".join(STRINGS[start : start + 40])
        answer = api("marc").post(path, json=note(body=words))
        assert (answer.status_code, answer.json["body"]) == (201, words)


def test_internal_notes_stay_inside(api, path, version, world, guest):
    world.put_up(version, "chloe@maree.example")
    inside = api("camille").post(path, json=note(audience="internal")).json
    shared = api("camille").post(path, json=note(audience="shared")).json
    somebody = guest(version, ["see", "comment"])

    for outsider in (api("chloe"), somebody):
        seen = {one["id"] for one in outsider.get(path).json["items"]}
        assert shared["id"] in seen
        assert inside["id"] not in seen
        assert outsider.get(f"/annotations/{inside['id']}").status_code == 404
        assert outsider.post(f"/annotations/{inside['id']}/replies", json={"body": "?"}).status_code == 404
        assert outsider.post(path, json=note(audience="internal")).status_code == 403
        theirs = outsider.post(path, json=note())
        assert (theirs.status_code, theirs.json["audience"]) == (201, "shared")
        assert outsider.post(f"/annotations/{shared['id']}/replies", json={"body": "Yes"}).status_code == 201
        assert outsider.post(f"/annotations/{shared['id']}/resolution", json={}).status_code == 403
        assert outsider.post(f"/annotations/{theirs.json['id']}/resolution", json={}).status_code == 201
    assert guest(version, ["see"]).post(path, json=note()).status_code == 403
    assert api("rita").get(path).status_code == 404
    assert api("rita").post(path, json=note()).status_code == 404
    assert api("rita").get(f"/annotations/{shared['id']}").status_code == 404
    kinds = [one["author"]["kind"] for one in api("marc").get(path).json["items"]]
    assert kinds == ["team", "team", "client", "guest"]


def test_a_note_is_answered_ticked_off_and_opened_again(api, path):
    made = api("marc").post(path, json=note()).json
    under, reply = f"/annotations/{made['id']}", {"id": str(uuid.uuid4()), "body": "Done"}

    first, again = api("camille").post(f"{under}/replies", json=reply), api("camille").post(f"{under}/replies", json=reply)
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert api("camille").post(f"{under}/replies", json={"body": ""}).status_code == 422

    resolved = api("camille").post(f"{under}/resolution")
    assert (resolved.status_code, resolved.json["resolved"]) == (201, True)
    assert resolved.json["replies"] == [first.json]
    assert api("marc").delete(f"{under}/resolution").status_code == 204
    assert api("marc").get(under).json["resolved"] is False


def test_the_list_goes_on_by_its_cursor(api, path):
    made = [api("marc").post(path, json=note()).json["id"] for _ in range(5)]

    first = api("marc").get(f"{path}?limit=3").json
    second = api("marc").get(f"{path}?limit=3&next={first['next']}").json
    assert [one["id"] for one in first["items"] + second["items"]] == made
    assert second["next"] is None


def test_listing_takes_as_many_queries_however_many_notes(api, path, queries):
    counts = []
    for size in (1, 10):
        for _ in range(size):
            made = api("marc").post(path, json=note()).json
            api("camille").post(f"/annotations/{made['id']}/replies", json={"body": "x"})
        with queries() as sent:
            api("marc").get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_other_tools_read_web_annotations(api, path):
    for shape in SHAPES:
        made = api("marc").post(path, json=note(shape=shape)).json
    api("marc").post(f"/annotations/{made['id']}/replies", json={"body": "Yes"})

    answer = api("marc").get(path, headers={"Accept": "application/ld+json"})

    assert answer.headers["Content-Type"] == 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    page = answer.json
    assert (page["@context"], page["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    pin, box, ellipse, *_, reply = page["items"]
    assert pin["target"]["selector"]["value"] == "xywh=percent:0,100,0,0"
    assert box["target"]["selector"]["type"] == "FragmentSelector"
    assert ellipse["target"]["selector"]["type"] == "SvgSelector"
    assert (pin["motivation"], pin["body"]["value"]) == ("commenting", "Larger, please")
    assert (reply["motivation"], reply["target"]) == ("replying", f"urn:uuid:{made['id']}")
    assert api("marc").get(path, headers={"Accept": "*/*"}).mimetype == "application/json"
