"""Notes: the same id is the same row, internal ones stay inside, and only the shared are anybody else's to see."""

import uuid

import pytest
from sqlalchemy import select, update

from review.annotations import Annotation, Audience, Taken, annotate, audience_allowed, commentable_by
from review.geometry import BadShape
from review.links import guest_holding, make_link
from storage.assets import Version
from storage.clock import utcnow
from storage.db import db, writing
from storage.events import Event
from storage.workspaces import Right
from tests.naughty import STRINGS
from tests.world import picture

BOX = {"type": "box", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}


@pytest.fixture
def visual(world):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    return version


def note(world, version, by, body="logo smaller", audience=Audience.SHARED, id_=None, shape=BOX):
    with writing() as session:
        version = session.get_one(Version, version.id)
        annotation, new = annotate(version, by, id_=id_ or str(uuid.uuid4()), shape=shape, body=body, audience=audience)
        session.commit()
    return annotation, new


def seen_by(actor) -> set[str]:
    db.session.rollback()
    return {annotation.body for annotation in db.session.scalars(Annotation.visible_to(actor))}


def test_the_same_id_again_is_the_same_row(world, visual):
    id_ = str(uuid.uuid4())
    first, new = note(world, visual, world.chloe, id_=id_)
    again, new_again = note(world, visual, world.chloe, id_=id_, body="something else")

    assert (new, new_again) == (True, False)
    assert (again.id, again.body) == (first.id, "logo smaller")
    assert db.session.query(Annotation).count() == 1


def test_nobody_takes_anothers_id(world, visual):
    id_ = str(uuid.uuid4())
    note(world, visual, world.chloe, id_=id_)
    with pytest.raises(Taken):
        note(world, visual, world.camille, id_=id_)


def test_the_same_id_in_another_workspace_is_another_note(world, visual):
    note(world, visual, world.chloe, id_="5f0c4b1e-0000-4000-8000-000000000001")
    assert seen_by(world.rita) == set()


def test_internal_notes_stay_with_the_team(world, visual):
    note(world, visual, world.camille, body="do not tell them", audience=Audience.INTERNAL)
    note(world, visual, world.chloe, body="brighter")

    assert seen_by(world.marc) == {"do not tell them", "brighter"}
    assert seen_by(world.chloe) == {"brighter"}
    shared = {event.subject: event.shared for event in Event.query.filter_by(name="annotation.added")}
    assert sorted(shared.values()) == [False, True]


def test_only_the_team_may_be_internal(world):
    assert audience_allowed(Audience.INTERNAL, world.camille)
    assert not audience_allowed(Audience.INTERNAL, world.chloe)
    assert audience_allowed(Audience.SHARED, world.chloe)


@pytest.mark.parametrize(("rights", "may"), [([Right.COMMENT], True), ([Right.DECIDE], False), ([], False)])
def test_a_guest_comments_by_the_links_right(world, visual, rights, may):
    with writing() as session:
        version = session.get_one(Version, visual.id)
        link = make_link(world.ids["campaign"], [(version, False)], rights, by=world.marc, secret_key=world.secret_key)
        _, secret = link.admit(name="Paul", email="paul@client.example")
        session.commit()
    assert commentable_by(guest_holding(secret)) is may


def test_a_client_ticks_off_only_what_is_theirs(world, visual):
    mine, _ = note(world, visual, world.chloe)
    theirs, _ = note(world, visual, world.camille)
    assert mine.resolvable_by(world.chloe)
    assert not theirs.resolvable_by(world.chloe)
    assert mine.resolvable_by(world.camille)


def test_replies_and_ticks_are_told(world, visual):
    annotation, _ = note(world, visual, world.chloe)
    with writing() as session:
        row = session.get_one(Annotation, annotation.id)
        reply = row.reply("done in v2", world.camille, id_="r1")
        assert row.reply("done in v2", world.camille, id_="r1") is reply
        row.resolve(world.camille)
        row.resolve(world.camille)
        row.reopen(world.camille)
        session.commit()
    names = [event.name for event in Event.query.filter_by(subject=f"annotation:{annotation.uuid}").order_by(Event.seq)]
    assert names == ["annotation.added", "annotation.replied", "annotation.resolved", "annotation.reopened"]


def test_a_shape_that_leaves_the_page_is_refused_and_nothing_is_kept(world, visual):
    with pytest.raises(BadShape):
        note(world, visual, world.chloe, shape={"type": "pin", "x": 2, "y": 0})
    db.session.rollback()
    assert db.session.query(Annotation).count() == 0


def test_every_naughty_string_is_kept_as_typed(world, visual):
    with writing() as session:
        version = session.get_one(Version, visual.id)
        for text in STRINGS:
            annotate(version, world.chloe, id_=str(uuid.uuid4()), shape=None, body=text, audience=Audience.SHARED)
        session.commit()
    db.session.expire_all()
    kept = [row.body for row in db.session.query(Annotation).order_by(Annotation.id)]
    assert sorted(kept) == sorted(STRINGS)


def test_what_was_done_meanwhile_is_not_done_again(world, visual):
    """Two people act at once: the second holds a row that was read before the first had done."""
    noted, _ = note(world, visual, world.camille)
    with writing() as session:
        row = session.get_one(Annotation, noted.id)
        _behind_its_back(row, resolved_at=utcnow(), resolved_by="member:other")
        row.resolve(world.camille)
        session.commit()

    assert db.session.scalars(select(Event.name).where(Event.name == "annotation.resolved")).all() == []
    assert db.session.get_one(Annotation, noted.id, populate_existing=True).resolved_by == "member:other"


def _behind_its_back(row, **values):
    """As another transaction that took the lock first leaves it: the row in hand does not know."""
    changed = update(Annotation).where(Annotation.id == row.id).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))
