"""Reading values that people wrote: each reader gives the value, or refuses it in a few words.

A refusal is `Refused`; whoever reads the file turns it into a sentence that names the place.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Reader = Callable[[Any], Any]
Fields = Mapping[str, Reader]

MOST_DAYS = 160_000
"""More than the days that are computed; a number beyond is a slip of the keyboard."""


class Refused(ValueError):
    """Why a value cannot be taken; `field` names it once known."""

    def __init__(self, reason: str, field: str = ""):
        self.reason = reason
        self.field = field
        super().__init__(f"{field} {reason}".strip())


def read(given: Any, fields: Fields, what: str) -> dict[str, Any]:
    """The fields of an object, read; null counts as absent. Raises Refused, for an unknown field too."""
    if type(given) is not dict:
        raise Refused(f"must be an object, not {shown(given)}")
    values = {}
    for name, value in given.items():
        reader = fields.get(name)
        if reader is None:
            raise Refused(f"unknown field {shown(name)} in {what}")
        if value is not None:
            try:
                values[name] = reader(value)
            except Refused as refusal:
                raise Refused(refusal.reason, refusal.field or name) from None
    return values


def text(longest: int, least: int = 0) -> Reader:
    """Words that any database can keep."""

    def reader(value: Any) -> str:
        if type(value) is not str:
            raise Refused(f"must be text, not {shown(value)}")
        if len(value) > longest:
            raise Refused(f"is longer than {longest} characters")
        if least and not value.strip():
            raise Refused("is empty")
        if not value.isprintable() and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise Refused("has characters that cannot be kept")
        return value

    return reader


def label(longest: int) -> Reader:
    """Words of which something can be read."""
    return text(longest, least=1)


def whole(least: int, most: int = MOST_DAYS) -> Reader:
    """A whole number within bounds; true is not 1, and 2.0 is not 2."""

    def reader(value: Any) -> int:
        if type(value) is not int:
            raise Refused(f"must be a whole number, not {shown(value)}")
        if not least <= value <= most:
            raise Refused(f"must be from {least} to {most}, not {shown(value)}")
        return value

    return reader


def one_of(*choices: str) -> Reader:
    def reader(value: Any) -> str:
        if value not in choices or type(value) is not str:
            raise Refused(f"must be {', '.join(choices[:-1])} or {choices[-1]}, not {shown(value)}")
        return value

    return reader


def flag(value: Any) -> bool:
    if type(value) is not bool:
        raise Refused(f"must be true or false, not {shown(value)}")
    return value


def day(value: Any) -> date:
    """A day from 1970 to 2400, written YYYY-MM-DD and no other way."""
    if type(value) is not str or len(value) != 10 or value[4] != "-" or value[7] != "-":
        raise Refused(f"must be a date like 2027-05-20, not {shown(value)}")
    try:
        read_day = date.fromisoformat(value)
    except ValueError:
        raise Refused(f"is no date: {shown(value)}") from None
    if not 1970 <= read_day.year <= 2400:
        raise Refused(f"must be from 1970 to 2400, not {shown(value)}")
    return read_day


def days(value: Any) -> frozenset[date]:
    return frozenset(map(day, listed(value)))


def weekdays(value: Any) -> tuple[int, ...]:
    """Days of the week, Monday 0."""
    return tuple(sorted(set(map(whole(0, 6), listed(value)))))


def emails(value: Any) -> tuple[str, ...]:
    return tuple(map(_email, listed(value)))


def listed(value: Any) -> list:
    if type(value) is not list:
        raise Refused(f"must be a list, not {shown(value)}")
    return value


def shown(value: Any) -> str:
    """A value in a message: short, on one line, whatever it is."""
    if isinstance(value, str):
        return f'"{value[:60]}…"' if len(value) > 60 else f'"{value}"'
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) > 10**15:
        return "a number that large"
    return repr(value)


def _email(value: Any) -> str:
    name, at, host = text(320)(value).partition("@")
    if not (name and at and host) or "@" in host or any(c.isspace() for c in value):
        raise Refused(f"must be e-mail addresses, not {shown(value)}")
    return value
