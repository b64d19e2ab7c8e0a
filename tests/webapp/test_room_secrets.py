"""What the review room keeps from its readers: nothing that is not theirs to find, in its page, its parts or its scripts."""

import json
import re
from uuid import uuid4

import pytest

from review.annotations import Audience, annotate
from storage.assets import Version
from storage.db import writing
from storage.workspaces import Right
from tests.webapp.guests import SARAH
from tests.webapp.rooms import newer, note, rendered
from tests.world import picture

PARTS = ("bar", "notices", "decision", "waiting", "pictures", "talk")
PIN = {"type": "pin", "x": 0.5, "y": 0.5}


@pytest.fixture
def visual(world) -> Version:
    return rendered(world)


@pytest.fixture
def busy(world, visual):
    """The visual between two others of its asset, with notes of both kinds; another visual; and a review with people of every kind."""
    older = visual
    shown = newer(world)
    note(world, older, body="Of the version before")
    note(world, shown, body="Between us", audience=Audience.INTERNAL, priority="must")
    with writing() as session:
        annotate(session.get_one(Version, shown.id), world.camille, id_=str(uuid4()), shape=PIN, body="A secret pin", audience=Audience.INTERNAL)
        session.commit()
    note(world, shown, body="For everybody")
    other = world.upload(picture((1, 2, 3)), filename="other-asset.png")
    review = world.put_up(shown, "chloe@maree.example", "marc@maree.example", "paul@veray.example")
    world.decide(review, world.marc, note="A word to all")
    return {"shown": shown, "older": older, "other": other, "review": review}


def found_by(browser, room: str) -> dict[str, str]:
    """{part or page: all that is sent of it}"""
    answers = {part: browser.get(f"{room}{part and '/'}{part}") for part in ("", *PARTS)}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {part: answer.text for part, answer in answers.items()}


@pytest.mark.parametrize("who", ["guest", "reviewer", "client"])
def test_whoever_is_not_of_the_team_finds_nothing_that_is_not_theirs(world, busy, guests, sign_in, who):
    link_id, door = guests.link(busy["shown"], rights=list(Right))
    if who == "reviewer":
        _id, links = guests.review(busy["shown"], "paul@veray.example", "marc@maree.example")
        door = links["paul@veray.example"]
    browser = sign_in("chloe") if who == "client" else guests.by(door, **({} if who == "reviewer" else SARAH))
    room = f"{'/client/' if who == 'client' else browser.home}versions/{busy['shown'].id}"

    for part, text in found_by(browser, room).items():
        assert "Of the version before" not in text, part
        assert "Between us" not in text, part
        assert "A secret pin" not in text, part
        assert busy["older"].id not in text, part
        assert busy["other"].id not in text, part
        assert busy["other"].asset_id not in text, part
        assert "other-asset" not in text, part
        assert "@maree.example" not in text, part
        assert who == "reviewer" or "paul@veray.example" not in text, part
        assert "/l/" not in text, part
        assert not re.search(r"Print-ready|Slack|/steps/|/campaigns/\w|/lifting|/acceptance|/withdrawal", text), part
    assert "For everybody" in browser.get(room).text


@pytest.mark.parametrize("who", ["guest", "client", "marc"])
def test_what_the_scripts_begin_with_is_the_readers_own(world, busy, guests, sign_in, who):
    shown = busy["shown"]
    browser = guests.by(guests.link(shown)[1], **SARAH) if who == "guest" else sign_in({"client": "chloe"}.get(who, who))
    room = f"{browser.home if who == 'guest' else '/'}versions/{shown.id}"

    data = json.loads(re.search(r'<script[^>]*id="room-data"[^>]*>(.*?)</script>', browser.get(room).text, re.DOTALL)[1])

    inside = who == "marc"
    assert {one["body"] for one in data["annotations"]} == {"For everybody", *(("Between us", "A secret pin") if inside else ())}
    assert data["may"] == {"comment": True}
    assert data["audience"] == ("internal" if inside else "shared")
    assert data["me"]["name"] == {"guest": "Sarah Whitfield", "client": "Chloe", "marc": "Marc"}[who]
    assert "@" not in json.dumps(data)
    assert {one["url"] for one in data["pictures"]} == {f"{room}/renditions/{one['name']}" for one in data["pictures"]}
