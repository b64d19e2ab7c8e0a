"""Static files: kept for good under today's address, and consistent with one another."""

import re

import pytest
from flask import Flask

from webapp import assets

STATIC = assets.STATIC
TEMPLATES = STATIC.parent / "templates"


@pytest.fixture
def small_app():
    app = Flask(__name__, static_folder=None)
    assets.init_app(app)
    return app


def test_todays_address_may_be_kept_for_good(small_app):
    with small_app.test_request_context():
        url = assets.asset_url("icons.svg")

    answer = small_app.test_client().get(url)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_yesterdays_address_gives_todays_file_and_is_not_kept(small_app):
    answer = small_app.test_client().get("/static/000000000000/js/app.js")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_outside_the_folder_is_served(small_app):
    assert small_app.test_client().get("/static/x/../vendoring.py").status_code == 404
    assert small_app.test_client().get("/static/x/%2e%2e/vendoring.py").status_code == 404


def test_the_style_sheet_holds_every_component(small_app):
    text = small_app.test_client().get("/static/x/css/app.css").text

    assert "@import" not in text
    for sheet in (STATIC / "css").glob("*.css"):
        assert sheet.name == "app.css" or sheet.read_text() in text, f"{sheet.name} is not imported by app.css"


def test_only_the_tokens_know_a_colour():
    for sheet in (STATIC / "css").glob("*.css"):
        if sheet.name != "tokens.css":
            assert not re.search(r"oklch\(|rgb\(|hsl\(|#[0-9a-f]{3,8}\b(?!\))", sheet.read_text()), sheet.name


def test_no_template_has_an_inline_style_or_handler():
    for template in TEMPLATES.rglob("*.html"):
        if "mail" not in template.relative_to(TEMPLATES).parts:
            assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", template.read_text()), template.name


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text()))
    named = re.compile(r'(?:\bicon\(|icon_name=)"([a-z]+)"')

    for template in TEMPLATES.rglob("*.html"):
        missing = set(named.findall(template.read_text())) - drawn
        assert not missing, f"{template.name} names {missing}"


def test_every_controller_that_a_template_names_is_registered():
    registered = set(re.findall(r'register\("([a-z-]+)"', (STATIC / "js" / "app.js").read_text()))

    for template in TEMPLATES.rglob("*.html"):
        for names in re.findall(r'data-controller="([a-z -]+)"', template.read_text()):
            assert set(names.split()) <= registered, f"{template.name} names {names}"
