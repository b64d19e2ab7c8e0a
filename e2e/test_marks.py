"""Marks drawn, chosen, changed, copied and taken back in real browsers: each kept as its author meant it, by nobody else."""

import re
from io import BytesIO

import numpy
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.gallery import Gallery
from e2e.hands import arrived, drag, draw, on_screen, settled, stage, take, until
from e2e.people import left
from tests.world import picture

SIZE, SMALL = (600, 400), (240, 160)
NEAR = 0.002  # of the page: a pixel of the screen
BOX = {"type": "box", "x": 0.3, "y": 0.3, "width": 0.2, "height": 0.2}
STORIES = ("tools", "sizes", "changes", "moves", "copies", "undo", "files", "words", "pen", "fingers", "notes", "keys")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, migrated_sqlite, chromium):
    gallery = Gallery(Studio(tmp_path_factory.mktemp("marks") / "data", migrated_sqlite), chromium)
    gallery.hang({story: picture(size=SMALL if story == "keys" else SIZE) for story in STORIES}, "chloe@maree.example")
    with gallery.studio.served() as gallery.house:
        yield gallery


@pytest.fixture
def at(gallery, visitors):
    """`at("tools", "chloe")`: she is before the visual of this story."""
    return lambda story, who="camille", hash_="", **screen: gallery.show(visitors, who, story, hash_, **screen)


def put(gallery, story: str, shape: dict, by="chloe", body="") -> str:
    """A mark that somebody put there behind the browsers' backs; its id."""
    return left(gallery.studio, gallery.versions[story], by, body, shape=shape)


def pins(page: Page):
    return page.locator(".pin")


def pin(page: Page, id_: str):
    return page.locator(f".pin[data-mark='{id_}']")


def active(page: Page):
    return page.locator(".pin[data-active]")


def percent(page: Page) -> int:
    """How large the picture is shown."""
    settled(page)
    return int(re.sub(r"\D", "", page.locator(".view__percent").inner_text()))


def press(page: Page, *keys: str) -> None:
    """Keys of the room; what was being written is left alone first."""
    stage(page).focus()
    for key in keys:
        page.keyboard.press(key)
    settled(page)


def corner_of(shape: dict) -> list[float]:
    return [shape["x"], shape["y"]]


def near(*numbers: float):
    return pytest.approx(list(numbers), abs=NEAR)


def test_every_tool_keeps_its_shape_and_colour_and_width_are_remembered(gallery, at):
    page = at("tools")
    there = on_screen(page, (0, 0))
    draw(page, "pin", (0.2, 0.3))
    shape = gallery.chosen(page)["shape"]
    assert corner_of(shape) == near(0.2, 0.3)
    expect(page.locator("#composer-body")).to_be_focused()

    draw(page, "box", (0.3, 0.3), (0.5, 0.6))
    shape = gallery.chosen(page)["shape"]
    assert [*corner_of(shape), shape["width"], shape["height"]] == near(0.3, 0.3, 0.2, 0.3)
    expect(stage(page)).to_have_attribute("data-tool", "select")

    take(page, "stroke")
    page.get_by_label("Colour and width").click()
    page.locator(".ink[title=Red]").click()
    page.locator(".nib[title=Broad]").click()
    page.keyboard.press("Escape")
    draw(page, "ellipse", (0.9, 0.9), (0.6, 0.7))
    shape = gallery.chosen(page)["shape"]
    assert shape["type"] == "ellipse"
    assert [*corner_of(shape), shape["width"], shape["height"]] == near(0.6, 0.7, 0.3, 0.2)

    draw(page, "arrow", (0.8, 0.2), (0.6, 0.4))
    arrow = gallery.chosen(page)
    assert [arrow["shape"][name] for name in ("x1", "y1", "x2", "y2")] == near(0.8, 0.2, 0.6, 0.4)
    assert arrow["colour"] == "red"

    draw(page, "stroke", (0.1, 0.7), (0.2, 0.8), (0.3, 0.7))
    shape = gallery.chosen(page)["shape"]
    assert shape["points"][0][:2] == near(0.1, 0.7)
    assert shape["points"][-1][:2] == near(0.3, 0.7)
    assert max(point[1] for point in shape["points"]) == pytest.approx(0.8, abs=NEAR)
    assert shape["width"] == 0.014
    expect(stage(page)).to_have_attribute("data-tool", "stroke")
    assert on_screen(page, (0, 0)) == there

    page.reload()
    arrived(page)
    expect(pins(page)).to_have_count(5)
    numbers = [(mark["id"], mark["number"]) for mark in gallery.marks("tools")]
    assert [number for _, number in numbers] == ["A", "B", "C", "D", "E"]
    for id_, number in numbers:
        expect(pin(page, id_).locator("text")).to_have_text(number)
        expect(page.locator(f"#note-{id_} .thread__number")).to_have_text(number)
    draw(page, "stroke", (0.5, 0.1), (0.6, 0.1))
    last = gallery.chosen(page)
    assert (last["colour"], last["shape"]["width"]) == ("red", 0.014)


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


