"""A guest on a phone: from the link to the decision with a finger alone, and what is left when the link is taken back."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import stayed, stays
from e2e.hands import arrived, enter, on_screen, until
from e2e.people import PHONE, bodies, general_link, left, revoke, says, visual
from review.annotations import Audience

SECRET = "Never to be seen outside"


class Finger:
    """One finger on the glass of a page."""

    def __init__(self, page: Page):
        self.cdp = page.context.new_cdp_session(page)

    def down(self, at: tuple[float, float]) -> None:
        self._tell("touchStart", at)

    def move(self, *through: tuple[float, float]) -> None:
        for point in through:
            self._tell("touchMove", point)

    def up(self) -> None:
        self._tell("touchEnd")

    def _tell(self, kind: str, *points: tuple[float, float]) -> None:
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def introduce(page: Page) -> None:
    page.get_by_label("Your name").fill("Sarah Veray")
    page.get_by_label("Your e-mail").fill("sarah@veray.example")
    page.get_by_role("button", name="Continue").tap()


LIES_STILL = """button => new Promise((still) => {
  let last, frames = 0
  const look = () => {
    const { top } = button.getBoundingClientRect()
    frames = top === last ? frames + 1 : 0
    last = top
    if (frames > 40) still()
    else requestAnimationFrame(look)
  }
  look()
})"""
"""A browser takes a touch on what has just been scrolled for the end of that scrolling, and no tap."""


ON_TOP = """() => [...document.querySelectorAll("#composer-body, #composer [data-kind=primary]")].every((one) => {
  const { left, top, width, height } = one.getBoundingClientRect()
  return one.contains(document.elementFromPoint(left + width / 2, top + height - 2))
})"""
"""What one writes in, and what sends it, lie under nothing: not under the decision either."""


def write(page: Page, words: str) -> None:
    page.locator("#composer-body").fill(words)
    send = page.get_by_role("button", name="Send")
    send.evaluate(LIES_STILL)
    send.tap()


@pytest.fixture
def version_id(studio) -> str:
    """A visual on which one answer is enough, with something of the team's own on it."""
    version_id = visual(studio, "chloe@maree.example", rule="any")
    left(studio, version_id, "marc", SECRET, audience=Audience.INTERNAL)
    return version_id


def test_from_the_link_to_the_decision(studio, visitors, version_id):
    link = general_link(studio, version_id)
    with studio.served() as house:
        marc = enter(visitors, house, "marc", version_id)
        stays(marc)
        sarah = visitors.guest(house.url, link, **PHONE)
        frames: list[str] = []
        sarah.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
        expect(sarah.get_by_text("Who is answering?")).to_be_visible()
        introduce(sarah)
        sarah.get_by_role("link", name="Look closely and comment").tap()
        arrived(sarah)
        expect(sarah.get_by_text("Who is answering?")).to_have_count(0)
        help_ = sarah.get_by_text("Choose a tool, draw on the picture, and write what should change.")
        expect(help_).to_be_visible()
        sarah.locator(".room__help").get_by_role("button", name="Close").tap()
        expect(help_).to_be_hidden()
        sarah.reload()
        arrived(sarah)
        expect(help_).to_be_hidden()
        expect(marc.get_by_role("img", name="Sarah Veray is looking")).to_be_visible()

        finger = Finger(sarah)
        sarah.get_by_role("button", name="Freehand (F)").tap()
        finger.down(on_screen(sarah, (0.3, 0.3)))
        finger.move(*[on_screen(sarah, (0.3 + step / 20, 0.3 + step / 25)) for step in range(1, 9)])
        expect(marc.locator("[data-draft=theirs]")).to_have_count(1)
        assert sarah.evaluate("scrollY") == 0
        finger.up()
        expect(marc.get_by_role("button", name="Note 1, freehand, by Sarah Veray")).to_be_attached()
        expect(sarah.get_by_label("What should change here?")).to_be_focused()
        sarah.wait_for_function(ON_TOP)
        write(sarah, "Logo smaller")
        expect(marc.locator(".thread", has_text="Logo smaller")).to_be_visible()
        note = marc.locator(".thread", has_text="Logo smaller").get_attribute("id")

        marc.locator(f"#{note} .thread__body").click()
        marc.locator("#composer-body").fill("By how much?")
        marc.locator("#composer-body").press("Control+Enter")
        expect(sarah.locator(f"#{note} .reply")).to_contain_text("By how much?")
        sarah.locator(f"#{note} .thread__body").tap()
        sarah.locator(f"#{note}").get_by_role("button", name="Reply").tap()
        expect(sarah.get_by_label("Reply to Sarah Veray")).to_be_focused()
        write(sarah, "By a third")
        expect(marc.locator(f"#{note}")).to_contain_text("By a third")
        says(studio, house, "camille", version_id, f"{SECRET}, neither", audience=Audience.INTERNAL)
        expect(marc.locator(".thread", has_text="neither")).to_be_visible()

        says(studio, house, "camille", version_id, "For everybody")
        expect(sarah.locator(".thread", has_text="For everybody")).to_be_attached()
        expect(sarah.locator(".thread")).to_have_count(2)
        assert SECRET not in sarah.content()
        assert frames
        assert not any(SECRET in frame for frame in frames)
        bar = sarah.get_by_role("region", name="Decision")
        expect(bar.get_by_role("button", name="Ask for changes")).to_be_in_viewport()
        bar.get_by_label("A word with it (optional)").fill("After the logo")
        bar.get_by_role("button", name="Ask for changes").tap()
        expect(sarah.locator(".toast")).to_contain_text("changes requested. The team knows.")
        expect(marc.get_by_role("region", name="Decision")).to_contain_text("Sarah Veray: changes requested.")
        expect(sarah.get_by_text("Who is answering?")).to_have_count(0)
        assert stayed(marc)


