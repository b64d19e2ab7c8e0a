"""Lists hold what the asker may see, and no more: the same rule that opens a row."""

import pytest

from tests.rights.rights import GROUPS
from tests.rights.scene import MEMBERS, ROLES

TEAM_SEES = {
    "/assets": {"asset_id", "other_asset_id"},
    "/assets?campaign_id={campaign}": {"asset_id", "other_asset_id"},
    "/campaigns": {"campaign", "short_campaign", "decided_campaign"},
    "/versions/{version_id}/annotations": {"annotation_internal", "annotation_shared", "annotation_clients"},
    "/versions/{version_id}/reviews": {"review_id"},
    "/workspace/members": {"olga", "marc", "camille", "chloe", "cleo"},
}
SHARED = {"annotation_shared", "annotation_clients"}
NOTHING_OF_IT = dict.fromkeys(TEAM_SEES, set())
OUTSIDERS = {
    "client": {"/assets": {"asset_id"}, "/assets?campaign_id={campaign}": {"asset_id"}, "/versions/{version_id}/annotations": SHARED,
               "/versions/{version_id}/reviews": {"review_id"}, "/workspace/members": {"chloe"}},
    "unnamed": {"/workspace/members": {"cleo"}},
    "stranger": {"/workspace/members": {"rita"}},
    "elsewhere": {"/assets": {"other_asset_id"}, "/assets?campaign_id={campaign}": {"other_asset_id"}},
    "nobody": {},
}
LOOKERS = {"/assets": {"asset_id"}, "/assets?campaign_id={campaign}": {"asset_id"}, "/versions/{version_id}/annotations": SHARED}
DECIDERS = {**LOOKERS, "/versions/{version_id}/reviews": {"review_id"}}


def seen_by(role: str) -> dict[str, set[str]]:
    if role in GROUPS["team"]:
        return TEAM_SEES
    if role in OUTSIDERS:
        return {**NOTHING_OF_IT, **OUTSIDERS[role]}
    return {**NOTHING_OF_IT, **(DECIDERS if role in ("decide", "reviewer") else LOOKERS)}


@pytest.mark.parametrize("role", ROLES)
def test_a_list_holds_what_may_be_seen(role, scene):
    scene.put_back_if_changed()
    visitor, names = scene.visitor(role, by_token=True), {id_: name for name, id_ in scene.ids.items()}

    listed = {path: _listed(visitor, path.format(**scene.ids), names) for path in TEAM_SEES}

    assert listed == seen_by(role)


def _listed(visitor, path: str, names: dict[str, str]) -> set[str]:
    answer = visitor.get(f"/api/v1{path}")
    if answer.status_code != 200:
        return set()
    return {names.get(item["id"], item["id"]) for item in answer.get_json()["items"]}


@pytest.mark.parametrize("role", ["owner", "marketer", "client"])
def test_tokens_are_ones_own_and_the_owners_are_all(role, scene):
    scene.put_back_if_changed()
    mine = {scene.ids[f"api_token_{role}"]}
    everybodys = {scene.ids[f"api_token_{one}"] for one in MEMBERS if one != "stranger"}

    answer = scene.visitor(role, by_token=True).get("/api/v1/tokens").get_json()

    assert {item["id"] for item in answer["items"]} == (everybodys if role == "owner" else mine)
    assert all(item["token"] is None for item in answer["items"])


@pytest.mark.parametrize("role", ["client", "see", "decide", "reviewer"])
def test_nobody_outside_the_team_learns_another_reviewers_e_mail(role, scene):
    scene.put_back_if_changed()
    visitor = scene.visitor(role, by_token=True)
    own = {"client": {"chloe@maree.example"}, "reviewer": {"sarah@client.example"}}.get(role, set())

    told = visitor.get(f"/api/v1/versions/{scene.ids['version_id']}/reviews").text

    assert {name for name in ("chloe@maree.example", "sarah@client.example", "marc@maree.example") if name in told} == own


@pytest.mark.parametrize("role", ["client", "see", "reviewer", "elsewhere"])
def test_no_page_of_a_client_or_guest_holds_what_was_said_inside(role, scene):
    scene.put_back_if_changed()
    prefix = f"/g/{scene.ids[f'link_{role}']}" if role != "client" else "/client"
    visitor = scene.visitor(role)
    shown = [visitor.get(f"{prefix}/").text, visitor.get(f"{prefix}/versions/{scene.ids['version_id']}").text]

    assert not any("internal note" in page or "Camille" in page for page in shown)
    assert ("shared note" in shown[1]) == (role != "elsewhere")
