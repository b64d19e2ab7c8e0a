"""What a serving process has loaded is not looked through for garbage again, and what comes after it still is."""

import gc
import weakref

import pytest

from webapp.memory import YOUNG, settle


@pytest.fixture
def settled():
    before = gc.get_threshold()
    settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Ring:
    def __init__(self):
        self.me = self


@pytest.mark.usefixtures("settled")
def test_what_was_loaded_is_put_aside_and_the_young_may_be_many():
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == YOUNG
    assert gc.isenabled()


@pytest.mark.usefixtures("settled")
def test_what_comes_later_is_still_cleared_away():
    gone = weakref.ref(Ring())
    gc.collect()

    assert gone() is None
