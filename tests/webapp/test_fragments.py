"""Fragments: one template in the page and at its own address; rendered once for all who see alike; 304 by one read."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.db import db
from tests.webapp.pages import read, statements
from tests.world import picture
from webapp import fragments

PARTS = ("head", "news", "milestones", "board", "chart", "grid", "feed")
ROOM_PARTS = ("bar", "notices", "decision", "waiting", "pictures", "talk")
ASKED = {"X-Fragment": "1"}


@pytest.fixture
def path(world) -> str:
    return f"/campaigns/{world.ids['campaign']}"


@pytest.fixture
def story(world):
    """A version in review, with a note."""
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    db.session.rollback()
    return version


def live_parts(html: str) -> list:
    return read(html).all(data_live=True)


PAGES = ("{campaign}", "{campaign}/plan", "{campaign}/assets", "{campaign}/activity", "/versions/{version}", "/milestones/{milestone}")


@pytest.mark.parametrize("page", PAGES)
def test_each_live_part_answers_at_its_own_address_with_the_same_root(world, story, sign_in, path, page):
    marc = sign_in("marc")
    html = marc.get(page.format(campaign=path, version=story.id, milestone=world.step("ready").id)).text
    parts = live_parts(html)
    assert parts
    for part in parts:
        alone = marc.get(part.attrs["data-live-src"], headers=ASKED)
        assert alone.status_code == 200
        root = next(child for child in read(alone.text).children if not isinstance(child, str))
        assert (root.attrs["id"], root.attrs["data-live"]) == (part.attrs["id"], part.attrs["data-live"])
        assert "<html" not in alone.text


@pytest.mark.parametrize("part", PARTS)
def test_an_unchanged_part_costs_one_read(world, story, sign_in, path, part):
    marc = sign_in("marc")
    etag = marc.get(f"{path}/{part}").headers["ETag"]
    with statements() as sent:
        again = marc.get(f"{path}/{part}", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert len([one for one in sent if "campaigns" in one or "logs" in one]) == 1
    assert len(sent) == 3  # who asks (the person, then the place they hold), then the campaign with its log


def test_a_card_of_a_milestone_that_is_unchanged_costs_one_read(world, sign_in):
    marc, card = sign_in("marc"), f"/milestones/{world.step('ready').id}/card"
    etag = marc.get(card).headers["ETag"]
    with statements() as sent:
        assert marc.get(card, headers={"If-None-Match": etag}).status_code == 304
    assert len(sent) == 3


def test_what_is_waited_for_answers_at_its_own_address_with_the_same_root(world, sign_in):
    """A file that cannot be shown: its part is in the page, where others have their picture."""
    kept = world.upload(b"PK\x03\x04 something else entirely", filename="brief.docx", deliverable="visual")
    marc = sign_in("marc")
    part = next(part for part in live_parts(marc.get(f"/versions/{kept.id}").text) if part.attrs["id"] == f"waiting-{kept.id}")

    alone = read(marc.get(part.attrs["data-live-src"], headers=ASKED).text).one(id=part.attrs["id"])

    assert alone.attrs == part.attrs
    assert alone.text == part.text


@pytest.mark.parametrize("place", ["/versions/{id}/", "/client/versions/{id}/"])
def test_each_live_part_of_the_clients_room_answers_with_the_same_root(story, sign_in, place):
    chloe, place = sign_in("chloe"), place.format(id=story.id)
    parts = live_parts(chloe.get(place.rstrip("/")).text)
    assert {part.attrs["data-live-src"].removeprefix(place) for part in parts} == {*ROOM_PARTS} - {"waiting"}
    for part in parts:
        alone = read(chloe.get(part.attrs["data-live-src"], headers=ASKED).text).one(id=part.attrs["id"])
        assert alone.attrs == part.attrs


@pytest.mark.parametrize("part", ROOM_PARTS)
def test_an_unchanged_part_of_a_version_costs_one_read(story, sign_in, part):
    marc, url = sign_in("marc"), f"/versions/{story.id}/{part}"
    etag = marc.get(url).headers["ETag"]
    with statements() as sent:
        assert marc.get(url, headers={"If-None-Match": etag}).status_code == 304
    assert len(sent) == 3


@pytest.mark.parametrize("part", PARTS)
def test_a_change_brings_another_revision(world, story, sign_in, path, part):
    marc = sign_in("marc")
    before = marc.get(f"{path}/{part}")
    world.upload(picture((1, 2, 3)), deliverable="visual")
    after = marc.get(f"{path}/{part}", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]


def test_who_asks_while_it_is_rendered_waits_for_it():
    begun, finish, rendered = threading.Event(), threading.Event(), []

    def render():
        rendered.append(1)
        begun.set()
        assert finish.wait(10)
        return "<p></p>"

    with ThreadPoolExecutor(4) as readers:
        first = readers.submit(fragments.shared, "etag of this test", "part", render)
        assert begun.wait(10)
        others = [readers.submit(fragments.shared, "etag of this test", "part", render) for _ in range(3)]
        finish.set()
        assert {one.result(10) for one in (first, *others)} == {"<p></p>"}

    assert rendered == [1]
    assert not fragments._under_way


def test_what_is_kept_of_fragments_is_bounded(monkeypatch):
    fragments._rendered.clear()
    monkeypatch.setattr(fragments, "KEPT_CHARACTERS", 100)
    for number in range(10):
        fragments.shared(str(number), "part", lambda: "x" * 40)
    assert [etag for _name, etag in fragments._rendered] == ["8", "9"]


def test_a_part_that_fails_is_tried_by_the_next():
    with pytest.raises(ZeroDivisionError):
        fragments.shared("broken once", "part", lambda: 1 / 0)
    assert fragments.shared("broken once", "part", lambda: "whole") == "whole"


def test_what_the_team_sees_alike_is_rendered_once(world, story, sign_in, path):
    marc, camille = sign_in("marc"), sign_in("camille")
    fragments._rendered.clear()
    first = marc.get(f"{path}/board")
    with statements() as sent:
        second = camille.get(f"{path}/board")
    assert second.data == first.data
    assert len(sent) == 3


@pytest.mark.parametrize("part", PARTS)
def test_what_is_kept_for_everyone_holds_nothing_of_one_person(world, story, sign_in, path, part):
    html = sign_in("marc").get(f"{path}/{part}").text
    assert "csrf" not in html
    assert "nonce" not in html
    assert "/l/" not in html


def test_another_language_is_another_revision(world, story, sign_in, path):
    marc, camille = sign_in("marc"), sign_in("camille")
    camille.submit("/language", language="fr", next="/")
    english, french = marc.get(f"{path}/board"), camille.get(f"{path}/board")
    assert english.headers["ETag"] != french.headers["ETag"]
    assert "To do" in english.text
    assert "À faire" in french.text


def test_a_part_with_buttons_is_its_readers_own(world, story, sign_in):
    marc, chloe = sign_in("marc"), sign_in("chloe")
    for part in ROOM_PARTS:
        etag = marc.get(f"/versions/{story.id}/{part}").headers["ETag"]
        own = chloe.get(f"/versions/{story.id}/{part}", headers={"If-None-Match": etag})
        assert own.status_code == 200
        assert ("decision__acts" in own.text) == (part == "decision")


def test_strangers_and_clients_get_no_part_of_a_campaign(world, story, sign_in, path):
    for name in ("rita", "chloe"):
        browser = sign_in(name)
        assert [browser.get(f"{path}/{part}").status_code for part in PARTS] == [404] * len(PARTS)
        assert browser.get(f"/milestones/{world.step('ready').id}/card").status_code == 404
    rita = sign_in("rita")
    assert [rita.get(f"/versions/{story.id}/{part}").status_code for part in ROOM_PARTS] == [404] * len(ROOM_PARTS)
