"""Words that people typed, as a page shows them: addresses can be followed, those who are named stand out.

Everything is escaped; only http and https become links, and those give away nothing of where they were clicked.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

_ADDRESS = re.compile(r"https?://[^\s<>\"'\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+", re.IGNORECASE)
_AFTER = ".,;:!?…»”’)]}*_~"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def init_app(app: Flask) -> None:
    app.jinja_env.filters["said"] = said


def said(body: str, names: Iterable[str] = ()) -> Markup:
    """The text with its links, and with these names marked where an @ stands before them."""
    shown, end = [], 0
    for match in _ADDRESS.finditer(body):
        address = _trimmed(match[0])
        if _leads_somewhere(address):
            shown += [_with_names(body[end : match.start()], names), _link(address)]
            end = match.start() + len(address)
    return Markup("").join([*shown, _with_names(body[end:], names)])


def folded(text: str) -> str:
    """Text as a search compares it: without accents, in lower case."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(one for one in plain if unicodedata.category(one) != "Mn").casefold()


def _trimmed(address: str) -> str:
    """Without what ends the sentence it stands in; a bracket that it opened belongs to it."""
    unopened = {closing: address.count(closing) - address.count(opening) for closing, opening in _PAIRS.items()}
    end = len(address)
    while end and address[end - 1] in _AFTER and unopened.get(address[end - 1], 1) > 0:
        end -= 1
        if address[end] in unopened:
            unopened[address[end]] -= 1
    return address[:end]


def _leads_somewhere(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noopener nofollow ugc" target="_blank">{0}</a>').format(address)


def _with_names(text: str, names: Iterable[str]) -> Markup:
    called = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    if not called or "@" not in text:
        return escape(text)
    parts = re.split(rf"((?<![\w@])@(?:{called})(?!\w))", text, flags=re.IGNORECASE)
    return Markup("").join(Markup('<b class="mention">{}</b>').format(part) if place % 2 else escape(part) for place, part in enumerate(parts))
