"""The client's decision: one form, one answer, half a minute to take it back, and a sentence for everything that came between."""

import re
from datetime import timedelta

import pytest

from review.reviews import Review
from review.seats import Decision
from storage import clock
from storage.assets import Version, grant_sight
from storage.db import db, writing
from tests.webapp.guests import SARAH, state_of
from tests.webapp.pages import read
from tests.world import picture


def test_the_clients_yes_passes_the_milestone(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example", due=clock.today("Europe/Paris") + timedelta(days=3))
    guest = guests.by(links["sarah@veray.example"])
    page = guest.page()
    assert "Your decision holds the launch." in page
    assert "Please answer by" in page

    answer = guest.decide(review_id, note="Lovely")

    assert answer.location == guest.home
    assert "version 1: approved" in (page := guest.page())
    assert "Nothing waits for you" in page
    assert "Your answers" in page
    db.session.rollback()
    assert world.plan.state_of(world.step("ready")) == "passed"


def test_changes_are_requested_and_undone_within_30_seconds(guests, visual, later):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    guest.decide(review_id, "changes_requested")
    assert state_of(review_id) == "changes_requested"

    undo = re.search(r'action="(/g/[^"]+/undo)"', guest.page())[1]
    assert guest.submit(undo).location == f"{guest.home}versions/{visual.id}"
    assert state_of(review_id) == "open"

    guest.decide(review_id)
    undo = re.search(r'action="(/g/[^"]+/undo)"', guest.page())[1]
    later(seconds=31)
    late = guest.submit(undo)
    assert (late.status_code, "30 seconds" in late.text) == (409, True)
    assert state_of(review_id) == "approved"


def test_nobody_undoes_the_decision_of_another(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example", "tom@veray.example", rule="any")
    sarah, tom = (guests.by(links[f"{name}@veray.example"]) for name in ("sarah", "tom"))
    sarah.decide(review_id)
    decision = db.session.query(Decision).one().id
    db.session.rollback()

    assert tom.submit(f"{tom.home}decisions/{decision}/undo").status_code in (403, 404)
    assert state_of(review_id) == "approved"


def test_an_answer_at_a_general_link_is_heard_but_waits_for_a_member_under_all(guests, visual):
    review_id, _links = guests.review(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual)[1], **SARAH)
    assert "once the team has accepted it" in guest.page()

    guest.decide(review_id)
    assert state_of(review_id) == "open"
    assert "your yes is kept" in guest.page()


@pytest.mark.parametrize("verdict", ["undone", "lifted", "", "APPROVED"])
def test_only_two_answers_exist(guests, visual, verdict):
    review_id, links = guests.review(visual, "sarah@veray.example")
    assert guests.by(links["sarah@veray.example"]).decide(review_id, verdict).status_code == 400


def test_what_was_not_seen_is_not_decided(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])

    answer = guest.decide(review_id, sha256="0" * 64, note="I had looked at the other one")
    assert answer.status_code == 409
    assert "not the version the review is about" in answer.text
    assert "I had looked at the other one" in answer.text, "what was typed is kept"
    assert 'data-failed="true"' in answer.text


def test_a_newer_version_is_told_with_the_way_to_it(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example")
    named, following = guests.by(links["sarah@veray.example"]), guests.by(guests.link(visual, latest=True)[1], **SARAH)
    newer = world.upload(picture((9, 9, 9)), deliverable="visual")

    late = named.decide(review_id)
    assert (late.status_code, "Version 2 has replaced" in late.text) == (409, True)
    page = named.page(f"versions/{visual.id}")
    assert "Version 2 has replaced this one" in page
    assert newer.id not in page, "who may not see it is not led there"

    assert newer.id in following.page()
    with writing() as session:
        link_id = following.home.split("/")[2]
        grant_sight(link_id, session.get_one(Version, visual.id))
        session.commit()
    assert f"versions/{newer.id}" in following.page(f"versions/{visual.id}")


def test_a_yes_that_has_lapsed_says_so(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    guest.decide(review_id)
    world.upload(picture((9, 9, 9)), deliverable="visual")

    assert "Your yes has lapsed: version 2 has replaced this one" in guest.page()


def test_a_closed_and_a_withdrawn_review_say_that_no_answer_is_needed(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example", "tom@veray.example", rule="any")
    tom = guests.by(links["tom@veray.example"])
    guests.by(links["sarah@veray.example"]).decide(review_id, name="Sarah")

    for page in (tom.page(), tom.page(f"versions/{visual.id}")):
        assert "Approved by Sarah: no answer is needed any more" in page
    late = tom.decide(review_id)
    assert (late.status_code, "Sarah approved it" in late.text) == (409, True)

    media = world.upload(picture((1, 2, 3)), deliverable="media")
    review_id, links = guests.review(media, "tom@veray.example")
    with writing() as session:
        session.get_one(Review, review_id).withdraw(by=world.marc)
        session.commit()
    tom = guests.by(links["tom@veray.example"])
    for page in (tom.page(), tom.page(f"versions/{media.id}")):
        assert page.count("The team has taken the question back: no answer is needed any more.") == 1
    assert tom.decide(review_id).status_code == 409


def test_who_has_given_no_name_is_a_guest_to_the_others(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example", "tom@veray.example", rule="any")
    guests.by(links["sarah@veray.example"]).decide(review_id)
    tom = guests.by(links["tom@veray.example"])

    for page in (tom.page(), tom.page(f"versions/{visual.id}")):
        assert "Approved by A guest: no answer is needed any more" in page
        assert "sarah@veray.example" not in page


@pytest.mark.parametrize(
    ("also", "rule", "told"),
    [
        ([], "all", ""),
        (["tom@veray.example"], "all", "Both must say yes."),
        (["tom@veray.example", "ann@veray.example"], {"at_least": 2}, "2 yeses are needed."),
    ],
)
def test_how_many_must_say_yes_is_said_under_the_question(guests, visual, also, rule, told):
    _id, links = guests.review(visual, "sarah@veray.example", *also, rule=rule)
    guest = guests.by(links["sarah@veray.example"])

    form = read(guest.get(guest.home).text).one("form", class_="decision")

    assert f"{told} You can undo it for 30 seconds.".strip() in form.text
