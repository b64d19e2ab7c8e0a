"""Texts that break software, in every field people can write in: kept as typed, shown escaped, and never a fault."""

import json
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from markupsafe import escape

from storage.names import clean_filename
from storage.text import one_line
from tests.naughty import STRINGS
from tests.rights.conftest import scene  # noqa: F401  one scene on each dialect
from tests.world import PASSWORD
from webapp.extensions import counts

DAY = "2099-05-20"


def batches(most_chars: int, between: str = " · ") -> list[str]:
    """Every string, in as few texts as hold them; one that is longer by itself is cut."""
    return list(_batches(most_chars, between))


def _batches(most_chars: int, between: str) -> Iterator[str]:
    held = ""
    for string in STRINGS:
        if held and len(held) + len(between) + len(string) > most_chars:
            yield held
            held = ""
        held = f"{held}{between}{string}"[:most_chars] if held else string[:most_chars]
    yield held


NAMES = [name for name in batches(200) if one_line(name)]
BODIES = batches(9_000, "\n")


def test_the_batches_leave_nothing_out():
    assert all(string in "\n".join(BODIES) for string in STRINGS)
    assert all(string in " · ".join(NAMES) for string in STRINGS if len(string) <= 200 and string.strip())


@pytest.fixture
def api(scene):  # noqa: F811
    scene.put_back_if_changed()
    return scene.visitor("marketer", by_token=True)


@pytest.fixture
def marc(scene):  # noqa: F811
    return scene.visitor("marketer")


def ok(answer):
    assert answer.status_code in (200, 201, 302, 303), (answer.status_code, answer.text[:300])
    return answer.get_json(silent=True)


LINK = re.compile(r'<a href="(https?://[^"<>]*)" rel="noopener nofollow ugc" target="_blank">\1</a>', re.IGNORECASE)


def check_shown(page, texts) -> None:
    """Each text stands in the page, escaped, or in an attribute as that wants it; an address may be a link to itself."""
    assert page.status_code == 200
    shown = LINK.sub(r"\1", page.text)
    missing = [text for text in texts if str(escape(text)) not in shown]
    assert missing == []


# Plans


def test_names_of_campaigns_and_of_everything_in_a_plan(scene, api, marc):  # noqa: F811
    """One plan of a step for each string: its id, its name, its group and its channel."""
    plan = {"launch": DAY, "steps": [{"id": f"{number} {string}"[:100], "name": string, "group": string[:200], "channel": string[:200]} for number, string in enumerate(STRINGS)]}
    for step in plan["steps"]:
        step.update({name: step[name].strip() or "-" for name in ("name", "group", "channel")})

    answer = api.post("/api/v1/campaigns", json={"name": NAMES[0], "launch": DAY, "plan": plan})

    assert answer.status_code == 201, answer.text[:500]
    kept = answer.get_json()
    for field in ("key", "name", "group", "channel"):
        assert [step[field] for step in kept["steps"]] == [step["id" if field == "key" else field] for step in plan["steps"]]
    names = [step["name"] for step in kept["steps"]]
    check_shown(marc.get(f"/campaigns/{kept['id']}/plan"), names)
    assert [step["name"] for step in ok(api.get(f"/api/v1/campaigns/{kept['id']}/plan.json"))["steps"]] == names
    for number in (0, 100, 200, 300, 400, 500):
        step = kept["steps"][number]
        check_shown(marc.get(f"/steps/{step['id']}"), [step["name"]])


