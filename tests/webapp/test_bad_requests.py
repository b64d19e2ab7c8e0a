"""What no honest client sends: each is told so in a sentence, at once, and nothing is half done."""

import json
import re
import socket
import time
from urllib.parse import quote, urlsplit

import pytest
from limits import RateLimitItemPerSecond
from sqlalchemy.exc import TimeoutError as NoConnection

from storage.db import db
from tests.rights.conftest import scene  # noqa: F401  one scene on each dialect
from tests.rights.rights import TABLE
from tests.stage import Visitor
from tests.world import PASSWORD
from webapp.listening import Listener, listening
from webapp.serving import by_one_name

ABSURD = ["0", "-1", "None", "..", "../../etc/passwd", "a" * 5000, "%00", "%0d%0aX-Evil:1", "%ff%fe", "%ed%a0%80", "{{7*7}}", "' OR 1=1 --", "😀", "\u202e", "a b",
          "${jndi:ldap://x}", "%25%32%65", ";", "*", "[]", "true", "9" * 400, "01m83hetsnjsvn6cnvmq550ke6"]
UUID = "44444444-4444-4444-8444-444444444444"
NOTE = {"id": UUID, "body": "Hello", "shape": {"type": "pin", "x": 0.5, "y": 0.5}, "audience": "shared"}
CAMPAIGN = {"name": "Spring", "launch": "2099-05-20"}


@pytest.fixture
def marc(scene):  # noqa: F811
    scene.put_back_if_changed()
    return scene.visitor("marketer", by_token=True)


@pytest.fixture
def browser(scene):  # noqa: F811
    scene.put_back_if_changed()
    return scene.visitor("owner")


def refused(answer, *statuses: int) -> str:
    """The stable code of a refusal that says what to do."""
    assert answer.status_code in (statuses or range(400, 500)), answer.text[:500]
    error = answer.get_json()["error"]
    assert len(error["message"]) > 5
    assert len(answer.text) < 20_000
    return error["code"]


# Bodies that are no JSON, or no JSON we asked for

NO_JSON = [b"{", b"nope", b"{'a': 1}", b'{"name": NaN}', b'{"x": Infinity}', b'{"x": -Infinity}', b'{"x": 1e999}', b"\xff\xfe{}", b'{"a": "\xed\xa0\x80"}',
           b"[" * 100_000, b'{"a":' * 50_000, b"\0", b'{"name": "a\0b"}', b"{}{}", b'{"a": 1,}', b"//", b"\xef\xbb\xbf{}", b'{"n": ' + b"9" * 10_000 + b"}"]
NO_OBJECT = [b"[]", b'"text"', b"7", b"null", b"true", b"[[[]]]"]
CALLS = ["/campaigns", "/uploads", "/versions/{version_id}/annotations", "/versions/{version_id}/reviews", "/reviews/{review_id}/decision",
         "/campaigns/{campaign}/links", "/campaigns/{campaign}/gates", "/uploads/{upload_id}/complete", "/workspace/invitations"]


@pytest.mark.parametrize("path", CALLS)
def test_a_body_that_is_no_json_is_told_so(path, scene, browser):  # noqa: F811
    owner = scene.visitor("creative" if "upload" in path else "owner", by_token=True)
    for body in NO_JSON + NO_OBJECT:
        refused(owner.post(f"/api/v1{path.format(**scene.ids)}", data=body, content_type="application/json"), 400, 422)
    assert scene.changed() == []


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png", "", "application/jsonp"])
def test_another_type_of_body_is_refused(content_type, marc, scene):  # noqa: F811
    assert refused(marc.post("/api/v1/campaigns", data=json.dumps(CAMPAIGN), content_type=content_type), 415) == "unsupported_media_type"


