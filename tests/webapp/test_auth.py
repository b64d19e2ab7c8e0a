"""Signing in and out: who is let in, who is told the same as anybody, and for how long one may try."""

import re

import pytest

from storage.db import db, writing
from storage.keyring import give_place
from storage.workspaces import Role, User, Workspace
from tests.conftest import Browser
from tests.world import PASSWORD
from webapp import passwords


@pytest.fixture
def browser(app, world):
    return Browser(app)


def test_the_team_lands_at_its_campaigns_and_a_client_at_what_waits(browser, sign_in):
    answer = browser.submit("/sign-in", email=" Marc@Maree.example ", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Autumn" in browser.get("/").text

    assert sign_in("chloe").get("/sign-in").location == "/client/"


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(browser, monkeypatch):
    asked = []
    monkeypatch.setattr(passwords, "_elsewhere", lambda work, *given: asked.append(given) or work(*given))
    wrong = browser.submit("/sign-in", email="marc@maree.example", password="not this one")
    unknown = browser.submit("/sign-in", email="nobody@maree.example", password="not this one")

    assert wrong.status_code == unknown.status_code == 422
    assert _plain(wrong.text).replace("marc@", "nobody@") == _plain(unknown.text)
    assert len(asked) == 2, "an unknown e-mail costs a hash as well"
    assert browser.get("/").location.startswith("/sign-in")


def test_no_transaction_is_open_while_a_password_is_checked(browser, monkeypatch):
    open_then = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: open_then.append(db.session().in_transaction()) or matches(*given))

    browser.submit("/sign-in", email="marc@maree.example", password=PASSWORD)

    assert open_then == [False]


def test_tries_at_one_account_are_few(browser):
    for _ in range(10):
        assert browser.submit("/sign-in", email="marc@maree.example", password="a guess too many").status_code == 422

    refused = browser.submit("/sign-in", email="MARC@maree.example", password=PASSWORD)

    assert refused.status_code == 429
    assert 1 < int(refused.headers["Retry-After"]) <= 900
    assert "15 minutes" in refused.text
    assert browser.submit("/sign-in", email="olga@maree.example", password=PASSWORD).status_code == 302


def test_tries_from_one_address_are_few_whoever_is_tried(browser, monkeypatch):
    monkeypatch.setattr(passwords, "matches", lambda *_given: False)
    answers = [browser.submit("/sign-in", email=f"{number}@maree.example", password="guess") for number in range(41)]

    assert {answer.status_code for answer in answers[:40]} == {422}
    assert answers[40].status_code == 429


def test_signing_in_often_is_no_offence(app, sign_in):
    for _ in range(12):
        assert sign_in("marc").get("/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/\n/evil.example"]
)
def test_signing_in_leads_nowhere_else(browser, elsewhere):
    answer = browser.submit("/sign-in", email="marc@maree.example", password=PASSWORD, next=elsewhere)

    assert answer.location == "/"


def test_signing_in_leads_back_to_where_one_was_going(browser):
    asked = browser.get("/workspace")
    assert asked.location == "/sign-in?next=/workspace?"

    page = browser.get(asked.location).text
    assert 'name="next" value="/workspace"' in page
    answer = browser.submit("/sign-in", email="marc@maree.example", password=PASSWORD, next="/workspace")
    assert answer.location == "/workspace"


def test_who_is_signed_in_is_sent_on(sign_in):
    assert sign_in("marc").get("/sign-in?next=/workspace").location == "/workspace"


def test_signing_out_ends_the_session(sign_in):
    browser = sign_in("marc")
    assert browser.submit("/sign-out").location == "/sign-in"
    assert browser.get("/").location.startswith("/sign-in")


def test_a_raised_epoch_ends_all_sessions(sign_in, world):
    browser = sign_in("marc")
    with writing() as session:
        session.get_one(User, world.marc.user_id).epoch += 1
        session.commit()

    assert browser.get("/").location.startswith("/sign-in")


def test_an_ended_place_ends_at_once(sign_in, world, later):
    browser = sign_in("marc")
    with writing() as session:
        world.marc.ended_at = world.marc.created_at
        session.commit()

    assert browser.get("/").location.startswith("/sign-in")
    again = browser.submit("/sign-in", email="marc@maree.example", password=PASSWORD)
    assert again.location == "/sign-in"
    assert "no place in a workspace" in browser.get("/sign-in").text


def test_a_form_without_its_token_is_refused(browser):
    answer = browser.client.post("/sign-in", data={"email": "marc@maree.example", "password": PASSWORD})

    assert answer.status_code == 400
    assert "too old to send from" in answer.text


def test_the_language_is_kept_for_the_session_and_the_account(sign_in, world):
    browser = sign_in("marc")
    assert browser.submit("/language", language="fr", next="/workspace").location == "/workspace"

    assert '<html lang="fr"' in browser.get("/workspace").text
    db.session.rollback()
    assert world.marc.user.language == "fr"
    assert browser.submit("/language", language="tlh").status_code == 400
    assert browser.submit("/language", language="en", next="//evil.example").location == "/"


def test_one_person_may_work_in_several_workspaces(sign_in, world):
    with writing() as session:
        elsewhere = session.get_one(Workspace, world.rita.workspace_id)
        place = give_place(elsewhere, session.get_one(User, world.marc.user_id), Role.CREATIVE, by=None).id
        session.commit()
    browser = sign_in("marc")
    assert "Elsewhere" in browser.get("/workspace").text

    assert browser.submit("/workspace/switch", membership_id=place).location == "/"
    assert "Autumn" not in browser.get("/").text
    assert browser.submit("/workspace/switch", membership_id=world.ids["olga"]).status_code == 404


def test_the_demo_opens_by_one_click_and_only_the_demo(app, world):
    browser = Browser(app)
    assert browser.submit("/sign-in/demo", membership_id=world.ids["marc"]).status_code == 404

    with writing() as session:
        session.get_one(Workspace, world.ids["workspace"]).demo = True
        session.commit()
    page = browser.get("/sign-in").text
    assert world.ids["marc"] in page
    assert world.ids["rita"] not in page
    assert browser.submit("/sign-in/demo", membership_id=world.ids["marc"]).location == "/"


def test_who_has_a_place_elsewhere_is_not_opened_by_one_click(app, world):
    with writing() as session:
        session.get_one(Workspace, world.ids["workspace"]).demo = True
        give_place(session.get_one(Workspace, world.rita.workspace_id), session.get_one(User, world.marc.user_id), Role.OWNER, by=None)
        session.commit()

    browser = Browser(app)
    assert world.ids["marc"] not in browser.get("/sign-in").text
    assert browser.submit("/sign-in/demo", membership_id=world.ids["marc"]).status_code == 404



def _plain(page: str) -> str:
    return re.sub(r'(nonce|value|content)="[^"@]{20,}"', "", page)
