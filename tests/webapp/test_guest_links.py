"""Links for clients: a door and the cookie behind it, who one is there, and the team's list of them."""

import re

import pytest

from review.links import GuestLink
from review.reviews import Review
from storage import clock
from storage.db import db, writing
from storage.workspaces import GuestPass
from tests.conftest import Browser
from tests.webapp.guests import SARAH, Guest
from tests.world import picture


def count(model):
    found = db.session.query(model).count()
    db.session.rollback()
    return found


# The door


def test_looking_at_a_link_changes_nothing(app, guests, visual):
    _id, door = guests.link(visual)
    browser = Browser(app)
    page = browser.get(door)

    assert "Studio Marée shows you their work" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert not [cookie for cookie in page.headers.getlist("Set-Cookie") if cookie.startswith("bb_guest")]
    assert browser.client.head(door).status_code == 200
    assert count(GuestPass) == 0


def test_the_token_leaves_the_address_for_a_narrow_cookie(app, guests, visual):
    link_id, door = guests.link(visual)
    guest = Guest(app)
    answer = guest.come(door)

    assert answer.location == f"/g/{link_id}/"
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("bb_guest="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert door.rpartition("/")[2] not in cookie
    assert "Key visual" in guest.page()
    assert guest.get(door).location == answer.location, "who has a pass is let through"


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(app, guests, visual):
    app.config["SESSION_COOKIE_SECURE"] = True
    _id, door = guests.link(visual)
    token = re.search(r'name="csrf_token" value="([^"]+)"', (client := Browser(app).client).get(door, base_url="https://localhost").text)[1]
    answer = client.post(door, data={"csrf_token": token}, base_url="https://localhost")

    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "bb_guest=" in one)
    assert cookie.startswith("__Host-bb_guest=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_wrong_revoked_and_expired_links_have_one_answer(app, guests, visual, world, later):
    revoked_id, revoked = guests.link(visual)
    _id, expired = guests.link(visual, expires_on=clock.today("Europe/Paris"))
    guest = guests.by(revoked)
    with writing() as session:
        session.get_one(GuestLink, revoked_id).revoke(by=world.marc)
        session.commit()
    later(days=1)

    answers = [Browser(app).get(door) for door in (revoked, expired, "/l/none")]
    bodies = {re.sub(r'(nonce|content|value)="[^"]+"', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {404}
    assert len(bodies) == 1
    assert all(answer.headers["Referrer-Policy"] == "no-referrer" for answer in answers)
    assert guest.get(guest.home).status_code == 404, "a pass ends with its link"
    assert Browser(app).submit(revoked).status_code == 404


def test_a_passcode_is_asked_and_its_tries_are_few_per_link(app, guests, visual):
    _id, door = guests.link(visual, passcode="4711")
    guest = Guest(app)
    assert "Passcode" in guest.get(door).text
    for _ in range(5):
        wrong = guest.submit(door, passcode="0000")
        assert (wrong.status_code, "not right" in wrong.text) == (403, True)

    shut = Guest(app).submit(door, passcode="4711")
    assert shut.status_code == 429
    assert int(shut.headers["Retry-After"]) == 900
    assert count(GuestPass) == 0


def test_the_right_passcode_opens(app, guests, visual, later):
    _id, door = guests.link(visual, passcode="4711")
    guest = Guest(app)
    guest.submit(door, passcode="")
    guest.come(door, passcode=" 4711 ")
    assert "Key visual" in guest.page()


def test_passcode_tries_are_few_per_address_over_all_links(app, guests, visual):
    doors = [guests.link(visual, passcode="4711")[1] for _ in range(9)]
    answers = [Guest(app).submit(door, passcode="0000") for door in doors for _ in range(5)]

    assert [answer.status_code for answer in answers[:40]] == [403] * 40
    assert answers[-1].status_code == 429


def test_a_browser_may_hold_several_links_each_its_own(app, guests, visual, world):
    media = world.upload(picture((1, 2, 3)), deliverable="media")
    guest = guests.by(guests.link(visual)[1])
    first = guest.home
    guest.come(guests.link(media)[1])

    assert "Media plan" in guest.page()
    assert "Key visual" not in guest.page()
    assert "Key visual" in guest.get(first).text


def test_without_a_pass_there_is_nothing(app, guests, visual):
    link_id, _door = guests.link(visual)
    room = f"versions/{visual.id}"
    for path in ("", room, f"{room}/decision", f"{room}/talk", f"{room}/renditions/1024", "introduction"):
        assert Browser(app).get(f"/g/{link_id}/{path}").status_code == 404
    assert Browser(app).submit(f"/g/{link_id}/introduction", **SARAH).status_code == 404


# Who one is


def test_a_name_and_an_e_mail_are_asked_once_before_the_first_act(guests, visual):
    review_id, _links = guests.review(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual)[1])
    assert "Who is answering?" in guest.page()
    assert guest.decide(review_id).status_code == 422
    assert guest.submit(f"{guest.home}versions/{visual.id}/annotations", body="Hello").status_code == 422

    assert guest.submit(guest.home + "introduction", name="Sarah", email="nowhere").status_code == 422
    assert guest.submit(guest.home + "introduction", **SARAH, next="//evil.example").location == guest.home
    page = guest.page()
    assert "Who is answering?" not in page
    assert "Sarah." in page


def test_the_e_mail_stays_and_the_name_may_be_corrected(guests, visual):
    guest = guests.by(guests.link(visual)[1], **SARAH)
    guest.submit(guest.home + "introduction", name="Sarah W.", email="other@veray.example")

    held = db.session.query(GuestPass).one()
    assert (held.name, held.email) == ("Sarah W.", "sarah@veray.example")


def test_a_personal_link_knows_who_comes(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    assert "Who is answering?" not in guest.page()

    assert guest.decide(review_id, name="Sarah").status_code == 302
    db.session.rollback()
    seat = db.session.get_one(Review, review_id).seats[0]
    assert (seat.state, seat.name, seat.verified) == ("approved", "Sarah", True)


# The team's list of links


def test_a_link_is_made_copied_used_and_revoked(sign_in, app, world, visual):
    marc, path = sign_in("marc"), f"/campaigns/{world.ids['campaign']}/links"
    wish = {f"item-{visual.asset_id}": "latest", "rights": ["comment", "decide"], "passcode": "", "expires_on": ""}
    assert marc.submit(path, **wish).status_code == 302

    door = re.search(r'value="http[^"]*(/l/[0-9a-f]{64})"', marc.get(path).text)[1]
    guest = Guest(app)
    guest.come(door)
    guest.submit(guest.home + "introduction", **SARAH)
    page = marc.get(path).text
    assert "Key visual, always the latest" in page
    assert "Sarah Whitfield" in page
    assert door in page

    link = re.search(r"/links/(\w+)/revocation", page)[1]
    assert marc.submit(f"/links/{link}/revocation").status_code == 302
    assert guest.get(guest.home).status_code == 404
    assert door not in marc.get(path).text


def test_a_link_may_hold_to_one_version(sign_in, app, world, visual):
    marc, path = sign_in("marc"), f"/campaigns/{world.ids['campaign']}/links"
    marc.submit(path, **{f"item-{visual.asset_id}": visual.id, "passcode": "4711", "expires_on": "2099-12-31"})
    page = marc.get(path).text
    world.upload(picture((9, 9, 9)), deliverable="visual")

    assert "Key visual, version 1" in page
    assert "with a passcode" in page
    guest = Guest(app)
    guest.come(re.search(r"/l/[0-9a-f]{64}", page)[0], passcode="4711")
    assert "version 1" in guest.page()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("item", "", "Choose at least one"), ("item", "nothing-of-ours", "Choose at least one"), ("passcode", "12", "at least 4"),
     ("expires_on", "2020-01-01", "today or later"), ("expires_on", "soon", "today or later")],
)  # fmt: skip
def test_a_link_that_makes_no_sense_is_not_made(sign_in, world, visual, field, value, told):
    wish = {"item": visual.id, field: value}
    wish[f"item-{visual.asset_id}"] = wish.pop("item")
    answer = sign_in("marc").submit(f"/campaigns/{world.ids['campaign']}/links", **wish)

    assert (answer.status_code, told in answer.text) == (422, True)
    assert count(GuestLink) == 0


def test_links_are_the_teams_business(sign_in, guests, world, visual):
    link_id, _door = guests.link(visual)
    path = f"/campaigns/{world.ids['campaign']}/links"
    wish = {f"item-{visual.asset_id}": "latest"}

    assert sign_in("camille").get(path).status_code == 200
    for name in ("chloe", "rita"):
        browser = sign_in(name)
        assert browser.get(path).status_code == 404
        assert browser.submit(path, **wish).status_code == 404
        assert browser.submit(f"/links/{link_id}/revocation").status_code == 404
