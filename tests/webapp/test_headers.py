"""What every answer carries, of whatever kind: page, fragment, API, error, redirect, static file, file host."""

import re

import pytest
import requests

from tests.conftest import SECRET
from tests.rights.scene import Scene
from tests.stage import Visitor, opened
from tests.world import PASSWORD

LINK = "X-Backbeat-Link"
FILES = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy", "Cache-Control"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory, migrated_sqlite):
    with opened(tmp_path_factory.mktemp("headers"), database=migrated_sqlite) as app:
        yield Scene(app)


def get(path: str, role: str = "marketer", **headers):
    return lambda scene: scene.visitor(role).get(path.format(**scene.ids), headers=headers)


def call(path: str, role: str = "marketer"):
    return lambda scene: scene.visitor(role, by_token=True).get(f"/api/v1{path}".format(**scene.ids))


def wrong(method: str, path: str, **options):
    return lambda scene: scene.visitor("marketer").ask(method, path, **options)


def style_of(scene) -> str:
    """A style as a page names it, by its digest."""
    named = re.search(r'href="(/static/[^"]+\.css)"', scene.visitor("nobody").get("/sign-in").text)
    assert named
    return named[1]


ANSWERS = {
    "sign-in": (200, get("/sign-in", "nobody")),
    "page": (200, get("/campaigns/{campaign}")),
    "version": (200, get("/versions/{version_id}")),
    "client's page": (200, get("/client/", "client")),
    "client's room": (200, get("/client/versions/{version_id}", "client")),
    "guest's page": (200, get("/g/{link_see}/", "see")),
    "guest's room": (200, get("/g/{link_see}/versions/{version_id}", "see")),
    "guest's room, a part": (200, get("/g/{link_see}/versions/{version_id}/decision", "see", **{"X-Fragment": "1"})),
    "guest's door": (200, get("/l/{token_see}", "nobody")),
    "invitation": (200, get("/invitations/{invitation_token}", "nobody")),
    "fragment": (200, get("/campaigns/{campaign}/board", **{"X-Fragment": "1"})),
    "redirect to sign in": (302, get("/", "nobody")),
    "redirect to a file": (302, get("/versions/{version_id}/original")),
    "static": (200, lambda scene: scene.visitor("nobody").get(style_of(scene))),
    "static, an old one": (200, get("/static/000000000000/css/app.css", "nobody")),
    "no such static": (404, get("/static/000000000000/css/none.css", "nobody")),
    "health": (200, get("/healthz", "nobody")),
    "ready": (200, get("/readyz", "nobody")),
    "API": (200, call("/campaigns/{campaign}")),
    "API, a file": (302, call("/versions/{version_id}/original")),
    "API, not there": (404, call("/campaigns/none")),
    "API, unknown": (401, call("/campaigns", "nobody")),
    "OpenAPI": (200, call("/openapi.json", "nobody")),
    "no such page": (404, get("/nowhere", "nobody")),
    "no such page, signed in": (404, get("/campaigns/nowhere")),
    "wrong method": (405, wrong("DELETE", "/campaigns/new")),
    "no CSRF token": (400, wrong("POST", "/campaigns/new", csrf=False)),
    "refused form": (422, wrong("POST", "/campaigns/new", data={"name": ""})),
    "too large": (413, wrong("POST", "/campaigns/new", data={"name": "x" * (3 * 1024**2)})),
    "OPTIONS": (200, wrong("OPTIONS", "/campaigns/new")),
    "sockets, asked as a page": (400, get("/socket.io/?EIO=4&transport=polling", "nobody")),
    "sockets, asked as nothing": (400, get("/socket.io/", "nobody")),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_carries_what_keeps_it_harmless(kind, scene):
    status, ask = ANSWERS[kind]

    answer = ask(scene)

    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer.headers["X-Frame-Options"] == "DENY"
    policy = directives(answer.headers["Content-Security-Policy"])
    assert (policy["frame-ancestors"], policy["default-src"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert not re.search(r"unsafe|\*|http:(?!//127)", answer.headers["Content-Security-Policy"])
    assert answer.headers["Cache-Control"] in allowed_to_be_kept(kind, answer)
    assert "Server" not in answer.headers or not re.search(r"\d", answer.headers["Server"])
    check_scripts(answer)


def directives(policy: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}


def allowed_to_be_kept(kind: str, answer) -> set[str]:
    """Only what is named by its digest may be kept by others; what is refused or signed is kept by nobody."""
    if "static" in kind and answer.status_code == 200:
        return {"public, max-age=31536000, immutable"} if kind == "static" else {"no-cache"}
    if answer.status_code == 422:
        return {"private, no-cache"}
    if answer.status_code >= 400 or "file" in kind or "door" in kind:
        return {"no-store", "private, no-store"}
    return {"no-store", "private, no-cache"}


def check_scripts(answer) -> None:
    """Of a page: every script and style is the app's own or carries the nonce, and none stands in an attribute."""
    if answer.mimetype != "text/html":
        return
    nonce = re.search(r"'nonce-([\w-]{20,})'", answer.headers["Content-Security-Policy"])
    assert nonce
    for attributes in re.findall(r"<(?:script|style)\b([^>]*)>", answer.text):
        assert f'nonce="{nonce[1]}"' in attributes or 'src="/' in attributes
    assert not re.search(r"<[^>]*\s(?:on[a-z]+|style)=", answer.text)
    assert not re.search(r"(?:href|src|action)=[\"']?(?:javascript|data):", answer.text)


def test_a_nonce_is_new_each_time(scene):
    one, two = (scene.visitor("marketer").get("/workspace").headers["Content-Security-Policy"] for _ in range(2))
    assert one != two


def test_an_answer_that_hangs_on_the_asker_says_so(scene):
    for path in ("/", "/api/v1/campaigns", f"/campaigns/{scene.ids['campaign']}/board"):
        assert {"Cookie", "Authorization", LINK} <= set(re.split(r",\s*", scene.visitor("marketer").get(path).headers["Vary"]))


def test_an_error_of_the_api_is_json_and_of_a_page_a_page(scene):
    assert scene.visitor("nobody").get("/api/v1/nowhere").get_json()["error"]["code"] == "not_found"
    assert scene.visitor("nobody").get("/nowhere").mimetype == "text/html"


# Cookies


def cookies(answer) -> dict[str, str]:
    return {value.partition("=")[0]: value for value in answer.headers.getlist("Set-Cookie")}


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_for_this_host_and_its_pages_alone(secure, tmp_path, migrated_sqlite):
    """Over https both are __Host- and Secure, and browsers are told to stay there."""
    public_url = "https://backbeat.example" if secure else None
    with opened(tmp_path / "data", database=migrated_sqlite, public_url=public_url) as app:
        scene = Scene(app)
        nobody = Visitor(app)
        base = {"base_url": "https://backbeat.example"} if secure else {}
        session = nobody.post("/sign-in", data={"email": "marc@maree.example", "password": PASSWORD}, **base) if not secure else None
        door = scene.visitor("nobody").post(f"/l/{scene.ids['token_see']}", **base) if not secure else None
        page = nobody.get("/sign-in", **base)

    made = {**cookies(page), **(cookies(session) if session else {}), **(cookies(door) if door else {})}
    assert made.keys() == ({"__Host-backbeat"} if secure else {"backbeat", "bb_guest"})
    for cookie in made.values():
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert ("Secure" in cookie.split("; ")) == secure
        assert "Domain" not in cookie
    assert ("Strict-Transport-Security" in page.headers) == secure


def test_what_needs_no_session_sets_none(scene):
    for path in ("/healthz", "/readyz", "/static/000000000000/css/app.css", "/api/v1/openapi.json"):
        assert "Set-Cookie" not in Visitor(scene.app).get(path).headers


# The host of files


@pytest.mark.parametrize("path", ["original", "renditions/1024"])
def test_the_host_of_files_answers_nothing_that_could_run(path, scene):
    address = scene.visitor("marketer").get(f"/versions/{scene.ids['version_id']}/{path}").headers["Location"]

    answer = requests.get(address, headers={"Cookie": "backbeat=x"}, timeout=10)

    assert answer.status_code == 200
    assert set(answer.headers) >= FILES
    assert {"sandbox", "default-src", "frame-ancestors"} <= directives(answer.headers["Content-Security-Policy"]).keys()
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.headers["Content-Disposition"].startswith("attachment" if path == "original" else "inline")
    assert not {"Set-Cookie", "Access-Control-Allow-Origin"} & set(answer.headers)


@pytest.mark.parametrize("path", ["/", "/objects/x", "/parts/x/1", "/objects/../../etc/passwd", "/favicon.ico"])
def test_the_host_of_files_refuses_as_carefully(path, scene):
    answer = requests.get(scene.app.extensions["backbeat.files_url"] + path, timeout=10)

    assert 400 <= answer.status_code < 500
    assert set(answer.headers) >= FILES
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.json()["error"]["message"]
    assert SECRET not in answer.text
