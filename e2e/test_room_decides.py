"""Deciding in the room, and what becomes of a decision when the next version comes, while others have the room open."""

import base64
import re

from playwright.sync_api import Page, expect

from e2e.conftest import stayed, stays
from e2e.hands import arrived, enter
from e2e.people import general_link, left, visual
from tests.world import picture

GIVE = """({ how, name, bytes }) => {
  const content = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))
  const given = new DataTransfer()
  given.items.add(new File([content], name, { type: "image/png" }))
  const options = { bubbles: true, cancelable: true, dataTransfer: given, clipboardData: given }
  const at = document.querySelector(how === "paste" ? "body" : "#stage")
  if (how === "drop") at.dispatchEvent(new DragEvent("dragover", options))
  const event = how === "paste" ? new ClipboardEvent("paste", options) : new DragEvent("drop", options)
  at.dispatchEvent(event)
  return event.defaultPrevented
}"""


def give(page: Page, how: str, name: str, content: bytes) -> None:
    """Drop a file somewhere on the picture, or paste it."""
    assert page.evaluate(GIVE, {"how": how, "name": name, "bytes": base64.b64encode(content).decode()})


def decision(page: Page):
    return page.get_by_role("region", name="Decision")


def notice(page: Page):
    return page.locator(".room__notice")


def client(visitors, house, version_id: str) -> Page:
    page = visitors.member(house.url, "chloe")
    page.goto(f"/client/versions/{version_id}")
    arrived(page)
    return page


def test_the_clients_answer_is_seen_at_once_and_taken_back_by_them_alone(studio, visitors):
    version_id = visual(studio, "chloe@maree.example")
    with studio.served() as house:
        marc, chloe = enter(visitors, house, "marc", version_id), client(visitors, house, version_id)
        stays(marc)
        expect(decision(marc)).to_contain_text("Waiting for Chloe.")
        decision(chloe).get_by_label("A word with it (optional)").fill("Lovely")
        decision(chloe).get_by_role("button", name="Approve v1").click()
        expect(chloe.locator(".toast")).to_contain_text("Key visual, version 1: approved")

        expect(decision(marc)).to_contain_text("Approved by Chloe")
        expect(decision(marc).get_by_role("button", name=re.compile("Undo|Approve"))).to_have_count(0)
        chloe.goto(f"/client/versions/{version_id}")
        arrived(chloe)
        expect(decision(chloe)).to_contain_text("You approved version 1.")
        decision(chloe).get_by_role("button", name=re.compile(r"Undo, \d+ s")).click()
        expect(decision(marc)).to_contain_text("Waiting for Chloe.")
        expect(decision(chloe).get_by_role("button", name="Approve v1")).to_be_visible()

        decision(chloe).get_by_label("A word with it (optional)").fill("The logo, please")
        decision(chloe).get_by_role("button", name="Ask for changes").click()
        expect(decision(marc)).to_contain_text("Chloe: changes requested.")
        expect(decision(marc).get_by_role("img", name="Chloe asks for changes")).to_be_visible()
        decision(marc).get_by_label("Who decides").click()
        expect(decision(marc).locator(".seats")).to_contain_text("The logo, please")
        assert stayed(marc)


