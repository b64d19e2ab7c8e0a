"""Guest links: what they list, how long they hold, what a passcode and a revocation do."""

import pytest

from review.links import GuestLink, LinkOver, TooManyTries, WrongPasscode, guest_holding, make_link
from storage.assets import Version
from storage.clock import today, utcnow
from storage.db import db, writing
from storage.secrets import token_hash
from storage.workspaces import Right
from tests.world import picture


@pytest.fixture
def visual(world):
    return world.upload(picture(), deliverable="visual")


def link_to(world, version, **more) -> GuestLink:
    with writing() as session:
        version = session.get_one(Version, version.id)
        link = make_link(
            world.ids["campaign"], [(version, False)], [Right.COMMENT], by=world.marc, secret_key=world.secret_key, **more
        )
        session.commit()
    return link


def admitted(link: GuestLink) -> str:
    with writing() as session:
        _, secret = session.get_one(GuestLink, link.id).admit(name="Paul", email="paul@client.example")
        session.commit()
    return secret


def test_the_token_is_stored_nowhere_and_made_again_at_will(world, visual):
    link = link_to(world, visual)
    token = link.token(world.secret_key)

    assert GuestLink.behind(token).id == link.id
    assert link.hash == token_hash(token)
    assert token not in {str(value) for value in vars(link).values()}
    assert GuestLink.behind(link.token("another secret")) is None


def test_a_link_always_lets_see_and_nothing_more_than_its_rights(world, visual):
    guest = guest_holding(admitted(link_to(world, visual)))
    assert guest.rights == {Right.SEE, Right.COMMENT}
    assert not visual.downloadable_by(guest)


def test_a_revoked_link_ends_the_passes_it_gave(world, visual):
    link = link_to(world, visual)
    secret = admitted(link)
    assert guest_holding(secret)

    with writing() as session:
        session.get_one(GuestLink, link.id).revoke(world.marc)
        session.get_one(GuestLink, link.id).revoke(world.marc)
        session.commit()
    assert guest_holding(secret) is None
    with pytest.raises(LinkOver):
        db.session.get(GuestLink, link.id).admit()


def test_the_last_day_counts_to_its_end_in_the_workspaces_zone(world, visual, later):
    link = link_to(world, visual, expires_on=today("Europe/Paris"))
    secret = admitted(link)
    assert not link.over
    assert link.ends_at.tzinfo.key == "Europe/Paris"

    left = link.ends_at - utcnow()
    later(seconds=left.total_seconds() - 2)
    assert guest_holding(secret)
    later(seconds=4)
    assert guest_holding(secret) is None


def test_wrong_passcodes_shut_the_link_for_a_while(world, visual, later):
    link = link_to(world, visual, passcode="1234")
    link.try_passcode("1234", world.secret_key)
    for _ in range(5):
        with pytest.raises(WrongPasscode):
            link.try_passcode("0000", world.secret_key)
    with pytest.raises(TooManyTries):
        link.try_passcode("1234", world.secret_key)

    later(minutes=16)
    link.try_passcode("1234", world.secret_key)


def test_a_pass_of_an_older_epoch_opens_nothing(world, visual):
    link = link_to(world, visual)
    secret = admitted(link)
    with writing() as session:
        session.get_one(GuestLink, link.id).epoch += 1
        session.commit()
    assert guest_holding(secret) is None


def test_links_are_the_teams_business(world, visual):
    link = link_to(world, visual)
    seen = {name: db.session.scalar(GuestLink.visible_to(world.member(name)).where(GuestLink.id == link.id)) for name in ("marc", "camille", "chloe", "rita")}
    assert [name for name, row in seen.items() if row] == ["marc", "camille"]
