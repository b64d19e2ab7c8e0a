"""A whole review without mouse or finger: what is reached by Tab, what keys do, and what is heard meanwhile."""

import re

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import PASSWORD
from e2e.hands import arrived, stage
from e2e.people import left, says, visual
from review.annotations import Annotation
from review.reviews import Review
from storage.db import db

FIRST = {"type": "box", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.1}
LAST = {"type": "arrow", "x1": 0.9, "y1": 0.9, "x2": 0.7, "y2": 0.8}
LOST_FOCUS = """async () => {
  const style = (one) => getComputedStyle(one)
  const ancestors = (one) => one.parentElement ? [one.parentElement, ...ancestors(one.parentElement)] : []
  const fault = () => {
    const on = document.activeElement
    if (on === document.body) return "nothing has the focus"
    const around = [on, on.querySelector(".pin__ring"), ...ancestors(on)].filter(Boolean)
    const ringed = around.find((one) => one.matches(".pin__ring") ? style(one).stroke !== "none" : style(one).outlineStyle !== "none" && !one.matches(".sr"))
    if (!ringed) return `${on.outerHTML.slice(0, 200)} does not show that it has the focus`
    const { left, top, right, bottom } = ringed.getBoundingClientRect()
    return right > 0 && bottom > 0 && left < innerWidth && top < innerHeight ? "" : `${on.outerHTML.slice(0, 200)} is out of sight`
  }
  for (let frames = 0; frames < 200 && fault(); frames += 1) await new Promise(requestAnimationFrame)
  return fault()
}"""


def go(page: Page, wanted: Locator, key: str = "Tab", most: int = 40) -> None:
    """Tab until this has the focus; every stop on the way is in sight and shows that it has it."""
    for _ in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            return shows_focus(page)
        press(page, key)
    raise AssertionError(f"{most} times {key} do not lead to {wanted}")


def press(page: Page, *keys: str) -> None:
    """Each leaves the focus somewhere that can be seen."""
    for key in keys:
        page.keyboard.press(key)
        shows_focus(page)


def shows_focus(page: Page) -> None:
    assert page.evaluate(LOST_FOCUS) == ""


def hears(page: Page, words: str | re.Pattern) -> None:
    expect(stage(page).get_by_role("status")).to_have_text(words)


