"""What becomes of notes: numbers that are never given twice, words that change and are kept, notes that go and come back."""

import uuid

import pytest
from sqlalchemy import select

from review.annotations import Annotation, Answered, Audience, Gone, NothingSaid, annotate
from review.numbers import letters
from review.replies import Reply
from review.revisions import history_of
from storage.assets import Version
from storage.db import db, writing
from storage.events import Event
from tests.world import picture

PIN = {"type": "pin", "x": 0.5, "y": 0.5}


@pytest.fixture
def visual(world):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    return version


@pytest.fixture
def note(visual):
    """`note(world.chloe, "brighter")`: the row of a note that was just left, shared unless it says otherwise."""

    def left(by, body="brighter", audience=Audience.SHARED, **more) -> Annotation:
        with writing() as session:
            version = session.get_one(Version, visual.id)
            row, _ = annotate(version, by, id_=str(uuid.uuid4()), shape=more.pop("shape", PIN), body=body, audience=audience, **more)
            session.commit()
        return row

    return left


def act(row, verb, by, *args, **more):
    """The verb in a transaction of its own; the row as it then stands."""
    with writing() as session:
        held = session.get_one(type(row), row.id)
        told = getattr(held, verb)(*args, by, **more) if args else getattr(held, verb)(by, **more)
        session.commit()
    return told if verb == "reply" else held


def names_told(row) -> list[tuple[str, bool]]:
    seen = select(Event.name, Event.shared).where(Event.subject == f"annotation:{row.uuid}").order_by(Event.seq)
    return [tuple(one) for one in db.session.execute(seen)]


def seen_by(actor) -> set[str]:
    db.session.rollback()
    return {row.uuid for row in db.session.scalars(Annotation.visible_to(actor))}


@pytest.mark.parametrize(("number", "said"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (702, "ZZ"), (703, "AAA")])
def test_internal_notes_are_called_as_columns_are(number, said):
    assert letters(number) == said


def test_shared_and_internal_notes_are_counted_apart(world, note):
    made = [note(world.camille, audience=audience) for audience in (Audience.SHARED, Audience.INTERNAL, Audience.SHARED, Audience.INTERNAL)]
    assert [row.label for row in made] == ["1", "A", "2", "B"]


def test_a_number_is_given_once(world, note):
    """Neither what is deleted nor what changes its audience leaves its number to another."""
    gone, moved = note(world.camille), note(world.camille)
    act(gone, "delete", world.camille)
    moved = act(moved, "edit", world.camille, audience=Audience.INTERNAL)
    assert moved.label == "A"
    assert note(world.chloe).label == "3"
    assert act(moved, "edit", world.camille, audience=Audience.SHARED).label == "4"
    assert act(gone, "restore", world.camille).label == "1"
    assert note(world.camille, audience=Audience.INTERNAL).label == "B"


def test_another_version_begins_anew(world, note, visual):
    note(world.camille)
    with writing() as session:
        other = session.get_one(Version, world.upload(picture((9, 9, 9)), deliverable="visual").id)
        row, _ = annotate(other, world.camille, id_=str(uuid.uuid4()), shape=None, body="x", audience=Audience.SHARED)
        session.commit()
    assert row.label == "1"


def test_what_was_said_before_is_kept(world, note):
    row = note(world.chloe, "brighter")
    row = act(row, "edit", world.chloe, body="brighter, and warmer")
    act(row, "edit", world.chloe, body="brighter, and warmer")
    row = act(row, "edit", world.chloe, shape={"type": "pin", "x": 0.1, "y": 0.1})

    assert row.edited_at is not None
    assert [(kept.body, kept.shape, kept.by_name) for kept in history_of(row, world.marc)] == [("brighter", None, "Chloe"), (None, PIN, "Chloe")]
    assert names_told(row) == [("annotation.added", True), ("annotation.edited", True), ("annotation.edited", True)]


def test_the_first_words_of_a_bare_mark_are_no_edit(world, note):
    row = act(note(world.chloe, ""), "edit", world.chloe, body="This corner")
    assert (row.edited_at, history_of(row, world.marc)) == (None, [])


def test_a_note_says_something(world, note):
    bare, words = note(world.chloe, ""), note(world.chloe, "x", shape=None)
    with pytest.raises(NothingSaid):
        act(words, "edit", world.chloe, body="  ")
    assert act(bare, "edit", world.chloe, body="").body == ""


