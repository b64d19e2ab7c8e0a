"""Notes that were left before there were numbers get theirs when the database is brought to head."""

import uuid

import flask_migrate
from sqlalchemy import text

from review.annotations import Audience, annotate
from storage.assets import Version
from storage.db import db, writing
from tests.world import picture

SERIES = (Audience.SHARED, Audience.INTERNAL, Audience.SHARED, Audience.INTERNAL, Audience.INTERNAL)


def leave(world, version, audiences) -> None:
    with writing() as session:
        version = session.get_one(Version, version.id)
        for audience in audiences:
            note, _ = annotate(version, world.camille, id_=str(uuid.uuid4()), shape=None, body="x", audience=audience)
        note.resolve(world.marc)
        session.commit()


def rows(sentence: str) -> list[tuple]:
    found = [tuple(row) for row in db.session.execute(text(sentence))]
    db.session.rollback()
    return found


def test_each_version_and_series_is_numbered_by_age(world):
    leave(world, world.upload(picture(), deliverable="visual"), SERIES)
    leave(world, world.upload(picture((1, 1, 1)), deliverable="visual"), SERIES[:2])
    numbers = "SELECT version_id, audience, number, colour, mentions, resolved_by_name FROM annotations ORDER BY created_at, id"
    counts = "SELECT version_id, audience, last FROM numberings ORDER BY version_id, audience"
    before = rows(numbers), rows(counts)
    db.session.remove()

    flask_migrate.downgrade(revision="0001")
    flask_migrate.upgrade()

    assert (rows(numbers), rows(counts)) == before
    assert [row[2] for row in before[0]] == [1, 1, 2, 2, 3, 1, 1]
    assert [row[5] for row in before[0]] == [None] * 4 + ["Marc", None, "Marc"]
