"""The talk beside the picture in real browsers: nothing that was written is lost, and what others say comes by itself."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import sign_in, stayed, stays
from e2e.test_reconnect import Wire
from review.annotations import Annotation, Audience, annotate
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from tests.world import picture


@pytest.fixture
def version_id(studio) -> str:
    """A visual that Chloé is asked about, with two notes on it."""
    with studio.inside():
        version = studio.world.upload(picture(size=(600, 400)), deliverable="visual")
        studio.world.put_up(version, "chloe@maree.example")
        return version.id


def left(studio, version_id: str, by: str, body: str, x: float = 0.5, audience=Audience.SHARED) -> str:
    """A note somebody left behind the browsers' backs."""
    with studio.inside(), writing() as session:
        version = session.get_one(Version, version_id)
        note, _ = annotate(version, studio.world.member(by), id_=str(uuid.uuid4()), shape={"type": "pin", "x": x, "y": 0.5}, body=body, audience=audience)
        session.commit()
        return note.uuid


def bodies(studio) -> list[str]:
    with studio.inside():
        return sorted(db.session.scalars(db.select(Annotation.body).where(Annotation.deleted_at.is_(None))))


def at(visitors, house, name: str, version_id: str, hash_: str = "") -> Page:
    """Somebody on the version's page, its live connection made."""
    page = visitors.member(house.url, name)
    page.goto(f"/versions/{version_id}{hash_}")
    expect(page.locator("body")).to_have_attribute("data-online", "true")
    return page


def composer(page: Page):
    return page.locator("#composer-body")


def thread(page: Page, words: str):
    return page.locator(".thread", has_text=words)


def test_a_note_and_its_answer_come_to_the_other_by_themselves(studio, visitors, version_id):
    with studio.served() as house:
        camille, chloe = at(visitors, house, "camille", version_id), at(visitors, house, "chloe", version_id)
        stays(chloe)
        composer(camille).fill("Is this the right logo?")
        camille.locator(".composer").get_by_text("Shared", exact=True).click()
        expect(camille.locator("#composer-readers")).to_have_text("Chloe and the team will read this.")
        composer(camille).press("Control+Enter")
        expect(thread(chloe, "Is this the right logo?")).to_be_visible()
        expect(composer(camille)).to_have_value("")

        thread(chloe, "Is this the right logo?").get_by_role("link", name="Note 1").click()
        expect(composer(chloe)).to_have_attribute("placeholder", "Reply to Camille")
        composer(chloe).fill("It is.")
        chloe.get_by_role("button", name="Send").click()

        expect(thread(camille, "Is this the right logo?").locator(".reply")).to_contain_text("It is.")
        expect(thread(chloe, "Is this the right logo?").locator(".reply")).to_have_count(1)
        thread(camille, "Is this the right logo?").click()
        camille.get_by_role("button", name="Tick off").click()
        expect(thread(chloe, "Is this the right logo?")).to_have_attribute("data-state", "done")
        assert stayed(chloe)


def test_a_draft_survives_a_live_refresh_and_a_reload(studio, visitors, version_id):
    first = left(studio, version_id, "chloe", "Logo smaller")
    with studio.served() as house:
        camille, marc = at(visitors, house, "camille", version_id, f"#note-{first}"), at(visitors, house, "marc", version_id)
        composer(camille).fill("Half an ans")
        composer(marc).fill("Something else")
        composer(marc).press("Control+Enter")
        expect(thread(camille, "Something else")).to_be_visible()
        expect(composer(camille)).to_have_value("Half an ans")
        camille.locator(".composer__about button").click()
        expect(composer(camille)).to_have_value("")
        composer(camille).fill("And a note of my own")

        camille.reload()
        expect(composer(camille)).to_have_value("And a note of my own")
        composer(camille).fill("")
        thread(camille, "Something else").click()
        thread(camille, "Logo smaller").click()
        expect(composer(camille)).to_have_value("Half an ans")
        assert bodies(studio) == ["Logo smaller", "Something else"]


