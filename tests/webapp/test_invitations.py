"""An invitation is looked at without consequence, taken up once, by the one who was invited."""

import pytest

from storage.db import db, writing
from storage.keyring import Invitation, invite
from storage.workspaces import Membership, Role
from tests.conftest import SECRET, Browser
from tests.world import PASSWORD


@pytest.fixture
def invited(world):
    """`invited("paul@maree.example")`: the address of their invitation."""

    def made(email, role=Role.CREATIVE):
        with writing() as session:
            invitation = invite(email, role, by=world.olga, secret_key=SECRET)
            path = f"/invitations/{invitation.token(SECRET)}"
            session.commit()
        return path

    return made


def places(email):
    db.session.rollback()
    return [(one.workspace.name, one.role) for one in db.session.query(Membership) if one.email == email and not one.ended_at]


def test_someone_new_makes_an_account_and_is_in(app, invited):
    path, browser = invited("Paul@maree.example"), Browser(app)
    page = browser.get(path)
    assert "Join Studio Marée" in page.text
    assert "paul@maree.example" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert places("paul@maree.example") == [], "looking changes nothing"

    answer = browser.submit(path, name="Paul", password=PASSWORD)

    assert answer.location == "/"
    assert places("paul@maree.example") == [("Studio Marée", "creative")]
    assert "Autumn" in browser.get("/").text
    assert browser.submit(path, name="Paul", password=PASSWORD).status_code == 404, "it opens one place, once"


def test_a_client_lands_at_what_waits_for_them(app, invited):
    assert Browser(app).submit(invited("carl@client.example", Role.CLIENT), name="Carl", password=PASSWORD).location == "/client/"


def test_an_account_is_joined_with_its_password(app, invited):
    path, browser = invited("rita@maree.example"), Browser(app)
    assert "Password of your account" in browser.get(path).text

    wrong = browser.submit(path, password="another password")
    assert wrong.status_code == 422
    assert places("rita@maree.example") == [("Elsewhere", "owner")]

    assert browser.submit(path, password=PASSWORD).status_code == 302
    assert sorted(places("rita@maree.example")) == [("Elsewhere", "owner"), ("Studio Marée", "creative")]
    assert "Autumn" in browser.get("/").text, "they work where they were invited to"


def test_a_password_is_not_guessed_at_an_invitation(app, invited):
    path, browser = invited("rita@maree.example"), Browser(app)
    for _ in range(10):
        browser.submit(path, password="a guess too many")

    assert browser.submit(path, password=PASSWORD).status_code == 429


def test_who_is_signed_in_joins_with_one_click(invited, sign_in):
    browser, path = sign_in("rita"), invited("rita@maree.example")

    assert "Password" not in browser.get(path).text
    assert browser.submit(path).status_code == 302
    assert len(places("rita@maree.example")) == 2


def test_another_person_signed_in_does_not_join_for_them(invited, sign_in):
    browser, path = sign_in("marc"), invited("rita@maree.example")

    assert "You are signed in as Marc" in browser.get(path).text
    assert browser.submit(path).status_code == 422
    assert places("rita@maree.example") == [("Elsewhere", "owner")]


@pytest.mark.parametrize(
    ("name", "password", "told"), [("", PASSWORD, "Give your name"), ("Paul", "short", "at least 10 characters")]
)
def test_an_account_needs_a_name_and_a_password(app, invited, name, password, told):
    answer = Browser(app).submit(invited("paul@maree.example"), name=name, password=password)

    assert answer.status_code == 422
    assert told in answer.text
    assert places("paul@maree.example") == []


def test_wrong_withdrawn_and_old_invitations_have_one_answer(app, invited, world, later):
    browser, withdrawn, old = Browser(app), invited("paul@maree.example"), invited("old@maree.example")
    with writing() as session:
        session.query(Invitation).filter_by(email="paul@maree.example").one().withdraw(by=world.olga)
        session.commit()
    later(days=15)

    pages = [browser.get(path) for path in (withdrawn, old, "/invitations/none")]

    assert {page.status_code for page in pages} == {404}
    assert "Ask whoever sent it" in pages[0].text
    assert browser.submit(withdrawn, name="Paul", password=PASSWORD).status_code == 404
