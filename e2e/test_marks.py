"""Marks drawn, chosen, changed, copied and taken back in real browsers: each kept as its author meant it, by nobody else."""

import pytest
from playwright.sync_api import Page, expect

from e2e.gallery import opened
from e2e.hands import arrived, drag, draw, on_screen, press, stage, take, until
from e2e.marks import BOX, NEAR, active, corner_of, near, pin, pins, put
from tests.world import picture

SIZE = (600, 400)
STORIES = ("tools", "changes", "copies", "undo", "files", "words", "pen")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, migrated_sqlite, chromium):
    pictures = {story: picture(size=SIZE) for story in STORIES}
    with opened(tmp_path_factory.mktemp("marks"), migrated_sqlite, chromium, pictures, "chloe@maree.example") as gallery:
        yield gallery


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
