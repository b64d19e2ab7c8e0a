"""Uploads, versions, assets and their bytes through the API."""

import pytest
import requests

from storage.blobs import Rendition, RenditionState
from storage.db import writing
from storage.shelf import bucket
from tests.webapp.api_checks import error_of, put, upload
from tests.world import digest, picture

pytestmark = pytest.mark.usefixtures("documented")


@pytest.fixture
def visual(world) -> str:
    return world.step("visual").id


def test_a_file_becomes_a_version_with_its_renditions(api, world, visual):
    content = picture(size=(80, 50))
    answer = upload(api("camille"), content, filename="Plakat ü.png", deliverable_id=visual, sha256=digest(content))

    assert answer.status_code == 201
    version = answer.json
    assert (version["number"], version["filename"], version["media_type"]) == (1, "Plakat ü.png", "image/png")
    assert (version["width"], version["height"], version["state"], version["reason"]) == (80, 50, "ready", None)
    assert (version["size_bytes"], version["sha256"]) == (len(content), digest(content))
    assert [one["name"] for one in version["renditions"]] == ["1024"]
    assert api("marc").get(f"/versions/{version['id']}").json == version
    campaign = api("marc").get(f"/campaigns/{world.ids['campaign']}").json
    step = next(step for step in campaign["steps"] if step["id"] == visual)
    assert (step["state"], step["asset_id"]) == ("in_production", version["asset_id"])


def test_the_next_upload_is_the_next_version(api, visual):
    first = upload(api("camille"), deliverable_id=visual).json
    second = upload(api("marc"), picture((1, 2, 3)), asset_id=first["asset_id"])
    third = upload(api("camille"), picture((3, 2, 1)), deliverable_id=visual)

    assert (second.status_code, second.json["number"], second.json["asset_id"]) == (201, 2, first["asset_id"])
    assert (third.json["number"], third.json["asset_id"]) == (3, first["asset_id"])
    same = upload(api("olga"), picture((3, 2, 1)), asset_id=first["asset_id"])
    assert (same.status_code, same.json["id"]) == (200, third.json["id"])


def test_completing_a_ticket_again_is_the_same_version(api, visual):
    content = picture()
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": len(content), "deliverable_id": visual}).json
    parts = put(opened["parts"], opened["part_size_bytes"], content)
    path = f"/uploads/{opened['id']}/complete"

    first = api("camille").post(path, json={"parts": parts})
    again = api("camille").post(path, json={"parts": parts})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]
    state = api("camille").get(f"/uploads/{opened['id']}").json
    assert (state["state"], state["version_id"]) == ("done", first.json["id"])
    assert bucket().head(f"quarantine/{opened['id']}") is None
    assert api("camille").delete(f"/uploads/{opened['id']}").status_code == 409


def test_an_asset_of_its_own_hangs_on_campaign_or_workspace(api, world):
    mine = upload(api("marc"), campaign_id=world.ids["campaign"]).json
    ours = upload(api("marc"), picture((7, 7, 7))).json

    assets = api("marc").get("/assets").json["items"]
    assert [(one["id"], one["campaign_id"]) for one in assets] == [(ours["asset_id"], None), (mine["asset_id"], world.ids["campaign"])]
    one = api("marc").get(f"/assets?campaign_id={world.ids['campaign']}").json["items"]
    assert [asset["current"]["id"] for asset in one] == [mine["id"]]
    in_full = api("marc").get(f"/assets/{mine['asset_id']}").json
    assert ([version["id"] for version in in_full["versions"]], in_full["name"]) == ([mine["id"]], "visual.png")


