"""The room once somebody said yes: who and when, which milestone hangs on it, and what a new version takes back."""

import re

from review.reviews import Review
from storage.db import writing
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
    assert waiting.text == "What waits for this visual: Print-ready Waiting for review"
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


def test_what_does_not_count_is_nobodys_face_and_no_yes(app, world, visual, sign_in):
    """Under *all*, whoever types Chloé's address at a general link says nothing for her."""
    review = world.put_up(visual, "chloe@maree.example", "marc@maree.example")
    guests = Guests(app, world)
    guests.by(guests.link(visual)[1], name="Not Chloé", email="chloe@maree.example").decide(review.id)

    seats = room(sign_in("olga"), f"/versions/{visual.id}").one(cls="decision__seats")
    assert [one.attrs["data-said"] for one in seats.one(cls="people").all(cls="person")] == ["waiting", "waiting"]
    world.decide(review, world.chloe)
    world.decide(review, world.marc)
    assert re.search("Approved by (Chloe and Marc|Marc and Chloe), ", bar(sign_in("olga"), visual))


def test_a_yes_that_was_withdrawn_with_its_question_has_not_lapsed(app, world, visual):
    guests = Guests(app, world)
    review = world.put_up(visual, "chloe@maree.example", "marc@maree.example", rule={"at_least": 2})
    sarah = guests.by(guests.link(visual, latest=True)[1], name="Sarah", email="sarah@veray.example")
    assert sarah.decide(review.id).status_code == 302
    with writing() as session:
        session.get_one(Review, review.id).withdraw(world.marc)
        session.commit()
    second = world.upload(picture((9, 9, 9)), deliverable="visual")

    assert "has lapsed" not in room(sarah, f"{sarah.home}versions/{second.id}").text


def test_what_no_milestone_waits_for_is_reopened_with_a_word_too(world, sign_in):
    logo = world.upload(picture((3, 3, 3)), filename="logo.png")
    world.decide(world.put_up(logo, "chloe@maree.example"), world.chloe)

    said = bar(sign_in("marc"), logo)
    assert "A new version asks for this yes again." in said
    assert "reopens" not in said


def test_a_withdrawn_question_hides_no_other(world, visual, sign_in):
    world.decide(world.put_up(visual, "chloe@maree.example"), world.chloe)
    second = world.put_up(visual, "olga@maree.example")
    with writing() as session:
        session.get_one(Review, second.id).withdraw(world.marc)
        session.commit()

    said = bar(sign_in("marc"), visual)
    assert "Approved by Chloe" in said
    assert "Ask again" not in said


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
