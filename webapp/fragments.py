"""Fragments: one template in the page, at its own address, and after a hint.

What everybody of one audience sees alike is rendered once for each revision and language and served from memory.
"""

import hashlib
from collections import OrderedDict
from functools import cache
from pathlib import Path
from threading import Lock

from flask import Flask, make_response, render_template, request
from flask_babel import get_locale
from markupsafe import Markup

from storage.clock import today

KEPT_CHARACTERS = 8 * 1024**2
"""At most 16 MB of text, whose characters take two bytes as soon as one is no Latin-1."""
_rendered: OrderedDict[tuple, str] = OrderedDict()
_lock = Lock()
_under_way: dict[tuple, Lock] = {}


def init_app(app: Flask) -> None:
    _rendered.clear()  # another app's rows may be called the same
    app.jinja_env.globals.update(fragment=fragment, key_of=key_of)


def fragment(name: str, **arguments) -> Markup:
    """The fragment `noun/_name.html`, rendered with just these arguments: fragment("milestones/card", milestone=m)."""
    folder, _, leaf = name.rpartition("/")
    return Markup(render_template(f"{folder}/_{leaf}.html", **arguments))  # noqa: S704  Jinja escaped it


def key_of(row) -> str:
    """The live key of a row: `campaign_<id>`, the same word on elements and in hints."""
    return f"{row.__tablename__.rstrip('s')}_{row.id}"


def revision(*parts) -> str:
    """An ETag of what a page depends on: these parts (audience first), language, day, and this release's templates."""
    return ".".join(str(part) for part in (*parts, get_locale(), today(), _release()))


@cache
def _release() -> str:
    """A digest of templates and translations: a page left open over an upgrade gets its parts anew."""
    digest = hashlib.sha256()
    for folder, pattern in (("templates", "*.html"), ("translations", "*.mo")):
        for path in sorted((Path(__file__).parent / folder).rglob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def unchanged(etag: str):
    """The 304 answer if the browser has this revision already, else None. Ask before loading anything more."""
    if request.if_none_match.contains(etag):
        response = make_response("", 304)
        response.set_etag(etag)
        return response
    return None


def answer(html: str, etag: str):
    """A fragment as a response with its ETag."""
    response = make_response(html)
    response.set_etag(etag)
    return response


def shared(etag: str, name: str, render) -> str:
    """`render()` once for everyone who asks for this fragment at this revision: who comes meanwhile waits for it."""
    key = (name, etag)
    with _lock:
        turn = _under_way.setdefault(key, Lock())
    try:
        with turn:
            html = _known(key)
            if html is None:
                html = str(render())
                _keep(key, html)
            return html
    finally:
        _under_way.pop(key, None)


def _known(key: tuple) -> str | None:
    with _lock:
        if key in _rendered:
            _rendered.move_to_end(key)
        return _rendered.get(key)


def _keep(key: tuple, html: str) -> None:
    with _lock:
        _rendered[key] = html
        while sum(map(len, _rendered.values())) > KEPT_CHARACTERS:
            _rendered.popitem(last=False)
