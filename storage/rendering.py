"""The renditions a version still lacks, made by the worker after the version is there.

First the sizes, which people wait for, and then what shows every pixel. Each version's own log is told of its
pictures, though the content may be shared: other campaigns' rooms wait for theirs too.
"""

from pathlib import Path

from sqlalchemy import or_, select, update

from storage import keys, renditions
from storage.assets import Version
from storage.blobs import FULL, SIZES, TILES, Blob, BlobKind, Rendition, RenditionState
from storage.clock import utcnow
from storage.db import db, reading, writing
from storage.drills import failpoint
from storage.events import Delivery, Event, handles, lock, record
from storage.outbox import NotYet
from storage.renditions import Made, Tiles
from storage.renditions.grid import LARGEST_OF_SIZES
from storage.shelf import bucket, scratch, scratch_root

AT_ONCE = 500


@handles("version.added", "version.rendered")
def make_renditions(event: Event) -> None:
    """Make what is waiting of the version's content and may be made next; a second run finds nothing waiting."""
    assert event.version_id
    with reading():
        version = db.session.get_one(Version, event.version_id)
        blob, names = version.blob, _next(version.blob)
        db.session.expunge(blob)  # what is read of it below must begin no transaction
    made = _made(blob, names) if names else []
    _keep(event.version_id, blob.id, made, failed=() if made else names)


def owe_large() -> int:
    """Ask for the large renditions of content that was kept before such were made; of how many. Call it in an app context."""
    asked, after = 0, ""
    while True:
        with writing() as session:
            has = select(Rendition.blob_id).where(Rendition.name.in_((FULL, TILES)))
            beyond = or_(Blob.width > LARGEST_OF_SIZES, Blob.height > LARGEST_OF_SIZES)
            lacking = select(Blob).where(Blob.kind == BlobKind.IMAGE, beyond, Blob.id.not_in(has), Blob.id > after)
            blobs = list(session.scalars(lacking.order_by(Blob.id).limit(AT_ONCE)))
            owing = [blob.id for blob in blobs if blob.owe_large()]
            _owe_again(owing)
            session.commit()
        if not blobs:
            return asked
        asked, after = asked + len(owing), blobs[-1].id


def _owe_again(blob_ids: list[str]) -> None:
    """What was owed when their versions were added is owed once more."""
    added = select(Event.id).join(Version, Version.id == Event.version_id).where(
        Version.blob_id.in_(blob_ids), Event.name == "version.added"
    )
    done = (Delivery.handler == make_renditions.__name__, Delivery.done_at.is_not(None), Delivery.event_id.in_(added))
    db.session.execute(update(Delivery).where(*done).values(done_at=None, due_at=utcnow(), attempts=0).execution_options(synchronize_session=False))


def _next(blob: Blob) -> list[str]:
    """The sizes that are waiting; if there are none, what is larger."""
    waiting = [rendition.name for rendition in blob.made if rendition.state in (RenditionState.WAITING, RenditionState.TRY_AGAIN)]
    return [name for name in waiting if name in SIZES] or waiting[:1]


def _made(blob: Blob, names: list[str]) -> list[Made | Tiles]:
    """Made and put in their places; none if the file is bad."""
    with scratch() as folder:
        made = _make(blob, names, folder)
        for picture in made:
            _put(blob, picture)
        renditions.discard(made)
    return made


def _make(blob: Blob, names: list[str], folder: Path) -> list[Made | Tiles]:
    path = folder / "original"
    with bucket().open(keys.blob(blob.workspace_id, blob.sha256)) as source, path.open("wb") as target:
        while chunk := source.read(1024 * 1024):
            target.write(chunk)
    try:
        if names[0] in SIZES:
            return [*renditions.make(path, tuple(names), scratch=scratch_root())]
        return [renditions.make_large(path, names[0], blob.transparent, scratch=scratch_root())]
    except renditions.Rejected:
        return []
    except renditions.RanShort as short:
        raise NotYet(str(short)) from short


def _put(blob: Blob, picture: Made | Tiles) -> None:
    """Objects before rows: tiles are there for nobody until the last one is."""
    if isinstance(picture, Made):
        bucket().put_file(keys.rendition(blob.workspace_id, blob.sha256, picture.name), picture.path, picture.media_type)
        return
    for place in picture.grid:
        bucket().put_file(keys.tile(blob.workspace_id, blob.sha256, *place), picture.tile(*place), picture.media_type)
        failpoint("rendition.between_tiles")


def _keep(version_id: str, blob_id: str, made, failed) -> None:
    """The rows, and word of them to this version's room: once for each set of pictures that is there."""
    pictures = {picture.name: picture for picture in made}
    with writing() as session:
        version = session.get_one(Version, version_id)
        lock(version.scope_id)
        blob = session.get_one(Blob, blob_id, populate_existing=True)
        for rendition in blob.made:
            if picture := pictures.get(rendition.name):
                rendition.state, rendition.media_type = RenditionState.READY, picture.media_type
                rendition.width, rendition.height = picture.width, picture.height
                rendition.size_bytes = picture.size_bytes
            elif rendition.name in failed and not rendition.ready:
                rendition.state = RenditionState.BAD_FILE
        ended = sorted(rendition.name for rendition in blob.made if rendition.state in (RenditionState.READY, RenditionState.BAD_FILE))
        if ended != _told(version_id):
            record(
                "version.rendered", f"version:{version_id}", by=None, scope_id=version.scope_id, version_id=version_id,
                shared=True, keys=(f"version_{version_id}", f"asset_{version.asset_id}"), body={"renditions": ended},
            )
        session.commit()


def _told(version_id: str) -> list[str]:
    """What the version's log last said of its renditions."""
    said = select(Event.body).where(Event.version_id == version_id, Event.name == "version.rendered").order_by(Event.seq.desc())
    body = db.session.scalar(said.limit(1))
    return body.get("renditions", []) if body else []
