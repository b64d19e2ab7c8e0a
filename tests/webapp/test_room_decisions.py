"""The decision in the review room, in every situation: who may ask, who decides, what a yes does, and what takes it back."""

import re
from datetime import timedelta

import pytest

from review.reviews import Review
from storage import clock
from storage.assets import Version
from storage.db import writing
from tests.webapp.guests import SARAH
from tests.webapp.pages import Element, read
from tests.webapp.rooms import decision, guest_room, newer, note, rendered, seen_by


@pytest.fixture
def visual(world) -> Version:
    return rendered(world)


def may_decide(page: Element) -> bool:
    return [one.attrs["value"] for one in page.all("button", name="verdict")] == ["changes_requested", "approved"]


def undo_of(page: Element) -> Element | None:
    """The form that takes one's decision back; the toast beside it leads to the same place."""
    return next(iter(decision(page).all("form", data_controller="until")), None)


def test_of_a_version_nobody_was_asked_about_the_team_may_ask(visual, room_of, guests):
    page = room_of("camille", visual)
    assert "Nobody has been asked about this version yet." in decision(page).text
    assert decision(page).one("a", cls="button").attrs["href"] == f"/versions/{visual.id}/reviews/new"

    page = guest_room(guests.by(guests.link(visual)[1], **SARAH), visual)
    assert "Nobody was asked about this version." in decision(page).text
    assert not decision(page).all("a", cls="button")
    assert not may_decide(page)


def test_of_an_older_version_nobody_is_asked_any_more(world, visual, room_of):
    newer(world)

    page = room_of("camille", visual)

    assert "Nobody was asked about this version." in decision(page).text
    assert not decision(page).all("a", cls="button")


@pytest.mark.parametrize(
    ("reviewers", "rule", "told"),
    [
        (["chloe"], "all", "Waiting for Chloe."),
        (["chloe", "marc"], "all", "Both must say yes. Waiting for Chloe and Marc."),
        (["chloe", "marc", "olga"], "all", "All 3 must say yes. Waiting for Chloe, Marc and Olga."),
        (["chloe", "marc"], "any", "One yes is enough. Waiting for Chloe and Marc."),
        (["chloe", "marc", "olga"], {"at_least": 2}, "2 yeses are needed. Waiting for Chloe, Marc and Olga."),
    ],
)
def test_whoever_is_not_asked_reads_whom_it_waits_for(world, visual, room_of, reviewers, rule, told):
    world.put_up(visual, *(f"{name}@maree.example" for name in reviewers), rule=rule)

    page = room_of("camille", visual)

    assert told in decision(page).text
    assert not may_decide(page)


def test_the_day_the_answer_is_due_is_said_until_it_is_there(world, visual, room_of):
    review = world.put_up(visual, "chloe@maree.example")
    with writing() as session:
        session.get_one(Review, review.id).due = clock.today("Europe/Paris").replace(day=1) + timedelta(days=40)
        session.commit()
    assert re.search(r"Due \w+day \d+ \w+\.", decision(room_of("chloe", visual)).text)

    world.decide(review, world.chloe)

    assert "Due" not in decision(room_of("chloe", visual)).text


@pytest.mark.parametrize("who", ["marc", "chloe"])
def test_whoever_is_asked_decides_on_what_they_see(world, visual, room_of, who):
    review = world.put_up(visual, "chloe@maree.example", "marc@maree.example")

    form = decision(room_of(who, visual)).one("form", "decision__form")

    assert form.attrs["action"] == {"marc": f"/reviews/{review.id}/decision", "chloe": f"/client/reviews/{review.id}/decision"}[who]
    assert form.one("input", name="version_id").attrs["value"] == visual.id
    assert form.one("input", name="sha256").attrs["value"] == visual.blob.sha256
    assert [one.text for one in form.all("button")] == ["Ask for changes", "Approve v1"]
    assert "You can undo it for 30 seconds." in form.text


def test_a_last_yes_says_what_it_passes_and_frees(world, visual, room_of):
    review = world.put_up(visual, "chloe@maree.example", "marc@maree.example")
    first = decision(room_of("marc", visual))
    assert "passes" not in first.text, "Chloé has not said yes yet"
    later = re.search(r"Print-ready (\d+ \w+) → then (\d+ \w+) , launch slack \+(\d+)\sd → then \+(\d+)\sd", first.text)
    assert later, "what a request for changes would cost"
    assert int(later[3]) - int(later[4]) == 3, "a day of rework, and the client's two days again"

    world.decide(review, world.chloe)

    assert "passes Print-ready , frees 1 step" in decision(room_of("marc", visual)).text
    assert "Print-ready" not in decision(room_of("chloe", visual)).text, "the plan is not hers to read"