def test_ones_own_marks_are_moved_sized_and_deleted_and_nobody_elses(gallery, at):
    theirs = put(gallery, "changes", {**BOX, "x": 0.6, "y": 0.6})
    page = at("changes")
    there = on_screen(page, (0, 0))
    draw(page, "box", (0.2, 0.2), (0.4, 0.4))
    own = gallery.chosen(page)["id"]

    def mine():
        return next(mark["shape"] for mark in gallery.marks("changes") if mark["id"] == own)

    press(page, "Escape")
    expect(active(page)).to_have_count(0)
    draw(page, "select", (0.2, 0.3), (0.3, 0.35))
    expect(active(page)).to_have_attribute("data-mark", own)
    until(page, lambda: corner_of(mine()) == near(0.3, 0.25))
    assert mine()["width"] == pytest.approx(0.2, abs=NEAR)

    draw(page, "select", (0.5, 0.45), (0.55, 0.5))
    until(page, lambda: [mine()["width"], mine()["height"]] == near(0.25, 0.25))
    draw(page, "select", (0.3, 0.25), (0.6, 0.6))
    until(page, lambda: [*corner_of(mine()), mine()["width"], mine()["height"]] == near(0.55, 0.5, 0.05, 0.1))

    press(page, "ArrowRight")
    until(page, lambda: mine()["x"] > 0.555)
    assert on_screen(page, (0, 0)) == there

    draw(page, "select", (0.1, 0.1))
    expect(active(page)).to_have_count(0)
    draw(page, "select", (0.6, 0.7))
    expect(active(page)).to_have_attribute("data-mark", theirs)
    expect(page.locator(".grip")).to_have_count(0)
    draw(page, "select", (0.6, 0.7), (0.4, 0.3))
    press(page, "ArrowRight", "Delete")
    expect(pin(page, theirs)).to_be_visible()

    pin(page, own).click()
    press(page, "Delete")
    expect(pin(page, own)).to_have_count(0)
    until(page, lambda: [mark["id"] for mark in gallery.marks("changes")], [theirs])
    assert corner_of(gallery.marks("changes")[0]["shape"]) == [0.6, 0.6]


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


BRACKET_BY_ALT_GR = """() => document.querySelector("#stage").dispatchEvent(new KeyboardEvent("keydown", {
  key: "]", bubbles: true, cancelable: true, ctrlKey: true, altKey: true, modifierAltGraph: true,
}))"""


def test_a_mark_is_copied_here_and_onto_another_version_and_keys_lead_there(gallery, at):
    put(gallery, "copies", BOX, "marc", "These words are Marc’s")
    second = gallery.replace("copies", picture((40, 90, 200), size=SIZE))
    page = at("copies")
    draw(page, "select", (0.3, 0.4))
    press(page, "Control+c", "Control+v")
    copied = gallery.chosen(page)
    assert corner_of(copied["shape"]) == near(0.32, 0.32)
    assert (copied["author"]["name"], copied["body"]) == ("Camille", "")

    page.evaluate(BRACKET_BY_ALT_GR)
    page.wait_for_url(f"**/versions/{second}*")
    arrived(page)
    press(page, "Control+v")
    assert gallery.chosen(page)["version_id"] == second

    press(page, "[")
    page.wait_for_url(f"**/versions/{gallery.versions['copies']}*")
    arrived(page)
    expect(pins(page)).to_have_count(2)

    press(page, "j")
    page.wait_for_url(f"**/versions/{gallery.versions['undo']}")
    arrived(page)
    press(page, "k")
    page.wait_for_url(f"**/versions/{second}")
    arrived(page)


FILE_PASTED = """() => {
  const copied = new DataTransfer()
  copied.items.add(new File(["an image"], "image.png", { type: "image/png" }))
  document.querySelector("#stage").dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: copied }))
}"""


def test_a_file_that_is_pasted_is_not_the_mark_that_was_copied_before(gallery, at):
    put(gallery, "files", BOX)
    page = at("files", "chloe")
    draw(page, "select", (0.3, 0.4))
    press(page, "Control+c")
    page.evaluate(FILE_PASTED)
    press(page, "Control+v")
    assert corner_of(gallery.chosen(page)["shape"]) == near(0.32, 0.32)
    expect(pins(page)).to_have_count(2)


