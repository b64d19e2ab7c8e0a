"""A mark on a point of the picture is within one of its pixels, however the picture is looked at; and is drawn where it is.

Where a point is on the screen is found in a screenshot, by the colour of a square that lies there (e2e/spots.py).
"""

import json
import uuid
from datetime import timedelta
from math import dist

import numpy
import pytest
from sqlalchemy import update

from e2e.gallery import Gallery, opened
from e2e.hands import drag, enter, settled, stage, take, until
from e2e.spots import CLOSE, COLOURS, GROUND, NEAR, Spotted, looked_at, seen
from review.annotations import Audience, annotate
from storage import clock
from storage.assets import Version
from storage.db import writing
from storage.events import Delivery

PICTURES = {
    "plain": Spotted(), "tall": Spotted((180, 500)), "wide": Spotted((700, 160)),
    "turned right": Spotted(orientation=6), "turned left": Spotted(orientation=8),
    "huge": Spotted((9000, 4600), side=80, places=CLOSE),
}
WINDOW = {"width": 1100, "height": 760}
LEAST = 0.75  # CSS pixels: a mark that is drawn farther from its point than a look can tell is seen to be beside it
EDGE = 32  # CSS pixels: nearer to the edge of the stage a number leans inwards


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, migrated_sqlite, chromium):
    pictures = {name: picture.as_jpeg for name, picture in PICTURES.items()}
    with opened(tmp_path_factory.mktemp("coordinates"), migrated_sqlite, chromium, pictures) as gallery:
        yield gallery


@pytest.fixture(scope="module")
def known(gallery) -> dict[tuple[str, str, str], str]:
    """{(picture, colour, type): the mark's id}: a box and a pin on each square, put there behind the browsers' backs."""
    with gallery.studio.inside():
        return {
            (name, colour, shape["type"]): marked(gallery.studio, gallery.versions[name], shape)
            for name, picture in PICTURES.items() for colour in COLOURS for shape in (picture.box(colour), picture.pin(colour))
        }


@pytest.fixture
def look_at(gallery, known, visitors):
    """`look_at("tall")`: Camille before this picture."""
    return lambda name, **screen: Look(gallery, known, name, gallery.show(visitors, "camille", name, viewport=WINDOW, **screen))


class Look:
    """Somebody's look at one of the pictures."""

    def __init__(self, gallery: Gallery, known: dict, name: str, page):
        self.gallery, self.known, self.name, self.page, self.picture = gallery, known, name, page, PICTURES[name]

    def press(self, *keys: str) -> None:
        for key in keys:
            stage(self.page).focus()
            self.page.keyboard.press(key)
            settled(self.page)

    def is_true(self) -> None:
        """What is drawn by hand is kept where it was drawn, and what is kept is drawn where it is."""
        at = seen(self.page)
        assert len(at) >= 2
        self.is_kept_where_it_was_drawn(at)
        self.is_drawn_where_it_is(at)

    def is_kept_where_it_was_drawn(self, at) -> None:
        one, other = sorted(at, key=lambda colour: at[colour])[:: len(at) - 1]
        take(self.page, "pin")
        self.page.mouse.click(*at[one])
        shape = self.gallery.chosen(self.page)["shape"]
        self.near((shape["x"], shape["y"]), self.picture.middle(one))

        take(self.page, "box")
        drag(self.page, at[one], at[other])
        shape = self.gallery.chosen(self.page)["shape"]
        (left, right), (top, bottom) = map(sorted, zip(self.picture.middle(one), self.picture.middle(other), strict=True))
        self.near((shape["x"], shape["y"]), (left, top))
        self.near((shape["x"] + shape["width"], shape["y"] + shape["height"]), (right, bottom))

    def near(self, kept, true) -> None:
        across, down = self.picture.pixels_between(kept, true)
        assert max(across, down) <= 1, (self.name, kept, true)

    def is_drawn_where_it_is(self, at) -> None:
        pixel, frame = min(self.pixel(at), LEAST), stage(self.page).bounding_box()
        for colour, there in at.items():
            mark, number = (self.known[self.name, colour, type_] for type_ in ("box", "pin"))
            over(middle_of(self.page.locator(f".mark[data-mark='{mark}'] .mark__line")), there, pixel)
            if is_well_inside(there, frame):
                over(self.page.locator(f".pin[data-mark='{number}']").evaluate(TIP), there, pixel)

    def shows_nothing_but_ground(self, rows: slice) -> None:
        seen(self.page)
        assert abs(looked_at(self.page)[rows, 20:-20] - GROUND).max() <= 2

    def pixel(self, at) -> float:
        """CSS pixels of the screen for one of the picture; of the screen's own there is at least one."""
        one, other = list(at)[:2]
        shown = dist(at[one], at[other]) / dist((0, 0), self.picture.pixels_between(self.picture.middle(one), self.picture.middle(other)))
        assert shown * self.page.evaluate("devicePixelRatio") > 0.99
        return shown


TIP = "pin => { const at = pin.getScreenCTM(); return [at.e, at.f] }"


def middle_of(drawn) -> tuple[float, float]:
    box = drawn.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def over(drawn, there, pixel: float) -> None:
    assert max(abs(drawn[0] - there[0]), abs(drawn[1] - there[1])) <= pixel, (drawn, there)


def is_well_inside(there, frame) -> bool:
    across, down = there[0] - frame["x"], there[1] - frame["y"]
    return EDGE < across < frame["width"] - EDGE and EDGE < down < frame["height"] - EDGE