WRONG = {
    "/campaigns": (CAMPAIGN, [{"name": 7}, {"name": None}, {"name": ""}, {"name": "  "}, {"name": []}, {"name": "x" * 201}, {"launch": "soon"}, {"launch": 20990520},
                              {"launch": "2099-02-30"}, {"launch": "20990520"}, {"launch": "99999-01-01"}, {"launch": "1969-12-31"}, {"launch": "2401-01-01"},
                              {"buffer_days": -1}, {"buffer_days": 1.5}, {"buffer_days": "3"}, {"buffer_days": True}, {"buffer_days": 10**30}, {"calendar": "XX"},
                              {"calendar": 7}, {"template": "none"}, {"plan": []}, {"plan": {"steps": "none"}}, {"plan": {"steps": [{"id": "a", "days": 10**9}]}},
                              {"plan": {"steps": [{"id": "a"}, {"id": "a"}]}}, {"unknown": 1}, {"id": "mine"}, {"workspace_id": "theirs"}]),
    "/versions/{version_id}/annotations": (NOTE, [{"id": "no uuid"}, {"id": 7}, {"id": None}, {"shape": {"type": "pin", "x": 1.5, "y": 0}}, {"shape": {"type": "pin", "x": "0", "y": 0}},
                              {"shape": {"type": "star"}}, {"shape": []}, {"shape": {"type": "pin", "x": True, "y": 0}}, {"shape": {"type": "box", "x": 0, "y": 0, "width": 2, "height": 1}},
                              {"shape": {"type": "stroke", "points": [], "width": 0.1}}, {"shape": {"type": "stroke", "points": [[0]], "width": 0.1}}, {"shape": {**NOTE["shape"], "z": 1}},
                              {"page": 0}, {"page": 10**12}, {"page": "1"}, {"frame": -1}, {"body": 7}, {"body": "x" * 10_001}, {"audience": "all"}, {"author_key": "x"}]),
    "/uploads": ({"filename": "x.png", "size_bytes": 10}, [{"size_bytes": -1}, {"size_bytes": 1.5}, {"size_bytes": "10"}, {"size_bytes": 2**60}, {"size_bytes": 2**53}, {"sha256": "x"},
                              {"filename": 7}, {"filename": "x" * 5000}, {"media_type": "x" * 101}, {"campaign_id": ""}, {"campaign_id": "none"}, {"asset_id": "none"}, {"workspace_id": "x"}]),
    "/versions/{version_id}/reviews": ({"reviewers": ["x@client.example"], "rule": "all"}, [{"reviewers": []}, {"reviewers": "x@client.example"}, {"reviewers": ["nobody"]}, {"reviewers": [7]},
                              {"reviewers": [f"x{n}@client.example" for n in range(51)]}, {"rule": "most"}, {"rule": {"at_least": 0}}, {"rule": {"at_least": 2}}, {"rule": {"at_least": "1"}},
                              {"rule": {"at_least": 1, "of": 2}}, {"due": "soon"}]),
    "/campaigns/{campaign}/links": ({"items": [{"asset_id": "=asset_id", "version_id": "latest"}], "rights": ["see"]}, [{"items": []}, {"items": [{}]}, {"rights": ["own"]}, {"rights": []}, {"rights": "see"},
                              {"passcode": "x"}, {"expires_on": "2000-01-01"}, {"items": [{"asset_id": "none", "version_id": "latest"}]}, {"items": [{"asset_id": "=asset_id", "version_id": "=other_version_id"}]}]),
}


@pytest.mark.parametrize("path", WRONG)
def test_a_field_that_makes_no_sense_is_named(path, scene, marc):  # noqa: F811
    right, wrongs = WRONG[path]
    for wrong in wrongs:
        body = _filled({**right, **wrong}, scene.ids)
        code = refused(marc.post(f"/api/v1{path.format(**scene.ids)}", json=body), 404, 413, 422)
        assert code, wrong
    for name in right:
        missing = _filled({one: value for one, value in right.items() if one != name}, scene.ids)
        answer = marc.post(f"/api/v1{path.format(**scene.ids)}", json=missing)
        assert answer.status_code == 422 or name in ("shape", "audience")
        scene.put_back_if_changed()
    assert scene.changed() == []


