"""The order in which notes are read: page by page, as a page is read, then those on the whole version."""

from collections.abc import Iterable

from review.annotations import Annotation

BAND = 0.05
"""Marks whose tops lie no further apart than this fraction of the page are on one line, read from the left."""


def in_reading_order(notes: Iterable[Annotation]) -> list[Annotation]:
    placed: dict[tuple, list[tuple[float, float, Annotation]]] = {}
    whole: list[Annotation] = []
    for note in notes:
        if note.shape is None:
            whole.append(note)
        else:
            left, top = _corner(note.shape)
            placed.setdefault((note.page, note.frame or 0), []).append((top, left, note))
    on_pages = [note for page in sorted(placed) for note in _by_bands(placed[page])]
    return on_pages + sorted(whole, key=lambda note: (note.created_at, note.id))


def _by_bands(marks: list[tuple[float, float, Annotation]]) -> list[Annotation]:
    ordered, line = [], []
    for mark in sorted(marks, key=lambda one: (one[0], one[1], one[2].id)):
        if line and mark[0] > line[0][0] + BAND:
            ordered += _from_the_left(line)
            line = []
        line.append(mark)
    return ordered + _from_the_left(line)


def _from_the_left(line: list[tuple[float, float, Annotation]]) -> list[Annotation]:
    return [note for _, _, note in sorted(line, key=lambda one: (one[1], one[0], one[2].id))]


def _corner(shape: dict) -> tuple[float, float]:
    """(left, top) of a kept shape, which has been judged: what geometry.bounds begins with, without parsing it again."""
    if shape["type"] == "stroke":
        return min(point[0] for point in shape["points"]), min(point[1] for point in shape["points"])
    if shape["type"] == "arrow":
        return min(shape["x1"], shape["x2"]), min(shape["y1"], shape["y2"])
    return shape["x"], shape["y"]
