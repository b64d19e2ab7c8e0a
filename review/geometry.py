"""Marks on a page, in fractions of it: 0 to 1, origin top left. Pure.

Fractions outlive renditions: the same box fits the thumbnail, the largest picture and the printed proof. A shape
comes in and goes out as JSON (`parsed`, `as_json`), and out as a W3C Web Annotation selector (`selector`).
"""

from dataclasses import asdict, dataclass
from itertools import chain
from math import isfinite

MAX_POINTS = 5000
MOST = 1e9
"""No coordinate is near it; JSON may hold whole numbers too large for a float."""


class BadShape(ValueError):
    """The shape is not one we know, is incomplete, or leaves the page."""


@dataclass(frozen=True)
class Pin:
    x: float
    y: float

    def __post_init__(self):
        _on_page(self.x, self.y)


@dataclass(frozen=True)
class Box:
    """A rectangle; its sides may be 0 but not negative."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self):
        _on_page(self.x, self.y)
        if self.width < 0 or self.height < 0:
            raise BadShape("a side is negative")
        _on_page(min(self.x + self.width, _rounded(self.x + self.width)), min(self.y + self.height, _rounded(self.y + self.height)))


@dataclass(frozen=True)
class Ellipse(Box):
    """The ellipse inside this rectangle."""


@dataclass(frozen=True)
class Arrow:
    """From its tail (x1, y1) to its head (x2, y2)."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self):
        _on_page(self.x1, self.y1)
        _on_page(self.x2, self.y2)


@dataclass(frozen=True)
class Stroke:
    """A freehand line: points (x, y) or (x, y, pressure 0-1); `width` is a fraction of the page's width."""

    points: tuple[tuple[float, ...], ...]
    width: float

    def __post_init__(self):
        if not 1 <= len(self.points) <= MAX_POINTS:
            raise BadShape(f"a stroke has 1 to {MAX_POINTS} points")
        if not 0 < self.width <= 1:
            raise BadShape("a stroke's width is a fraction of the page's width")
        _all_on_page(list(chain.from_iterable(self.points)))


Shape = Pin | Box | Ellipse | Arrow | Stroke
_TYPES = {"pin": Pin, "box": Box, "ellipse": Ellipse, "arrow": Arrow, "stroke": Stroke}
_NAMES = {kind: name for name, kind in _TYPES.items()}


def parsed(value) -> Shape:
    """The shape this JSON describes. Raises BadShape saying what is wrong."""
    if not isinstance(value, dict):
        raise BadShape("a shape is an object")
    name = value.get("type")
    kind = _TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadShape(f"a shape's type is one of {', '.join(_TYPES)}")
    given = {name: content for name, content in value.items() if name != "type"}
    if set(given) != set(kind.__dataclass_fields__):
        raise BadShape(f"a {name} has {', '.join(kind.__dataclass_fields__)}")
    if kind is Stroke:
        return Stroke(_points(given["points"]), _number(given["width"]))
    return kind(**{name: _number(content) for name, content in given.items()})


def as_json(shape: Shape) -> dict:
    """The JSON `parsed` reads."""
    body = asdict(shape)
    if isinstance(shape, Stroke):
        body["points"] = [list(point) for point in shape.points]
    return {"type": _NAMES[type(shape)], **body}


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in fractions; reading order sorts by it."""
    if isinstance(shape, Pin):
        return shape.x, shape.y, shape.x, shape.y
    if isinstance(shape, Arrow):
        return min(shape.x1, shape.x2), min(shape.y1, shape.y2), max(shape.x1, shape.x2), max(shape.y1, shape.y2)
    if isinstance(shape, Stroke):
        across, down = [point[0] for point in shape.points], [point[1] for point in shape.points]
        return min(across), min(down), max(across), max(down)
    return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height


def selector(shape: Shape) -> dict:
    """The W3C Web Annotation selector: a media fragment for pins and boxes, SVG for the rest.

    Source: Web Annotation Data Model, 4.2.1 and 4.2.7; Media Fragments URI 1.0, 4.2.2 (percent).
    """
    if isinstance(shape, Pin) or type(shape) is Box:
        left, top, right, bottom = bounds(shape)
        spot = ",".join(_percent(value) for value in (left, top, right - left, bottom - top))
        return {"type": "FragmentSelector", "conformsTo": "http://www.w3.org/TR/media-frags/", "value": f"xywh=percent:{spot}"}
    return {"type": "SvgSelector", "value": f'<svg viewBox="0 0 1 1" preserveAspectRatio="none">{_svg(shape)}</svg>'}


def _svg(shape: Shape) -> str:
    if isinstance(shape, Ellipse):
        rx, ry = shape.width / 2, shape.height / 2
        return f'<ellipse cx="{shape.x + rx:.6g}" cy="{shape.y + ry:.6g}" rx="{rx:.6g}" ry="{ry:.6g}"/>'
    if isinstance(shape, Arrow):
        return f'<line x1="{shape.x1:.6g}" y1="{shape.y1:.6g}" x2="{shape.x2:.6g}" y2="{shape.y2:.6g}"/>'
    assert isinstance(shape, Stroke)
    points = " ".join(f"{point[0]:.6g},{point[1]:.6g}" for point in shape.points)
    return f'<polyline fill="none" stroke-width="{shape.width:.6g}" points="{points}"/>'


def _points(value) -> tuple[tuple[float, ...], ...]:
    if not isinstance(value, list) or set(map(type, value)) - {list} or set(map(len, value)) - {2, 3}:
        raise BadShape("a stroke's points are lists of x, y and maybe pressure")
    if not set(map(type, chain.from_iterable(value))) <= {int, float}:
        raise BadShape("coordinates are finite numbers")
    return tuple(map(tuple, value))


def _number(value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST:
        raise BadShape("coordinates are finite numbers")
    return value


def _on_page(*values: float) -> None:
    if not all(0 <= value <= 1 for value in values):
        raise BadShape("it leaves the page: coordinates are fractions from 0 to 1")


def _all_on_page(values: list[float]) -> None:
    """The same for thousands at once: a stroke is checked at each move of the pen. A sum finds what is not a number."""
    if values and not (min(values) >= 0 and max(values) <= 1 and isfinite(sum(values))):
        raise BadShape("it leaves the page: coordinates are fractions from 0 to 1")


def _rounded(value: float) -> float:
    """Sums of fractions may miss 1 by a rounding error; that is not leaving the page."""
    return round(value, 9)


def _percent(value: float) -> str:
    return f"{value * 100:.6g}"
