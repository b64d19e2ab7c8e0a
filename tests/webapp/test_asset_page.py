"""The review room's acts for the team and for a client who is named: looking, asking, deciding, taking back, and talking."""

import pytest
import requests

from review.annotations import Audience, annotate
from review.links import GuestLink, make_link
from review.seats import Decision
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Guest, Membership, Right
from tests.webapp.pages import read, statements
from tests.world import picture

PARTS = ("bar", "notices", "decision", "waiting")


@pytest.fixture
def version(world):
    kept = world.upload(picture(size=(1200, 700)), deliverable="visual", filename="affiche été.png").id
    outbox.do_all()
    return db.session.get_one(Version, kept)


@pytest.fixture
def review(world, version):
    review = world.put_up(version, "chloe@maree.example", "marc@maree.example", rule="any")
    db.session.rollback()
    return review


def answer(browser, review, verdict="approved", **more):
    fields = {"verdict": verdict, "version_id": review.version_id, "sha256": review.sha256, **more}
    return browser.submit(f"/reviews/{review.id}/decision", **fields)


def state_of(world, key="visual") -> str:
    db.session.rollback()
    db.session.expunge_all()
    return world.plan.state_of(world.step(key))


# Looking


def test_the_picture_is_shown_from_an_address_of_ours(version, sign_in):
    camille = sign_in("camille")
    shown = read(camille.get(f"/versions/{version.id}").text).one("figure", "stage__page").one("img")
    assert shown.attrs["src"] == f"/versions/{version.id}/renditions/1024"
    assert (shown.attrs["width"], shown.attrs["height"]) == ("1024", "597")

    sent_on = camille.get(shown.attrs["src"])
    assert sent_on.status_code == 302
    assert sent_on.headers["Cache-Control"] == "no-store"
    arrived = requests.get(sent_on.location, timeout=10)
    assert arrived.headers["Content-Type"] in ("image/jpeg", "image/png")


def test_the_original_is_a_download_under_its_own_name(version, sign_in):
    camille = sign_in("camille")
    page = read(camille.get(f"/versions/{version.id}").text)
    way = page.one("a", href=f"/versions/{version.id}/original")
    assert way.text == "Download the original"
    assert version.filename in page.one(cls="room__bar").text
    assert "1200 × 700" in page.one(cls="room__bar").text
    sent_on = camille.get(way.attrs["href"])
    assert (sent_on.status_code, sent_on.headers["Cache-Control"]) == (302, "no-store")
    arrived = requests.get(sent_on.location, timeout=10)
    assert arrived.headers["Content-Disposition"].startswith("attachment")
    assert "%C3%A9t%C3%A9" in arrived.headers["Content-Disposition"]
    assert arrived.content == picture(size=(1200, 700))


def test_a_rendition_that_is_not_made_is_not_there(version, sign_in):
    assert sign_in("camille").get(f"/versions/{version.id}/renditions/4096").status_code == 404


def test_another_agency_sees_nothing_of_it(version, sign_in):
    camille, rita = sign_in("camille"), sign_in("rita")
    for path in ("", *(f"/{part}" for part in PARTS), "/talk", "/renditions/320", "/original", "/reviews/new"):
        assert camille.get(f"/versions/{version.id}{path}").status_code in (200, 302)
        assert rita.get(f"/versions/{version.id}{path}").status_code == 404


def test_no_page_holds_a_signed_address(version, sign_in, app):
    page = sign_in("camille").get(f"/versions/{version.id}").text
    assert app.extensions["backbeat.files_url"] not in page


def test_what_cannot_be_shown_says_so_and_can_be_downloaded(world, sign_in):
    kept = world.upload(b"PK\x03\x04 something else entirely", filename="brief.docx", deliverable="visual")
    page = read(sign_in("camille").get(f"/versions/{kept.id}").text)
    assert "kept as it is" in page.one(cls="stage__none").text
    assert page.one(cls="stage__none").one("a", href=f"/versions/{kept.id}/original")
    assert not page.all("img", width=True)