@pytest.mark.parametrize(("content", "name", "code"), [
    (b"", "empty.png", "empty"),
    (b"<html>", "page.png", "not_what_it_says"),
    (picture()[:60], "cut.png", None),
])
def test_what_is_bad_is_refused_for_good(api, visual, content, name, code):
    opened = api("camille").post("/uploads", json={"filename": name, "size_bytes": len(content), "deliverable_id": visual}).json
    parts = put(opened["parts"], opened["part_size_bytes"], content)
    path = f"/uploads/{opened['id']}/complete"

    first = api("camille").post(path, json={"parts": parts})
    again = api("camille").post(path, json={"parts": parts})

    assert (first.status_code, again.status_code) == (422, 422)
    assert first.json == again.json
    assert code in (None, error_of(first))
    assert api("camille").get(f"/uploads/{opened['id']}").json["state"] == "refused"
    assert bucket().head(f"quarantine/{opened['id']}") is None


def test_other_bytes_than_announced_are_refused(api):
    content = picture()
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": len(content), "sha256": "0" * 64}).json
    answer = requests.put(opened["parts"][0]["url"], data=content, headers=opened["parts"][0]["headers"], timeout=30)

    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["message"]


def test_a_part_that_never_came_is_asked_for(api, visual):
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": 60, "deliverable_id": visual}).json
    path = f"/uploads/{opened['id']}/complete"

    assert api("camille").post(path, json={"parts": []}).status_code == 409
    assert api("camille").post(path, json={"parts": [{"number": 1, "etag": '"x"'}]}).status_code == 409
    assert api("camille").post(path, json={"parts": [{"number": 0, "etag": "x"}]}).status_code == 422
    assert api("camille").get(f"/uploads/{opened['id']}").json["state"] == "open"


def test_an_upload_is_given_up(api):
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": 60}).json
    path = f"/uploads/{opened['id']}"

    assert api("camille").delete(path).status_code == 204
    assert api("camille").delete(path).status_code == 204
    assert api("camille").get(path).json["state"] == "over"
    assert api("camille").post(f"{path}/complete", json={"parts": []}).status_code == 409


def test_a_ticket_of_yesterday_is_over(api, later):
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": 60}).json
    later(hours=25)

    answer = api("camille").post(f"/uploads/{opened['id']}/complete", json={"parts": [{"number": 1, "etag": "x"}]})
    assert (answer.status_code, error_of(answer)) == (409, "ticket_over")


def test_sizes_have_their_bounds(api, app):
    most = app.extensions["backbeat.settings"].max_upload_bytes

    assert api("marc").post("/uploads", json={"filename": "v.png", "size_bytes": most + 1}).status_code == 413
    for wrong in (-1, 2**60, 1.5, "10", None):
        assert api("marc").post("/uploads", json={"filename": "v.png", "size_bytes": wrong}).status_code == 422


def test_what_cannot_be_seen_cannot_be_uploaded_to(api, world, visual, guest):
    asset = upload(api("camille"), deliverable_id=visual).json["asset_id"]
    body = {"filename": "v.png", "size_bytes": 60}

    for target in ({"asset_id": asset}, {"deliverable_id": visual}, {"campaign_id": world.ids["campaign"]}):
        assert api("rita").post("/uploads", json={**body, **target}).status_code == 404
        assert api("chloe").post("/uploads", json={**body, **target}).status_code == 403
    assert api("marc").post("/uploads", json={**body, "deliverable_id": world.step("brief").id}).status_code == 422
    assert api("marc").post("/uploads", json={**body, "deliverable_id": visual, "asset_id": asset}).status_code == 422
    other = api("marc").post("/campaigns", json={"name": "x", "launch": "2030-01-01"}).json["id"]
    assert api("marc").post("/uploads", json={**body, "asset_id": asset, "campaign_id": other}).status_code == 422
    somebody = guest(world.upload(picture((5, 5, 5)), deliverable="visual"), ["see", "comment", "decide", "download"])
    assert somebody.post("/uploads", json=body).status_code == 403


def test_a_ticket_is_its_openers_own(api):
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": 60}).json

    for other in ("marc", "olga", "rita", "chloe"):
        assert api(other).get(f"/uploads/{opened['id']}").status_code == 404
        assert api(other).post(f"/uploads/{opened['id']}/complete", json={"parts": []}).status_code == 404
        assert api(other).delete(f"/uploads/{opened['id']}").status_code == 404


