"""The client's pages: what a link lets one see, talking of it, and pages that stay alive; for clients who are members too."""

import json
import re

import pytest

from review.annotations import Annotation, Audience, annotate
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Right
from tests.conftest import Browser
from tests.webapp.guests import SARAH, Guest, state_of
from tests.webapp.pages import read
from tests.world import picture

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