def _filled(value, ids):
    if isinstance(value, dict):
        return {name: _filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, ids) for one in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("=") else value


# Addresses


def addresses(scene):  # noqa: F811
    """Every GET with an id in it, its last id yet to be filled in."""
    for name, row in TABLE.items():
        method, endpoint = name.split()[:2]
        rule = next(iter(scene.app.url_map.iter_rules(endpoint)))
        if method == "GET" and rule.arguments and endpoint != "assets":
            last = re.findall(r"<(?:[^<>]*:)?(\w+)>", rule.rule)[-1]
            values = {one: id_ for one, id_ in row.values(scene, rule.arguments, "see").items() if one != last}
            yield re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found, values=values: str(values.get(found[1], "{}")), rule.rule)


def test_an_absurd_id_is_nowhere(scene, browser, monkeypatch):  # noqa: F811
    """As owner, as guest and as nobody: 404 or a way to sign in, never a fault. Faster than any one caller may ask."""
    monkeypatch.setitem(scene.app.config, "API_READS", RateLimitItemPerSecond(100_000, 5))
    visitors = [browser, scene.visitor("see"), scene.visitor("nobody")]
    seen = {(path, absurd): visitor.get(path.format(quote(absurd, safe="%/"))).status_code
            for path in sorted(set(addresses(scene))) for absurd in ABSURD for visitor in visitors[: 3 if absurd in ABSURD[6:9] else 1]}

    assert {where: status for where, status in seen.items() if status not in (302, 308, 400, 401, 403, 404)} == {}
    assert scene.changed() == []


@pytest.mark.parametrize("query", ["next=%00", "limit=x", "limit=0", "limit=-1", "limit=1e3", f"limit={'9' * 400}", "next=%ff", "next=zzz", "after=-1", "after=x", f"after={'9' * 400}",
                                   "campaign_id=%00", "campaign_id=" + "x" * 5000, "a[]=1&a=2", "%00=%00", "&&&=;", "before=-1", f"before={'9' * 400}", f"before=-{'9' * 400}", "next=//[", "next=http://[", "before=%00", "x" * 20_000])
def test_an_absurd_query_is_told_so_or_ignored(query, scene, browser):  # noqa: F811
    campaign = scene.ids["campaign"]
    for path in ("/api/v1/campaigns", "/api/v1/assets", f"/api/v1/campaigns/{campaign}/events", f"/campaigns/{campaign}/activity", f"/campaigns/{campaign}/board", "/sign-in", "/healthz"):
        assert browser.get(f"{path}?{query}").status_code in (200, 302, 400, 404, 414, 422)


@pytest.mark.parametrize("path", ["/" + "a" * 20_000, "/" + "/".join("ab" * 50), "//evil.example/", "/%2e%2e/%2e%2e/etc/passwd", "/static/x/../../config.py", "/static/x/%2e%2e%2fconfig.py",
                                  "/static/x//etc/passwd", "/.git/config", "/%", "/%zz", "/\\evil", "/?", "/api/v1", "/api/v1/", "/api/v2/campaigns", "/socket.io/../"])
def test_a_path_that_leads_nowhere_leads_nowhere(path, browser):
    answer = browser.get(path)

    assert answer.status_code in (200 if path == "/?" else 404, 404, 302, 308, 400)
    assert "root:" not in answer.text
    assert urlsplit(answer.headers.get("Location", "")).netloc in ("", "localhost")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_a_wrong_method_is_told_which_are_right(method, marc, scene):  # noqa: F811
    answer = marc.ask(method, f"/api/v1/versions/{scene.ids['version_id']}")

    assert refused(answer, 405) == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]
    assert marc.ask(method, "/sign-in").status_code == 405


# Headers