def test_a_yes_beside_a_request_for_changes_is_promised_to_pass_nothing(world, visual, room_of):
    """Of three, two must say yes: one has, and one asks for changes. That one wins until it is lifted."""
    review = world.put_up(visual, "chloe@maree.example", "marc@maree.example", "olga@maree.example", rule={"at_least": 2})
    world.decide(review, world.chloe, "changes_requested")
    world.decide(review, world.olga)

    assert "passes" not in decision(room_of("marc", visual)).text

    world.decide(review, world.chloe)
    assert not may_decide(room_of("marc", visual)), "her changed mind was the second yes"


def test_a_changed_mind_may_be_the_last_yes(world, visual, room_of):
    world.decide(world.put_up(visual, "marc@maree.example"), world.marc, "changes_requested")

    page = room_of("marc", visual)

    assert "passes Print-ready , frees 1 step" in decision(page).one("details", "decision__again").text


@pytest.mark.parametrize(("who", "where"), [("marc", "/reviews/{review}/decisions/{decision}/undo"), ("chloe", "/client/decisions/{decision}/undo")])
@pytest.mark.parametrize("rule", ["all", "any"])
def test_what_was_decided_can_be_undone_for_thirty_seconds(world, visual, room_of, later, rule, who, where):
    review = world.put_up(visual, "chloe@maree.example", "marc@maree.example", rule=rule)
    made = world.decide(review, world.member(who))
    at = made.at

    page = room_of(who, visual)
    undo = undo_of(page)
    assert undo
    assert undo.attrs["action"] == where.format(review=review.id, decision=made.id)
    assert undo.attrs["data-until-moment-value"] == (at + timedelta(seconds=30)).isoformat()
    assert undo.one("button").text == "Undo"
    assert may_decide(page) == (rule == "all")
    assert bool(page.all("details", "decision__again")) == (rule == "all")
    assert ("Approved by " in decision(page).text) == (rule == "any")
    assert undo_of(room_of({"marc": "chloe", "chloe": "marc"}[who], visual)) is None

    later(seconds=31)
    assert undo_of(room_of(who, visual)) is None


def test_who_asks_for_changes_is_named_and_may_decide_otherwise(world, visual, room_of):
    review = world.put_up(visual, "chloe@maree.example")
    world.decide(review, world.chloe, "changes_requested", note="Plus bleu")

    assert "Chloe: changes requested." in decision(room_of("camille", visual)).text
    assert "Plus bleu" in decision(room_of("camille", visual)).one(cls="seats").text
    hers = room_of("chloe", visual)
    assert "You asked for changes to version 1. Plus bleu" in decision(hers).text
    assert hers.one("details", "decision__again").one("summary").text == "Decide otherwise"
    assert decision(room_of("olga", visual)).one("form", action=f"/reviews/{review.id}/seats/{review.seats[0].id}/lifting")


def test_a_replaced_version_leads_to_the_newer_one_and_asks_nothing(world, visual, room_of):
    world.put_up(visual, "chloe@maree.example", "marc@maree.example")
    second = newer(world)

    page = room_of("marc", visual)

    notice = page.one(cls="room__notice")
    assert "Version 2 has replaced this one." in notice.text
    assert (notice.one("a").text, notice.one("a").attrs["href"]) == ("See version 2", f"/versions/{second.id}")
    assert "A newer version has replaced this one: no answer is needed here." in decision(page).text
    assert not may_decide(page)
    assert not page.all("a", href=f"/versions/{visual.id}/reviews/new")
    assert not room_of("marc", second).all(cls="room__notice")


def test_a_client_is_led_to_the_newer_version_once_it_is_theirs(world, visual, sign_in):
    world.put_up(visual, "chloe@maree.example")
    second, chloe = newer(world), sign_in("chloe")
    told = seen_by(chloe, f"/client/versions/{visual.id}")
    assert "Version 2 has replaced this one. The team will put it before you when it is ready." in told.one(cls="room__notice").text
    assert not told.one(cls="room__notice").all("a")
    assert "Version 2 has replaced this one: no answer is needed here." in decision(told).text

    world.put_up(second, "chloe@maree.example")

    told = seen_by(chloe, f"/client/versions/{visual.id}")
    assert told.one(cls="room__notice").one("a").attrs["href"] == f"/client/versions/{second.id}"