def test_names_of_campaigns(scene, api, marc):  # noqa: F811
    """By the API and by the form; the list of campaigns shows every one."""
    names = []
    campaign = ok(api.post("/api/v1/campaigns", json={"name": "A", "launch": DAY}))
    for name in NAMES:
        campaign = ok(api.ask("PATCH", f"/api/v1/campaigns/{campaign['id']}", json={"name": name, "row_version": campaign["row_version"]}))
        assert campaign["name"] == one_line(name)
    for name in NAMES[:: len(NAMES) // 30]:
        ok(scene.visitor("marketer").post("/campaigns/new", data={"name": name, "launch": DAY, "template": "video-spot", "country": "FR", "buffer_days": "0"}))
        names.append(one_line(name))

    check_shown(marc.get("/"), [campaign["name"], *names])


def test_reasons(scene, api, marc):  # noqa: F811
    path = f"/api/v1/campaigns/{scene.ids['campaign']}/steps/{scene.ids['step_visual']}/waiver"
    for text in [body[:2000] for body in batches(2000, "\n")]:
        waiver = ok(api.post(path, json={"reason": text}))
        assert waiver["reason"] == text.strip()
        check_shown(marc.get(f"/steps/{scene.ids['step_visual']}"), [text.strip()])
        assert api.ask("DELETE", path).status_code == 204
    ok(marc.post(f"/steps/{scene.ids['step_visual']}/waiver", data={"reason": BODIES[0]}))


# Notes


def test_notes_and_replies(scene, api, marc):  # noqa: F811
    """By the API and by every form: the team's, the client's, the guest's; and read by all of them."""
    version, written = scene.ids["version_id"], []
    doors = [(marc, f"/versions/{version}/annotations"), (scene.visitor("client"), f"/client/versions/{version}/annotations"),
             (scene.visitor("comment"), f"/g/{scene.ids['link_comment']}/versions/{version}/annotations")]
    for body in BODIES:
        note = {"id": str(uuid4()), "body": body, "audience": "shared"}
        assert ok(api.post(f"/api/v1/versions/{version}/annotations", json=note))["body"] == body
        assert ok(api.post(f"/api/v1/annotations/{note['id']}/replies", json={"body": body}))["body"] == body
        for visitor, path in doors:
            ok(visitor.post(path, data={"id": str(uuid4()), "body": body, "audience": "shared"}))
        ok(doors[2][0].post(f"/g/{scene.ids['link_comment']}/annotations/{note['id']}/replies", data={"body": body}))
        written += [body] * 6

    notes = ok(api.get(f"/api/v1/versions/{version}/annotations"))["items"]
    said = [note["body"] for note in notes] + [reply["body"] for note in notes for reply in note["replies"]]
    assert sorted(one for one in said if one in BODIES) == sorted(written)
    for page in (marc.get(f"/versions/{version}"), scene.visitor("client").get(f"/client/versions/{version}"), doors[2][0].get(f"/g/{scene.ids['link_comment']}/versions/{version}")):
        check_shown(page, BODIES)
    linked = api.get(f"/api/v1/versions/{version}/annotations", headers={"Accept": "application/ld+json"}).text
    assert all(json.dumps(body, ensure_ascii=linked.isascii())[1:-1] in linked for body in BODIES)


def test_words_with_a_decision(scene, api, marc):  # noqa: F811
    """A changed mind, again and again, with other words."""
    review, answer = scene.ids["review_id"], {"verdict": "changes_requested", "version_id": scene.ids["version_id"], "sha256": scene.sha256}
    for body in BODIES:
        assert ok(api.post(f"/api/v1/reviews/{review}/decision", json={**answer, "note": body}))["note"] == body
        ok(scene.visitor("client").post(f"/client/reviews/{review}/decision", data={**answer, "note": body}))
        ok(scene.visitor("reviewer").post(f"/g/{scene.ids['link_reviewer']}/reviews/{review}/decision", data={**answer, "note": body}))
        check_shown(marc.get(f"/versions/{scene.ids['version_id']}"), [body])
        seats = ok(api.get(f"/api/v1/reviews/{review}"))["seats"]
        assert [seat["decision"]["note"] for seat in seats] == [body] * 3


# People


def test_names_of_guests(scene, marc):  # noqa: F811
    scene.put_back_if_changed()
    guest, link = scene.visitor("comment"), f"/g/{scene.ids['link_comment']}"
    for number, name in enumerate(NAMES):
        ok(guest.post(f"{link}/introduction", data={"name": name}))
        if number % 20 == 0:
            check_shown(guest.get(f"{link}/introduction"), [one_line(name)])
            ok(guest.post(f"{link}/versions/{scene.ids['version_id']}/annotations", data={"body": f"As {number}"}))
            check_shown(marc.get(f"/versions/{scene.ids['version_id']}"), [one_line(name)])
    check_shown(marc.get(f"/campaigns/{scene.ids['campaign']}/links"), [one_line(NAMES[-1])])
    check_shown(marc.get(f"/campaigns/{scene.ids['campaign']}/activity"), [one_line(NAMES[-1])])


def test_names_of_workspaces_and_members(scene):  # noqa: F811
    scene.put_back_if_changed()
    owner = scene.visitor("owner")
    for name in NAMES:
        ok(owner.post("/workspace/settings", data={"name": name, "country": "FR", "zone": "Europe/Paris", "language": "en"}))
    check_shown(owner.get("/workspace"), [one_line(NAMES[-1])])
    check_shown(scene.visitor("nobody").get(f"/l/{scene.ids['token_see']}"), [one_line(NAMES[-1])])
    name = next(one for one in NAMES if "<script" in one)
    ok(scene.visitor("nobody").post(f"/invitations/{scene.ids['invitation_token']}", data={"name": name, "password": PASSWORD}))
    check_shown(owner.get("/workspace"), [one_line(name)])


def test_what_is_no_e_mail_is_told_so(scene, api, marc):  # noqa: F811
    """Whoever is asked, invited, or says who they are."""
    owner = scene.visitor("owner", by_token=True)
    for text in batches(250):
        answers = [api.post(f"/api/v1/versions/{scene.ids['version_id']}/reviews", json={"reviewers": [text], "rule": "all"}),
                   owner.post("/api/v1/workspace/invitations", json={"email": text, "role": "client"}),
                   marc.post(f"/versions/{scene.ids['version_id']}/reviews", data={"others": text, "rule": "all"})]
        assert {answer.status_code for answer in answers} == {422}
    assert scene.changed() == []


# Files, links, forms


def test_names_of_files(scene, api):  # noqa: F811
    for name in [*batches(255), *(string for string in STRINGS if "/" in string or "\\" in string)]:
        counts.reset()
        ticket = ok(api.post("/api/v1/uploads", json={"filename": name, "size_bytes": 1, "campaign_id": scene.ids["campaign"]}))
        kept = ok(api.get(f"/api/v1/uploads/{ticket['id']}"))["filename"]
        assert kept == clean_filename(name)
        assert not re.search(r"[/\\\x00-\x1f\x7f]", kept)


def test_passcodes(scene, api):  # noqa: F811
    """Whatever was chosen opens, and is written nowhere."""
    item = {"asset_id": scene.ids["asset_id"], "version_id": "latest"}
    for passcode in [name for name in NAMES[:: len(NAMES) // 12] if len(name) >= 4]:
        made = api.post(f"/api/v1/campaigns/{scene.ids['campaign']}/links", json={"items": [item], "rights": ["see"], "passcode": passcode})
        assert passcode not in made.text
        door = "/l/" + ok(made)["url"].rpartition("/")[2]
        guest = scene.visitor("nobody")
        assert guest.post(door, data={"passcode": passcode + "!"}).status_code == 403
        assert guest.post(door, data={"passcode": passcode}).status_code == 303


@pytest.mark.parametrize("path", ["/campaigns/new", "/campaigns/{campaign}/edit", "/campaigns/{campaign}/links", "/versions/{version_id}/reviews", "/steps/{step_visual}", "/workspace/settings",
                                  "/setup", "/language", "/workspace/switch"])  # fmt: skip
def test_every_field_of_a_form_at_once(path, scene, marc):  # noqa: F811
    """Nonsense in all fields is refused, and what can be typed again stands in the form, escaped."""
    scene.put_back_if_changed()
    path, visitor = path.format(**scene.ids), scene.visitor("owner")
    fields = ("name", "launch", "buffer_days", "template", "country", "plan", "row_version", "rights", "passcode", "expires_on", "others", "reviewer", "rule", "least", "due", "started_on",
              "finished_on", "remaining_days", "days", "zone", "language", "code", "workspace", "email", "password", "next", "membership_id", f"item-{scene.ids['asset_id']}")  # fmt: skip
    for text in [*NAMES[:: len(NAMES) // 12], BODIES[0], "\0", "\r\n", "\u2028", "\ufeff"]:
        answer = visitor.post(path, data=dict.fromkeys(fields, text))
        assert answer.status_code in (302, 400, 404, 409, 422), text
        assert not re.search(r"<script>alert|<img src=x", answer.text)