def test_who_left_while_bytes_were_sent_completes_nothing(api, world):
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": len(picture())}).json
    parts = put(opened["parts"], opened["part_size_bytes"], picture())
    assert api("olga").delete(f"/workspace/members/{world.ids['camille']}").status_code == 204

    assert api("camille").post(f"/uploads/{opened['id']}/complete", json={"parts": parts}).status_code == 401


def test_bytes_are_reached_by_an_address_of_minutes(api, world):
    content = picture()
    version = upload(api("camille"), content, filename='a "b" é.png', campaign_id=world.ids["campaign"]).json

    original = api("marc").get(f"/versions/{version['id']}/original")
    shown = api("marc").get(version["renditions"][0]["url"].removeprefix("/api/v1"))

    for answer in (original, shown):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    downloaded = requests.get(original.headers["Location"], timeout=10)
    assert downloaded.content == content
    assert downloaded.headers["Content-Disposition"].startswith("attachment")
    assert requests.get(shown.headers["Location"], timeout=10).headers["Content-Type"].startswith("image/")
    assert api("marc").get(f"/versions/{version['id']}/renditions/4096").status_code == 404
    assert api("marc").get(f"/versions/{version['id']}/renditions/%00").status_code == 404
    for path in ("original", "renditions/1024"):
        assert api("rita").get(f"/versions/{version['id']}/{path}").status_code == 404
        assert api("chloe").get(f"/versions/{version['id']}/{path}").status_code == 404
        assert api(None).get(f"/versions/{version['id']}/{path}").status_code == 401


def test_a_guest_downloads_by_the_links_right(world, guest):
    version = world.upload(picture(), deliverable="visual")

    assert guest(version, ["see"]).get(f"/versions/{version.id}/original").status_code == 403
    assert guest(version, ["see"]).get(f"/versions/{version.id}/renditions/1024").status_code == 302
    assert guest(version, ["see", "download"]).get(f"/versions/{version.id}/original").status_code == 302


def test_clients_and_guests_see_what_was_shown_to_them(api, world, guest):
    first = world.upload(picture(), deliverable="visual")
    other = world.upload(picture((8, 8, 8)), deliverable="media")
    world.put_up(first, "chloe@maree.example")
    pinned, following = guest(first, ["see"]), guest(first, ["see"], latest=True)
    second = world.upload(picture((1, 1, 1)), deliverable="visual")

    for outsider, ids in ((api("chloe"), [first.id]), (pinned, [first.id]), (following, [second.id])):
        assets = outsider.get("/assets").json["items"]
        assert [asset["current"]["id"] for asset in assets] == ids
        assert [one["id"] for one in outsider.get(f"/assets/{first.asset_id}").json["versions"]] == ids
        assert outsider.get(f"/versions/{other.id}").status_code == 404
        assert outsider.get(f"/assets/{other.asset_id}").status_code == 404
    assert following.get(f"/versions/{first.id}").status_code == 404


def test_listing_assets_takes_as_many_queries_however_many(api, world, queries):
    counts = []
    for round_ in range(2):
        for number in range(1 + 3 * round_):
            upload(api("marc"), picture((round_, number, 9)), campaign_id=world.ids["campaign"])
        with queries() as sent:
            api("marc").get("/assets")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_version_without_a_picture_yet_is_being_worked_on(api, visual):
    version = upload(api("camille"), deliverable_id=visual).json
    with writing() as session:
        for rendition in session.query(Rendition):
            rendition.state = RenditionState.WAITING
        session.commit()

    now = api("marc").get(f"/versions/{version['id']}").json
    assert (now["state"], now["renditions"]) == ("processing", [])
    assert api("marc").get(f"/versions/{version['id']}/renditions/1024").status_code == 404
