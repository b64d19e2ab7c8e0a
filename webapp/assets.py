"""Static files under an address that changes with their content, so that browsers may keep them for good.

The whole folder shares one digest, written into the path: `/static/<digest>/css/app.css`. Whatever a style sheet or a
script imports by a relative path inherits it, and a changed file gives everything a new address.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory, url_for

from webapp import vendoring
from webapp.access import ANYONE, open_to

STATIC = Path(__file__).parent / "static"
YEAR_SECONDS = 365 * 24 * 3600
IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);\s*')


def init_app(app: Flask) -> None:
    """Serve the files, and give templates `asset_url(path)` and `import_map()`."""
    app.add_url_rule("/static/<digest>/<path:path>", endpoint="assets", view_func=serve)
    app.jinja_env.globals.update(asset_url=asset_url, import_map=import_map)


def asset_url(path: str) -> str:
    """The address of a file under static/."""
    return url_for("assets", digest=_digest(), path=path)


def import_map() -> dict:
    """The import map of a page; the layout writes it with `tojson`."""
    return vendoring.import_map(asset_url)


@open_to(ANYONE)
def serve(digest: str, path: str) -> Response:
    """One static file. Under an old digest it is today's file, not to be kept: a page of yesterday still works."""
    fresh = digest == _digest()
    answer = _stylesheet() if path == "css/app.css" else send_from_directory(STATIC, path)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if fresh else "no-cache"
    return answer


def joined(sheet: Path) -> str:
    """A style sheet with the files it imports in their place: one request for the whole look."""
    text = sheet.read_text(encoding="utf-8")
    return IMPORT.sub(lambda found: joined(sheet.parent / found[1]) + "\n", text)


def _stylesheet() -> Response:
    return Response(joined(STATIC / "css" / "app.css"), mimetype="text/css")


def _digest() -> str:
    return _tree_digest() if current_app.debug else _kept_digest()


@cache
def _kept_digest() -> str:
    return _tree_digest()


def _tree_digest() -> str:
    tree = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        tree.update(str(path.relative_to(STATIC)).encode())
        tree.update(path.read_bytes())
    return tree.hexdigest()[:12]
