"""Marks in fractions of the page: what leaves it is refused, what is kept comes back the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.geometry import BadShape, as_json, bounds, parsed, selector

fraction = st.floats(0, 1, allow_nan=False)


@st.composite
def rectangles(draw, kind):
    x, y = draw(fraction), draw(fraction)
    return {"type": kind, "x": x, "y": y, "width": draw(st.floats(0, 1 - x)), "height": draw(st.floats(0, 1 - y))}


shapes = st.one_of(
    st.fixed_dictionaries({"type": st.just("pin"), "x": fraction, "y": fraction}),
    rectangles("box"),
    rectangles("ellipse"),
    st.fixed_dictionaries({"type": st.just("arrow"), "x1": fraction, "y1": fraction, "x2": fraction, "y2": fraction}),
    st.fixed_dictionaries(
        {
            "type": st.just("stroke"),
            "width": st.floats(0.001, 1),
            "points": st.lists(st.lists(fraction, min_size=2, max_size=3), min_size=1, max_size=20),
        }
    ),
)


@given(shapes)
def test_a_shape_comes_back_as_it_came(shape):
    assert as_json(parsed(shape)) == shape


@given(shapes)
def test_a_shape_lies_within_its_bounds_on_the_page(shape):
    left, top, right, bottom = bounds(parsed(shape))
    assert 0 <= left <= right <= 1 + 1e-9
    assert 0 <= top <= bottom <= 1 + 1e-9


@pytest.mark.parametrize(
    "shape",
    [
        None,
        [],
        "pin",
        {},
        {"type": "pin"},
        {"type": "pin", "x": 0.5, "y": 1.01},
        {"type": "pin", "x": -0.01, "y": 0.5},
        {"type": "pin", "x": "0.5", "y": 0.5},
        {"type": "pin", "x": True, "y": 0.5},
        {"type": "pin", "x": math.nan, "y": 0.5},
        {"type": "pin", "x": math.inf, "y": 0.5},
        {"type": "pin", "x": 10**400, "y": 0.5},
        {"type": "box", "x": 0.5, "y": 0.5, "width": 10**400, "height": 0.1},
        {"type": "pin", "x": 0.5, "y": 0.5, "z": 1},
        {"type": ["pin"], "x": 0.5, "y": 0.5},
        {"type": "box", "x": 0.5, "y": 0.5, "width": 0.6, "height": 0.1},
        {"type": "box", "x": 0.5, "y": 0.5, "width": -0.1, "height": 0.1},
        {"type": "stroke", "width": 0.01, "points": []},
        {"type": "stroke", "width": 0, "points": [[0, 0]]},
        {"type": "stroke", "width": 0.01, "points": [[0]]},
        {"type": "stroke", "width": 0.01, "points": [[0, 0, 0.5, 1]]},
        {"type": "stroke", "width": 0.01, "points": [[0, 0, 2]]},
        {"type": "stroke", "width": 0.01, "points": [[0.1, 0.1]] * 5001},
        {"type": "text", "x": 0, "y": 0},
    ],
)
def test_what_is_no_shape_or_leaves_the_page_is_refused(shape):
    with pytest.raises(BadShape):
        parsed(shape)


def test_boxes_and_pins_are_media_fragments_and_the_rest_is_svg():
    box = parsed({"type": "box", "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4})
    arrow = parsed({"type": "arrow", "x1": 0, "y1": 0, "x2": 1, "y2": 0.5})

    assert selector(box)["value"] == "xywh=percent:10,20,30,40"
    assert selector(arrow) == {
        "type": "SvgSelector",
        "value": '<svg viewBox="0 0 1 1" preserveAspectRatio="none"><line x1="0" y1="0" x2="1" y2="0.5"/></svg>',
    }
