"""File names as people gave them: text to show and to send back, never part of a path or key. Pure."""

import re
import unicodedata
from urllib.parse import quote

MAX_CHARS = 255
MAX_ENDING_CHARS = 20
NAMELESS = "file"

_DIRECTING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_REMOVED = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff{_DIRECTING}]")
_UNQUOTABLE = re.compile(r'[^ -~]|["\\%]')
_ATTR_CHARS = "!#$&+-.^_`|~"


def clean_filename(text: str) -> str:
    """A name as it is kept and shown: NFC, on one line, without path, control and direction characters.

    Of a path, by / or \\, the last part. At most 255 characters, shortened before the ending. What has no
    name left (nothing, blanks, dots) is called "file".
    """
    name = unicodedata.normalize("NFC", _REMOVED.sub("", text))
    name = re.split(r"[/\\]", name)[-1]
    return _shortened(name) if name.replace(".", "").strip() else NAMELESS


def content_disposition(kind: str, name: str) -> str:
    """The header's value for "attachment" or "inline": ASCII only, safe to send whatever `name` holds.

    Source: RFC 6266 (both forms of the name), appendix D (no % in the plain one); RFC 8187 (`filename*`).
    """
    if kind not in ("attachment", "inline"):
        raise ValueError(f"a disposition is attachment or inline, not {kind!r}")
    name = clean_filename(name)
    return f"{kind}; filename=\"{_in_ascii(name)}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _shortened(name: str) -> str:
    if len(name) <= MAX_CHARS:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > MAX_ENDING_CHARS:
        return name[:MAX_CHARS]
    return stem[: MAX_CHARS - len(ending) - 1] + dot + ending


def _in_ascii(name: str) -> str:
    """The nearest plain name: accents dropped, every other foreign character an underscore."""
    apart = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return _UNQUOTABLE.sub("_", plain)
