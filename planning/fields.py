"""Reading values that people wrote: each reader gives the value, or refuses it in a few words.

A refusal is `Refused`; whoever reads the file turns it into a sentence that names the place.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from planning.messages import Message, Refusal

Reader = Callable[[Any], Any]
Fields = Mapping[str, Reader]

MOST_DAYS = 160_000
"""More than the days that are computed; a number beyond is a slip of the keyboard."""


class Refused(Refusal):
    """Why a value cannot be taken; `field` names it once known."""

    def __init__(self, reason: str, field: str = "", /, **values: object):
        self.reason = reason if isinstance(reason, Message) else Message(reason, **values)
        self.field = field
        super().__init__(Message("%(field)s %(reason)s", field=field, reason=self.reason) if field else self.reason)


def read(given: Any, fields: Fields, what: str) -> dict[str, Any]:
    """The fields of an object, read; null counts as absent. Raises Refused, for an unknown field too."""
    if type(given) is not dict:
        raise Refused("must be an object, not %(value)s", value=shown(given))
    values, name = {}, ""
    try:
        for name, value in given.items():
            if name not in fields:
                break
            if value is not None:
                values[name] = fields[name](value)
        else:
            return values
    except Refused as refusal:
        raise Refused(refusal.reason, refusal.field or name) from None
    raise Refused("unknown field %(name)s in %(what)s", name=shown(name), what=what)


def text(longest: int, least: int = 0) -> Reader:
    """Words that any database can keep."""

    def reader(value: Any) -> str:
        if type(value) is not str:
            raise Refused("must be text, not %(value)s", value=shown(value))
        if len(value) > longest:
            raise Refused("is longer than %(longest)s characters", longest=longest)
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
            raise Refused("must be a whole number, not %(value)s", value=shown(value))
        if not least <= value <= most:
            raise Refused("must be from %(least)s to %(most)s, not %(value)s", least=least, most=most, value=shown(value))
        return value

    return reader


def one_of(*choices: str) -> Reader:
    def reader(value: Any) -> str:
        if value not in choices or type(value) is not str:
            others = ", ".join(choices[:-1])
            raise Refused("must be %(others)s or %(last)s, not %(value)s", others=others, last=choices[-1], value=shown(value))
        return value

    return reader


def flag(value: Any) -> bool:
    if type(value) is not bool:
        raise Refused("must be true or false, not %(value)s", value=shown(value))
    return value


def day(value: Any) -> date:
    """A day from 1970 to 2400, written YYYY-MM-DD and no other way."""
    if type(value) is not str or len(value) != 10 or value[4] != "-" or value[7] != "-":
        raise Refused("must be a date like 2027-05-20, not %(value)s", value=shown(value))
    try:
        read_day = date.fromisoformat(value)
    except ValueError:
        raise Refused("is no date: %(value)s", value=shown(value)) from None
    if not 1970 <= read_day.year <= 2400:
        raise Refused("must be from 1970 to 2400, not %(value)s", value=shown(value))
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
        raise Refused("must be a list, not %(value)s", value=shown(value))
    return value


def shown(value: Any) -> str:
    """A value in a message: short, on one line, whatever it is."""
    if isinstance(value, str):
        return f'"{value[:60]}…"' if len(value) > 60 else f'"{value}"'
    if isinstance(value, dict):
        return Message("an object")
    if isinstance(value, list | tuple):
        return Message("a list")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) > 10**15:
        return Message("a number that large")
    return repr(value)


def _email(value: Any) -> str:
    name, at, host = text(320)(value).partition("@")
    if not (name and at and host) or "@" in host or any(c.isspace() for c in value):
        raise Refused("must be e-mail addresses, not %(value)s", value=shown(value))
    return value