def test_the_next_version_comes_by_dropping_and_by_pasting(studio, visitors):
    with studio.inside():
        version = studio.world.upload(picture(size=(1200, 800)), deliverable="visual")
        studio.world.decide(studio.world.put_up(version, "chloe@maree.example"), studio.world.chloe)
        first = version.id
    left(studio, first, "chloe", "Logo smaller")
    with studio.served() as house:
        camille, marc, chloe = enter(visitors, house, "camille", first), enter(visitors, house, "marc", first), client(visitors, house, first)
        for page in (marc, chloe):
            stays(page)
        chloe.locator("#composer-body").fill("While you were")
        give(camille, "drop", "visual-2.png", picture((20, 60, 200), size=(1200, 800)))
        camille.wait_for_url(lambda address: "/versions/" in address and first not in address)
        arrived(camille)

        expect(notice(marc)).to_contain_text("Version 2 has replaced this one. What was said and decided here stays here.")
        expect(decision(marc)).to_contain_text("Approved, until version 2 replaced this one.")
        expect(notice(chloe)).to_contain_text("Your yes has lapsed: version 2 has replaced this one.")
        expect(notice(chloe).get_by_role("link")).to_have_count(0)
        expect(decision(chloe).get_by_role("button", name=re.compile("Approve|Undo"))).to_have_count(0)
        expect(chloe.locator("#composer-body")).to_have_value("While you were")
        assert all(stayed(page) for page in (marc, chloe))

        expect(notice(camille)).to_contain_text("1 note is still open on version 1.")
        notice(camille).get_by_role("link", name="See these notes").click()
        expect(camille.locator(".thread:visible")).to_contain_text("Logo smaller")
        notice(camille).get_by_role("link", name="See version 2").click()
        arrived(camille)
        notice(marc).get_by_role("link", name="See version 2").click()
        arrived(marc)
        assert camille.url == marc.url
        decision(marc).get_by_role("link", name="Put up for review").click()
        marc.get_by_role("checkbox", name="Chloe").check()
        marc.get_by_role("button", name="Ask them").click()
        expect(decision(camille)).to_contain_text("Waiting for Chloe.")
        notice(chloe).get_by_role("link", name="See version 2").click()
        arrived(chloe)
        expect(decision(chloe).get_by_role("button", name="Approve v2")).to_be_visible()
        stays(chloe)

        give(marc, "paste", "image.png", picture((20, 160, 90), size=(1200, 800)))
        expect(notice(camille)).to_contain_text("Version 3 has replaced this one.")
        expect(decision(camille)).to_contain_text("A newer version has replaced this one: no answer is needed here.")
        expect(notice(chloe)).to_contain_text("The team will put it before you when it is ready.")
        expect(decision(chloe)).to_contain_text("Version 3 has replaced this one: no answer is needed here.")
        expect(decision(chloe).get_by_role("button", name="Approve v2")).to_have_count(0)
        assert stayed(chloe)


def test_who_is_shown_the_latest_alone_is_told_the_way_to_it(studio, visitors):
    first = visual(studio, "chloe@maree.example")
    link = general_link(studio, first, latest=True)
    with studio.served() as house:
        camille, sarah = enter(visitors, house, "camille", first), visitors.guest(house.url, link)
        sarah.get_by_label("Your name").fill("Sarah Veray")
        sarah.get_by_label("Your e-mail").fill("sarah@veray.example")
        sarah.get_by_role("button", name="Continue").click()
        sarah.get_by_role("link", name="Look closely and comment").click()
        arrived(sarah)
        sarah.locator("#composer-body").fill("Logo smaller")
        sarah.locator("#composer-body").press("Control+Enter")
        expect(camille.locator(".thread")).to_contain_text("Logo smaller")
        stays(sarah)
        give(camille, "drop", "visual-2.png", picture((20, 60, 200), size=(1200, 800)))
        camille.wait_for_url(lambda address: "/versions/" in address and first not in address)

        told = sarah.get_by_role("status").filter(has_text="This version is no longer shown here")
        expect(told).to_be_visible()
        expect(sarah.get_by_role("toolbar", name="Tools")).to_be_hidden()
        expect(sarah.get_by_role("heading", name="Key visual")).to_be_visible()
        sarah.get_by_role("link", name="Note 1").click()
        sarah.get_by_role("button", name="Tick off").click()
        expect(sarah.locator(".toast")).to_be_visible()
        assert stayed(sarah)
        told.get_by_role("link", name="Back to all that is shown").click()
        sarah.get_by_role("link", name="Look closely and comment").click()
        arrived(sarah)
        expect(sarah.locator(".version[aria-current]")).to_contain_text("v2")
