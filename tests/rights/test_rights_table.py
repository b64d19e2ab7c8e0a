"""Every route × every role, from the URL map: what is allowed works, what is refused changes nothing and tells nothing."""

import re
from difflib import unified_diff

import pytest

from tests.rights.rights import NOT_THERE, OK, SIGN_IN, TABLE, Row
from tests.rights.scene import ROLES

SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_TOKEN = r'(?<=csrf-token" content=")[^"]+|(?<=csrf_token" value=")[^"]+'


def declared(app) -> set[str]:
    """`METHOD endpoint` of everything the app answers."""
    return {f"{method} {rule.endpoint}" for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}


def test_the_table_names_every_route_and_no_other(scene):
    named = {" ".join(name.split()[:2]) for name in TABLE}

    assert declared(scene.app) - named == set(), "routes that are missing from the table"
    assert named - declared(scene.app) == set(), "rows of routes that are gone"


@pytest.mark.parametrize("name", TABLE)
def test_who_may(name, scene):
    row, seen = TABLE[name], {}
    for role in ROLES:
        scene.put_back_if_changed()
        seen[role] = told(scene, row, name, role)

    assert seen == {role: row.answers[role] for role in ROLES}


def told(scene, row: Row, name: str, role: str):
    """How it went, in the table's words; on the way, what must hold of every answer."""
    answer = ask(scene, row, name, role)
    word = word_for(answer, row, role)
    if word == 404:
        check_nothing_is_told(scene, row, name, role, answer)
    if word != OK and not row.counts:
        assert scene.changed() == [], f"{role} was refused, and something changed"
    if word == OK and name.split()[0] in SAFE:
        assert scene.changed() == [], f"{role} only looked, and something changed"
    return word


def ask(scene, row: Row, name: str, role: str, *, absent: bool = False, csrf: bool = True):
    """The row's request by somebody of this role; `absent`: of rows that do not exist."""
    method, endpoint = name.split()[:2]
    by_token = endpoint.startswith("api.") and not row.by_cookie
    visitor = scene.visitor(role, by_token=by_token)
    asked = row.body(scene, role) if row.body else {}
    return visitor.ask(method, path_of(scene, row, endpoint, role, absent), csrf=csrf, **asked)


def path_of(scene, row: Row, endpoint: str, role: str, absent: bool = False) -> str:
    rule = next(rule for rule in scene.app.url_map.iter_rules(endpoint))
    values = row.values(scene, rule.arguments, role)
    if absent:
        own = row.own(role)
        values = {name: value if name in own else NOT_THERE.get(name, value) for name, value in values.items()}
    return scene.app.url_map.bind("localhost").build(endpoint, values, method=None)


def word_for(answer, row: Row, role: str):
    """ok, sign_in, or the status."""
    assert answer.status_code < 500, answer.text
    if 300 <= answer.status_code < 400 and "/sign-in" in answer.headers.get("Location", "") and not row.leads_to_sign_in:
        return SIGN_IN
    return OK if answer.status_code < 400 or answer.status_code in row.fine else answer.status_code


def check_nothing_is_told(scene, row: Row, name: str, role: str, answer) -> None:
    """What one may not see answers like what does not exist, byte for byte save the ids."""
    twin = ask(scene, row, name, role, absent=True)
    assert list(unified_diff(said(answer, scene), said(twin, scene), f"{role}: refused", "not there", n=0)) == []
    assert headers_of(answer) == headers_of(twin)


def said(answer, scene) -> list[str]:
    """The body without its ids, its nonce and its CSRF tokens, which are new each time."""
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    text = re.sub(CSRF_TOKEN, "CSRF", answer.text.replace(nonce[1], "NONCE") if nonce else answer.text)
    for id_ in {*scene.ids.values(), *NOT_THERE.values()}:
        text = text.replace(id_, "ID")
    return text.splitlines()


def headers_of(answer) -> dict:
    left_out = {"Date", "Content-Security-Policy", "Content-Length", "Set-Cookie"}
    return {name: value for name, value in answer.headers if name not in left_out}


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if name.split()[0] not in SAFE and OK in row.answers.values()])
def test_a_write_by_cookie_brings_its_token(name, scene):
    """Whoever may do it cannot be made to by a foreign page."""
    row = TABLE[name]
    role = next(role for role in ROLES if row.answers[role] == OK)
    scene.put_back_if_changed()
    visitor = scene.visitor(role)
    method, endpoint = name.split()[:2]
    asked = row.body(scene, role) if row.body else {}

    answer = visitor.ask(method, path_of(scene, row, endpoint, role), csrf=False, **asked)

    assert answer.status_code == 400
    assert scene.changed() == []
