"""A picture with squares of one colour each at known places, and where those squares are on the screen.

They are found in a screenshot: of the viewer and its sums nothing is asked.
"""

import io
from dataclasses import dataclass, field

import numpy
from PIL import Image

from e2e.hands import stage

COLOURS = {"red": (255, 0, 0), "teal": (0, 190, 190), "green": (0, 200, 0), "magenta": (255, 0, 255)}
SPREAD = {"red": (0.41, 0.44), "teal": (0.58, 0.57), "green": (0.19, 0.12), "magenta": (0.86, 0.21)}
CLOSE = {"red": (0.485, 0.49), "teal": (0.515, 0.52), "green": (0.475, 0.53), "magenta": (0.53, 0.47)}
GROUND = (236, 236, 236)
NEAR = 80  # of 255, in each channel: pictures are sent as JPEG
HIDDEN = ".stage__marks, .marks, .tools, .view, .room__drop, .pointer"
SHOW = "([selector, how]) => { for (const one of document.querySelectorAll(selector)) one.style.visibility = how }"
AS_FILED = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""How a picture lies in a file that says: turn me a quarter to the right (6), to the left (8)."""


@dataclass(frozen=True)
class Spotted:
    """A picture of so many pixels, as it is shown; its squares are `side` pixels wide, about `places`."""

    size: tuple[int, int] = (600, 400)
    side: int = 16
    places: dict = field(default_factory=lambda: SPREAD)
    orientation: int | None = None

    @property
    def as_jpeg(self) -> bytes:
        picture, exif, out = Image.new("RGB", self.size, GROUND), Image.Exif(), io.BytesIO()
        for name, colour in COLOURS.items():
            left, top = self._corner(name)
            picture.paste(colour, (left, top, left + self.side, top + self.side))
        if self.orientation:
            exif[0x0112] = self.orientation
            picture = picture.transpose(AS_FILED[self.orientation])
        picture.save(out, "JPEG", quality=95, subsampling=0, exif=exif)
        return out.getvalue()

    def middle(self, name: str) -> tuple[float, float]:
        """Of a square, in fractions of the picture."""
        left, top = self._corner(name)
        return (left + self.side / 2) / self.size[0], (top + self.side / 2) / self.size[1]

    def box(self, name: str) -> dict:
        """The square itself, as a shape."""
        (left, top), (across, down) = self._corner(name), self.size
        return {"type": "box", "x": left / across, "y": top / down, "width": self.side / across, "height": self.side / down}

    def pin(self, name: str) -> dict:
        """Its middle, as a shape."""
        x, y = self.middle(name)
        return {"type": "pin", "x": x, "y": y}

    def pixels_between(self, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
        """How far two points of the picture, in fractions of it, lie apart."""
        return abs(one[0] - other[0]) * self.size[0], abs(one[1] - other[1]) * self.size[1]

    def _corner(self, name: str) -> tuple[int, int]:
        (across, down), (width, height) = self.places[name], self.size
        return round(across * width) - self.side // 2, round(down * height) - self.side // 2


def seen(page) -> dict[str, tuple[float, float]]:
    """{colour: the middle of its square on the screen, in CSS pixels of the window}, as soon as two looks agree."""
    before, now = None, _looked(page)
    while before != now:
        before, now = now, _looked(page)
    return now


def looked_at(page) -> numpy.ndarray:
    """The pixels of the stage, with nothing over the picture."""
    page.evaluate(SHOW, [HIDDEN, "hidden"])
    taken = page.screenshot(clip=stage(page).bounding_box())
    page.evaluate(SHOW, [HIDDEN, ""])
    return numpy.asarray(Image.open(io.BytesIO(taken)).convert("RGB")).astype(int)


def _looked(page) -> dict[str, tuple[float, float]]:
    picture, frame = looked_at(page), stage(page).bounding_box()
    scale = picture.shape[1] / frame["width"]
    middles = {name: _middle(picture, colour) for name, colour in COLOURS.items()}
    return {name: (frame["x"] + at[0] / scale, frame["y"] + at[1] / scale) for name, at in middles.items() if at}


def _middle(picture: numpy.ndarray, colour: tuple[int, int, int]) -> tuple[float, float] | None:
    """Of all pixels of this colour; None where there are none, or where some may be out of sight."""
    down, across = numpy.nonzero((abs(picture - colour) < NEAR).all(axis=2))
    high, wide = picture.shape[:2]
    if not len(across) or min(across.min(), down.min()) < 2 or across.max() > wide - 3 or down.max() > high - 3:
        return None
    return float(across.mean()) + 0.5, float(down.mean()) + 0.5