HEADERS = [
    {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + "x" * 50_000}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer \xff\xfe"},
    {"Cookie": "backbeat=garbage"}, {"Cookie": "backbeat=.eJw; bb_guest=x.y.z"}, {"Cookie": "bb_guest=" + ".".join(["x"] * 5000)}, {"Cookie": "\xff=\xff; ;;;"},
    {"X-Backbeat-Link": "none"}, {"X-Backbeat-Link": "\xff" * 100, "Cookie": "bb_guest=x"},
    {"Accept": "\xff"}, {"Accept": "text/html;q=x, */*;q=999"}, {"Accept-Language": "x" * 5000}, {"Accept-Language": "fr;q=NaN, ../../etc;q=1"},
    {"If-None-Match": '"' * 999}, {"If-None-Match": "W/"}, {"If-Modified-Since": "yesterday"}, {"Range": "bytes=99-1"}, {"Range": "lines=x"}, {"Content-Type": "\xff"},
    {"X-Fragment": "1", "If-None-Match": "*"}, {"X-Forwarded-For": "' OR 1=1"}, {"X-Forwarded-Host": "evil.example"}, {"X-HTTP-Method-Override": "DELETE"}, {"Origin": "null"}, {"Referer": "http://evil.example"},
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: str(headers)[:40])
def test_absurd_headers_do_no_harm(headers, scene):  # noqa: F811
    scene.put_back_if_changed()
    campaign = scene.ids["campaign"]
    for visitor in (scene.visitor("marketer"), scene.visitor("see"), scene.visitor("nobody")):
        for path in ("/", f"/campaigns/{campaign}/board", f"/api/v1/campaigns/{campaign}", f"/versions/{scene.ids['version_id']}/original", f"/g/{scene.ids['link_see']}/", "/sign-in"):
            answer = visitor.get(path, headers=headers)
            assert answer.status_code < 500
            assert "evil.example" not in str(answer.headers)
    assert scene.changed() == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example; script-src *", "a b", "x" * 3000, "[::1", "localhost:99999", ""])
def test_another_host_name_brings_nothing_into_an_answer(host, scene):  # noqa: F811
    answer = scene.visitor("marketer").get("/campaigns", headers={"Host": host})

    assert answer.status_code < 500
    assert "script-src *" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("key", "status"), [("", 422), (" ", 422), ("x" * 256, 422), ("caf\xe9", 422), ("a\tb", 422), ("x" * 255, 201)])
def test_an_idempotency_key_is_short_plain_text(key, status, marc):
    assert marc.post("/api/v1/campaigns", json=CAMPAIGN, headers={"Idempotency-Key": key}).status_code == status


# Forms


