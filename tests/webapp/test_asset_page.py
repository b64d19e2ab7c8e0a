"""A version's page for the team and for a client who is named: looking at it, and talking of it."""

import pytest
import requests

from review.annotations import Audience, annotate
from storage.db import writing
from tests.webapp.pages import read, statements
from tests.webapp.rooms import rendered
from tests.world import picture

PARTS = ("bar", "notices", "decision", "waiting")


@pytest.fixture
def version(world):
    return rendered(world, filename="affiche été.png")


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
