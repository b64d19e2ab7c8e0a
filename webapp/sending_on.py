"""The way to bytes: stable addresses of ours, which check the right and send on to a short-lived one of the store."""

import re

from flask import abort, redirect

from storage import keys
from storage.assets import Version
from storage.names import content_disposition
from storage.shelf import bucket
from webapp.pictures import tiled

SHOWN_SECONDS = 300
_COUNT = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
DOWNLOAD_SECONDS = 60


def to_rendition(version: Version, name: str, *, link: str = ""):
    """302 to a rendition, at most 5 minutes. `link` is the guest link it is shown by.

    While this size is being made the largest one that there is stands in for it; 404 if there is none, or no such size.
    """
    blob, rendition = version.blob, version.blob.rendition(name)
    if rendition is None:
        abort(404)
    if not rendition.ready:
        rendition = next((other for other in reversed(blob.renditions) if other.ready), None) or abort(404)
    key = keys.rendition(blob.workspace_id, blob.sha256, rendition.name)
    disposition = content_disposition("inline", f"{rendition.name}-{version.filename}")
    return _sent_on(key, disposition, rendition.media_type or "image/jpeg", SHOWN_SECONDS, link)


def to_tile(actor, version_id: str, level: str, column: str, row: str, *, link: str = ""):
    """302 to a tile of a picture that is shown in tiles, at most 5 minutes; 404 if there is none there."""
    found = tiled(actor, version_id) if version_id.isascii() and version_id.isprintable() else None
    if found is None or not all(_COUNT.fullmatch(number) for number in (level, column, row)):
        abort(404)
    tiles, workspace_id, sha256, filename = found
    place = int(level), int(column), int(row)
    if not tiles.grid.holds(*place):
        abort(404)
    disposition = content_disposition("inline", f"{level}-{column}-{row}-{filename}")
    return _sent_on(keys.tile(workspace_id, sha256, *place), disposition, tiles.media_type or "image/jpeg", SHOWN_SECONDS, link)


def to_original(version: Version, *, link: str = ""):
    """302 to the untouched upload under its own name, as a download, for 60 seconds."""
    blob = version.blob
    disposition = content_disposition("attachment", version.filename)
    return _sent_on(keys.blob(blob.workspace_id, blob.sha256), disposition, blob.media_type, DOWNLOAD_SECONDS, link)


def _sent_on(key: str, disposition: str, media_type: str, seconds: int, link: str):
    url = bucket().presign_get(key, disposition=disposition, media_type=media_type, seconds=seconds, link=link)
    response = redirect(url, 302)
    response.headers["Cache-Control"] = "no-store"
    return response
