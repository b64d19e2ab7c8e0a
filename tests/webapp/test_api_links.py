"""Guest links, people, invitations and tokens through the API."""

from datetime import timedelta

import pytest

from review.links import GuestLink
from storage.answers import Answer
from storage.clock import today
from storage.db import db
from tests.webapp.api_checks import GuestClient, admitted, error_of
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")


@pytest.fixture
def version(world):
    return world.upload(picture(), deliverable="visual")


@pytest.fixture
def path(world) -> str:
    return f"/campaigns/{world.ids['campaign']}/links"


def link_to(version, *rights, **more) -> dict:
    return {"items": [{"asset_id": version.asset_id, "version_id": version.id}], "rights": list(rights or ["see"]), **more}


def test_a_link_is_made_listed_and_revoked(api, app, path, version):
    ends = (today("Europe/Paris") + timedelta(days=3)).isoformat()
    made = api("camille").post(path, json=link_to(version, "see", "comment", passcode="orchid", expires_on=ends))

    assert made.status_code == 201
    link = made.json
    assert link["url"].startswith("http://127.0.0.1:8000/l/")
    assert (link["rights"], link["passcode"], link["expires_on"], link["email"]) == (["comment", "see"], True, ends, None)
    assert link["items"] == [{"asset_id": version.asset_id, "version_id": version.id}]
    row = GuestLink.behind(link["url"].rpartition("/")[2])
    assert row is not None
    assert row.id == link["id"]
    assert api("marc").get(path).json["items"] == [link]

    somebody = GuestClient(app, *admitted(app, link["id"]))
    assert somebody.get(f"/versions/{version.id}").status_code == 200
    assert api("marc").delete(f"/links/{link['id']}").status_code == 204
    assert api("olga").delete(f"/links/{link['id']}").status_code == 204
    assert somebody.get(f"/versions/{version.id}").status_code == 401
    listed = api("marc").get(path).json["items"][0]
    assert listed["url"] is None
    assert listed["revoked_at"]


def test_latest_follows_the_asset(api, path, version):
    made = api("marc").post(path, json=link_to(version) | {"items": [{"asset_id": version.asset_id, "version_id": "latest"}]})

    assert made.json["items"] == [{"asset_id": version.asset_id, "version_id": "latest"}]


def test_what_is_no_link_is_refused(api, path, version, world):
    other = world.upload(picture((3, 3, 3)), deliverable="media")
    mixed = {"items": [{"asset_id": version.asset_id, "version_id": other.id}], "rights": ["see"]}
    past = (today("Europe/Paris") - timedelta(days=1)).isoformat()

    assert api("marc").post(path, json=mixed).status_code == 422
    for wrong in ({"items": []}, {"rights": []}, {"rights": ["own"]}, {"passcode": "abc"}, {"expires_on": past}, {"expires_on": "soon"}, {"email": "x"}):
        assert api("marc").post(path, json=link_to(version) | wrong).status_code == 422
    unknown = {"items": [{"asset_id": version.asset_id, "version_id": "nothing"}], "rights": ["see"]}
    assert api("marc").post(path, json=unknown).status_code == 404
    elsewhere = api("marc").post("/campaigns", json={"name": "x", "launch": "2030-01-01"}).json["id"]
    assert api("marc").post(f"/campaigns/{elsewhere}/links", json=link_to(version)).status_code == 422


def test_links_are_the_teams(api, path, version, guest):
    link = api("marc").post(path, json=link_to(version)).json
    somebody = guest(version, ["see", "comment", "decide", "download"])

    for outsider in (api("chloe"), api("rita"), somebody):
        assert outsider.get(path).status_code == 404
        assert outsider.post(path, json=link_to(version)).status_code == 404
        assert outsider.delete(f"/links/{link['id']}").status_code == 404
    assert api("marc").get(path).json["items"][-1]["url"] == link["url"]


def test_a_links_address_is_kept_nowhere_and_replayed_all_the_same(api, path, version):
    key = {"Idempotency-Key": "one link"}
    first = api("marc").post(path, json=link_to(version), headers=key)
    again = api("marc").post(path, json=link_to(version), headers=key)

    assert (again.status_code, again.json) == (201, first.json)
    assert len(api("marc").get(path).json["items"]) == 1
    assert first.json["url"].rpartition("/")[2] not in db.session.query(Answer).one().body