@pytest.mark.parametrize(("body", "content_type"), [
    (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"), (b"name=%00&name=%ff&=&&&", "application/x-www-form-urlencoded"), (b"&".join(b"a=1" for _ in range(20_000)), "application/x-www-form-urlencoded"),
    (b"--x\r\n", "multipart/form-data; boundary=x"), (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"), (b"nonsense", "multipart/form-data"),
    (b"".join(b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" for _ in range(3000)) + b"--x--", "multipart/form-data; boundary=x"), (b"{}", "application/json"), (b"", "text/plain"),
])  # fmt: skip
def test_a_broken_form_is_told_so(body, content_type, scene, browser):  # noqa: F811
    for path in ("/campaigns/new", "/sign-in", f"/steps/{scene.ids['step_visual']}", f"/versions/{scene.ids['version_id']}/annotations", "/workspace/settings", "/language"):
        assert browser.post(path, data=body, content_type=content_type).status_code in (302, 400, 409, 413, 422)


@pytest.mark.parametrize("number", ["-1", "1e3", "0x1", "1.5", "9" * 30, str(2**31), str(2**63), "١٢", "NaN", " ", "\0", "1\n2"])
def test_a_number_in_a_form_that_no_column_holds_is_told_so(number, scene, browser):  # noqa: F811
    campaign, step = f"/campaigns/{scene.ids['campaign']}/edit", f"/steps/{scene.ids['step_visual']}"
    forms = [(campaign, {"name": "A", "launch": "2099-05-20", "buffer_days": number, "row_version": "1"}),
             (campaign, {"name": "A", "launch": "2099-05-20", "buffer_days": "1", "row_version": number}),
             (campaign, {"name": "A", "launch": number, "buffer_days": "1", "row_version": "1"}),
             (step, {"days": number, "row_version": "1"}), (step, {"remaining_days": "1", "row_version": number}), (step, {"started_on": number}),
             (f"/versions/{scene.ids['version_id']}/reviews", {"others": "x@client.example", "rule": "at_least", "least": number}),
             (f"/campaigns/{scene.ids['campaign']}/links", {f"item-{scene.ids['asset_id']}": "latest", "expires_on": number.strip() or "x"})]

    assert {(path, *fields): status for path, fields in forms if (status := browser.post(path, data=fields).status_code) not in (409, 422)} == {}
    assert scene.changed() == []


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)", "/%09/evil.example", "\t//evil.example", "//", "http:evil.example", "/\n/evil.example"])
def test_nobody_is_sent_to_another_site(where, scene):  # noqa: F811
    scene.put_back_if_changed()
    answers = [scene.visitor("nobody").post("/sign-in", data={"email": "marc@maree.example", "password": PASSWORD, "next": where}),
               scene.visitor("marketer").get("/sign-in", query_string={"next": where}),
               scene.visitor("marketer").post("/language", data={"language": "fr", "next": where}),
               scene.visitor("see").post(f"/g/{scene.ids['link_see']}/introduction", data={"name": "Sarah", "next": where})]

    for answer in answers:
        assert answer.status_code in (302, 303)
        assert re.fullmatch(r"/(?![/\\])[^\\\s]*", answer.headers["Location"])


# Too much


@pytest.fixture
def line(scene):  # noqa: F811
    """A connection to the app as it is really served."""
    bound = listening("127.0.0.1", 0)
    port = bound.getsockname()[1]
    listener = Listener(scene.app, bound, buffered_bytes=scene.app.config["MAX_CONTENT_LENGTH"])
    listener.start()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        yield connection
    listener.stop()


@pytest.mark.parametrize("length", [2 * 1024**3, 2 * 1024**2 + 1, 10**30])
@pytest.mark.parametrize("path", ["/api/v1/campaigns", "/sign-in", "/campaigns/new", "/nowhere"])
def test_two_gigabytes_are_refused_before_they_are_sent(path, length, scene, line):  # noqa: F811
    started = time.monotonic()
    line.sendall(
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {scene.world.tokens['marc']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()
    )

    status = line.recv(4096).split()[1]

    assert status in (b"413", b"404" if path == "/nowhere" else b"413")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "١"])
def test_a_length_that_is_none_is_refused(length, scene, line):  # noqa: F811
    line.sendall(f"POST /api/v1/campaigns HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {scene.world.tokens['marc']}\r\nContent-Length: {length}\r\n\r\n".encode())

    assert line.recv(4096).split()[1] in (b"400", b"411", b"413", b"415", b"422")


# Signing in


def test_a_wrong_password_and_an_unknown_e_mail_have_one_answer(scene):  # noqa: F811
    scene.put_back_if_changed()
    wrong, unknown = (Visitor(scene.app).post("/sign-in", data={"email": email, "password": "not the password"}) for email in ("marc@maree.example", "none@maree.example"))

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert _plain(wrong).replace("marc@", "none@") == _plain(unknown)
    assert "backbeat=" not in "".join(value for value in wrong.headers.getlist("Set-Cookie") if "_user_id" in value)


def _plain(answer) -> str:
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    text = answer.text.replace(nonce[1] if nonce else "", "")
    return re.sub(r'(?<=csrf-token" content=")[^"]+|(?<=csrf_token" value=")[^"]+', "", text)


def test_whoever_guesses_passwords_is_made_to_wait(scene):  # noqa: F811
    """Ten on one account, forty from one address; the right password while one may still try gives them all back."""
    scene.put_back_if_changed()
    guesser = Visitor(scene.app)

    def tried(email, password="a guess at it"):
        answer = guesser.post("/sign-in", data={"email": email, "password": password})
        return answer.status_code, answer.headers.get("Retry-After")

    assert [tried("marc@maree.example")[0] for _ in range(10)] == [422] * 10
    status, wait = tried("MARC@maree.example ", PASSWORD)
    assert status == 429
    assert 0 < int(wait) <= 15 * 60
    assert tried("olga@maree.example", PASSWORD)[0] == 302


@pytest.mark.parametrize("email", ["", "x" * 5000, "marc@maree.example\0", "\u202e@x", "' OR 1=1 --", "marc@maree.example\r\nBcc: x@y"])
def test_an_absurd_e_mail_is_only_wrong(email, scene):  # noqa: F811
    scene.put_back_if_changed()
    assert Visitor(scene.app).post("/sign-in", data={"email": email, "password": "\0" * 50}).status_code == 422


def test_a_passcode_is_not_to_be_guessed(scene):  # noqa: F811
    """Five wrong ones shut the link for everybody, for a while; the right one opens it no sooner."""
    scene.put_back_if_changed()
    guest, door = scene.visitor("nobody"), f"/l/{scene.ids['locked_token']}"

    assert [guest.post(door, data={"passcode": f"guess {n}"}).status_code for n in range(5)] == [403] * 5
    answer = guest.post(door, data={"passcode": "open"})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    db.session.remove()


# Other people's things


def test_an_id_of_another_campaign_opens_nothing(scene, marc):  # noqa: F811
    """A step, gate, asset or version under a campaign it is not of is not there, even to whoever may see both."""
    other = marc.post("/api/v1/campaigns", json=CAMPAIGN).get_json()["id"]
    ids = scene.ids

    assert refused(marc.ask("PATCH", f"/api/v1/campaigns/{other}/steps/{ids['step_visual']}", json={"row_version": 1, "days": 2}), 404) == "not_found"
    assert refused(marc.post(f"/api/v1/campaigns/{other}/gates", json={"milestone_id": ids["step_ready"], "deliverable_id": ids["step_visual"]}), 404, 422)
    assert refused(marc.post(f"/api/v1/campaigns/{other}/links", json={"items": [{"asset_id": ids["asset_id"], "version_id": "latest"}], "rights": ["see"]}), 404, 422)
    assert refused(marc.post("/api/v1/uploads", json={"filename": "x", "size_bytes": 1, "campaign_id": other, "asset_id": ids["asset_id"]}), 404, 422)
    wrong = {"verdict": "approved", "version_id": ids["other_version_id"], "sha256": scene.sha256}
    assert refused(marc.post(f"/api/v1/reviews/{ids['review_id']}/decision", json=wrong), 409) == "not_what_was_put_up"
    assert refused(marc.post(f"/api/v1/reviews/{ids['review_id']}/decision", json={**wrong, "version_id": ids["version_id"], "sha256": "0" * 64}), 409) == "not_what_was_put_up"


def test_no_free_connection_is_told_as_busy(app):
    with app.test_request_context("/campaigns/x", headers={"Accept": "text/html"}):
        page = app.make_response(app.handle_user_exception(NoConnection("all are taken")))

    assert page.status_code == 503
    assert page.headers["Retry-After"]


@pytest.mark.parametrize("host", ["[", "[::1", "]", "a b", ""])
def test_a_host_that_is_no_name_is_sent_on_nowhere(host):
    asked = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT": "text/html", "HTTP_HOST": host, "REQUEST_URI": "/"}
    assert by_one_name(lambda _environ, _start: [b"answered"], "http://localhost:8000")(asked, None) == [b"answered"]
