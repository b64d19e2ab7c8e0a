"""What the worker makes of a picture, in which order, for whom it is told, and what is owed to what was kept before."""

import io

import pytest
from PIL import Image
from sqlalchemy import delete, select

from planning.founding import found_campaign
from storage import keys, outbox, rendering, sweeping, uploads
from storage.assets import Version
from storage.blobs import FULL, TILES, Blob, Rendition, RenditionState
from storage.db import db, writing
from storage.events import Delivery, Event
from storage.renditions import Grid, RanShort
from storage.shelf import bucket
from tests.world import World, autumn, picture, put_parts
from webapp.checks import ledger_faults

HUGE = (9000, 4600)


@pytest.fixture
def huge(world):
    """A version of 41 megapixels, drawn."""
    version = uploaded(world, picture(size=HUGE, form="JPEG"), deliverable="visual")
    outbox.do_all()
    return version


def uploaded(world, content: bytes, **where) -> Version:
    """As it was kept, for good: it is asked of nothing but what it is."""
    version = world.upload(content, **where)
    assert version.blob
    db.session.expunge_all()
    return version


def made(version) -> dict[str, str]:
    db.session.rollback()
    blob = db.session.get_one(Blob, version.blob_id, populate_existing=True)
    return {rendition.name: str(rendition.state) for rendition in blob.made}


def told(version) -> list[list[str]]:
    """What this version's log said of its renditions, in order."""
    db.session.rollback()
    said = select(Event).where(Event.version_id == version.id, Event.name == "version.rendered").order_by(Event.seq)
    return [event.body["renditions"] for event in db.session.scalars(said)]


def tiles_of(blob) -> set[str]:
    return {listed.key for listed in bucket().list(f"rendition/{blob.workspace_id}/{blob.sha256}/tiles/")}


def elsewhere(world) -> World:
    """The same people, in another campaign."""
    with writing() as session:
        campaign = found_campaign("Winter", autumn(), by=world.marc)
        session.commit()
    return World(world.secret_key, world.tokens, world.ids | {"campaign": campaign.id})


def test_the_sizes_come_first_and_then_every_pixel(world):
    version = uploaded(world, picture(size=(3000, 2000)))

    outbox.do_next()
    assert made(version) == {"320": "ready", "1024": "ready", "2048": "ready", "full": "waiting"}
    outbox.do_all()

    assert made(version)["full"] == "ready"
    assert told(version) == [["1024", "2048", "320"], ["1024", "2048", "320", "full"]]
    with bucket().open(keys.rendition(version.workspace_id, version.blob.sha256, "full")) as file, Image.open(io.BytesIO(file.read())) as full:
        assert full.size == (3000, 2000)


def test_a_small_picture_is_told_of_once_and_has_nothing_larger(world):
    version = uploaded(world, picture(size=(1800, 2048)))

    outbox.do_all()

    assert made(version) == dict.fromkeys(["320", "1024", "2048"], "ready")
    assert told(version) == [["1024", "2048", "320"]]


def test_a_huge_picture_has_tiles_instead(huge):
    grid = Grid(*HUGE)

    assert made(huge) == dict.fromkeys(["320", "1024", "2048", "tiles"], "ready")
    assert tiles_of(huge.blob) == {keys.tile(huge.workspace_id, huge.blob.sha256, *place) for place in grid}
    blob = db.session.get_one(Blob, huge.blob_id, populate_existing=True)
    assert (blob.tiles.grid, blob.tiles.size_bytes) == (grid, sum(listed.size_bytes for listed in bucket().list("rendition/") if "/tiles/" in listed.key))
    assert [rendition.name for rendition in blob.renditions] == ["320", "1024", "2048"]


def test_what_is_kept_alone_is_told_of_nothing(world):
    version = uploaded(world, b"%PDF-1.7\n", filename="a.pdf")

    outbox.do_all()

    assert (made(version), told(version)) == ({}, [])