def test_a_whole_review(studio, visitors):
    version_id = visual(studio, "marc@maree.example", by="camille")
    last = left(studio, version_id, "camille", "Straighten the bottle", shape=LAST)
    left(studio, version_id, "chloe", "Logo smaller", shape=FIRST)
    with studio.served() as house:
        page = visitors.arrive(house.url).new_page()
        page.goto("/sign-in")
        go(page, page.get_by_label("E-mail"))
        page.keyboard.type("marc@maree.example")
        go(page, page.get_by_label("Password"))
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")

        page.wait_for_url(lambda address: "/sign-in" not in address)
        go(page, page.get_by_role("link", name="Autumn").first)
        page.keyboard.press("Enter")
        page.wait_for_url("**/campaigns/*")
        go(page, page.locator(f'a[href="/versions/{version_id}"]').first)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/versions/{version_id}")
        arrived(page)
        expect(stage(page)).to_match_aria_snapshot("""
            - region "Key visual, version 1":
              - group "Marks, in reading order":
                - 'button "Note 2, box, by Chloe: Logo smaller"'
                - 'button "Note 1, arrow, by Camille: Straighten the bottle"'
              - toolbar "Tools":
                - button "Select (V)" [pressed]
                - button "Move the picture (H)"
                - separator
                - button "Pin (P)"
                - button "Box (B)"
                - button "Ellipse (E)"
                - button "Arrow (A)"
                - button "Freehand (F)"
                - separator
                - group
                - button "Undo (Ctrl+Z)"
              - toolbar "View"
              - status
        """)

        go(page, stage(page))
        press(page, "b")
        hears(page, "box: draw, or press Enter to put it in the middle.")
        press(page, "Enter")
        hears(page, "New note, box, by Marc. Arrows move it, with Shift they size it, Enter writes.")
        press(page, "ArrowRight", "Shift+ArrowDown", "Alt+ArrowUp")
        hears(page, re.compile(r"^4\d % from the left, 40 % from the top, 20 % wide, 2\d % high$"))
        press(page, "Enter")
        expect(page.get_by_label("What should change here?")).to_be_focused()
        page.keyboard.type("Sharper here")
        press(page, "Control+Enter")
        marks = page.get_by_role("group", name="Marks, in reading order")
        expect(marks).to_match_aria_snapshot("""
            - group "Marks, in reading order":
              - 'button "Note 2, box, by Chloe: Logo smaller"'
              - 'button "Note A, box, by Marc: Sharper here" [pressed]'
              - 'button "Note 1, arrow, by Camille: Straighten the bottle"'
        """)
        press(page, "Escape")
        expect(marks.get_by_role("button", name="Sharper here")).to_be_focused()
        expect(page.get_by_role("link", name="Note A")).to_be_visible()

        press(page, ".")
        expect(page.get_by_role("link", name="Note 1")).to_be_focused()
        expect(page.get_by_role("link", name="Note 1")).to_have_accessible_description("Straighten the bottle")
        press(page, "Enter")
        expect(page.get_by_label("Reply to Camille")).to_be_focused()
        page.keyboard.type("It is the label")
        press(page, "Control+Enter", "Escape")
        expect(page.locator(f"#note-{last} .reply")).to_contain_text("It is the label")
        expect(page.get_by_role("link", name="Note 1")).to_be_focused()
        go(page, page.get_by_role("button", name="Tick off"))
        press(page, "Enter")
        expect(page.get_by_role("button", name="Open again")).to_be_focused()
        expect(page.locator(f"#note-{last}")).to_have_attribute("data-state", "done")
        shows_focus(page)

        says(studio, house, "camille", version_id, "And the price larger")
        expect(page.get_by_role("list", name="Notes in reading order")).to_contain_text("And the price larger")
        hears(page, "Note 3, pin, by Camille: And the price larger")
        shows_focus(page)

        expect(page.get_by_role("region", name="Decision")).to_match_aria_snapshot("""
            - region "Decision":
              - paragraph: /Waiting for Marc/
              - textbox "A word with it (optional)"
              - button "Ask for changes"
              - paragraph: /Print-ready .* then .*, launch slack/
              - button "Approve v1"
              - paragraph: /passes Print-ready/
        """)
        go(page, page.get_by_role("button", name="Approve v1"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Decision")).to_contain_text("Marc")
        expect(page.get_by_role("button", name=re.compile("Undo, .* s"))).to_be_visible()

    with studio.inside():
        assert db.session.scalars(db.select(Review)).one().state == "approved"
        kept = db.session.scalars(db.select(Annotation).where(Annotation.body == "Sharper here")).one().shape
        assert kept["x"] > 0.4
        assert kept["height"] > kept["width"]


def test_the_focus_stays_with_whoever_has_it(studio, visitors):
    """What goes away hands it on, what comes does not take it, and Escape leads one step back."""
    version_id = visual(studio)
    for number in range(3):
        left(studio, version_id, "marc", f"Number {number}", shape=FIRST | {"y": 0.2 + number / 5})
    with studio.served() as house:
        page = visitors.member(house.url, "marc")
        page.goto(f"/versions/{version_id}")
        arrived(page)

        go(page, page.get_by_role("button", name="Note 1"))
        go(page, page.get_by_role("button", name="Select (V)"))
        press(page, "ArrowDown", "ArrowDown")
        expect(page.get_by_role("button", name="Pin (P)")).to_be_focused()
        press(page, "End")
        expect(page.get_by_role("button", name="Undo (Ctrl+Z)")).to_be_focused()
        press(page, "ArrowUp", "Enter", "Tab", "ArrowRight")
        expect(page.get_by_role("radio", name="Red")).to_be_checked()
        press(page, "Escape")
        expect(page.locator(".tools__ink")).not_to_have_attribute("open", "")
        expect(page.get_by_label("Colour and width")).to_be_focused()
        go(page, page.get_by_role("button", name="Zoom out (-)"))
        go(page, page.get_by_role("radio", name=re.compile("All")))
        press(page, "ArrowLeft")
        expect(page.get_by_role("radio", name=re.compile("Still open"))).to_be_checked()

        press(page, ",")
        says(studio, house, "camille", version_id, "Above them all", shape=FIRST | {"y": 0.01})
        expect(page.locator(".thread").first).to_contain_text("Above them all")
        expect(page.get_by_role("link", name="Note 3")).to_be_focused()
        go(page, page.get_by_label("More with this note"))
        press(page, "Enter", "ArrowUp")
        expect(page.get_by_role("button", name="Delete")).to_be_focused()
        press(page, "Escape")
        expect(page.get_by_label("More with this note")).to_be_focused()
        press(page, "Enter", "ArrowUp", "Enter")
        expect(page.locator(".thread", has_text="Number 2")).to_have_count(0)
        shows_focus(page)

        pin = page.get_by_role("button", name="Number 0")
        press(page, ".")
        expect(page.locator(".thread[aria-current=true]")).to_contain_text("Number 0")
        go(page, pin, "Shift+Tab")
        says(studio, house, "camille", version_id, "Before it", shape=FIRST | {"y": 0.19})
        expect(page.get_by_role("list", name="Notes in reading order")).to_contain_text("Before it")
        expect(pin).to_be_focused()
        press(page, "Delete")
        expect(stage(page)).to_be_focused()
        press(page, "Control+z")
        expect(pin).to_be_attached()

        press(page, "?")
        expect(page.get_by_role("dialog", name="Keys")).to_match_aria_snapshot("""
            - dialog "Keys":
              - heading "Keys" [level=2]
              - button "Close"
              - heading "Tools" [level=3]
              - term: B
              - definition: Box
        """)
        press(page, "Escape")
        expect(stage(page)).to_be_focused()