@pytest.mark.parametrize("density", [1, 1.5, 2])
def test_on_screens_of_any_density(look_at, density):
    look_at("plain", device_scale_factor=density).is_true()


@pytest.mark.parametrize("name", ["tall", "wide"])
def test_where_the_picture_leaves_much_of_the_stage_empty(look_at, name):
    look_at(name).is_true()


@pytest.mark.parametrize("name", ["turned right", "turned left"])
def test_in_a_file_that_says_how_it_is_to_be_turned(look_at, name):
    look_at(name).is_true()


def test_in_a_window_that_becomes_smaller_and_larger(look_at):
    look = look_at("plain")
    look.page.set_viewport_size({"width": 960, "height": 700})
    settled(look.page)
    look.is_true()

    look.page.set_viewport_size({"width": 1300, "height": 780})
    settled(look.page)
    look.is_true()


def test_on_the_full_screen(look_at):
    look = look_at("plain")
    look.page.get_by_role("button", name="Full screen").click()
    look.page.wait_for_function("document.fullscreenElement")
    settled(look.page)
    look.is_true()


def test_after_going_nearer_by_wheel_and_keys_and_moving(look_at):
    look = look_at("plain")
    there = seen(look.page)["red"]
    look.page.mouse.move(*there)
    for _ in range(3):
        look.page.mouse.wheel(0, -120)
        settled(look.page)
    at = seen(look.page)
    assert dist(at["red"], there) < 2
    look.is_true()

    look.press("+", "ArrowRight", "ArrowDown")
    take(look.page, "hand")
    drag(look.page, at["red"], (at["red"][0] + 90, at["red"][1] + 40))
    settled(look.page)
    look.is_true()

    look.press("1")
    look.is_true()


def test_in_a_view_that_is_turned(look_at):
    look = look_at("plain")
    look.press("r")
    at = seen(look.page)
    assert at["green"][0] > at["red"][0]
    assert len(at) == len(COLOURS)
    look.is_true()

    look.press("+")
    look.is_true()
    look.press("0", "r")
    look.is_true()


def test_on_a_huge_picture_in_tiles_that_meet_without_seams(look_at):
    look = look_at("huge")
    assert json.loads(look.page.locator("#room-data").text_content())["tiles"]
    look.press("1")
    look.is_true()
    look.press("+", "r")
    look.is_true()

    look.press("1", "-")
    look.shows_nothing_but_ground(slice(20, 110))
    look.press("r")
    look.shows_nothing_but_ground(slice(20, 110))


def test_in_the_page_before_any_script(gallery, known, visitors):
    """The marks that the server drew lie on the same points of the picture as the room's own."""
    page = visitors.arrive(gallery.house.url, storage_state=gallery.pass_of("camille"), java_script_enabled=False).new_page()
    for name in ("plain", "turned right", "tall"):
        page.goto(f"/versions/{gallery.versions[name]}")
        at = seen(page)
        assert len(at) == len(COLOURS)
        drawn = [middle_of(rect) for rect in page.locator(".marks rect:not(.marks__halo)").all()]
        pixel = Look(gallery, known, name, page).pixel(at)
        for there in at.values():
            assert any(dist(middle, there) <= pixel for middle in drawn)


@pytest.mark.parametrize(("size", "better"), [((3000, 1900), "**/renditions/full"), ((9000, 4600), "**/tiles/*/*")])
def test_while_sharper_pictures_come(studio, visitors, size, better):
    """Whoever looks before all is made sees it become sharp where it lies, marks and all; nothing is loaded anew."""
    picture = Spotted(size, side=60, places=CLOSE)
    with studio.inside():
        version_id = studio.world.upload(picture.as_jpeg, filename="large.jpg").id
        boxes = {colour: marked(studio, version_id, picture.box(colour)) for colour in COLOURS}
        due(clock.utcnow() + timedelta(hours=1))
    with studio.served() as house:
        page = enter(visitors, house, "camille", version_id, viewport=WINDOW)
        stage(page).focus()
        page.keyboard.press("1")
        settled(page)
        at, dull = seen(page), unclear(page)
        page.evaluate("window.here = true")

        with page.expect_response(better), studio.inside():
            due(clock.utcnow())
        until(page, lambda: unclear(page) < dull / 3)

        assert page.evaluate("window.here")
        now = seen(page)
        assert len(now) == len(COLOURS)
        for colour, there in now.items():
            over(at[colour], there, 1.5)  # of what was blown up by nine the middle is found less exactly
            over(middle_of(page.locator(f".mark[data-mark='{boxes[colour]}'] .mark__line")), there, 1)


def marked(studio, version_id: str, shape: dict) -> str:
    with writing() as session:
        version = session.get_one(Version, version_id)
        note, _ = annotate(version, studio.world.marc, id_=str(uuid.uuid4()), shape=shape, body="", audience=Audience.SHARED)
        session.commit()
        return note.uuid


def due(at) -> None:
    """When what is still owed is to be done."""
    with writing() as session:
        session.execute(update(Delivery).where(Delivery.done_at.is_(None)).values(due_at=at))
        session.commit()


def unclear(page) -> int:
    """How many pixels of the stage are of no colour that the picture has."""
    pixels, known = looked_at(page)[20:-20, 20:-20], (GROUND, *COLOURS.values())
    return int(numpy.all([(abs(pixels - colour) > NEAR).any(axis=2) for colour in known], axis=0).sum())
