"""A version's pictures as pages and the API name them: by stable addresses of ours, under the address of the version."""

from typing import Any

from sqlalchemy import Row

from storage.assets import Version
from storage.blobs import TILES, Blob, Rendition, RenditionState
from storage.db import db


def pictures_of(version: Version, at: str) -> list[dict[str, Any]]:
    """The renditions that are ready, smallest first. `at`: the version's address for whoever asks; `full`: it shows every pixel."""
    blob = version.blob
    return [
        {
            "name": one.name, "url": f"{at}/renditions/{one.name}", "width": one.width, "height": one.height,
            "full": (one.width, one.height) == (blob.width, blob.height),
        }
        for one in blob.renditions if one.ready
    ]  # fmt: skip


def tiles_of(version: Version, at: str) -> dict[str, Any] | None:
    """The grid of a picture that is shown in tiles, once they are ready. {level}, {column} and {row} count from 0."""
    tiles = version.blob.tiles
    if tiles is None or not tiles.ready:
        return None
    grid = tiles.grid
    return {
        "url_template": f"{at}/tiles/{{level}}/{{column}}_{{row}}", "width": grid.width, "height": grid.height,
        "tile_size": grid.tile, "overlap": grid.overlap, "max_level": grid.max_level,
    }  # fmt: skip


def tiled(actor, version_id: str) -> Row[Rendition, str, str, str] | None:
    """(tiles, workspace id, digest, file name) of a version the actor may see, in one query: a page asks for dozens."""
    seen = Version.visible_to(actor).where(Version.id == version_id)
    columns = seen.with_only_columns(Rendition, Blob.workspace_id, Blob.sha256, Version.filename)
    joined = columns.join(Blob, Blob.id == Version.blob_id).join(Rendition, Rendition.blob_id == Blob.id)
    ready = joined.where(Rendition.name == TILES, Rendition.state == RenditionState.READY)
    return db.session.execute(ready).one_or_none()