def test_an_older_version_leads_to_the_newer_one(world, version, sign_in):
    newer = world.upload(picture((1, 2, 3)), deliverable="visual")
    page = read(sign_in("camille").get(f"/versions/{version.id}").text)
    told = page.one(cls="room__notice")
    assert "Version 2 has replaced this one." in told.text
    assert told.one("a").attrs["href"] == f"/versions/{newer.id}"
    assert [one.one("b").text for one in page.all("a", "version")] == ["v1", "v2"]
    assert sign_in("camille").get(f"/assets/{version.asset_id}").location == f"/versions/{newer.id}"


def test_open_marks_lie_on_the_picture(world, version, sign_in):
    with writing() as session:
        for number, shape in enumerate(({"type": "box", "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}, {"type": "pin", "x": 0.5, "y": 0.5})):
            annotate(version, world.chloe, id_=f"{number}" * 8 + "-0000-4000-8000-000000000000", shape=shape, body="Here", audience=Audience.SHARED)
        session.commit()
    page = read(sign_in("camille").get(f"/versions/{version.id}").text)
    assert [one.attrs["x"] for one in page.all("svg", "marks")[0].all("rect")] == ["0.1", "0.1"]
    assert [one.text for one in page.all("text", "marks__number")] == ["1", "2"]


# Asking


def test_a_version_is_put_up_for_members_and_for_people_without_an_account(world, version, sign_in):
    camille = sign_in("camille")
    assert "Put up for review" in camille.get(f"/versions/{version.id}").text
    offered = read(camille.get(f"/versions/{version.id}/reviews/new").text).all("input", name="reviewer")
    assert "chloe@maree.example" in [one.attrs["value"] for one in offered]

    asked = camille.submit(
        f"/versions/{version.id}/reviews", reviewer="chloe@maree.example", others="sarah@veray.example; paul@veray.example", rule="at_least", least="2",
        due="2031-05-20",
    )
    assert asked.status_code == 302
    page = read(camille.get(f"/versions/{version.id}").text)
    assert [one.one("b").text for one in page.all("li", "seat")] == ["Chloe", "paul@veray.example", "sarah@veray.example"] or len(page.all("li", "seat")) == 3
    assert "2 yeses are needed." in page.one(cls="decision__rule").text
    assert "20 May 2031" in page.one(cls="decision__rule").text
    links = [one.attrs["value"] for one in page.all("input") if "/l/" in (one.attrs.get("value") or "")]
    assert len(links) == 2
    assert state_of(world) == "waiting_for_review"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"others": ""}, "Name at least one person."),
        ({"others": "not an address"}, "no e-mail address"),
        ({"others": "a@b.example", "rule": "at_least", "least": "2"}, "Between 1 and the number"),
        ({"others": "a@b.example", "rule": "at_least", "least": "0"}, "Between 1 and the number"),
        ({"others": "a@b.example", "due": "soon"}, "That is no day."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(world, version, sign_in, fields, said):
    refused = sign_in("camille").submit(f"/versions/{version.id}/reviews", **fields)
    assert refused.status_code == 422
    assert said in refused.text
    assert state_of(world) == "in_production"


def test_a_client_asks_nobody(review, sign_in):
    chloe = sign_in("chloe")
    assert chloe.get(f"/versions/{review.version_id}/reviews/new").status_code == 403
    assert chloe.submit(f"/versions/{review.version_id}/reviews", others="a@b.example").status_code == 403


def test_asking_about_an_old_version_is_told_of_the_newer_one(world, version, sign_in):
    world.upload(picture((1, 2, 3)), deliverable="visual")
    refused = sign_in("camille").submit(f"/versions/{version.id}/reviews", others="a@b.example")
    assert refused.status_code == 409
    assert "A newer version has come meanwhile" in refused.text


# Deciding


def test_the_form_works_as_it_stands_in_the_page(world, review, sign_in):
    chloe = sign_in("chloe")
    form = read(chloe.get(f"/versions/{review.version_id}").text).one("form", "decision__form")
    sent = {one.attrs["name"]: one.attrs["value"] for one in form.all("input") if one.attrs["name"] != "csrf_token"}
    assert chloe.submit(form.attrs["action"], **sent, verdict="approved", note="Superbe").status_code == 302
    assert state_of(world) == "approved"
    assert state_of(world, "ready") == "passed"
    page = read(sign_in("marc").get(f"/versions/{review.version_id}").text)
    assert "Superbe" in page.one(cls="seats").text


def test_who_is_not_named_has_no_form_and_no_say(review, sign_in):
    camille = sign_in("camille")
    assert not read(camille.get(f"/versions/{review.version_id}").text).all("form", "decision__form")
    assert answer(camille, review).status_code == 403


def test_only_the_team_reads_the_e_mail_of_who_has_given_no_name(world, version, sign_in):
    world.put_up(version, "chloe@maree.example", "sarah@veray.example")

    assert "sarah@veray.example" in sign_in("marc").get(f"/versions/{version.id}/decision").text
    chloe = sign_in("chloe")
    for path in (f"{place}/{version.id}{part}" for place in ("/versions", "/client/versions") for part in ("", "/decision")):
        told = chloe.get(path)
        assert told.status_code == 200
        assert "sarah@veray.example" not in told.text


def test_another_role_has_another_panel(world, version, sign_in):
    olga, path = sign_in("olga"), f"/versions/{version.id}/decision"
    asked = {"X-Fragment": "1", "If-None-Match": olga.get(path).headers["ETag"]}
    assert olga.get(path, headers=asked).status_code == 304

    db.session.get_one(Membership, world.ids["olga"]).role = "creative"
    db.session.commit()

    assert olga.get(path, headers=asked).status_code == 200


def test_the_second_of_two_reads_who_was_quicker(review, sign_in):
    assert answer(sign_in("chloe"), review).status_code == 302
    late = answer(sign_in("marc"), review, "changes_requested")
    assert late.status_code == 409
    assert "This review is closed already: Chloe approved it." in late.text


def test_the_same_answer_pressed_twice_is_one_answer(review, sign_in):
    chloe = sign_in("chloe")
    assert answer(chloe, review).status_code == 302
    assert answer(chloe, review).status_code == 302
    assert db.session.query(Decision).count() == 1


def test_what_was_not_put_up_is_not_decided(world, review, sign_in):
    assert answer(sign_in("chloe"), review, sha256="0" * 64).status_code == 409
    assert answer(sign_in("chloe"), review, verdict="perhaps").status_code == 422
    assert state_of(world) == "waiting_for_review"


def test_a_decision_against_a_new_upload_is_told_which_version_to_look_at(world, review, sign_in):
    world.upload(picture((1, 2, 3)), deliverable="visual")
    late = answer(sign_in("chloe"), review)
    assert late.status_code == 409
    assert "Version 2 has replaced the one you looked at" in late.text


def test_a_decision_is_undone_within_thirty_seconds(world, review, sign_in, later):
    chloe = sign_in("chloe")
    answer(chloe, review)
    toast = read(chloe.get(f"/versions/{review.version_id}").text).one(cls="toast")
    assert "You approved Key visual, v1." in toast.text
    undo = toast.one("form").attrs["action"]

    assert sign_in("marc").submit(undo).status_code == 403
    assert chloe.submit(undo).status_code == 302
    assert state_of(world) == "waiting_for_review"

    answer(chloe, review)
    undo = read(chloe.get(f"/versions/{review.version_id}").text).one(cls="toast").one("form").attrs["action"]
    later(seconds=31)
    assert chloe.submit(undo).status_code == 409
    assert state_of(world) == "approved"


def test_whoever_sees_the_plan_is_told_what_a_yes_does(review, sign_in):
    marc = sign_in("marc")
    acts = read(marc.get(f"/versions/{review.version_id}").text).one(cls="decision__acts")
    assert "passes Print-ready , frees 1 step" in acts.text
    assert "Print-ready" not in sign_in("chloe").get(f"/versions/{review.version_id}").text
    answer(marc, review)
    assert "Print-ready has passed." in read(marc.get(f"/versions/{review.version_id}").text).one(cls="toast").text


def test_only_the_owner_lifts_a_request_for_changes(world, version, sign_in):
    review = world.put_up(version, "chloe@maree.example", rule="any")
    answer(sign_in("chloe"), review, "changes_requested", note="Plus bleu")
    seat = review.seats[0].id
    assert "Lift, in my name" not in sign_in("marc").get(f"/versions/{version.id}").text
    assert sign_in("marc").submit(f"/reviews/{review.id}/seats/{seat}/lifting").status_code == 403
    olga = sign_in("olga")
    assert "Lift, in my name" in olga.get(f"/versions/{version.id}").text
    assert olga.submit(f"/reviews/{review.id}/seats/{seat}/lifting").status_code == 302
    assert state_of(world) == "waiting_for_review"
    assert olga.submit(f"/reviews/{review.id}/seats/{seat}/lifting").status_code == 409


def test_a_review_is_withdrawn_and_asked_again(world, review, sign_in):
    camille = sign_in("camille")
    assert camille.submit(f"/reviews/{review.id}/withdrawal").status_code == 302
    page = camille.get(f"/versions/{review.version_id}").text
    assert "Withdrawn: no answer is needed any more." in page
    assert "Ask again" in page
    assert answer(sign_in("chloe"), review).status_code == 409
    assert sign_in("chloe").submit(f"/reviews/{review.id}/withdrawal").status_code == 403


def test_an_answer_by_a_general_link_counts_under_all_once_accepted(world, version, sign_in):
    review = world.put_up(version, "chloe@maree.example")
    with writing() as session:
        link = make_link(world.ids["campaign"], [(version, False)], [Right.DECIDE], by=world.marc, secret_key=world.secret_key)
        passed, _secret = link.admit(name="Paul", email="paul@veray.example")
        session.commit()
    link = session.get_one(GuestLink, link.id)
    paul = Guest(passed.id, link.id, link.campaign_id, link.workspace_id, link.workspace, "Paul", "paul@veray.example", "", frozenset({Right.SEE, Right.DECIDE}))
    world.decide(review, paul)
    seat = next(seat for seat in review.seats if not seat.verified).id
    db.session.rollback()

    assert answer(sign_in("chloe"), review).status_code == 302
    assert state_of(world) == "approved"

    other = world.put_up(world.upload(picture((9, 9, 9)), deliverable="visual"), "chloe@maree.example")
    assert sign_in("marc").submit(f"/reviews/{other.id}/seats/{seat}/acceptance").status_code == 404


# Talking


def say(browser, version, body, **fields):
    return browser.submit(f"/versions/{version.id}/annotations", body=body, **fields)


def test_the_team_talks_among_itself_unless_it_says_otherwise(world, version, review, sign_in):
    camille, chloe = sign_in("camille"), sign_in("chloe")
    checked = [one.attrs["value"] for one in read(camille.get(f"/versions/{version.id}").text).all("input", name="audience", checked=True)]
    assert checked == ["internal"]
    say(camille, version, "Between us", audience="internal")
    say(camille, version, "For everyone", audience="shared")

    seen = chloe.get(f"/versions/{version.id}").text
    assert "For everyone" in seen
    assert "Between us" not in seen
    assert "Between us" in sign_in("marc").get(f"/versions/{version.id}").text


def test_a_client_has_no_secrets_from_the_team(version, review, sign_in):
    chloe = sign_in("chloe")
    assert say(chloe, version, "psst", audience="internal").status_code == 403
    assert say(chloe, version, "Logo smaller", audience="shared").status_code == 302
    assert "Logo smaller" in sign_in("camille").get(f"/versions/{version.id}").text


def test_a_note_sent_twice_is_one_note(version, sign_in):
    camille = sign_in("camille")
    form = read(camille.get(f"/versions/{version.id}").text).one("form", id="composer")
    uuid = form.one("input", name="id").attrs["value"]
    for _ in range(2):
        assert say(camille, version, "Once", id=uuid, audience="internal").status_code == 302
    assert len(read(camille.get(f"/versions/{version.id}").text).all("li", "thread")) == 1


def test_notes_are_answered_ticked_off_and_opened_again(version, review, sign_in):
    chloe, camille = sign_in("chloe"), sign_in("camille")
    uuid = said(chloe, version, "Logo smaller")
    thread = read(camille.get(f"/versions/{version.id}?note={uuid}").text).one("li", "thread")
    acts = {form.attrs["action"].rpartition("/")[2]: form.attrs["action"] for form in thread.all("form")}
    assert camille.submit(acts["replies"], body="10 % smaller").status_code == 302
    assert camille.submit(acts["resolution"]).status_code == 302
    thread = read(chloe.get(f"/versions/{version.id}").text).one("li", "thread")
    assert thread.attrs["data-state"] == "done"
    assert "10 % smaller" in thread.one(cls="reply").text
    assert "Ticked off by Camille" in thread.text
    assert chloe.submit(acts["resolution"], open="1").status_code == 302
    assert read(camille.get(f"/versions/{version.id}").text).one("li", "thread").attrs["data-state"] == "open"


def said(browser, version, body, **fields) -> str:
    """The id of a note that was just left."""
    return say(browser, version, body, **fields).location.rpartition("#note-")[2]


def test_a_client_ticks_off_only_what_is_theirs(version, review, sign_in):
    uuid = said(sign_in("camille"), version, "Is this the right logo?", audience="shared")
    chloe = sign_in("chloe")
    assert f"/annotations/{uuid}/resolution" not in chloe.get(f"/versions/{version.id}?note={uuid}").text
    assert chloe.submit(f"/annotations/{uuid}/resolution").status_code == 403


@pytest.mark.parametrize("body", ["", "   ", "x" * 10_001])
def test_an_empty_or_endless_note_is_refused(version, sign_in, body):
    assert say(sign_in("camille"), version, body).status_code == 422


def test_notes_are_shown_as_typed(version, sign_in):
    camille = sign_in("camille")
    typed = "<script>alert(1)</script> {{ 7 * 7 }} \u202e"
    say(camille, version, typed)
    page = camille.get(f"/versions/{version.id}").text
    assert "<script>alert(1)</script>" not in page
    assert "{{ 7 * 7 }}" in read(page).one("div", "thread__body").text


def test_a_version_costs_the_same_however_much_was_said_of_it(world, version, review, sign_in):
    camille, chloe = sign_in("camille"), sign_in("chloe")
    say(camille, version, "First", audience="shared")
    few = cost(camille, version.id)
    for number in range(12):
        say(chloe, version, f"Note {number}")
    assert cost(camille, version.id) == few

    second = world.put_up(world.upload(picture((3, 3, 3)), deliverable="visual"), "p@b.example")
    say(camille, second.version, "On the new one", audience="shared")
    older, newest = cost(camille, version.id), cost(camille, second.version_id)
    last = world.put_up(world.upload(picture((4, 4, 4)), deliverable="visual"), *(f"p{n}@b.example" for n in range(12)))
    for number in range(12):
        say(camille, last.version, f"Note {number}", audience="shared")
    assert (cost(camille, version.id), cost(camille, last.version_id)) == (older, newest)


def cost(browser, version_id) -> int:
    """How many statements its page takes once it was seen."""
    browser.get(f"/versions/{version_id}")
    with statements() as sent:
        assert browser.get(f"/versions/{version_id}").status_code == 200
    return len(sent)


