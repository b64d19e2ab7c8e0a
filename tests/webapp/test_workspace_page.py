"""The workspace's page: the owner's acts, what others may see of them, and everyone's own tokens."""

import re

import pytest

from storage.db import db
from storage.events import Event
from storage.keyring import Invitation, Token, bearer
from tests.conftest import Browser

SETTINGS = {"name": "Studio Marée & fils", "country": "GB-ENG", "zone": "Europe/London", "language": "fr"}


@pytest.fixture
def owner(sign_in):
    return sign_in("olga")


def names():
    db.session.rollback()
    return [row.name for row in db.session.query(Event).order_by(Event.at)]


def newest_token_of(name):
    held = [token.id for token in db.session.query(Token).order_by(Token.id) if token.membership.name == name]
    db.session.rollback()
    return held[-1]


def test_the_owner_sees_people_roles_and_settings(owner):
    page = owner.get("/workspace").text

    for text in ("Marc", "camille@maree.example", "Invite someone", "Settings", "API tokens"):
        assert text in page
    assert "rita@maree.example" not in page, "nothing crosses from one workspace to another"


def test_others_see_the_people_and_change_nothing(sign_in):
    page = sign_in("camille").get("/workspace").text
    assert "olga@maree.example" in page
    assert "Invite someone" not in page
    assert "End their membership" not in page


def test_a_client_sees_nobody_but_themselves(sign_in):
    page = sign_in("chloe").get("/workspace").text
    assert "marc@maree.example" not in page
    assert "API tokens" in page


@pytest.mark.parametrize("name", ["marc", "camille", "chloe"])
def test_only_the_owner_acts_on_others(sign_in, world, name):
    browser, other = sign_in(name), world.ids["camille" if name != "camille" else "marc"]
    seen = 404 if name == "chloe" else 403

    assert browser.submit("/workspace/settings", **SETTINGS).status_code == 403
    assert browser.submit("/workspace/invitations", email="paul@maree.example", role="owner").status_code == 403
    assert browser.submit(f"/workspace/members/{other}/role", role="client").status_code == seen
    assert browser.submit(f"/workspace/members/{other}/end").status_code == seen
    assert world.member("camille").role == "creative"


def test_another_workspaces_people_do_not_exist(owner, world):
    assert owner.submit(f"/workspace/members/{world.ids['rita']}/end").status_code == 404
    assert owner.submit(f"/workspace/members/{world.ids['rita']}/role", role="client").status_code == 404


def test_settings_are_kept(owner, world):
    assert owner.submit("/workspace/settings", **SETTINGS).status_code == 302
    db.session.rollback()
    workspace = world.olga.workspace
    assert (workspace.name, workspace.country, workspace.zone, workspace.language) == tuple(SETTINGS.values())


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("country", "XX"), ("zone", "Mars/North"), ("language", "tlh")])
def test_settings_that_mean_nothing_are_refused(owner, world, field, value):
    assert owner.submit("/workspace/settings", **{**SETTINGS, field: value}).status_code == 422
    db.session.rollback()
    assert world.olga.workspace.name == "Studio Marée"


def test_an_invitation_is_copied_once_and_again_and_withdrawn(owner, app):
    assert owner.submit("/workspace/invitations", email="Paul@maree.example", role="creative").status_code == 302
    first, second = (re.search(r"/invitations/[0-9a-f]{64}", owner.get("/workspace").text)[0] for _ in range(2))
    assert first == second
    assert Browser(app).get(first).status_code == 200

    invitation = db.session.query(Invitation).one()
    assert owner.submit(f"/workspace/invitations/{invitation.id}/withdrawal").status_code == 302
    assert "paul@maree.example" not in owner.get("/workspace").text.partition("toast")[0]
    assert Browser(app).get(first).status_code == 404


def test_nobody_else_sees_or_withdraws_an_invitation(owner, sign_in):
    owner.submit("/workspace/invitations", email="paul@maree.example", role="creative")
    invitation = db.session.query(Invitation).one()
    marc = sign_in("marc")

    assert "/invitations/" not in marc.get("/workspace").text
    assert marc.submit(f"/workspace/invitations/{invitation.id}/withdrawal").status_code == 404
    assert sign_in("rita").submit(f"/workspace/invitations/{invitation.id}/withdrawal").status_code == 404


@pytest.mark.parametrize(
    ("email", "role", "status"), [("no address", "creative", 422), ("marc@maree.example", "owner", 409), ("p@x.example", "king", 400)]
)
def test_an_invitation_needs_an_address_a_role_and_someone_who_is_not_here(owner, email, role, status):
    assert owner.submit("/workspace/invitations", email=email, role=role).status_code == status
    db.session.rollback()
    assert db.session.query(Invitation).count() == 0


def test_a_role_is_changed_at_once(owner, sign_in, world):
    camille = sign_in("camille")
    assert owner.submit(f"/workspace/members/{world.ids['camille']}/role", role="client").status_code == 302

    assert camille.get("/").location == "/client/"
    assert names()[-1] == "member.role_changed"


def test_an_ended_membership_ends_sessions_and_tokens(owner, sign_in, world):
    marc = sign_in("marc")
    assert bearer(world.tokens["marc"]) is not None
    assert owner.submit(f"/workspace/members/{world.ids['marc']}/end").status_code == 302

    assert marc.get("/").location.startswith("/sign-in")
    assert names()[-1] == "member.left"
    assert bearer(world.tokens["marc"]) is None


def test_the_last_owner_stays(owner, world):
    own = world.ids["olga"]
    ended = owner.submit(f"/workspace/members/{own}/end")
    assert ended.status_code == 409
    assert "at least one owner" in ended.text
    assert owner.submit(f"/workspace/members/{own}/role", role="client").status_code == 409

    owner.submit(f"/workspace/members/{world.ids['marc']}/role", role="owner")
    assert owner.submit(f"/workspace/members/{own}/end").status_code == 302


def test_a_token_is_shown_once_and_works_until_it_is_ended(sign_in):
    marc = sign_in("marc")
    made = marc.submit("/workspace/tokens")
    token = re.search(r'value="(bb_[^"]+)"', made.text)[1]
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert token not in marc.get("/workspace").text
    assert bearer(token).name == "Marc"

    newest = newest_token_of("Marc")
    assert marc.submit(f"/workspace/tokens/{newest}/end").status_code == 302
    assert bearer(token) is None


def test_tokens_of_others_are_the_owners_business(owner, sign_in, world):
    of_marc = newest_token_of("Marc")

    assert sign_in("camille").submit(f"/workspace/tokens/{of_marc}/end").status_code == 404
    assert owner.submit(f"/workspace/tokens/{of_marc}/end").status_code == 302
    assert bearer(world.tokens["marc"]) is None
