"""The client's pages: in by a link, one look, one decision, and a sentence for everything that came between."""

import json
import re
from datetime import timedelta

import pytest

from review.annotations import Annotation, Audience, annotate
from review.asking import open_review
from review.links import GuestLink, make_link
from review.reviews import Review
from review.seats import Decision
from storage import clock, outbox
from storage.assets import Version, grant_sight
from storage.db import db, writing
from storage.workspaces import GuestPass, Right
from tests.conftest import SECRET, Browser
from tests.webapp.pages import read
from tests.world import picture

COMMENT_DECIDE = [Right.COMMENT, Right.DECIDE]
SARAH = {"name": "Sarah Whitfield", "email": "Sarah@veray.example"}


class Guests:
    """Links to the world's versions, and browsers that came by them."""

    def __init__(self, app, world):
        self.app, self.world = app, world

    def link(self, *versions, rights=COMMENT_DECIDE, latest=False, **more) -> tuple[str, str]:
        """(the link's id, the address of its door)"""
        with writing() as session:
            items = [(session.get_one(Version, version.id), latest) for version in versions]
            link = make_link(self.world.ids["campaign"], items, rights, by=self.world.marc, secret_key=SECRET, **more)
            door = f"/l/{link.token(SECRET)}"
            session.commit()
        return link.id, door

    def review(self, version, *emails, rule="all", due=None) -> tuple[str, dict[str, str]]:
        """(the review's id, {e-mail: the door of their personal link})"""
        with writing() as session:
            review = open_review(session.get_one(Version, version.id), list(emails), rule, due=due, by=self.world.marc, secret_key=SECRET)
            links = {seat.email: session.get_one(GuestLink, seat.link_id).token(SECRET) for seat in review.seats if seat.link_id}
            session.commit()
        return review.id, {email: f"/l/{token}" for email, token in links.items()}

    def by(self, door: str, **introduction) -> "Guest":
        guest = Guest(self.app)
        guest.come(door)
        if introduction:
            assert guest.submit(guest.home + "introduction", **introduction).status_code == 302
        return guest


class Guest(Browser):
    """A browser behind a link; `home` is where the door led."""

    home = ""

    def come(self, door, **fields):
        answer = self.submit(door, **fields)
        assert answer.status_code == 303, answer.text
        self.home = answer.location
        return answer

    def page(self, path="") -> str:
        answer = self.get(self.home + path)
        assert answer.status_code == 200
        return answer.text

    def decide(self, review_id, verdict="approved", **other):
        db.session.rollback()
        review = db.session.get_one(Review, review_id)
        seen = {"version_id": review.version_id, "sha256": review.sha256, "note": "", **other}
        db.session.rollback()
        return self.submit(f"{self.home}reviews/{review_id}/decision", verdict=verdict, **seen)


@pytest.fixture
def guests(app, world):
    return Guests(app, world)


@pytest.fixture
def visual(world):
    return world.upload(picture(), deliverable="visual")


def state_of(review_id):
    db.session.rollback()
    state = db.session.get_one(Review, review_id).state
    db.session.rollback()
    return state


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


# Looking


def test_only_what_the_link_lists_is_there(guests, visual, world):
    media = world.upload(picture((1, 2, 3)), deliverable="media")
    guest = guests.by(guests.link(visual)[1])

    assert guest.get(f"{guest.home}versions/{visual.id}").status_code == 200
    for path in (f"versions/{media.id}", f"versions/{media.id}/renditions/1024", f"versions/{media.id}/original"):
        assert guest.get(guest.home + path).status_code == 404


def test_a_picture_has_a_stable_address_that_leads_to_a_short_lived_one(guests, visual):
    guest = guests.by(guests.link(visual)[1])
    outbox.do_all()
    path = re.search(r'src="(/g/[^"]+/renditions/\d+)"', guest.page())[1]
    answer = guest.get(path)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    assert "signature=" in answer.location
    assert "signature=" not in guest.page()


def test_the_original_is_for_who_may_download(guests, visual):
    looker = guests.by(guests.link(visual, rights=[])[1])
    assert looker.get(f"{looker.home}versions/{visual.id}/original").status_code == 403
    assert "Download" not in looker.page(f"versions/{visual.id}")
    assert "/original" not in looker.page(f"versions/{visual.id}")

    taker = guests.by(guests.link(visual, rights=[Right.DOWNLOAD])[1])
    assert f'href="{taker.home}versions/{visual.id}/original"' in taker.page(f"versions/{visual.id}")
    answer = taker.get(f"{taker.home}versions/{visual.id}/original")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    assert "attachment" in answer.location


