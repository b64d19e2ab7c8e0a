"""Reading a child's answer. Having decoded hostile bytes, the child is believed in nothing that can be checked."""

import json
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

from storage.renditions.grid import MOST_TILES, Grid
from storage.renditions.limits import MB
from storage.renditions.reasons import OPAQUE, REJECTED
from storage.renditions.verdicts import Made, RanShort, Rejected, Tiles

_ENDS = ("image", "opaque", "rejected", "short")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+_-]{0,127}")
_STARTS = {"image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
_ENDINGS = {"image/jpeg": ".jpg", "image/webp": ".webp"}
_LONGEST = 2**31


def read_answer(line):
    """The child's answer as a dict whose "end" is image or opaque. Raises Rejected or RanShort for the other two."""
    answer = _parsed(line)
    if answer["end"] == "rejected":
        raise Rejected(one_of(answer.get("reason"), REJECTED))
    if answer["end"] == "short":
        raise RanShort(str(answer.get("reason"))[:200])
    return answer


def _parsed(line):
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        raise RanShort("the child's answer is not JSON") from None
    if not isinstance(answer, dict) or answer.get("end") not in _ENDS:
        raise RanShort("the child's answer makes no sense")
    return answer


def one_of(word, known):
    """The word if it is known, else RanShort."""
    if not isinstance(word, str) or word not in known:
        raise RanShort("the child used an unknown word")
    return word


def opaque_reason(answer):
    """A key of OPAQUE, or None."""
    return None if answer.get("reason") is None else one_of(answer["reason"], OPAQUE)


def media_type(answer) -> str:
    """A well-formed media type, else the type that says nothing."""
    found = answer.get("media_type")
    fits = isinstance(found, str) and _MEDIA_TYPE.fullmatch(found)
    return found if fits else "application/octet-stream"


def count(answer, key):
    """A whole number from 1 to 2³¹."""
    number = answer.get(key)
    if type(number) is not int or not 1 <= number <= _LONGEST:
        raise RanShort(f"the child's {key} is no size")
    return number


def full(answer, folder, limits):
    """The Made of the full size."""
    return _made("full", _only(answer), folder, limits)


def tiles(answer, folder, limits):
    """The Tiles, every one of them checked on the disk."""
    row = _only(answer)
    kind = one_of(row.get("media_type"), _STARTS)
    grid = Grid(count(row, "width"), count(row, "height"))
    if grid.count > MOST_TILES:
        raise RanShort("the child made more tiles than there may be")
    found = Tiles(Path(folder), kind, grid, 0)
    sizes = (_size_of(found.tile(*place), _STARTS[kind], limits.file_mb * MB) for place in grid)
    return replace(found, size_bytes=sum(sizes))


def _only(answer):
    rows = answer.get("made")
    if not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict):
        raise RanShort("the child's renditions make no sense")
    return rows[0]


def renditions(answer, folder, names, limits):
    """The Made of every name asked for, each checked on the disk."""
    rows = answer.get("made")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RanShort("the child's renditions make no sense")
    by_name = {row.get("name"): row for row in rows if isinstance(row.get("name"), str)}
    return tuple(_made(one_of(name, by_name), by_name[name], folder, limits) for name in names)


def _made(name, row, folder, limits):
    kind = one_of(row.get("media_type"), _STARTS)
    path = Path(folder) / f"{name}{_ENDINGS[kind]}"
    width, height = count(row, "width"), count(row, "height")
    if name != "full" and max(width, height) > int(name):
        raise RanShort("the child's rendition is larger than asked for")
    return Made(name, path, kind, width, height, _size_of(path, _STARTS[kind], limits.file_mb * MB))


def _size_of(path, start, most):
    """Bytes of a regular file that starts as its type should; links, pipes and twins are refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise RanShort("a rendition is missing") from None
    with open(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        plain = stat.S_ISREG(state.st_mode) and state.st_nlink == 1 and 0 < state.st_size <= most
        if not plain or file.read(len(start)) != start:
            raise RanShort("a rendition is not what it should be")
    return state.st_size
