"""The review room as tests of its pages find it."""

from storage import outbox
from storage.assets import Version
from storage.db import db
from tests.world import picture


def rendered(world, **more) -> Version:
    """The key visual, with all its pictures."""
    kept = world.upload(picture(size=(1200, 700)), deliverable="visual", **more).id
    outbox.do_all()
    return db.session.get_one(Version, kept)
