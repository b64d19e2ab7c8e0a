"""Notes are read as a page is: page by page, line by line from the left, and what is about the whole last."""

from datetime import UTC, datetime, timedelta

from review.annotations import Annotation
from review.reading import in_reading_order

AT = datetime(2027, 5, 20, 12, tzinfo=UTC)


def note(name, shape=None, page=1, minutes=0) -> Annotation:
    return Annotation(id=name, shape=shape, page=page, created_at=AT + timedelta(minutes=minutes))


def pin(x, y):
    return {"type": "pin", "x": x, "y": y}


def order(*notes) -> str:
    return "".join(one.id for one in in_reading_order(notes))


def test_from_top_to_bottom_and_from_left_to_right():
    assert order(note("d", pin(0.1, 0.9)), note("b", pin(0.8, 0.11)), note("a", pin(0.2, 0.13)), note("c", pin(0.5, 0.5))) == "abcd"


def test_a_line_is_measured_from_its_first_mark():
    """However long a staircase of marks is, it is not all one line."""
    assert order(note("a", pin(0.9, 0.10)), note("c", pin(0.5, 0.16)), note("b", pin(0.8, 0.14)), note("d", pin(0.1, 0.25))) == "bacd"


def test_page_by_page_and_the_whole_version_last():
    assert order(note("d", minutes=2), note("c", minutes=1), note("b", pin(0, 0), page=2), note("a", pin(1, 1))) == "abcd"


def test_every_shape_begins_at_its_corner():
    shapes = [
        note("a", {"type": "stroke", "points": [[0.9, 0.05, 0.5], [0.1, 0.3]], "width": 0.1}),
        note("b", {"type": "arrow", "x1": 0.9, "y1": 0.9, "x2": 0.2, "y2": 0.2}),
        note("c", {"type": "ellipse", "x": 0.5, "y": 0.21, "width": 0.1, "height": 0.1}),
        note("d", {"type": "box", "x": 0, "y": 0.5, "width": 1, "height": 0.5}),
    ]
    assert order(*reversed(shapes)) == "abcd"
