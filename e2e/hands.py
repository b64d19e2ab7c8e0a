"""What a hand does in the review room: it takes a tool, draws from point to point, and waits until what it did is kept.

Points are fractions of the page, as in the shapes, unless they are said to be on the screen.
"""

import re
import time

from playwright.sync_api import Page, expect

from e2e.conftest import PATIENCE_MS

KEYS = {"select": "v", "hand": "h", "pin": "p", "box": "b", "ellipse": "e", "arrow": "a", "stroke": "f"}
STILL = """() => new Promise((still) => {
  let last, frames = 0
  const look = () => {
    const now = document.querySelector(".marks__page").getAttribute("transform")
    frames = now && now === last ? frames + 1 : 0
    last = now
    if (frames > 4) still()
    else requestAnimationFrame(look)
  }
  look()
})"""
ON_SCREEN = """(page, [x, y]) => {
  const at = new DOMPoint(x, y).matrixTransform(page.getScreenCTM())
  return [at.x, at.y]
}"""


def enter(visitors, house, name: str, version_id: str, hash_: str = "", **screen) -> Page:
    """Somebody in the room of a version, their connection made and the picture before them."""
    return go(visitors.member(house.url, name, **screen), version_id, hash_)


def go(page: Page, version_id: str, hash_: str = "") -> Page:
    page.goto(f"/versions/{version_id}{hash_}")
    arrived(page)
    return page


def arrived(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-online", "true")
    expect(stage(page)).to_have_attribute("data-ready", "true")
    settled(page)


def settled(page: Page) -> None:
    """The picture lies still."""
    page.wait_for_selector(".marks__page[transform]", state="attached")
    page.evaluate(STILL)


def stage(page: Page):
    return page.locator("#stage")


def on_screen(page: Page, point: tuple[float, float]) -> tuple[float, float]:
    """Where the room would draw this point of the page, in CSS pixels of the window."""
    return tuple(page.locator(".marks__page").evaluate(ON_SCREEN, list(point)))


def take(page: Page, tool: str) -> None:
    """Take a tool by its key; what is being written is left alone first."""
    stage(page).focus()
    page.keyboard.press(KEYS[tool])
    expect(stage(page)).to_have_attribute("data-tool", tool)


def press(page: Page, *keys: str) -> None:
    """Keys of the room; what was being written is left alone first."""
    stage(page).focus()
    for key in keys:
        page.keyboard.press(key)
    settled(page)


def draw(page: Page, tool: str, *points: tuple[float, float]) -> None:
    """Take a tool and draw through these points."""
    take(page, tool)
    drag(page, *[on_screen(page, point) for point in points])


def drag(page: Page, start, *further, steps: int = 4) -> None:
    """Press at a point of the screen, go through the others, let go."""
    page.mouse.move(*start)
    page.mouse.down()
    for point in further:
        page.mouse.move(*point, steps=steps)
    page.mouse.up()


def marks(house, studio, version_id: str, name: str = "marc") -> list[dict]:
    """What is kept on a version, as the API tells it, in the order it was made."""
    items = house.api(f"/versions/{version_id}/annotations", studio.world.tokens[name])["items"]
    return sorted(items, key=lambda row: row["created_at"])


def until(page: Page, ask, wanted=True):
    """Ask the server until the answer is this; the page goes on meanwhile."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (answer := ask()) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert answer == wanted
    return answer


def chosen(page: Page, house, studio, name: str = "marc") -> dict:
    """The mark that is chosen, as the API tells it once it is kept."""
    pin = page.locator(".pin[data-active]")
    expect(pin.locator("text")).to_have_text(re.compile(r"^[A-Z0-9]+$"))
    return house.api(f"/annotations/{pin.get_attribute('data-mark')}", studio.world.tokens[name])