def test_a_name_is_found_with_the_keyboard_alone(studio, visitors, version_id):
    with studio.served() as house:
        camille = at(visitors, house, "camille", version_id)
        field = composer(camille)
        field.press_sequentially("Look, @")
        expect(camille.get_by_role("option")).to_have_text(["Marc", "Olga"])
        field.press("ArrowDown")
        expect(camille.get_by_role("option", selected=True)).to_have_text("Olga")
        assert field.get_attribute("aria-activedescendant") == camille.get_by_role("option", selected=True).get_attribute("id")
        field.press_sequentially("ma")
        expect(camille.get_by_role("option")).to_have_text(["Marc"])
        field.press("Enter")
        expect(field).to_have_value("Look, @Marc ")
        expect(field).to_have_attribute("aria-expanded", "false")
        field.press("Control+Enter")
        expect(camille.locator(".mention")).to_have_text("@Marc")


def test_filter_and_search_are_kept_in_the_address(studio, visitors, version_id):
    left(studio, version_id, "chloe", "L’été à Nîmes", 0.1)
    left(studio, version_id, "camille", "Between us", 0.9, Audience.INTERNAL)
    with studio.served() as house:
        camille = at(visitors, house, "camille", version_id)
        shown = camille.locator(".thread:visible")
        expect(shown).to_have_count(2)
        camille.get_by_label("Filter and search").click()
        camille.get_by_label("Search the notes").fill("ete a nimes")
        expect(shown).to_have_count(1)
        expect(camille.locator(".talk__found")).to_have_text("1 shown")
        assert "q=ete" in camille.url
        camille.reload()
        expect(shown).to_have_count(1)
        camille.get_by_label("Search the notes").fill("")
        camille.locator(".chip", has_text="Internal").click()
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("Between us")
        chloe = at(visitors, house, "chloe", version_id)
        composer(chloe).fill("What comes later is not asked for either")
        composer(chloe).press("Control+Enter")
        expect(camille.locator(".segments", has_text="All")).to_contain_text("3")
        expect(shown).to_have_count(1)


def test_other_words_and_the_words_before(studio, visitors, version_id):
    first = left(studio, version_id, "camille", "Logo smaler")
    with studio.served() as house:
        camille, chloe = at(visitors, house, "camille", version_id, f"#note-{first}"), at(visitors, house, "chloe", version_id)
        camille.get_by_label("More with this note").click()
        camille.get_by_role("button", name="Edit").click()
        expect(composer(camille)).to_have_value("Logo smaler")
        composer(camille).fill("Logo smaller")
        composer(camille).press("Control+Enter")

        expect(thread(chloe, "Logo smaller")).to_be_visible()
        chloe.locator(".earlier summary").click()
        expect(chloe.locator(".earlier del")).to_have_text("Logo smaler")


def test_what_was_deleted_comes_back_by_undo(studio, visitors, version_id):
    first = left(studio, version_id, "camille", "A mistake")
    with studio.served() as house:
        camille, chloe = at(visitors, house, "camille", version_id, f"#note-{first}"), at(visitors, house, "chloe", version_id)
        camille.get_by_label("More with this note").click()
        camille.get_by_role("button", name="Delete").click()
        expect(thread(chloe, "A mistake")).to_have_count(0)
        camille.locator(".toast").get_by_role("button", name="Undo").click()
        expect(thread(chloe, "A mistake")).to_be_visible()
        assert bodies(studio) == ["A mistake"]


def test_a_tick_is_taken_back_and_done_again_by_the_keys_of_undo(studio, visitors, version_id):
    """It is the last act, whatever was drawn before it."""
    with studio.served() as house:
        camille = at(visitors, house, "camille", version_id)
        composer(camille).fill("Logo smaller")
        composer(camille).press("Control+Enter")
        note = thread(camille, "Logo smaller")
        note.click()
        camille.get_by_role("button", name="Tick off").click()
        expect(note).to_have_attribute("data-state", "done")

        camille.locator("#stage").focus()
        camille.keyboard.press("Control+z")
        expect(note).not_to_have_attribute("data-state", "done")
        camille.keyboard.press("Control+Shift+z")
        expect(note).to_have_attribute("data-state", "done")
        assert bodies(studio) == ["Logo smaller"]


