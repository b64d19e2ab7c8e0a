"""An empty installation leads to its set-up page, which a code from the terminal guards, and which closes behind one."""

import pytest

from storage.db import db, writing
from storage.events import Event, verify
from storage.workspaces import Membership, User, Workspace
from tests.conftest import Browser
from tests.world import PASSWORD, make_world

CODE = "K7QX-2M9D"
FORM = {
    "workspace": "Studio Marée", "name": "Olga", "email": "Olga@maree.example", "password": PASSWORD,
    "country": "FR", "zone": "Europe/Paris", "language": "fr",
}  # fmt: skip


@pytest.fixture
def browser(app):
    app.extensions["backbeat.setup_code"] = CODE
    return Setter(app)


class Setter(Browser):
    """A browser whose first page is the set-up."""

    def csrf_token(self):
        page = self.get("/setup").text
        return page.partition('name="csrf-token" content="')[2].partition('"')[0]


def test_every_page_of_an_empty_installation_leads_to_the_set_up(browser):
    for page in ("/sign-in", "/l/nothing", "/invitations/nothing"):
        assert browser.get(page).location == "/setup"
    assert browser.get("/", follow_redirects=True).request.path == "/setup"
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/api/v1/campaigns/none").status_code == 401


def test_the_owner_makes_the_workspace_and_is_in_it(browser):
    answer = browser.submit("/setup", code="k7qx 2m9d", **FORM)

    assert (answer.status_code, answer.location) == (302, "/")
    owner = db.session.query(Membership).one()
    assert (owner.role, owner.email, owner.name, owner.user.language) == ("owner", "olga@maree.example", "Olga", "fr")
    assert (owner.workspace.name, owner.workspace.country, owner.workspace.zone) == ("Studio Marée", "FR", "Europe/Paris")
    assert {row.name for row in db.session.query(Event)} == {"member.joined", "workspace.founded"}
    assert list(verify()) == []
    assert browser.get("/workspace").status_code == 200


def test_the_page_is_gone_afterwards(app, browser):
    browser.submit("/setup", code=CODE, **FORM)

    assert browser.get("/setup").status_code == 404
    assert Browser(app).submit("/setup", **{**FORM, "code": CODE, "email": "late@maree.example"}).status_code == 404
    assert db.session.query(Workspace).count() == 1


@pytest.mark.parametrize("code", ["", "K7QX-2M9E", "K7QX"])
def test_without_the_code_nothing_is_made(browser, code):
    answer = browser.submit("/setup", **{**FORM, "code": code, "name": ""})

    assert answer.status_code == 422
    assert "not the code in the terminal" in answer.text
    assert "Give your name" not in answer.text, "what else is wrong is told to those who have the code"
    assert db.session.query(User).count() == 0


def test_the_code_cannot_be_guessed_at_length(browser):
    for _ in range(10):
        assert browser.submit("/setup", code="AAAA-AAAA", **FORM).status_code == 422

    assert browser.submit("/setup", code=CODE, **FORM).status_code == 429


def test_where_no_code_was_made_none_is_right(app):
    assert Setter(app).submit("/setup", code="", **FORM).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("workspace", "  ", "Give your workspace a name"),
        ("name", "\n", "Give your name"),
        ("email", "olga at maree", "no e-mail address"),
        ("password", "short", "at least 10 characters"),
        ("country", "ATLANTIS", "Choose a country"),
        ("zone", "Europe/Atlantis", "Choose a time zone"),
        ("language", "tlh", "Choose a language"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_the_rest_is_kept(browser, field, value, told):
    answer = browser.submit("/setup", **{**FORM, "code": CODE, field: value})

    assert answer.status_code == 422
    assert told in answer.text
    assert 'data-failed="true"' in answer.text
    assert "Olga" in answer.text or "Studio Marée" in answer.text
    assert PASSWORD not in answer.text
    assert db.session.query(Workspace).count() == 0


def test_beside_the_demo_the_page_is_open_and_offered(app):
    world = make_world("a secret for tests only")
    with writing() as session:
        for workspace in session.query(Workspace):
            workspace.demo = True
        session.commit()
    app.extensions["backbeat.setup_code"] = CODE
    browser = Setter(app)

    assert "/setup" in browser.get("/sign-in").text
    taken = browser.submit("/setup", **{**FORM, "code": CODE, "email": "marc@maree.example"})
    assert taken.status_code == 422
    assert "Somebody of the demo" in taken.text
    assert browser.submit("/setup", **{**FORM, "code": CODE, "email": "own@maree.example"}).status_code == 302
    assert world.marc.workspace.name == "Studio Marée"
    assert browser.get("/setup").status_code == 404
