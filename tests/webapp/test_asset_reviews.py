"""Reviews from a version's page, by the team and by a client who is named: asking, deciding, and taking back."""

import pytest

from review.links import GuestLink, make_link
from review.seats import Decision
from storage.db import db, writing
from storage.workspaces import Guest, Membership, Right
from tests.webapp.pages import read
from tests.webapp.rooms import rendered
from tests.world import picture


@pytest.fixture
def version(world):
    return rendered(world, filename="affiche été.png")


def answer(browser, review, verdict="approved", **more):
    fields = {"verdict": verdict, "version_id": review.version_id, "sha256": review.sha256, **more}
    return browser.submit(f"/reviews/{review.id}/decision", **fields)


def state_of(world, key="visual") -> str:
    db.session.rollback()
    db.session.expunge_all()
    return world.plan.state_of(world.step(key))


# Asking


def test_a_version_is_put_up_for_members_and_for_people_without_an_account(world, version, sign_in):
    camille = sign_in("camille")
    assert "Put up for review" in camille.get(f"/versions/{version.id}").text
    offered = read(camille.get(f"/versions/{version.id}/reviews/new").text).all("input", name="reviewer")
    assert "chloe@maree.example" in [one.attrs["value"] for one in offered]

    asked = camille.submit(
        f"/versions/{version.id}/reviews", reviewer="chloe@maree.example", others="sarah@veray.example; paul@veray.example", rule="at_least", least="2",
        due="2031-05-20",
    )
    assert asked.status_code == 302
    page = read(camille.get(f"/versions/{version.id}").text)
    assert [one.one("b").text for one in page.all("li", "seat")] == ["Chloe", "paul@veray.example", "sarah@veray.example"] or len(page.all("li", "seat")) == 3
    assert "2 yeses are needed." in page.one(cls="decision__rule").text
    assert "20 May 2031" in page.one(cls="decision__rule").text
    links = [one.attrs["value"] for one in page.all("input") if "/l/" in (one.attrs.get("value") or "")]
    assert len(links) == 2
    assert state_of(world) == "waiting_for_review"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"others": ""}, "Name at least one person."),
        ({"others": "not an address"}, "no e-mail address"),
        ({"others": "a@b.example", "rule": "at_least", "least": "2"}, "Between 1 and the number"),
        ({"others": "a@b.example", "rule": "at_least", "least": "0"}, "Between 1 and the number"),
        ({"others": "a@b.example", "due": "soon"}, "That is no day."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(world, version, sign_in, fields, said):
    refused = sign_in("camille").submit(f"/versions/{version.id}/reviews", **fields)
    assert refused.status_code == 422
    assert said in refused.text
    assert state_of(world) == "in_production"


def test_a_client_asks_nobody(review, sign_in):
    chloe = sign_in("chloe")
    assert chloe.get(f"/versions/{review.version_id}/reviews/new").status_code == 403
    assert chloe.submit(f"/versions/{review.version_id}/reviews", others="a@b.example").status_code == 403


def test_asking_about_an_old_version_is_told_of_the_newer_one(world, version, sign_in):
    world.upload(picture((1, 2, 3)), deliverable="visual")
    refused = sign_in("camille").submit(f"/versions/{version.id}/reviews", others="a@b.example")
    assert refused.status_code == 409
    assert "A newer version has come meanwhile" in refused.text


# Deciding


def test_the_form_works_as_it_stands_in_the_page(world, review, sign_in):
    chloe = sign_in("chloe")
    form = read(chloe.get(f"/versions/{review.version_id}").text).one("form", "decision__form")
    sent = {one.attrs["name"]: one.attrs["value"] for one in form.all("input") if one.attrs["name"] != "csrf_token"}
    assert chloe.submit(form.attrs["action"], **sent, verdict="approved", note="Superbe").status_code == 302
    assert state_of(world) == "approved"
    assert state_of(world, "ready") == "passed"
    page = read(sign_in("marc").get(f"/versions/{review.version_id}").text)
    assert "Superbe" in page.one(cls="seats").text


def test_who_is_not_named_has_no_form_and_no_say(review, sign_in):
    camille = sign_in("camille")
    assert not read(camille.get(f"/versions/{review.version_id}").text).all("form", "decision__form")
    assert answer(camille, review).status_code == 403


def test_only_the_team_reads_the_e_mail_of_who_has_given_no_name(world, version, sign_in):
    world.put_up(version, "chloe@maree.example", "sarah@veray.example")

    assert "sarah@veray.example" in sign_in("marc").get(f"/versions/{version.id}/decision").text
    chloe = sign_in("chloe")
    for path in (f"{place}/{version.id}{part}" for place in ("/versions", "/client/versions") for part in ("", "/decision")):
        told = chloe.get(path)
        assert told.status_code == 200
        assert "sarah@veray.example" not in told.text


def test_another_role_has_another_panel(world, version, sign_in):
    olga, path = sign_in("olga"), f"/versions/{version.id}/decision"
    asked = {"X-Fragment": "1", "If-None-Match": olga.get(path).headers["ETag"]}
    assert olga.get(path, headers=asked).status_code == 304

    db.session.get_one(Membership, world.ids["olga"]).role = "creative"
    db.session.commit()

    assert olga.get(path, headers=asked).status_code == 200


def test_the_second_of_two_reads_who_was_quicker(review, sign_in):
    assert answer(sign_in("chloe"), review).status_code == 302
    late = answer(sign_in("marc"), review, "changes_requested")
    assert late.status_code == 409
    assert "This review is closed already: Chloe approved it." in late.text


def test_the_same_answer_pressed_twice_is_one_answer(review, sign_in):
    chloe = sign_in("chloe")
    assert answer(chloe, review).status_code == 302
    assert answer(chloe, review).status_code == 302
    assert db.session.query(Decision).count() == 1


def test_what_was_not_put_up_is_not_decided(world, review, sign_in):
    assert answer(sign_in("chloe"), review, sha256="0" * 64).status_code == 409
    assert answer(sign_in("chloe"), review, verdict="perhaps").status_code == 422
    assert state_of(world) == "waiting_for_review"


def test_a_decision_against_a_new_upload_is_told_which_version_to_look_at(world, review, sign_in):
    world.upload(picture((1, 2, 3)), deliverable="visual")
    late = answer(sign_in("chloe"), review)
    assert late.status_code == 409
    assert "Version 2 has replaced the one you looked at" in late.text


def test_a_decision_is_undone_within_thirty_seconds(world, review, sign_in, later):
    chloe = sign_in("chloe")
    answer(chloe, review)
    toast = read(chloe.get(f"/versions/{review.version_id}").text).one(cls="toast")
    assert "You approved Key visual, v1." in toast.text
    undo = toast.one("form").attrs["action"]

    assert sign_in("marc").submit(undo).status_code == 403
    assert chloe.submit(undo).status_code == 302
    assert state_of(world) == "waiting_for_review"

    answer(chloe, review)
    undo = read(chloe.get(f"/versions/{review.version_id}").text).one(cls="toast").one("form").attrs["action"]
    later(seconds=31)
    assert chloe.submit(undo).status_code == 409
    assert state_of(world) == "approved"


def test_whoever_sees_the_plan_is_told_what_a_yes_does(review, sign_in):
    marc = sign_in("marc")
    acts = read(marc.get(f"/versions/{review.version_id}").text).one(cls="decision__acts")
    assert "passes Print-ready , frees 1 step" in acts.text
    assert "Print-ready" not in sign_in("chloe").get(f"/versions/{review.version_id}").text
    answer(marc, review)
    assert "Print-ready has passed." in read(marc.get(f"/versions/{review.version_id}").text).one(cls="toast").text


def test_only_the_owner_lifts_a_request_for_changes(world, version, sign_in):
    review = world.put_up(version, "chloe@maree.example", rule="any")
    answer(sign_in("chloe"), review, "changes_requested", note="Plus bleu")
    seat = review.seats[0].id
    assert "Lift, in my name" not in sign_in("marc").get(f"/versions/{version.id}").text
    assert sign_in("marc").submit(f"/reviews/{review.id}/seats/{seat}/lifting").status_code == 403
    olga = sign_in("olga")
    assert "Lift, in my name" in olga.get(f"/versions/{version.id}").text
    assert olga.submit(f"/reviews/{review.id}/seats/{seat}/lifting").status_code == 302
    assert state_of(world) == "waiting_for_review"
    assert olga.submit(f"/reviews/{review.id}/seats/{seat}/lifting").status_code == 409


def test_a_review_is_withdrawn_and_asked_again(world, review, sign_in):
    camille = sign_in("camille")
    assert camille.submit(f"/reviews/{review.id}/withdrawal").status_code == 302
    page = camille.get(f"/versions/{review.version_id}").text
    assert "Withdrawn: no answer is needed any more." in page
    assert "Ask again" in page
    assert answer(sign_in("chloe"), review).status_code == 409
    assert sign_in("chloe").submit(f"/reviews/{review.id}/withdrawal").status_code == 403


def test_an_answer_by_a_general_link_counts_under_all_once_accepted(world, version, sign_in):
    review = world.put_up(version, "chloe@maree.example")
    with writing() as session:
        link = make_link(world.ids["campaign"], [(version, False)], [Right.DECIDE], by=world.marc, secret_key=world.secret_key)
        passed, _secret = link.admit(name="Paul", email="paul@veray.example")
        session.commit()
    link = session.get_one(GuestLink, link.id)
    paul = Guest(passed.id, link.id, link.campaign_id, link.workspace_id, link.workspace, "Paul", "paul@veray.example", "", frozenset({Right.SEE, Right.DECIDE}))
    world.decide(review, paul)
    seat = next(seat for seat in review.seats if not seat.verified).id
    db.session.rollback()

    assert answer(sign_in("chloe"), review).status_code == 302
    assert state_of(world) == "approved"

    other = world.put_up(world.upload(picture((9, 9, 9)), deliverable="visual"), "chloe@maree.example")
    assert sign_in("marc").submit(f"/reviews/{other.id}/seats/{seat}/acceptance").status_code == 404
