"""Invitations: one takes a person in, and none moves somebody who is there already."""

from storage.db import db, writing
from storage.events import Event
from storage.keyring import Invitation, invite
from storage.workspaces import Membership, Role, User

PAUL = "paul@maree.example"


def invited(world, role: Role) -> Invitation:
    with writing() as session:
        invitation = invite(PAUL, role, by=world.olga, secret_key=world.secret_key)
        session.commit()
    return invitation


def accepted(invitation: Invitation, user: User) -> Membership:
    with writing() as session:
        membership = session.get_one(Invitation, invitation.id).accept(session.merge(user))
        session.commit()
    return membership


def paul() -> User:
    with writing() as session:
        user = User(email=PAUL, name="Paul", password_hash="")
        session.add(user)
        session.commit()
    return user


def told(name: str) -> int:
    return db.session.query(Event).filter_by(name=name).count()


def test_a_second_invitation_leaves_a_member_their_role(world):
    """Else a sole owner who follows an old link would leave the workspace without one."""
    as_client, as_owner, user = invited(world, Role.CLIENT), invited(world, Role.OWNER), paul()
    joined = accepted(as_owner, user)
    before = told("member.joined")

    again = accepted(as_client, user)

    assert (again.id, again.role) == (joined.id, Role.OWNER)
    assert db.session.get_one(Invitation, as_client.id).over
    assert told("member.joined") == before


def test_an_invitation_is_taken_back_once(world):
    invitation = invited(world, Role.CREATIVE)
    for _ in range(2):
        with writing() as session:
            session.get_one(Invitation, invitation.id).withdraw(world.olga)
            session.commit()

    assert told("invitation.withdrawn") == 1