@pytest.mark.parametrize("who", ["marc", "chloe"])
def test_a_decision_on_a_replaced_version_stays(world, visual, room_of, who):
    """Approved, then replaced within half a minute: it cannot be undone, so nobody is offered to."""
    world.decide(world.put_up(visual, f"{who}@maree.example"), world.member(who))
    newer(world)

    assert undo_of(room_of(who, visual)) is None


def test_a_withdrawn_review_may_be_asked_again_by_the_team(world, visual, room_of):
    review = world.put_up(visual, "chloe@maree.example")
    with writing() as session:
        session.get_one(Review, review.id).withdraw(world.marc)
        session.commit()

    page = room_of("camille", visual)
    assert "Withdrawn: no answer is needed any more." in decision(page).text
    assert [one.text for one in decision(page).all("a", href=f"/versions/{visual.id}/reviews/new")] == ["Ask again"]
    hers = room_of("chloe", visual)
    assert "The team has taken the question back: no answer is needed any more." in decision(hers).text
    assert not may_decide(hers)
    assert not hers.all("a", href=f"/versions/{visual.id}/reviews/new")


def test_of_two_reviews_each_is_shown_the_one_that_waits_for_them(world, visual, room_of):
    """Two planners asked at the same time."""
    olgas, chloes = world.put_up(visual, "olga@maree.example", "chloe@maree.example"), world.put_up(visual, "chloe@maree.example")
    for who, review in (("olga", olgas), ("marc", chloes)):
        assert decision(room_of(who, visual)).one(cls="decision__seats").attrs["id"] == f"seats-{review.id}"

    world.decide(chloes, world.chloe)

    form = decision(room_of("chloe", visual)).one("form", "decision__form")
    assert form.attrs["action"] == f"/client/reviews/{olgas.id}/decision"


def test_a_guest_says_who_they_are_before_they_act(world, visual, guests):
    world.put_up(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual)[1])
    page = guest_room(guest, visual)
    asked = page.one("form", id="who")
    assert asked.one("input", name="next").attrs["value"] == f"{guest.home}versions/{visual.id}"
    assert not may_decide(page)
    assert not page.all("form", id="composer")
    assert not page.all("button", data_stage_tool_param="box")
    assert page.one("img", fetchpriority="high"), "looking needs no name"

    led = guest.submit(asked.attrs["action"], next=asked.one("input", name="next").attrs["value"], **SARAH)
    assert led.location == f"{guest.home}versions/{visual.id}"
    page = guest_room(guest, visual)
    assert not page.all("form", id="who")
    assert may_decide(page)
    assert page.one("form", id="composer")
    assert "Your answer counts once the team has accepted it." in decision(page).text


def test_the_parts_too_know_that_a_guest_has_introduced_themselves(world, visual, guests):
    world.put_up(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual)[1])
    path = f"{guest.home}versions/{visual.id}/decision"
    before = guest.get(path)

    guest.submit(guest.home + "introduction", **SARAH)

    after = guest.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, may_decide(read(before.text)), may_decide(read(after.text))) == (200, False, True)


def test_it_is_in_the_readers_language(world, visual, sign_in):
    world.put_up(visual, "chloe@maree.example", "marc@maree.example")
    note(world, visual, priority="must")
    second = newer(world)
    marc = sign_in("marc")
    marc.submit("/language", language="fr", next="/")

    old, new = (seen_by(marc, f"/versions/{one.id}") for one in (visual, second))

    assert "La version 2 a remplacé celle-ci." in old.one(cls="room__notice").text
    assert "1 note impérative est ouverte." in decision(old).text
    assert "1 note reste ouverte sur la version 1." in new.one(cls="room__notice").text
    assert decision(new).one("a", cls="button").text == "Mettre en relecture"

    world.put_up(second, "chloe@maree.example", "marc@maree.example")
    assert "Les deux doivent dire oui. On attend Chloe et Marc." in decision(seen_by(marc, f"/versions/{second.id}")).text
