"""Uploads by ticket: what arrives is judged, kept once, and numbered; what is not as declared is refused."""

import pytest

from storage import keys, outbox, uploads
from storage.blobs import Blob, RenditionState
from storage.db import db, reading, writing
from storage.shelf import bucket
from storage.uploads import Refused, Ticket, TicketOver
from tests.world import digest, picture, put_parts


def opened(world, content: bytes, filename="visual.png", send=None, **declared):
    """A kept ticket with its parts sent: (ticket, parts)."""
    declared.setdefault("size_bytes", len(content))
    ticket, pending = uploads.open_ticket(world.camille, filename, scope_id=world.ids["campaign"], **declared)
    parts = put_parts(ticket, pending, content if send is None else send)
    with writing() as session:
        session.add(ticket)
        session.commit()
    return ticket, parts


def test_a_picture_can_be_seen_as_soon_as_it_is_kept_and_the_rest_follows(world):
    version = world.upload(picture(size=(3000, 1500)))
    assert version.state == "ready"
    assert (version.blob.width, version.blob.height) == (3000, 1500)
    assert [(r.name, r.state) for r in version.blob.renditions] == [
        ("320", RenditionState.WAITING), ("1024", RenditionState.READY), ("2048", RenditionState.WAITING), ("full", RenditionState.WAITING)
    ]

    blob_id = version.blob_id
    outbox.do_all()

    blob = db.session.get(Blob, blob_id)
    assert [(r.name, r.width, r.height) for r in blob.renditions] == [("320", 320, 160), ("1024", 1024, 512), ("2048", 2048, 1024), ("full", 3000, 1500)]
    for rendition in blob.renditions:
        head = bucket().head(keys.rendition(blob.workspace_id, blob.sha256, rendition.name))
        assert head
        assert head.size_bytes == rendition.size_bytes


def test_the_same_content_is_stored_once_per_workspace(world):
    first = world.upload(picture(), deliverable="visual")
    second = world.upload(picture(), deliverable="media")

    assert first.blob_id == second.blob_id
    assert first.asset_id != second.asset_id
    assert len(list(bucket().list("blob/"))) == 1


def test_originals_stay_byte_exact(world):
    content = picture((12, 34, 56))
    version = world.upload(content)
    with bucket().open(keys.blob(version.workspace_id, version.blob.sha256)) as stored:
        assert stored.read() == content
    assert version.blob.sha256 == digest(content)


def test_a_wrong_digest_never_becomes_a_row(world):
    import requests

    content = picture()
    ticket, pending = uploads.open_ticket(
        world.camille, "a.png", len(content), scope_id=world.ids["campaign"], sha256="0" * 64
    )
    answer = requests.put(pending.parts[0].url, data=content, headers=pending.parts[0].headers, timeout=10)
    assert answer.status_code == 422


def test_broken_bytes_are_refused_with_a_code(world):
    with reading():
        ticket, parts = opened(world, b"not a picture at all", filename="photo.jpg")
    with pytest.raises(Refused) as refused:
        uploads.receive(ticket, parts)
    assert refused.value.code == "not_what_it_says"
    assert db.session.query(Blob).count() == 0


def test_what_is_no_picture_is_kept_as_it_is(world):
    version = world.upload(b"<svg onload='alert(1)'/>", filename="logo.svg")
    assert version.state == "opaque"
    assert version.blob.renditions == []


def test_a_ticket_is_over_after_a_day(world, later):
    ticket, parts = opened(world, picture())
    later(hours=25)
    with pytest.raises(TicketOver):
        uploads.receive(ticket, parts)


def test_receiving_twice_gives_the_same_content(world):
    ticket, parts = opened(world, picture())
    assert uploads.receive(ticket, parts).sha256 == uploads.receive(ticket, parts).sha256


def test_a_ticket_is_its_openers_own(world):
    ticket, _ = opened(world, picture())
    seen = {name: db.session.scalar(Ticket.visible_to(world.member(name)).where(Ticket.id == ticket.id)) for name in ("camille", "marc", "rita")}
    assert [name for name, row in seen.items() if row] == ["camille"]
