"""The picture in view: moved by hand, by fingers and by keys, and brought to each mark, which keeps its size on the screen."""

import re
from io import BytesIO

import numpy
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from e2e.gallery import opened
from e2e.hands import arrived, drag, draw, on_screen, press, settled, stage, take
from e2e.marks import BOX, active, corner_of, near, pins, put
from tests.world import picture

SIZE, SMALL = (600, 400), (240, 160)
STORIES = ("sizes", "moves", "fingers", "notes", "keys")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, migrated_sqlite, chromium):
    pictures = {story: picture(size=SMALL if story == "keys" else SIZE) for story in STORIES}
    with opened(tmp_path_factory.mktemp("view"), migrated_sqlite, chromium, pictures, "chloe@maree.example") as gallery:
        yield gallery


def percent(page: Page) -> int:
    """How large the picture is shown."""
    settled(page)
    return int(re.sub(r"\D", "", page.locator(".view__percent").inner_text()))


def test_numbers_and_lines_keep_their_size_at_every_zoom(gallery, at):
    put(gallery, "sizes", {**BOX, "x": 0.45, "y": 0.45, "width": 0.1, "height": 0.1})
    page = at("sizes")
    size, line = pins(page).locator("path").bounding_box(), line_width(page)
    for key in ("+", "+", "-", "-", "-"):
        press(page, key)
        now = pins(page).locator("path").bounding_box()
        assert [now["width"], now["height"]] == pytest.approx([size["width"], size["height"]], abs=0.01)
        assert abs(line_width(page) - line) <= 1


def line_width(page: Page) -> int:
    """Pixels of the screen across the left side of the box, its halo with it."""
    x, y = on_screen(page, (0.45, 0.5))
    strip = page.screenshot(clip={"x": round(x) - 20, "y": round(y), "width": 40, "height": 1})
    pixels = numpy.asarray(Image.open(BytesIO(strip)).convert("RGB")).astype(int)[0]
    return int((abs(pixels - pixels[0]).max(axis=1) > 60).sum())


def test_the_picture_is_moved_by_hand_where_no_tool_draws(gallery, at):
    put(gallery, "moves", BOX, by="camille")
    page = at("moves")
    for tool, start in (("select", (0.7, 0.7)), ("hand", (0.3, 0.4))):
        before, (x, y) = on_screen(page, (0, 0)), on_screen(page, start)
        take(page, tool)
        drag(page, (x, y), (x + 60, y - 40))
        settled(page)
        after = on_screen(page, (0, 0))
        assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((60, -40), abs=30)
    fitted = percent(page)
    take(page, "select")
    pins(page).hover()
    page.mouse.wheel(0, -120)
    assert percent(page) > fitted
    assert [corner_of(mark["shape"]) for mark in gallery.marks("moves")] == [[0.3, 0.3]]


class Fingers:
    """Fingers on a screen: each has a number, and a place in CSS pixels of the window."""

    def __init__(self, page: Page):
        self.touch, self.at = page.context.new_cdp_session(page), {}

    def put(self, finger: int, point) -> None:
        self.at[finger] = point
        self._send("touchStart")

    def lift(self) -> None:
        self.at.clear()
        self._send("touchEnd")

    def move(self, to: dict, steps: int = 6) -> None:
        start = dict(self.at)
        for step in range(1, steps + 1):
            for finger, (x, y) in to.items():
                self.at[finger] = (start[finger][0] + (x - start[finger][0]) * step / steps, start[finger][1] + (y - start[finger][1]) * step / steps)
            self._send("touchMove")

    def _send(self, kind: str) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in self.at.items()]
        self.touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.parametrize("tool", ["box", "select"])
