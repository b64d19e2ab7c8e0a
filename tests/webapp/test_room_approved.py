"""The room once somebody said yes: who and when, which milestone hangs on it, and what a new version takes back."""

from tests.webapp.guests import Guests
from tests.webapp.pages import Element, read
from tests.world import picture


def room(browser, at: str) -> Element:
    answer = browser.get(at)
    assert answer.status_code == 200
    return read(answer.text)


def bar(browser, version) -> str:
    return room(browser, f"/versions/{version.id}").one("section", "decision").text


def test_the_bar_names_who_said_yes_when_and_what_it_unblocked(world, visual, sign_in):
    review, marc = world.put_up(visual, "chloe@maree.example"), sign_in("marc")
    waiting = room(marc, f"/versions/{visual.id}").one(cls="decision__holds")
    assert waiting.text == "Print-ready Waiting for review"
    assert waiting.one("a").attrs["href"].startswith("/milestones/")

    world.decide(review, world.chloe)

    said = bar(marc, visual)
    assert "Approved by Chloe, " in said
    assert "Print-ready Passed" in said
    assert "A new version asks for this yes again, and reopens Print-ready." in said


def test_a_client_reads_nothing_of_the_plan_in_it(world, visual, sign_in):
    world.decide(world.put_up(visual, "chloe@maree.example"), world.chloe)

    said = bar(sign_in("chloe"), visual)
    assert "Approved by Chloe, " in said
    assert "Print-ready" not in said
    assert "A new version" not in said


def test_what_is_held_by_no_yes_loses_none_by_a_new_version(world, visual, sign_in):
    review, marc = world.put_up(visual, "chloe@maree.example"), sign_in("marc")
    assert "A new version" not in bar(marc, visual)
    world.decide(review, world.chloe)
    world.upload(picture((9, 9, 9)), deliverable="visual")

    said = bar(marc, visual)
    assert "Approved, until version 2 replaced this one." in said
    assert "A new version" not in said


def test_who_is_named_and_comes_by_a_general_link_has_one_face(app, world, visual, sign_in):
    """Both places are listed; the face shows the answer."""
    review = world.put_up(visual, "sarah@veray.example", rule="any")
    guests = Guests(app, world)
    guests.by(guests.link(visual)[1], name="Sarah", email="sarah@veray.example").decide(review.id, "changes_requested")

    seats = room(sign_in("marc"), f"/versions/{visual.id}").one(cls="decision__seats")
    faces = seats.one(cls="people").all(cls="person")
    assert [one.attrs["data-said"] for one in faces] == ["changes_requested"]
    assert len(seats.all("li", cls="seat")) == 2


def test_whose_link_shows_the_latest_reads_that_their_yes_has_lapsed(app, world, visual):
    """Version 1 is shown to them no more, but what they said of it is their own."""
    guests = Guests(app, world)
    review = world.put_up(visual, "chloe@maree.example", rule="any")
    _link, door = guests.link(visual, latest=True)
    sarah = guests.by(door, name="Sarah", email="sarah@veray.example")
    assert sarah.decide(review.id).status_code == 302
    other = guests.by(door, name="Tom", email="tom@veray.example")

    second = world.upload(picture((9, 9, 9)), deliverable="visual")

    lapsed = "You approved version 1; this one has replaced it, and your yes has lapsed."
    assert lapsed in room(sarah, f"{sarah.home}versions/{second.id}").one(cls="room__notice").text
    assert lapsed not in room(other, f"{other.home}versions/{second.id}").text
    assert sarah.get(f"{sarah.home}versions/{visual.id}").status_code == 404

    again = world.put_up(second, "chloe@maree.example", rule="any")
    assert sarah.decide(again.id).status_code == 302
    assert lapsed not in room(sarah, f"{sarah.home}versions/{second.id}").text
