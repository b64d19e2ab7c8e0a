"""The renditions a version still lacks, made by the worker after the version is there."""

from storage import keys, renditions
from storage.blobs import Blob, RenditionState
from storage.db import db, reading, writing
from storage.events import Event, handles, record
from storage.outbox import NotYet
from storage.shelf import bucket, scratch, scratch_root


@handles("version.added")
def make_renditions(event: Event) -> None:
    """Make what is waiting of the version's content; a second run finds nothing waiting."""
    with reading():
        blob = db.session.get_one(Blob, event.body["blob"])
        waiting = [rendition.name for rendition in blob.renditions if not rendition.ready]
        db.session.expunge(blob)  # what is read of it below must begin no transaction
    if not waiting:
        return
    with scratch() as folder:
        made = _make(blob, waiting, folder)
        for picture in made:
            key = keys.rendition(blob.workspace_id, blob.sha256, picture.name)
            bucket().put_file(key, picture.path, picture.media_type)
        renditions.discard(made)
    _keep(event, blob.id, made, failed=() if made else waiting)


def _make(blob: Blob, names: list[str], folder):
    path = folder / "original"
    with bucket().open(keys.blob(blob.workspace_id, blob.sha256)) as source, path.open("wb") as target:
        while chunk := source.read(1024 * 1024):
            target.write(chunk)
    try:
        return renditions.make(path, tuple(names), scratch=scratch_root())
    except renditions.Rejected:
        return []
    except renditions.RanShort as short:
        raise NotYet(str(short)) from short


def _keep(event: Event, blob_id: str, made, failed) -> None:
    pictures = {picture.name: picture for picture in made}
    with writing() as session:
        blob = session.get_one(Blob, blob_id, populate_existing=True)
        for rendition in blob.renditions:
            if picture := pictures.get(rendition.name):
                rendition.state, rendition.media_type = RenditionState.READY, picture.media_type
                rendition.width, rendition.height = picture.width, picture.height
                rendition.size_bytes = picture.size_bytes
            elif rendition.name in failed:
                rendition.state = RenditionState.BAD_FILE
        record(
            "version.rendered", event.subject, by=None, scope_id=event.scope_id, version_id=event.version_id,
            shared=True, keys=(f"version_{event.version_id}", f"asset_{event.body['asset']}"),
        )
        session.commit()
