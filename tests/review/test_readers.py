"""Whom the words of a note name: among those who may read it, and of whom the writer has met."""

import uuid

import pytest

from review.annotations import Audience, annotate
from review.links import guest_holding, make_link
from review.readers import Reader, mentioned, nameable, readers
from storage.assets import Version
from storage.db import writing
from storage.workspaces import Right
from tests.world import picture

MARC, CHLOE = Reader("member:m", "Marc", "team"), Reader("member:c", "Chloé Martin", "client")


@pytest.mark.parametrize(("body", "keys"), [
    ("@Marc look", {"member:m"}),
    ("look, @marc!", {"member:m"}),
    ("(@MARC)", {"member:m"}),
    ("@Marcel look", set()),
    ("@Chloé", set()),
    ("@chloé martin and @Marc", {"member:m", "member:c"}),
    ("marc@maree.example", set()),
    ("@@Marc", set()),
    ("@", set()),
    ("Marc", set()),
    ("@Marc_", set()),
])
def test_a_name_behind_an_at_names_somebody(body, keys):
    assert mentioned(body, [MARC, CHLOE]).keys() == keys


def test_the_longer_name_is_meant():
    other = Reader("member:d", "Marc Dupont", "team")
    assert mentioned("@Marc Dupont", [MARC, other]).keys() == {"member:d"}


def test_two_of_one_name_are_both_meant():
    twin = Reader("member:n", "Marc", "team")
    assert mentioned("@Marc", [MARC, twin]).keys() == {"member:m", "member:n"}


def test_an_address_is_not_a_name():
    stand_in = Reader("link:l", "sarah@client.example", "guest", named=False)
    assert mentioned("@sarah@client.example", [stand_in]) == {}


@pytest.fixture
def visual(world):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example", "sarah@client.example")
    return version


def come_by(world, version, name) -> str:
    """Somebody who came by a general link and said their name; the secret of their pass."""
    with writing() as session:
        link = make_link(world.ids["campaign"], [(session.get_one(Version, version.id), False)], [Right.COMMENT], by=world.marc, secret_key=world.secret_key)
        _, secret = link.admit(name=name, email=f"{name.lower()}@client.example")
        session.commit()
    return secret


def test_internal_words_are_read_by_the_team_and_shared_ones_by_all_who_see_the_version(world, visual):
    come_by(world, visual, "Paul")
    team = ["Camille", "Marc", "Olga"]
    assert [one.name for one in readers(visual, shared=False)] == team
    assert [one.name for one in readers(visual, shared=True)] == [*team, "Chloe", "Paul", "sarah@client.example"]


def test_an_internal_note_names_only_the_team(world, visual):
    body = "@Marc @Chloe"
    with writing() as session:
        version = session.get_one(Version, visual.id)
        inside, _ = annotate(version, world.camille, id_=str(uuid.uuid4()), shape=None, body=body, audience=Audience.INTERNAL)
        shared, _ = annotate(version, world.camille, id_=str(uuid.uuid4()), shape=None, body=body, audience=Audience.SHARED)
        session.commit()
    assert inside.mentions == {world.marc.key: "Marc"}
    assert shared.mentions == {world.marc.key: "Marc", world.chloe.key: "Chloe"}


def test_a_guest_names_only_those_they_meet_there(world, visual):
    """Who works at the agency is not to be found out by trying names."""
    paul = guest_holding(come_by(world, visual, "Paul"))
    assert [one.name for one in nameable(visual, paul, shared=True)] == ["Chloe"]
    with writing() as session:
        version = session.get_one(Version, visual.id)
        annotate(version, world.camille, id_=str(uuid.uuid4()), shape=None, body="x", audience=Audience.SHARED)
        annotate(version, world.marc, id_=str(uuid.uuid4()), shape=None, body="x", audience=Audience.INTERNAL)
        note, _ = annotate(version, paul, id_=str(uuid.uuid4()), shape=None, body="@Camille @Marc @Olga", audience=Audience.SHARED)
        session.commit()
    assert list(note.mentions.values()) == ["Camille"]
