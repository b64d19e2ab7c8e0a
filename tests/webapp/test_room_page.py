"""The review room as each reader finds it: the visual and those beside it, the way back, what is still open, and what it costs."""

import pytest

from planning.founding import found_campaign
from review.annotations import Audience
from storage import outbox
from storage.assets import Version
from storage.db import writing
from tests.statements import counted
from tests.webapp.guests import SARAH
from tests.webapp.pages import Element, read
from tests.webapp.rooms import decision, guest_room, newer, note, rendered, seen_by, ticked_off
from tests.world import autumn, picture


@pytest.fixture
def visual(world) -> Version:
    return rendered(world)


# The picture


def test_the_picture_is_in_the_page_before_any_script_has_run(world, sign_in):
    """The smallest that fills a stage, the larger ones offered beside it; scripts are asked for and hold nothing up."""
    room = f"/versions/{world.upload(picture(size=(3000, 2000)), deliverable='visual').id}"
    outbox.do_all()
    marc, at = sign_in("marc"), f"{room}/renditions"
    html = marc.get(room).text
    page = read(html)

    shown = page.one("main").one("img", fetchpriority="high")
    assert (shown.attrs["src"], shown.attrs["width"], shown.attrs["height"]) == (f"{at}/1024", "1024", "683")
    assert shown.attrs["srcset"] == f"{at}/320 320w, {at}/1024 1024w, {at}/2048 2048w"
    assert "loading" not in shown.attrs
    assert marc.get(shown.attrs["src"]).status_code == 302
    early = page.one("head").one("link", rel="preload", as_="image")
    assert (early.attrs["imagesrcset"], early.attrs["imagesizes"]) == (shown.attrs["srcset"], shown.attrs["sizes"])
    assert html.index('fetchpriority="high" alt=') < html.index('id="room-data"')
    assert {script.attrs["type"] for script in page.all("script")} == {"module", "importmap", "application/json"}


def test_what_cannot_be_shown_has_no_tools(world, room_of):
    page = room_of("marc", world.upload(b"PK\x03\x04 something else entirely", filename="brief.docx", deliverable="visual"))

    assert not page.all(cls="tools")
    assert not page.all("link", as_="image")


@pytest.mark.parametrize(("who", "draws", "uploads"), [("camille", True, True), ("chloe", True, False), ("looker", False, False)])
def test_the_tools_are_for_whom_they_are(world, visual, room_of, guests, who, draws, uploads):
    world.put_up(visual, "chloe@maree.example")
    page = room_of(who, visual) if who != "looker" else guest_room(guests.by(guests.link(visual, rights=[])[1]), visual)

    assert bool(page.all("button", data_stage_tool_param="box")) == draws
    assert bool(page.all("form", id="composer")) == draws
    assert bool(page.all(cls="room__drop")) == uploads
    assert page.one("button", data_stage_tool_param="hand")


# The visuals beside it


def beside(page: Element) -> dict[str, str]:
    """{before or after: the address it leads to}"""
    return {one.attrs["data-room-target"]: one.attrs["href"] for one in page.one(cls="room__beside").all("a")}


def test_the_visuals_of_the_campaign_follow_each_other(world, visual, room_of):
    logo, media = world.upload(picture((1, 1, 1)), filename="logo.png"), world.upload(picture((2, 2, 2)), deliverable="media")
    second = newer(world)

    page = room_of("marc", logo)
    assert beside(page) == {"before": f"/versions/{second.id}", "after": f"/versions/{media.id}"}
    assert [one.attrs["aria-label"] for one in page.one(cls="room__beside").all("a")] == ["Previous visual: Key visual (K)", "Next visual: Media plan (J)"]
    assert beside(room_of("marc", visual)) == {"after": f"/versions/{logo.id}"}
    assert beside(room_of("marc", media)) == {"before": f"/versions/{logo.id}"}


def test_the_visuals_of_another_campaign_are_not_beside_it(world, visual, room_of):
    with writing() as session:
        spring = found_campaign("Spring", autumn(), by=world.marc)
        session.commit()
    world.ids["campaign"] = spring.id
    elsewhere = world.upload(picture((7, 7, 7)), deliverable="visual")

    assert beside(room_of("marc", visual)) == beside(room_of("marc", elsewhere)) == {}


def test_a_client_goes_from_one_to_the_next_of_what_they_may_see(world, visual, room_of, sign_in):
    hidden, media = world.upload(picture((1, 1, 1)), filename="hidden-logo.png"), world.upload(picture((2, 2, 2)), deliverable="media")
    for one in (visual, media):
        world.put_up(one, "chloe@maree.example")
    newer(world)

    assert beside(room_of("chloe", visual)) == {"after": f"/versions/{media.id}"}
    assert beside(room_of("chloe", media)) == {"before": f"/versions/{visual.id}"}, "the version she was shown, not the newer one"
    page = sign_in("chloe").get(f"/client/versions/{visual.id}").text
    assert beside(read(page)) == {"after": f"/client/versions/{media.id}"}
    assert hidden.id not in page
    assert "hidden-logo" not in page