def test_each_campaigns_room_hears_of_a_picture_they_share(world):
    winter = elsewhere(world)
    first = uploaded(world, picture(size=(2100, 900)), deliverable="visual")
    second = uploaded(winter, picture(size=(2100, 900)), deliverable="visual")
    assert first.blob_id == second.blob_id

    outbox.do_all()
    later = uploaded(winter, picture(size=(2100, 900)), deliverable="media")
    outbox.do_all()

    for version in (first, second, later):
        assert told(version)[-1] == ["1024", "2048", "320", "full"]
        assert all(told(version).count(said) == 1 for said in told(version))
    assert list(ledger_faults()) == []


def test_work_done_twice_is_told_once(world):
    version = uploaded(world, picture(size=(2100, 900)))
    outbox.do_all()
    before = told(version)

    event = db.session.scalar(select(Event).where(Event.version_id == version.id, Event.name == "version.added"))
    rendering.make_renditions(event)

    assert told(version) == before


def test_running_short_is_tried_again_and_a_bad_file_is_not(world, monkeypatch, later):
    version = uploaded(world, picture(size=(2100, 900)))
    outbox.do_next()
    tried = []

    def short(*_, **__):
        tried.append(True)
        raise RanShort("no room")

    with monkeypatch.context() as patched:
        patched.setattr("storage.renditions.make_large", short)
        outbox.do_all()
    assert (made(version)["full"], len(tried)) == ("waiting", 1)
    assert list(ledger_faults()) == []

    path = bucket().root / keys.blob(version.workspace_id, version.blob.sha256)
    path.write_bytes(b"\xff\xd8\xff not a picture any more")
    later(seconds=5)
    outbox.do_all()

    assert made(version)["full"] == "bad_file"
    assert version.state == "ready"


def test_what_was_kept_before_is_owed_its_large_rendition(world):
    old, small = uploaded(world, picture(size=(2600, 900))), uploaded(world, picture(size=(900, 900)), filename="b.png")
    outbox.do_all()
    with writing() as session:  # as it was before any were made
        session.execute(delete(Rendition).where(Rendition.name.in_((FULL, TILES))))
        session.commit()

    assert rendering.owe_large() == 1
    assert list(ledger_faults()) == []
    assert rendering.owe_large() == 0
    outbox.do_all()

    assert made(old)["full"] == "ready"
    assert "full" not in made(small)
    assert db.session.query(Delivery).filter_by(done_at=None).count() == 0
    assert list(ledger_faults()) == []


def test_a_lost_tile_is_found_and_named(huge):
    key = keys.tile(huge.workspace_id, huge.blob.sha256, 13, 2, 1)
    assert list(ledger_faults()) == []

    bucket().delete(key)

    assert [key in fault for fault in ledger_faults()] == [True]


def test_tiles_stay_with_their_picture_and_go_without_it(huge, world, tmp_path, later):
    alone = keys.tile(huge.workspace_id, "a" * 64, 3, 0, 0)
    (tmp_path / "tile").write_bytes(b"tile")
    bucket().put_file(alone, tmp_path / "tile", "image/jpeg")
    later(days=2)

    assert sweeping.sweep() == 2  # and what the upload left

    assert len(tiles_of(huge.blob)) == Grid(*HUGE).count
    assert bucket().head(alone) is None


def test_an_upload_that_is_kept_asks_for_what_fits_it(world):
    """Also where the same bytes were uploaded through another ticket at the same time."""
    content = picture(size=(2100, 900))
    ticket, pending = uploads.open_ticket(world.camille, "a.png", len(content), scope_id=world.ids["campaign"])
    parts = put_parts(ticket, pending, content)
    with writing() as session:
        session.add(ticket)
        session.commit()
    received = uploads.receive(ticket, parts)
    world.upload(content)
    with writing() as session:
        from review import submissions

        version = submissions.submit(session.get_one(uploads.Ticket, ticket.id), received, world.camille)
        session.commit()

    names = [rendition.name for rendition in db.session.get_one(Version, version.id).blob.made]
    assert sorted(names) == ["1024", "2048", "320", "full"]
    assert RenditionState.WAITING in {rendition.state for rendition in version.blob.made}