def test_no_text_of_events_holds_what_was_said(world, note):
    row = act(note(world.chloe, "a secret"), "edit", world.chloe, body="another secret")
    act(row, "reply", world.camille, "a third secret")
    assert "secret" not in str([event.body for event in Event.query.all()])


def test_what_turns_internal_is_gone_for_clients_and_tells_them_nothing_more(world, note):
    row = note(world.camille, "for all")
    act(row, "edit", world.camille, audience=Audience.INTERNAL, body="for us")

    assert row.uuid not in seen_by(world.chloe)
    assert names_told(row) == [("annotation.added", True), ("annotation.withdrawn", True), ("annotation.edited", False)]


def test_what_was_said_inside_stays_inside_when_the_note_is_shared(world, note):
    row = act(note(world.camille, "the client is wrong", audience=Audience.INTERNAL), "edit", world.camille, body="have a look")
    row = act(row, "edit", world.camille, audience=Audience.SHARED)
    act(row, "edit", world.camille, body="have a look, please")

    assert [kept.body for kept in history_of(row, world.chloe)] == ["have a look"]
    assert [kept.body for kept in history_of(row, world.marc)] == ["the client is wrong", "have a look"]
    assert names_told(row)[2:] == [("annotation.shared", True), ("annotation.edited", True)]


@pytest.mark.parametrize("audience", Audience)
def test_who_reads_a_note_that_others_have_answered_is_settled(world, note, audience):
    """Answers were given to those who read them then; sharing them, or taking them away, is not the author's to do."""
    row = note(world.camille, audience=audience)
    act(row, "reply", world.camille, "I said it myself")
    other = next(one for one in Audience if one != audience)
    act(row, "edit", world.camille, audience=other)
    act(row, "edit", world.camille, audience=audience)
    act(row, "reply", world.marc, "Yes")

    with pytest.raises(Answered):
        act(row, "edit", world.camille, audience=other)
    with pytest.raises(Answered):
        act(row, "delete", world.camille)


def test_a_deleted_note_is_nowhere_until_it_is_restored(world, note):
    row = note(world.chloe)
    act(row, "delete", world.chloe)
    assert seen_by(world.marc) == seen_by(world.chloe) == set()
    with pytest.raises(Gone):
        act(row, "reply", world.marc, "too late")
    with pytest.raises(Gone):
        act(row, "delete", world.chloe)

    act(row, "restore", world.chloe)
    act(row, "restore", world.chloe)
    assert seen_by(world.chloe) == {row.uuid}
    assert [name for name, _ in names_told(row)] == ["annotation.added", "annotation.deleted", "annotation.restored"]


def test_only_its_author_brings_a_note_back(world, note):
    row = act(note(world.chloe), "delete", world.chloe)
    assert [db.session.scalars(Annotation.restorable_by(one)).all() for one in (world.marc, world.olga, world.rita)] == [[], [], []]
    assert db.session.scalars(Annotation.restorable_by(world.chloe)).one().id == row.id


def test_a_client_cannot_act_on_what_was_taken_inside_meanwhile(world, note):
    """They had loaded it before; under the lock it is looked at again."""
    row = act(note(world.camille), "edit", world.camille, audience=Audience.INTERNAL)
    with pytest.raises(Gone):
        act(row, "reply", world.chloe, "But …")


def test_replies_are_changed_deleted_and_restored(world, note):
    row = note(world.chloe)
    said = act(row, "reply", world.camille, "10 % smaller")
    act(said, "edit", world.camille, "20 % smaller")
    assert [(kept.body, kept.reply_id) for kept in history_of(row, world.chloe)] == [("10 % smaller", said.id)]
    assert (said.editable_by(world.camille), said.editable_by(world.chloe), said.editable_by(world.marc)) == (True, False, False)

    act(said, "delete", world.camille)
    db.session.refresh(row)
    assert (row.replies, row.is_answered, history_of(row, world.marc)) == ([], False, [])
    assert db.session.scalars(Reply.visible_to(world.chloe)).all() == []
    act(said, "restore", world.camille)
    db.session.refresh(row)
    assert [reply.body for reply in row.replies] == ["20 % smaller"]


def test_priority_is_the_teams_and_the_authors(world, note):
    theirs, ours = note(world.chloe), note(world.camille)
    assert all(theirs.changeable_by(one, ["priority"]) for one in (world.chloe, world.marc))
    assert not ours.changeable_by(world.chloe, ["priority"])
    assert not theirs.changeable_by(world.marc, ["priority", "body"])
    assert act(theirs, "edit", world.marc, priority="must").priority == "must"
    assert act(theirs, "edit", world.marc, priority=None).priority is None