def test_what_is_written_without_a_connection_is_kept_and_sent_once(studio, visitors, version_id):
    first = left(studio, version_id, "chloe", "Logo smaller")
    with studio.served() as house:
        camille = at(visitors, house, "camille", version_id)
        wire = Wire(camille.context)
        camille.reload()
        expect(camille.locator("body")).to_have_attribute("data-online", "true")
        wire.cut()
        composer(camille).fill("Said in a tunnel")
        composer(camille).press("Control+Enter")
        expect(status(camille)).to_have_text("Kept here: it will be sent when the connection is back.")
        expect(camille.locator(".thread[data-state=unsent]")).to_contain_text("Said in a tunnel")
        camille.locator(f"#note-{first}").click()
        expect(composer(camille)).to_have_attribute("placeholder", "Reply to Chloe")
        composer(camille).fill("An answer from the train")
        composer(camille).press("Control+Enter")

        wire.join()
        expect(camille.locator(".thread:not([data-state=unsent])", has_text="Said in a tunnel")).to_be_visible()
        expect(camille.locator(f"#note-{first} .reply")).to_contain_text("An answer from the train")
        expect(status(camille)).to_be_hidden()
        assert bodies(studio) == ["Logo smaller", "Said in a tunnel"]


@pytest.fixture
def signed_out(studio, visitors, version_id):
    """`signed_out(house)`: Camille in the room, who has written a note since her session ended."""

    def writing_on(house):
        with studio.inside():
            outbox.do_all()  # or word of its pictures would come now, and the page see at once that it may ask no more
        camille = at(visitors, house, "camille", version_id)
        camille.context.clear_cookies()
        composer(camille).fill("Said by nobody yet")
        composer(camille).press("Control+Enter")
        expect(status(camille)).to_have_text("You are signed out. What you wrote is kept here, and sent once you have signed in again.")
        expect(camille.locator(".thread[data-state=unsent]")).to_contain_text("Said by nobody yet")
        return camille

    return writing_on


def status(page: Page):
    return page.locator(".composer__status")


def is_sent(studio, page: Page) -> None:
    expect(page.locator(".thread:not([data-state=unsent])", has_text="Said by nobody yet")).to_be_visible()
    expect(page.locator(".thread[data-state=unsent]")).to_have_count(0)
    expect(status(page)).to_be_hidden()
    assert bodies(studio) == ["Said by nobody yet"]


def test_what_is_written_after_the_session_ended_is_sent_once_one_is_back(studio, signed_out):
    """Another tab in which they sign in sends it, and the room knows."""
    with studio.served() as house:
        camille = signed_out(house)
        stays(camille)

        sign_in(camille.context.new_page(), "camille")

        is_sent(studio, camille)
        assert stayed(camille)


def test_a_page_older_than_its_session_says_that_it_must_be_reloaded(studio, visitors, signed_out):
    with studio.served() as house:
        camille = signed_out(house)
        camille.context.add_cookies(visitors.member(house.url, "camille").context.cookies())
        expect(status(camille)).to_have_text("This page is too old to send from. Reload it: what you wrote is kept.")

        camille.reload()

        is_sent(studio, camille)


def test_notes_are_walked_and_a_link_leads_to_one(studio, visitors, version_id):
    left(studio, version_id, "chloe", "First", 0.1)
    second = left(studio, version_id, "chloe", "Second", 0.9)
    with studio.served() as house:
        camille = at(visitors, house, "camille", version_id, f"#note-{second}")
        current = camille.locator(".thread[aria-current=true]")
        expect(current).to_contain_text("Second")
        camille.get_by_role("button", name="Next note").click()
        expect(current).to_contain_text("First")
        camille.get_by_role("button", name="Previous note").click()
        expect(current).to_contain_text("Second")
        assert camille.url.endswith(f"#note-{second}")


def test_whoever_writes_is_said_to_write(studio, visitors, version_id):
    """At most every two seconds; who is told of it is another's business."""
    with studio.served() as house:
        camille = at(visitors, house, "camille", version_id)
        camille.evaluate("""async () => {
            const { room } = await import(JSON.parse(document.querySelector("script[type=importmap]").textContent).imports["./models/room.js"] ?? [...performance.getEntriesByType("resource")].map((one) => one.name).find((name) => name.endsWith("models/room.js")))
            window.typed = []
            room.events.addEventListener("typing", ({ detail }) => window.typed.push(detail.id))
        }""")
        composer(camille).press_sequentially("Quick as a flash")
        assert camille.evaluate("window.typed") == [None]
