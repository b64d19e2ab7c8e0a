"""Names of objects in the bucket. Pure: made of ids and digests only, never of anything a person typed.

    quarantine/<ticket>                     what was just uploaded and nobody has judged yet
    blob/<workspace>/<sha256>               an original, once per workspace
    rendition/<workspace>/<sha256>/<name>   what was made of it; a name may have parts of its own ("tiles/13/2/1")
"""

import re
from dataclasses import dataclass

_ID = r"[0-9a-z]{1,64}"
_SHA256 = r"[0-9a-f]{64}"
_NAME = r"[0-9a-z]{1,32}(?:/[0-9a-z]{1,32}){0,4}"
_SHAPES = {
    "quarantine": re.compile(rf"quarantine/(?P<ticket>{_ID})"),
    "blob": re.compile(rf"blob/(?P<workspace>{_ID})/(?P<sha256>{_SHA256})"),
    "rendition": re.compile(rf"rendition/(?P<workspace>{_ID})/(?P<sha256>{_SHA256})/(?P<name>{_NAME})"),
}
_PREFIX = re.compile(r"[0-9a-z]+(?:/[0-9a-z]+)*/?")


class BadKey(ValueError):
    """This is no name of an object of ours."""


@dataclass(frozen=True)
class ObjectName:
    """An object's name taken apart; what its kind has not is empty."""

    kind: str
    ticket: str = ""
    workspace: str = ""
    sha256: str = ""
    name: str = ""


def quarantine(ticket: str) -> str:
    """Where the bytes of an upload wait. Raises BadKey, as all of these, for a part that is no id, digest or name."""
    return checked(f"quarantine/{ticket}")


def blob(workspace: str, sha256: str) -> str:
    """Where an original is kept; `sha256` in lower case hex."""
    return checked(f"blob/{workspace}/{sha256}")


def rendition(workspace: str, sha256: str, name: str) -> str:
    """Where a rendition of that blob is kept."""
    return checked(f"rendition/{workspace}/{sha256}/{name}")


def tile(workspace: str, sha256: str, level: int, column: int, row: int) -> str:
    """Where a tile of that blob is kept."""
    return rendition(workspace, sha256, f"tiles/{level}/{column}/{row}")


def parse(key: str) -> ObjectName:
    """Take a key apart. Raises BadKey."""
    for kind, shape in _SHAPES.items():
        if match := shape.fullmatch(key):
            return ObjectName(kind, **match.groupdict())
    raise BadKey(key)


def checked(key: str) -> str:
    """The key itself, if it is one of ours. Raises BadKey."""
    parse(key)
    return key


def checked_prefix(prefix: str) -> str:
    """The start of a listing: "" or whole or half segments of a key. Raises BadKey."""
    if prefix and not _PREFIX.fullmatch(prefix):
        raise BadKey(prefix)
    return prefix