def test_one_takes_back_ones_own_acts_alone(gallery, at):
    camille, chloe = at("undo"), at("undo", "chloe")
    draw(camille, "pin", (0.2, 0.2))
    first = gallery.chosen(camille)["id"]
    draw(chloe, "box", (0.5, 0.5), (0.7, 0.7))
    hers = gallery.chosen(chloe)["id"]
    expect(pin(camille, hers)).to_be_visible()
    draw(camille, "box", (0.3, 0.3), (0.4, 0.4))
    second = gallery.chosen(camille)["id"]
    draw(camille, "select", (0.3, 0.35), (0.6, 0.65))

    def kept():
        return {mark["id"]: corner_of(mark["shape"]) for mark in gallery.marks("undo")}

    until(camille, lambda: kept().get(second) == near(0.6, 0.6))
    press(camille, "Control+z")
    until(camille, lambda: kept().get(second) == near(0.3, 0.3))
    press(camille, "Control+z")
    expect(pin(camille, second)).to_have_count(0)
    camille.get_by_role("button", name="Undo (Ctrl+Z)").click()
    expect(pin(camille, first)).to_have_count(0)
    press(camille, "Control+z", "Control+z")
    until(camille, lambda: list(kept()), [hers])

    press(camille, "Control+Shift+z", "Control+Shift+z", "Control+y")
    until(camille, lambda: set(kept()) == {first, second, hers} and kept()[second] == near(0.6, 0.6))
    press(chloe, "Control+z", "Control+z", "Control+z")
    until(chloe, lambda: set(kept()), {first, second})


def test_words_for_a_mark_that_was_taken_back_are_for_the_whole_version(gallery, at):
    page, words = at("words"), "Said of nothing in particular"
    draw(page, "box", (0.3, 0.3), (0.5, 0.5))
    page.locator("#composer-body").fill(words)
    press(page, "Control+z")
    expect(pins(page)).to_have_count(0)
    expect(page.locator("#composer-body")).to_have_value(words)
    page.locator("#composer-body").press("Control+Enter")
    expect(page.locator(".thread", has_text=words)).to_be_visible()
    until(page, lambda: [(mark["shape"], mark["body"]) for mark in gallery.marks("words")], [(None, words)])


class Pen:
    """A pen on a tablet, which knows how hard it is pressed."""

    def __init__(self, page: Page):
        self.input = page.context.new_cdp_session(page)

    def press(self, point, pressure: float) -> None:
        self._send("mousePressed", point, pressure)

    def move(self, point, pressure: float) -> None:
        self._send("mouseMoved", point, pressure)

    def lift(self, point) -> None:
        self._send("mouseReleased", point, 0)

    def _send(self, kind: str, point, pressure: float) -> None:
        said = {"type": kind, "x": point[0], "y": point[1], "force": pressure, "pointerType": "pen", "button": "left", "buttons": 1, "clickCount": 1}
        self.input.send("Input.dispatchMouseEvent", said)


def test_a_pen_keeps_its_pressure_and_a_slip_of_the_hand_makes_nothing(gallery, at):
    page = at("pen")
    take(page, "stroke")
    pen, pressures = Pen(page), [0.2, 0.4, 0.9, 0.6]
    points = [(0.2, 0.5), (0.3, 0.4), (0.4, 0.5), (0.5, 0.4)]
    places = [on_screen(page, point) for point in points]
    pen.press(places[0], pressures[0])
    for place, pressure in zip(places[1:], pressures[1:], strict=True):
        pen.move(place, pressure)
    pen.lift(places[-1])
    shape = gallery.chosen(page)["shape"]
    assert [point[2] for point in shape["points"]] == pressures
    assert [point[:2] for point in shape["points"]] == [near(*point) for point in points]

    start = on_screen(page, (0.6, 0.6))
    for tool in ("box", "ellipse", "arrow"):
        take(page, tool)
        drag(page, start, (start[0] + 2, start[1] + 1))
    draw(page, "box", (-0.015, 0.3), (-0.005, 0.6))
    take(page, "box")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 90, start[1] + 60, steps=3)
    expect(page.locator("[data-draft=own]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-draft=own]")).to_have_count(0)
    page.mouse.move(start[0] + 120, start[1] + 60)
    page.mouse.up()
    expect(pins(page)).to_have_count(1)
    assert [mark["shape"]["type"] for mark in gallery.marks("pen")] == ["stroke"]


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
