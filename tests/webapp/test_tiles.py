"""Every pixel through the API and the pages: a full size, or tiles by stable addresses, for those who may see the version."""

import io

import pytest
import requests
from PIL import Image

from storage import outbox
from storage.db import db
from tests.statements import counted
from tests.world import picture

pytestmark = pytest.mark.usefixtures("documented")
HUGE = (9000, 4600)


@pytest.fixture
def huge(world):
    """A version of 41 megapixels, drawn: half red, half blue."""
    out = io.BytesIO()
    both = Image.new("RGB", HUGE, (220, 20, 20))
    both.paste((20, 20, 220), (4500, 0, *HUGE))
    both.save(out, "JPEG", quality=80)
    version = world.upload(out.getvalue(), deliverable="visual", filename="Fassade.jpg")
    outbox.do_all()
    assert version.blob
    db.session.expunge_all()
    return version


def address(version, level, column, row) -> str:
    return f"/versions/{version.id}/tiles/{level}/{column}_{row}"


def test_a_picture_says_which_rendition_shows_every_pixel(api, world):
    large, small = world.upload(picture(size=(3000, 1000))), world.upload(picture(size=(900, 700)), filename="b.png")
    ids = large.id, small.id
    outbox.do_all()
    large, small = (api("marc").get(f"/versions/{id_}").json for id_ in ids)

    assert [(one["name"], one["width"], one["full"]) for one in large["renditions"]] == [
        ("320", 320, False), ("1024", 1024, False), ("2048", 2048, False), ("full", 3000, True)
    ]
    assert [(one["name"], one["width"], one["full"]) for one in small["renditions"]] == [
        ("320", 320, False), ("1024", 900, True), ("2048", 900, True)
    ]
    assert (large["tiles"], small["tiles"]) == (None, None)
    assert api("marc").get(f"/versions/{small['id']}/renditions/full").status_code == 404
    shown = requests.get(api("marc").get(f"/versions/{large['id']}/renditions/full").headers["Location"], timeout=10)
    assert Image.open(io.BytesIO(shown.content)).size == (3000, 1000)


def test_a_size_that_is_being_made_has_the_largest_there_is_in_its_place(api, world):
    version = world.upload(picture(size=(3000, 1000)))
    version_id = version.id
    outbox.do_next()

    answer = requests.get(api("marc").get(f"/versions/{version_id}/renditions/full").headers["Location"], timeout=10)

    assert Image.open(io.BytesIO(answer.content)).size == (2048, 683)


def test_the_grid_and_its_tiles(api, huge):
    version = api("marc").get(f"/versions/{huge.id}").json

    assert version["tiles"] == {
        "url_template": f"/api/v1/versions/{huge.id}/tiles/{{level}}/{{column}}_{{row}}",
        "width": 9000, "height": 4600, "tile_size": 512, "overlap": 0, "max_level": 14,
    }  # fmt: skip
    for level, place, size, red in ((14, (0, 0), (512, 512), True), (14, (17, 8), (296, 504), False), (11, (2, 1), (101, 63), False), (0, (0, 0), (1, 1), None)):
        path = version["tiles"]["url_template"].format(level=level, column=place[0], row=place[1])
        answer = api("marc").get(path.removeprefix("/api/v1"))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
        tile = requests.get(answer.headers["Location"], timeout=10)
        assert tile.headers["Content-Type"] == "image/jpeg"
        assert tile.headers["Cache-Control"].startswith("private")
        opened = Image.open(io.BytesIO(tile.content))
        assert opened.size == size
        if red is not None:
            left, _, right = opened.getpixel((5, 5))
            assert (left > 150 > right) is red


@pytest.mark.parametrize("place", ["14/18_0", "14/0_9", "15/0_0", "0/1_0", "14/-1_0", "14/0_x", "14/00_0", "14/0", "14/0_0_0", "14/²_0", "9999999999/0_0", "14/%00_0"])
def test_beyond_the_grid_there_is_nothing(api, huge, place):
    assert api("marc").get(f"/versions/{huge.id}/tiles/{place}").status_code == 404


def test_a_picture_without_tiles_has_none(api, world):
    version = world.upload(picture())

    assert api("marc").get(address(version, 0, 0, 0)).status_code == 404


def test_nobody_sees_the_tiles_of_what_is_not_theirs(api, world, guest, huge):
    other = world.upload(picture((9, 9, 9)), deliverable="media")
    tile = address(huge, 12, 1, 1)

    for stranger in (api("rita"), api("chloe"), guest(other, ["see", "comment", "decide", "download"])):
        assert stranger.get(tile).status_code == 404
        assert stranger.get(tile).json == stranger.get(tile.replace(huge.id, "0" * 26)).json
    assert api(None).get(tile).status_code == 401
    assert guest(huge, ["see"]).get(tile).status_code == 302


def test_a_guest_sees_them_until_the_link_is_revoked_or_newer_is_up(api, world, guest, huge):
    pinned, following = guest(huge, ["see"]), guest(huge, ["see"], latest=True)
    assert {one.get(address(huge, 12, 1, 1)).status_code for one in (pinned, following)} == {302}

    world.upload(picture(), asset_id=huge.asset_id)
    assert following.get(address(huge, 12, 1, 1)).status_code == 404
    assert pinned.get(address(huge, 12, 1, 1)).status_code == 302

    links = api("marc").get(f"/campaigns/{world.ids['campaign']}/links").json["items"]
    for link in links:
        api("marc").delete(f"/links/{link['id']}")
    assert pinned.get(address(huge, 12, 1, 1)).status_code in (401, 404)


def test_a_tile_takes_one_query_besides_signing_in(app, api, sign_in, huge):
    marc = api("marc")
    marc.get(address(huge, 14, 0, 0))

    with counted() as spent:
        assert marc.get(address(huge, 14, 1, 0)).status_code == 302

    assert (len(spent["act"]), len(spent["plan"])) == (1, 0), spent


def test_the_pages_have_the_same_tiles(sign_in, huge):
    assert sign_in("marc").get(address(huge, 14, 0, 0)).status_code == 302
    assert sign_in("chloe").get(f"/client{address(huge, 14, 0, 0)}").status_code == 404