def test_a_guest_goes_from_one_to_the_next_of_their_link(world, visual, guests):
    world.upload(picture((1, 1, 1)), filename="logo.png")
    media = world.upload(picture((2, 2, 2)), deliverable="media")
    guest = guests.by(guests.link(visual, media)[1], **SARAH)

    assert beside(guest_room(guest, visual)) == {"after": f"{guest.home}versions/{media.id}"}


# The bar


def test_each_version_says_how_its_review_stands(world, visual, room_of):
    world.decide(world.put_up(visual, "chloe@maree.example"), world.chloe, "changes_requested")
    second = newer(world)
    world.put_up(second, "chloe@maree.example")

    links = room_of("marc", second).one("nav", "versions").all("a")

    assert [(one.one("b").text, one.attrs.get("aria-current")) for one in links] == [("v1", None), ("v2", "page")]
    assert [one.one(data_kind="review").attrs["data-state"] for one in links] == ["superseded", "open"]


def test_the_way_back_is_ones_own(world, visual, room_of, guests):
    world.put_up(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual)[1], **SARAH)

    ways = [page.one(cls="room__back").one("a").attrs["href"] for page in (room_of("marc", visual), room_of("chloe", visual), guest_room(guest, visual))]

    assert ways == [f"/campaigns/{world.ids['campaign']}", "/client/", guest.home]


# What is still open


def test_what_is_open_on_the_version_before_is_said_until_it_is_done(world, visual, room_of):
    open_, done = note(world, visual), note(world, visual)
    note(world, visual, audience=Audience.INTERNAL)
    ticked_off(world, done)
    assert not room_of("marc", visual).all(cls="room__notice"), "they are notes of this one"
    second = newer(world)
    world.put_up(second, "chloe@maree.example")
    notice = room_of("marc", second).one(cls="room__notice")
    assert "2 notes are still open on version 1." in notice.text
    assert notice.one("a").attrs["href"] == f"/versions/{visual.id}?notes=open"

    assert not room_of("chloe", second).all(cls="room__notice"), "she was not shown version 1"
    ticked_off(world, open_)
    assert "1 note is still open on version 1." in room_of("marc", second).one(cls="room__notice").text
    third = newer(world, (8, 8, 8))
    assert not room_of("marc", third).all(cls="room__notice"), "version 2 has no notes"
    assert "Version 3 has replaced this one." in room_of("marc", second).one(cls="room__notice").text


def test_a_client_is_told_of_the_shared_ones(world, visual, room_of):
    world.put_up(visual, "chloe@maree.example")
    note(world, visual, by="chloe")
    note(world, visual, audience=Audience.INTERNAL)
    second = newer(world)
    world.put_up(second, "chloe@maree.example")

    assert "1 note is still open on version 1." in room_of("chloe", second).one(cls="room__notice").text
    assert "2 notes are still open on version 1." in room_of("marc", second).one(cls="room__notice").text


def test_what_must_be_fixed_is_counted_beside_the_decision(world, visual, room_of):
    world.put_up(visual, "chloe@maree.example")
    first = note(world, visual, by="chloe", priority="must")
    note(world, visual, audience=Audience.INTERNAL, priority="must")
    note(world, visual, priority="later")
    assert "2 must-fix notes are open." in decision(room_of("marc", visual)).text
    assert "1 must-fix note is open." in decision(room_of("chloe", visual)).text

    ticked_off(world, first)

    assert "1 must-fix note is open." in decision(room_of("marc", visual)).text
    assert "must-fix" not in decision(room_of("chloe", visual)).text


# What it costs


@pytest.mark.parametrize("who", ["marc", "chloe", "guest"])
def test_a_room_costs_the_same_with_many_notes_versions_and_visuals(world, visual, guests, sign_in, who):
    """The plan and who asks are counted apart: they are the same for every page."""
    world.put_up(visual, "chloe@maree.example")
    media = world.upload(picture((2, 2, 2)), deliverable="media")
    world.put_up(media, "chloe@maree.example")
    note(world, visual)
    shown = next_round(world, (1, 0, 0))
    guest = guests.by(guests.link(shown, media, latest=True)[1], **SARAH)
    browser, place = (guest, guest.home) if who == "guest" else (sign_in(who), "/")
    few = cost(browser, f"{place}versions/{shown.id}")

    for number in range(12):
        note(world, shown, body=f"Note {number}", priority="must")
    for number in range(3):
        one = world.upload(picture((3, 3, number)), filename=f"{number}.png")
        world.put_up(one, "chloe@maree.example")
        shown = next_round(world, (1, 1, number))
    for number in range(12):
        note(world, shown, by="chloe", body=f"Note {number}")

    assert cost(browser, f"{place}versions/{shown.id}") == few


def next_round(world, colour) -> Version:
    version = newer(world, colour)
    world.put_up(version, "chloe@maree.example", "paul@veray.example")
    note(world, version)
    return version


def cost(browser, path: str) -> int:
    seen_by(browser, path)
    with counted() as spent:
        seen_by(browser, path)
    return len(spent["act"])
