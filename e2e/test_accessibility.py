"""What axe-core has to say of the room, the board and the guest's list: nothing serious, by day and by night, in both languages."""

from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from e2e.hands import arrived
from e2e.people import PHONE, general_link, left, visual
from review.annotations import Audience, Priority
from storage.assets import Version
from storage.db import db
from tests.world import picture

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
SCHEMES = ("light", "dark")
BOX = {"type": "box", "x": 0.2, "y": 0.2, "width": 0.3, "height": 0.2}
ARROW = {"type": "arrow", "x1": 0.8, "y1": 0.8, "x2": 0.6, "y2": 0.6}
STROKE = {"type": "stroke", "points": [[0.1, 0.8, 0.5], [0.2, 0.9, 0.5], [0.3, 0.8, 0.5]], "width": 0.006}


def faults(page: Page) -> list[str]:
    """What is serious or critical, each with the element it is about."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))} – {node['failureSummary']}"
        for one in found for node in one["nodes"] if one["impact"] in ("serious", "critical")
    ]  # fmt: skip


def in_any_light(page: Page) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {fault}" for fault in faults(page)]
    return found


@pytest.fixture(params=["en-GB", "fr-FR"])
def language(request) -> dict:
    return {"locale": request.param}


@pytest.fixture
def version_id(studio) -> str:
    """A visual that Chloé and a guest are asked about, with notes of every kind on it."""
    version_id = visual(studio, "chloe@maree.example", "sarah@veray.example")
    left(studio, version_id, "chloe", "Logo smaller", shape=BOX, priority=Priority.MUST)
    left(studio, version_id, "camille", "A little to the left", shape=ARROW, audience=Audience.INTERNAL, priority=Priority.LATER)
    left(studio, version_id, "chloe", "", shape=STROKE)
    left(studio, version_id, "camille", "Of the whole", shape=None, answers=["And more of it"])
    return version_id


def test_what_is_wrong_is_found(visitors):
    page = visitors.arrive("about:blank").new_page()
    page.set_content("<html lang='en'><title>Wrong</title><main><h1>Wrong</h1><button></button><p style='color: #bbb'>Pale</p></main>")
    assert {fault.partition(":")[0] for fault in faults(page)} == {"button-name", "color-contrast"}


def test_of_the_team(studio, visitors, version_id, language):
    with studio.served() as house:
        marc = visitors.member(house.url, "marc", **language)
        found = {}
        marc.goto(f"/campaigns/{studio.world.ids['campaign']}")
        expect(marc.locator("body")).to_have_attribute("data-online", "true")
        found["board"] = in_any_light(marc)
        marc.goto(f"/versions/{version_id}")
        arrived(marc)
        found["room"] = in_any_light(marc)
        marc.locator(".thread").first.locator(".thread__body").click()
        marc.locator(".thread__acts summary").click()
        found["menu"] = in_any_light(marc)
        marc.keyboard.press("Escape")
        marc.locator(".decision__seats > summary").click()
        marc.locator(".tools__ink summary").click()
        found["seats"] = in_any_light(marc)
        marc.keyboard.press("Escape")
        marc.locator("#stage").focus()
        marc.keyboard.press("?")
        expect(marc.get_by_role("dialog")).to_be_visible()
        found["keys"] = in_any_light(marc)
        marc.keyboard.press("Escape")

        with studio.inside():
            studio.world.upload(picture((20, 60, 200)), asset_id=db.session.get_one(Version, version_id).asset_id)
        marc.reload()
        arrived(marc)
        expect(marc.locator(".room__notice")).to_contain_text("2")
        found["replaced"] = in_any_light(marc)
        assert {name: said for name, said in found.items() if said} == {}


def test_of_clients_and_guests(studio, visitors, version_id, language):
    link = general_link(studio, version_id)
    with studio.served() as house:
        found = {}
        chloe = visitors.member(house.url, "chloe", **language)
        chloe.goto(f"/client/versions/{version_id}")
        arrived(chloe)
        found["client"] = in_any_light(chloe)

        paul = visitors.guest(house.url, link, **language, **PHONE)
        found["list"] = in_any_light(paul)
        paul.goto(f"{paul.url.rstrip('/')}/versions/{version_id}")
        arrived(paul)
        found["who"] = in_any_light(paul)
        paul.locator("#who [name=name]").fill("Paul")
        paul.locator("#who [name=email]").fill("paul@veray.example")
        paul.locator("#who [name=email]").press("Enter")
        expect(paul.locator("#who")).to_have_count(0)
        arrived(paul)
        found["phone"] = in_any_light(paul)
        assert {name: said for name, said in found.items() if said} == {}
