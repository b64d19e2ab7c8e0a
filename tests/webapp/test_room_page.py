"""The review room as each reader finds it: the visual and those beside it, the decision in every situation, and what is not theirs to find."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from planning.founding import found_campaign
from review.annotations import Annotation, Audience, annotate
from review.reviews import Review
from storage import clock, outbox
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Right
from tests.statements import counted
from tests.webapp.guests import SARAH
from tests.webapp.pages import Element, read
from tests.world import autumn, picture

PARTS = ("bar", "notices", "decision", "waiting", "pictures", "talk")
PIN = {"type": "pin", "x": 0.5, "y": 0.5}


@pytest.fixture
def visual(world) -> Version:
    """The key visual, with all its pictures."""
    kept = world.upload(picture(size=(1200, 700)), deliverable="visual").id
    outbox.do_all()
    return db.session.get_one(Version, kept)


@pytest.fixture
def room_of(sign_in):
    """`room_of("marc", version)`: the room as that person finds it."""
    browsers = {}

    def room(name: str, version: Version) -> Element:
        browser = browsers.get(name) or browsers.setdefault(name, sign_in(name))
        return seen_by(browser, f"/versions/{version.id}")

    return room


def seen_by(browser, path: str) -> Element:
    answer = browser.get(path)
    assert answer.status_code == 200
    return read(answer.text)


def note(world, version, by="camille", *, audience=Audience.SHARED, body="Logo smaller", **more) -> Annotation:
    with writing() as session:
        made, _new = annotate(session.get_one(Version, version.id), world.member(by), id_=str(uuid4()), shape=None, body=body, audience=audience, **more)
        session.commit()
    return made


def ticked_off(world, made: Annotation) -> None:
    with writing() as session:
        session.merge(made).resolve(world.camille)
        session.commit()


def newer(world, colour=(9, 9, 9)) -> Version:
    return world.upload(picture(colour), deliverable="visual")


# The picture


def test_the_picture_is_in_the_page_before_any_script_has_run(world, sign_in):
    """The smallest that fills a stage, the larger ones offered beside it; scripts are asked for and hold nothing up."""
    large = world.upload(picture(size=(3000, 2000)), deliverable="visual")
    outbox.do_all()
    marc, at = sign_in("marc"), f"/versions/{large.id}/renditions"
    html = marc.get(f"/versions/{large.id}").text
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


def guest_room(guest, version) -> Element:
    return seen_by(guest, f"{guest.home}versions/{version.id}")


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


# The decision


def decision(page: Element) -> Element:
    return page.one("section", "decision")


def may_decide(page: Element) -> bool:
    return [one.attrs["value"] for one in page.all("button", name="verdict")] == ["changes_requested", "approved"]


def undo_of(page: Element) -> Element | None:
    """The form that takes one's decision back; the toast beside it leads to the same place."""
    return next(iter(decision(page).all("form", data_controller="until")), None)


def test_of_a_version_nobody_was_asked_about_the_team_may_ask(visual, room_of, guests):
    page = room_of("camille", visual)
    assert "Nobody has been asked about this version yet." in decision(page).text
    assert decision(page).one("a").attrs["href"] == f"/versions/{visual.id}/reviews/new"

    page = guest_room(guests.by(guests.link(visual)[1], **SARAH), visual)
    assert "Nobody was asked about this version." in decision(page).text
    assert not decision(page).all("a")
    assert not may_decide(page)


def test_of_an_older_version_nobody_is_asked_any_more(world, visual, room_of):
    newer(world)

    page = room_of("camille", visual)

    assert "Nobody was asked about this version." in decision(page).text
    assert not decision(page).all("a")


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
    assert "Print-ready keeps waiting" in first.text

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
    assert decision(new).one("a").text == "Mettre en relecture"

    world.put_up(second, "chloe@maree.example", "marc@maree.example")
    assert "Les deux doivent dire oui. On attend Chloe et Marc." in decision(seen_by(marc, f"/versions/{second.id}")).text


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


# What is not theirs to find


@pytest.fixture
def busy(world, visual):
    """The visual between two others of its asset, with notes of both kinds; another visual; and a review with people of every kind."""
    older = visual
    shown = newer(world)
    note(world, older, body="Of the version before")
    note(world, shown, body="Between us", audience=Audience.INTERNAL, priority="must")
    with writing() as session:
        annotate(session.get_one(Version, shown.id), world.camille, id_=str(uuid4()), shape=PIN, body="A secret pin", audience=Audience.INTERNAL)
        session.commit()
    note(world, shown, body="For everybody")
    other = world.upload(picture((1, 2, 3)), filename="other-asset.png")
    review = world.put_up(shown, "chloe@maree.example", "marc@maree.example", "paul@veray.example")
    world.decide(review, world.marc, note="A word to all")
    return {"shown": shown, "older": older, "other": other, "review": review}


def found_by(browser, room: str) -> dict[str, str]:
    """{part or page: all that is sent of it}"""
    answers = {part: browser.get(f"{room}{part and '/'}{part}") for part in ("", *PARTS)}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {part: answer.text for part, answer in answers.items()}


@pytest.mark.parametrize("who", ["guest", "reviewer", "client"])
def test_whoever_is_not_of_the_team_finds_nothing_that_is_not_theirs(world, busy, guests, sign_in, who):
    link_id, door = guests.link(busy["shown"], rights=list(Right))
    if who == "reviewer":
        _id, links = guests.review(busy["shown"], "paul@veray.example", "marc@maree.example")
        door = links["paul@veray.example"]
    browser = sign_in("chloe") if who == "client" else guests.by(door, **({} if who == "reviewer" else SARAH))
    room = f"{'/client/' if who == 'client' else browser.home}versions/{busy['shown'].id}"

    for part, text in found_by(browser, room).items():
        assert "Of the version before" not in text, part
        assert "Between us" not in text, part
        assert "A secret pin" not in text, part
        assert busy["older"].id not in text, part
        assert busy["other"].id not in text, part
        assert busy["other"].asset_id not in text, part
        assert "other-asset" not in text, part
        assert "@maree.example" not in text, part
        assert who == "reviewer" or "paul@veray.example" not in text, part
        assert "/l/" not in text, part
        assert not re.search(r"Print-ready|Slack|/steps/|/campaigns/\w|/lifting|/acceptance|/withdrawal", text), part
    assert "For everybody" in browser.get(room).text


@pytest.mark.parametrize("who", ["guest", "client", "marc"])
def test_what_the_scripts_begin_with_is_the_readers_own(world, busy, guests, sign_in, who):
    shown = busy["shown"]
    browser = guests.by(guests.link(shown)[1], **SARAH) if who == "guest" else sign_in({"client": "chloe"}.get(who, who))
    room = f"{browser.home if who == 'guest' else '/'}versions/{shown.id}"

    data = json.loads(re.search(r'<script[^>]*id="room-data"[^>]*>(.*?)</script>', browser.get(room).text, re.DOTALL)[1])

    inside = who == "marc"
    assert {one["body"] for one in data["annotations"]} == {"For everybody", *(("Between us", "A secret pin") if inside else ())}
    assert data["may"] == {"comment": True}
    assert data["audience"] == ("internal" if inside else "shared")
    assert data["me"]["name"] == {"guest": "Sarah Whitfield", "client": "Chloe", "marc": "Marc"}[who]
    assert "@" not in json.dumps(data)
    assert {one["url"] for one in data["pictures"]} == {f"{room}/renditions/{one['name']}" for one in data["pictures"]}


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