def test_one_finger_draws_and_two_move_the_picture(gallery, at, tool):
    page = at("fingers", has_touch=True)
    fingers, before = Fingers(page), len(gallery.marks("fingers"))
    take(page, tool)
    held = [(0.45, 0.45), (0.55, 0.55)]
    one, other = [on_screen(page, point) for point in held]
    fingers.put(1, one)
    fingers.put(2, other)
    apart = {1: (one[0] - 60, one[1] - 50), 2: (other[0] + 115, other[1] + 66.7)}
    fingers.move(apart)
    fingers.move(apart)
    fingers.lift()
    settled(page)
    expect(page.locator("[data-draft]")).to_have_count(0)
    assert len(gallery.marks("fingers")) == before
    for point, finger in zip(held, apart.values(), strict=True):
        assert on_screen(page, point) == pytest.approx(finger, abs=3)

    press(page, "0")
    there = on_screen(page, (0, 0))
    if tool == "box":
        start, end = on_screen(page, (0.2, 0.2)), on_screen(page, (0.4, 0.3))
        fingers.put(1, start)
        fingers.move({1: end})
        fingers.lift()
        shape = gallery.chosen(page)["shape"]
        assert [*corner_of(shape), shape["width"], shape["height"]] == near(0.2, 0.2, 0.2, 0.1)
        assert on_screen(page, (0, 0)) == there


def test_notes_are_walked_and_a_link_brings_a_mark_into_sight(gallery, at):
    ids = [put(gallery, "notes", {"type": "pin", "x": x, "y": 0.9}, body=f"At {x}") for x in (0.1, 0.5, 0.9)]
    page = at("notes", hash_=f"#note-{ids[1]}")
    expect(active(page)).to_have_attribute("data-mark", ids[1])
    press(page, ".")
    expect(active(page)).to_have_attribute("data-mark", ids[2])
    press(page, ",", ",")
    expect(active(page)).to_have_attribute("data-mark", ids[0])
    expect(page.locator(".thread[aria-current=true]")).to_contain_text("At 0.1")

    press(page, "r", *["+"] * 5)
    for key, id_ in ((".", ids[1]), (".", ids[2]), (",", ids[1])):
        press(page, key)
        expect(active(page)).to_have_attribute("data-mark", id_)
        assert is_in_sight(page, (0.5 if id_ == ids[1] else 0.9, 0.9))
    assert page.url.endswith(f"#note-{ids[1]}")


def is_in_sight(page: Page, point) -> bool:
    settled(page)
    (x, y), frame = on_screen(page, point), stage(page).bounding_box()
    return frame["x"] < x < frame["x"] + frame["width"] and frame["y"] < y < frame["y"] + frame["height"]


def test_the_keys_of_the_view_and_escape_step_by_step(gallery, at):
    put(gallery, "keys", BOX)
    page = at("keys")
    fitted = percent(page)
    press(page, "+")
    assert percent(page) == pytest.approx(fitted * 1.5, abs=1)
    press(page, "0", "-")
    assert percent(page) == pytest.approx(fitted / 1.5, abs=1)
    press(page, "+", "1")
    assert percent(page) == 100
    press(page, "0")
    assert percent(page) == fitted

    press(page, "+", "r")
    before = on_screen(page, (0.5, 0.5))
    press(page, "ArrowRight")
    moved = on_screen(page, (0.5, 0.5))
    assert moved[0] < before[0]
    assert moved[1] == pytest.approx(before[1], abs=1)
    right = [on_screen(page, point) for point in ((0, 0), (1, 0))]
    assert right[1][1] > right[0][1]
    assert right[1][0] == pytest.approx(right[0][0], abs=1)
    press(page, "r", "r", "r", "0")

    press(page, "m")
    expect(pins(page)).to_be_hidden()
    press(page, "p", "Escape")
    expect(pins(page)).to_be_visible()
    press(page, "g")
    expect(stage(page)).to_have_attribute("data-stage", "dark")
    page.reload()
    arrived(page)
    expect(stage(page)).to_have_attribute("data-stage", "dark")
    press(page, "g")
    expect(stage(page)).to_have_attribute("data-stage", "light")

    draw(page, "select", (0.3, 0.4))
    expect(active(page)).to_have_count(1)
    press(page, "p", "?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(stage(page)).to_have_attribute("data-tool", "pin")
    page.keyboard.press("Escape")
    expect(stage(page)).to_have_attribute("data-tool", "select")
    expect(active(page)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(active(page)).to_have_count(0)
    page.keyboard.press("c")
    expect(page.locator("#composer-body")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#composer-body")).not_to_be_focused()