def test_a_link_only_to_see_asks_nothing(guests, visual):
    review_id, _links = guests.review(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual, rights=[])[1])

    for page in (guest.page(), guest.page(f"versions/{visual.id}")):
        assert "Key visual" in page
        assert "/decision\"" not in re.sub('data-live-src="[^"]+"', "", page)
        assert 'name="verdict"' not in page
        assert "Your name" not in page
        assert 'id="composer"' not in page
    assert guest.decide(review_id).status_code in (403, 404)
    assert guest.submit(f"{guest.home}versions/{visual.id}/annotations", body="Hello").status_code == 403


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


# Deciding


def test_the_clients_yes_passes_the_milestone(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example", due=clock.today("Europe/Paris") + timedelta(days=3))
    guest = guests.by(links["sarah@veray.example"])
    page = guest.page()
    assert "Your decision holds the launch." in page
    assert "Please answer by" in page

    answer = guest.decide(review_id, note="Lovely")

    assert answer.location == guest.home
    assert "version 1: approved" in (page := guest.page())
    assert "Nothing waits for you" in page
    assert "Your answers" in page
    db.session.rollback()
    assert world.plan.state_of(world.step("ready")) == "passed"


def test_changes_are_requested_and_undone_within_30_seconds(guests, visual, later):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    guest.decide(review_id, "changes_requested")
    assert state_of(review_id) == "changes_requested"

    undo = re.search(r'action="(/g/[^"]+/undo)"', guest.page())[1]
    assert guest.submit(undo).location == f"{guest.home}versions/{visual.id}"
    assert state_of(review_id) == "open"

    guest.decide(review_id)
    undo = re.search(r'action="(/g/[^"]+/undo)"', guest.page())[1]
    later(seconds=31)
    late = guest.submit(undo)
    assert (late.status_code, "30 seconds" in late.text) == (409, True)
    assert state_of(review_id) == "approved"


def test_nobody_undoes_the_decision_of_another(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example", "tom@veray.example", rule="any")
    sarah, tom = (guests.by(links[f"{name}@veray.example"]) for name in ("sarah", "tom"))
    sarah.decide(review_id)
    decision = db.session.query(Decision).one().id
    db.session.rollback()

    assert tom.submit(f"{tom.home}decisions/{decision}/undo").status_code in (403, 404)
    assert state_of(review_id) == "approved"


def test_an_answer_at_a_general_link_is_heard_but_waits_for_a_member_under_all(guests, visual):
    review_id, _links = guests.review(visual, "chloe@maree.example")
    guest = guests.by(guests.link(visual)[1], **SARAH)
    assert "once the team has accepted it" in guest.page()

    guest.decide(review_id)
    assert state_of(review_id) == "open"
    assert "your yes is kept" in guest.page()


@pytest.mark.parametrize("verdict", ["undone", "lifted", "", "APPROVED"])
def test_only_two_answers_exist(guests, visual, verdict):
    review_id, links = guests.review(visual, "sarah@veray.example")
    assert guests.by(links["sarah@veray.example"]).decide(review_id, verdict).status_code == 400


def test_what_was_not_seen_is_not_decided(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])

    answer = guest.decide(review_id, sha256="0" * 64, note="I had looked at the other one")
    assert answer.status_code == 409
    assert "not the version the review is about" in answer.text
    assert "I had looked at the other one" in answer.text, "what was typed is kept"
    assert 'data-failed="true"' in answer.text


def test_a_newer_version_is_told_with_the_way_to_it(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example")
    named, following = guests.by(links["sarah@veray.example"]), guests.by(guests.link(visual, latest=True)[1], **SARAH)
    newer = world.upload(picture((9, 9, 9)), deliverable="visual")

    late = named.decide(review_id)
    assert (late.status_code, "Version 2 has replaced" in late.text) == (409, True)
    page = named.page(f"versions/{visual.id}")
    assert "Version 2 has replaced this one" in page
    assert newer.id not in page, "who may not see it is not led there"

    assert newer.id in following.page()
    with writing() as session:
        link_id = following.home.split("/")[2]
        grant_sight(link_id, session.get_one(Version, visual.id))
        session.commit()
    assert f"versions/{newer.id}" in following.page(f"versions/{visual.id}")


def test_a_yes_that_has_lapsed_says_so(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    guest.decide(review_id)
    world.upload(picture((9, 9, 9)), deliverable="visual")

    assert "Your yes has lapsed: version 2 has replaced this one" in guest.page()


def test_a_closed_and_a_withdrawn_review_say_that_no_answer_is_needed(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example", "tom@veray.example", rule="any")
    tom = guests.by(links["tom@veray.example"])
    guests.by(links["sarah@veray.example"]).decide(review_id, name="Sarah")

    for page in (tom.page(), tom.page(f"versions/{visual.id}")):
        assert "Approved by Sarah: no answer is needed any more" in page
    late = tom.decide(review_id)
    assert (late.status_code, "Sarah approved it" in late.text) == (409, True)

    media = world.upload(picture((1, 2, 3)), deliverable="media")
    review_id, links = guests.review(media, "tom@veray.example")
    with writing() as session:
        session.get_one(Review, review_id).withdraw(by=world.marc)
        session.commit()
    tom = guests.by(links["tom@veray.example"])
    for page in (tom.page(), tom.page(f"versions/{media.id}")):
        assert page.count("The team has taken the question back: no answer is needed any more.") == 1
    assert tom.decide(review_id).status_code == 409


def test_who_has_given_no_name_is_a_guest_to_the_others(guests, visual):
    review_id, links = guests.review(visual, "sarah@veray.example", "tom@veray.example", rule="any")
    guests.by(links["sarah@veray.example"]).decide(review_id)
    tom = guests.by(links["tom@veray.example"])

    for page in (tom.page(), tom.page(f"versions/{visual.id}")):
        assert "Approved by A guest: no answer is needed any more" in page
        assert "sarah@veray.example" not in page


# Talking


def test_a_note_is_shared_and_sent_once(guests, visual):
    guest = guests.by(guests.link(visual)[1], **SARAH)
    note = {"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "body": "Logo <smaller>,\r\nplease 🙏"}
    path = f"{guest.home}versions/{visual.id}/annotations"

    for _ in range(2):
        assert guest.submit(path, **note).location.endswith(f"#note-{note['id']}")

    kept = db.session.query(Annotation).one()
    assert (kept.body, kept.audience, kept.author_name, kept.shape) == ("Logo <smaller>,\nplease 🙏", "shared", "Sarah Whitfield", None)
    db.session.rollback()
    assert "Logo &lt;smaller&gt;" in guest.page(f"versions/{visual.id}")


def test_internal_notes_are_not_there(guests, visual, world):
    with writing() as session:
        for audience in Audience:
            annotate(session.get_one(Version, visual.id), world.camille, id_=f"00000000-0000-4000-8000-00000000000{len(audience)}",
                     shape=None, body=f"a word {audience}", audience=audience)
        session.commit()
    guest = guests.by(guests.link(visual)[1], **SARAH)
    page = guest.page(f"versions/{visual.id}")

    assert "a word shared" in page
    assert "a word internal" not in page
    internal = "00000000-0000-4000-8000-000000000008"
    assert guest.submit(f"{guest.home}annotations/{internal}/replies", body="?").status_code == 404

    shared = "00000000-0000-4000-8000-000000000006"
    assert guest.submit(f"{guest.home}annotations/{shared}/replies", body="Yes, that").status_code == 302
    assert "Yes, that" in guest.page(f"versions/{visual.id}")


@pytest.mark.parametrize(("body", "status"), [("", 422), (" \n", 422), ("x" * 10_001, 422), ("x" * 10_000, 302)])
def test_a_note_says_something_but_not_everything(guests, visual, body, status):
    guest = guests.by(guests.link(visual)[1], **SARAH)
    assert guest.submit(f"{guest.home}versions/{visual.id}/annotations", body=body).status_code == status


def test_a_note_by_personal_link_without_a_name_is_signed_with_what_stands_before_the_at(guests, visual):
    """The address itself is nobody else's to read."""
    _id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    guest.submit(f"{guest.home}versions/{visual.id}/annotations", body="Hello")

    assert db.session.query(Annotation).one().author_name == "sarah"


# Alive


def test_the_page_is_alive_under_its_link(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    page = guest.page()
    body = re.search(r"<body[^>]*>", page)[0]

    assert f'data-guest="{guest.home.split("/")[2]}"' in body
    assert f'data-live-campaign-value="{world.ids["campaign"]}"' in body
    assert re.search(rf'data-live="[^"]*version_{visual.id} asset_{visual.asset_id} review_{review_id}', page)


def test_the_room_is_alive_under_its_link(guests, visual, world):
    review_id, links = guests.review(visual, "sarah@veray.example")
    guest = guests.by(links["sarah@veray.example"])
    room = f"{guest.home}versions/{visual.id}"
    page = read(guest.get(room).text)
    body, parts = page.one("body").attrs, {part.attrs["id"]: part.attrs for part in page.all(data_live=True)}

    assert body["data-guest"] == guest.home.split("/")[2]
    assert body["data-live-campaign-value"] == world.ids["campaign"]
    assert parts["decision"]["data-live"] == f"version_{visual.id} asset_{visual.asset_id} review_{review_id}"
    assert parts[f"talk-{visual.id}"]["data-live"] == f"version_{visual.id}"
    sources = {part["data-live-src"] for part in parts.values()}
    assert sources == {f"{room}/{part}" for part in ("bar", "notices", "decision", "pictures", "talk")}


@pytest.mark.parametrize(
    ("also", "rule", "told"),
    [
        ([], "all", ""),
        (["tom@veray.example"], "all", "Both must say yes."),
        (["tom@veray.example", "ann@veray.example"], {"at_least": 2}, "2 yeses are needed."),
    ],
)
def test_how_many_must_say_yes_is_said_under_the_question(guests, visual, also, rule, told):
    _id, links = guests.review(visual, "sarah@veray.example", *also, rule=rule)
    guest = guests.by(links["sarah@veray.example"])

    form = read(guest.get(guest.home).text).one("form", class_="decision")

    assert f"{told} You can undo it for 30 seconds.".strip() in form.text


def test_pictures_are_asked_for_while_larger_ones_are_made(guests, visual):
    _id, door = guests.link(visual)
    guest = guests.by(door, **SARAH)
    room = f"{guest.home}versions/{visual.id}"
    assert read(guest.get(room).text).one(data_live_src=f"{room}/pictures")

    outbox.do_all()

    assert not read(guest.get(room).text).all(data_stage_target="pictures")
    part = read(guest.get(f"{room}/pictures").text).one(data_stage_target="pictures").attrs
    assert "data-live" not in part
    assert {one["name"] for one in json.loads(part["data-pictures"])["pictures"]} == {"320", "1024", "2048"}


@pytest.mark.parametrize("path", ["", *(f"versions/{{id}}/{part}" for part in ("bar", "notices", "decision", "waiting", "pictures", "talk"))])
def test_a_refresh_gives_the_part_alone_or_says_that_nothing_changed(guests, visual, path):
    _id, door = guests.link(visual)
    guest = guests.by(door, **SARAH)
    path = guest.home + path.format(id=visual.id)
    part = guest.get(path, headers={"X-Fragment": "1"})

    assert part.text.lstrip().startswith(("<div", "<section", "<data"))
    assert "<html" not in part.text
    again = {"X-Fragment": "1", "If-None-Match": part.headers["ETag"]}
    assert guest.get(path, headers=again).status_code == 304
    guest.submit(f"{guest.home}versions/{visual.id}/annotations", body="Hello")
    assert guest.get(path, headers=again).status_code == 200


def test_it_is_in_the_readers_language(app, guests, visual):
    _id, door = guests.link(visual)
    guest = Guest(app)
    guest.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr-FR,fr;q=0.9"
    guest.come(door)
    assert '<html lang="fr"' in guest.page()

    guest.submit("/language", language="en", next=guest.home)
    assert '<html lang="en"' in guest.page()


# A member with the role client


def test_a_client_has_the_same_page_as_a_member(sign_in, guests, visual, world):
    review_id, _links = guests.review(visual, "chloe@maree.example")
    chloe = sign_in("chloe")
    page = chloe.get("/client/").text
    assert "Your decision holds the launch, Chloe." in page
    assert f'data-live-campaign-value="{world.ids["campaign"]}"' in page

    db.session.rollback()
    seen = {"version_id": visual.id, "sha256": visual.blob.sha256}
    db.session.rollback()
    answer = chloe.submit(f"/client/reviews/{review_id}/decision", verdict="approved", note="", **seen)
    assert answer.location == "/client/"
    assert state_of(review_id) == "approved"
    assert chloe.submit(f"/client/versions/{visual.id}/annotations", body="Thanks").status_code == 302
    assert "Thanks" in chloe.get(f"/client/versions/{visual.id}").text


def test_a_client_who_was_not_named_sees_nothing(sign_in, guests, visual):
    review_id, _links = guests.review(visual, "sarah@veray.example")
    chloe = sign_in("chloe")

    assert "Nothing is shown here yet" in chloe.get("/client/").text
    assert chloe.get(f"/client/versions/{visual.id}").status_code == 404
    assert chloe.submit(f"/client/reviews/{review_id}/decision", verdict="approved").status_code == 404


def test_the_team_is_sent_to_its_own_pages(sign_in, guests, visual):
    marc = sign_in("marc")
    assert marc.get("/client/").location == "/"
    assert Browser(guests.app).get("/client/").location.startswith("/sign-in")


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
