"""Marks as they lie on the picture in a browser, and as their shapes are compared."""

import pytest
from playwright.sync_api import Page

from e2e.gallery import Gallery
from e2e.people import left

NEAR = 0.002  # of the page: a pixel of the screen
BOX = {"type": "box", "x": 0.3, "y": 0.3, "width": 0.2, "height": 0.2}


def put(gallery: Gallery, story: str, shape: dict, by="chloe", body="") -> str:
    """A mark that somebody put there behind the browsers' backs; its id."""
    return left(gallery.studio, gallery.versions[story], by, body, shape=shape)


def pins(page: Page):
    return page.locator(".pin")


def pin(page: Page, id_: str):
    return page.locator(f".pin[data-mark='{id_}']")


def active(page: Page):
    return page.locator(".pin[data-active]")


def corner_of(shape: dict) -> list[float]:
    return [shape["x"], shape["y"]]


def near(*numbers: float):
    return pytest.approx(list(numbers), abs=NEAR)