def test_a_link_taken_back_is_as_if_it_had_never_been(studio, visitors, version_id):
    link = general_link(studio, version_id)
    with studio.served() as house:
        marc = enter(visitors, house, "marc", version_id)
        sarah = visitors.guest(house.url, link, **PHONE)
        frames: list[str] = []
        sarah.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
        introduce(sarah)
        sarah.get_by_role("link", name="Look closely and comment").tap()
        arrived(sarah)
        room, guest = sarah.url, re.search("/g/([^/]+)/", sarah.url).group(1)
        headers = {"X-Backbeat-Link": guest, "X-CSRFToken": sarah.locator("meta[name=csrf-token]").get_attribute("content")}
        expect(marc.get_by_role("img", name="Sarah Veray is looking")).to_be_visible()

        revoke(studio, house, link)
        says(studio, house, "camille", version_id, "After she had gone")
        expect(marc.locator(".thread", has_text="After she had gone")).to_be_visible()
        expect(marc.get_by_role("img", name="Sarah Veray is looking")).to_have_count(0)
        expect(sarah.get_by_role("heading", level=1)).to_have_text("This leads nowhere")
        assert "Key visual" not in sarah.content()
        assert not any("After she had gone" in frame for frame in frames)

        said = {"id": "7f1c1f0a-3f38-4d0a-9a51-3a4f1c7f9a11", "shape": None, "body": "Still here", "audience": "shared"}
        answers = [
            sarah.request.post(f"/api/v1/versions/{one}/annotations", data=said, headers=headers) for one in (version_id, "01" + "z" * 24)
        ]  # fmt: skip
        assert [answer.status for answer in answers] == [401, 401], "she is a stranger, to whom nothing is said of what exists"
        assert answers[0].text() == answers[1].text()
        assert [sarah.request.get(one).status for one in (room, f"/g/{guest}/", link, "/l/nonsense")] == [404] * 4
        until(marc, lambda: bodies(studio), sorted([SECRET, "After she had gone"]))


@pytest.mark.parametrize("screen", [PHONE, {}], ids=["phone", "desk"])
def test_without_scripts_nothing_is_offered_that_needs_them(studio, visitors, version_id, screen):
    with studio.served() as house:
        marc = visitors.member(house.url, "marc", **{**screen, "java_script_enabled": False})
        marc.goto(f"/versions/{version_id}")
        expect(marc.get_by_role("img", name=re.compile("version 1"))).to_be_visible()
        expect(marc.get_by_role("toolbar")).to_have_count(0)