def test_a_reviewers_link_is_kept_nowhere_and_replayed_all_the_same(api, version):
    body, key = {"reviewers": ["henri@client.example"], "rule": "all"}, {"Idempotency-Key": "one review"}
    first = api("marc").post(f"/versions/{version.id}/reviews", json=body, headers=key)
    again = api("marc").post(f"/versions/{version.id}/reviews", json=body, headers=key)

    assert again.json == first.json
    assert "/l/" not in db.session.query(Answer).one().body


def test_a_browser_with_two_links_says_which_it_speaks_for(api, app, path, version, world):
    other = world.upload(picture((3, 3, 3)), deliverable="media")
    one = GuestClient(app, *admitted(app, api("marc").post(path, json=link_to(version)).json["id"]))
    second, second_link = admitted(app, api("marc").post(path, json=link_to(other)).json["id"])
    one.client.set_cookie("bb_guest", f"{second}.{one.secret}")

    assert one.get(f"/versions/{version.id}").status_code == 200
    assert one.get(f"/versions/{other.id}").status_code == 404
    assert one.get(f"/versions/{other.id}", headers={"X-Backbeat-Link": second_link}).status_code == 200
    assert one.get(f"/versions/{version.id}", headers={"X-Backbeat-Link": "nothing"}).status_code == 401


def test_people_are_the_owners_business(api, world):
    ids = world.ids
    assert [one["name"] for one in api("camille").get("/workspace/members").json["items"]] == ["Olga", "Marc", "Camille", "Chloe"]
    assert [one["id"] for one in api("chloe").get("/workspace/members").json["items"]] == [ids["chloe"]]
    path = f"/workspace/members/{ids['camille']}"

    for name in ("marc", "camille"):
        assert api(name).patch(path, json={"role": "owner"}).status_code == 403
        assert api(name).delete(path).status_code == 403
    for name in ("chloe", "rita"):
        assert api(name).patch(path, json={"role": "owner"}).status_code == 404
    assert api("olga").patch(path, json={"role": "king"}).status_code == 422
    changed = api("olga").patch(path, json={"role": "marketer"})
    assert (changed.status_code, changed.json["role"]) == (200, "marketer")
    assert api("olga").delete(path).status_code == 204
    assert api("camille").get("/workspace").status_code == 401
    last = api("olga").delete(f"/workspace/members/{ids['olga']}")
    assert (last.status_code, error_of(last)) == (409, "last_owner")


def test_places_are_offered_by_link(api):
    made = api("olga").post("/workspace/invitations", json={"email": "New@maree.example", "role": "creative"})

    assert made.status_code == 201
    assert "/invitations/" in made.json["url"]
    assert api("olga").get("/workspace/invitations").json["items"] == [made.json]
    assert api("marc").get("/workspace/invitations").status_code == 403
    assert api("marc").post("/workspace/invitations", json={"email": "x@y.example", "role": "owner"}).status_code == 403
    assert api("marc").delete(f"/workspace/invitations/{made.json['id']}").status_code == 404
    assert api("olga").post("/workspace/invitations", json={"email": "marc@maree.example", "role": "client"}).status_code == 409
    assert api("olga").post("/workspace/invitations", json={"email": "nobody", "role": "client"}).status_code == 422
    assert api("olga").delete(f"/workspace/invitations/{made.json['id']}").status_code == 204
    ended = api("olga").get("/workspace/invitations").json["items"][0]
    assert (ended["url"], ended["over"]) == (None, True)


def test_tokens_are_ones_own(api, app, world, guest):
    from tests.conftest import Api

    made = api("marc").post("/tokens", json={})
    assert made.status_code == 201
    script = Api(app, made.json["token"])
    assert script.get("/workspace").json["name"] == "Studio Marée"
    own = api("marc").get("/tokens").json["items"]
    assert len(own) == 2
    assert not any(one["token"] for one in own)
    assert len(api("olga").get("/tokens").json["items"]) == 5

    assert api("camille").delete(f"/tokens/{made.json['id']}").status_code == 404
    assert api("rita").delete(f"/tokens/{made.json['id']}").status_code == 404
    assert api("olga").delete(f"/tokens/{made.json['id']}").status_code == 204
    assert script.get("/workspace").status_code == 401
    somebody = guest(world.upload(picture(), deliverable="visual"), ["see"])
    assert somebody.post("/tokens", json={}).status_code == 403
    assert somebody.get("/tokens").json["items"] == []
