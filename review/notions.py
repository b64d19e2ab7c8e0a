"""How notes are described, and why an act on one is refused."""

import enum


class Audience(enum.StrEnum):
    INTERNAL = "internal"
    """members other than clients"""
    SHARED = "shared"


class Colour(enum.StrEnum):
    BLUE = "blue"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    WHITE = "white"
    BLACK = "black"


class Priority(enum.StrEnum):
    MUST = "must"
    """to be fixed on this visual"""
    LATER = "later"


class Taken(Exception):
    """Another annotation already has this id."""


class Gone(Exception):
    """It was deleted, or taken inside, while somebody was acting on it."""


class Answered(Exception):
    """Others have answered: who reads it, or whether it is there, is no longer its author's alone to say."""


class NothingSaid(Exception):
    """A note needs words or a mark."""
