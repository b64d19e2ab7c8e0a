"""Reviews, seats and decisions through the API."""

import pytest

from tests.webapp.api_checks import GuestClient, admitted, error_of
from tests.world import digest, picture

pytestmark = pytest.mark.usefixtures("documented")


@pytest.fixture
def version(world):
    return world.upload(picture(), deliverable="visual")


@pytest.fixture
def opened(api, version):
    """`opened("chloe@…", rule="any")`: a review that Camille opened."""
    return lambda *reviewers, rule="all", **more: api("camille").post(
        f"/versions/{version.id}/reviews", json={"reviewers": list(reviewers), "rule": rule, **more}
    )


def yes(version, verdict="approved", **more) -> dict:
    return {"verdict": verdict, "version_id": version.id, "sha256": digest(picture()), **more}


def by_personal_link(app, seat: dict) -> GuestClient:
    from review.links import GuestLink

    link = GuestLink.behind(seat["url"].rpartition("/")[2])
    assert link is not None
    return GuestClient(app, *admitted(app, link.id, name="Henri", email="somebody@else.example"))


def test_the_clients_yes_passes_the_milestone(api, world, opened, version):
    review = opened("Chloe@maree.example", due="2030-01-02")

    assert review.status_code == 201
    assert (review.json["version_id"], review.json["state"], review.json["due"]) == (version.id, "open", "2030-01-02")
    seat = review.json["seats"][0]
    assert (seat["email"], seat["state"], seat["verified"]) == ("chloe@maree.example", "waiting", True)
    assert "url" not in seat

    answer = api("chloe").post(f"/reviews/{review.json['id']}/decision", json=yes(version, note="Lovely"))

    assert answer.status_code == 201
    assert (answer.json["verdict"], answer.json["review"]) == ("approved", {"id": review.json["id"], "state": "approved"})
    assert answer.json["unblocked"] == [world.step("ready").id]
    now = api("marc").get(f"/reviews/{review.json['id']}").json
    assert (now["state"], now["seats"][0]["decision"]["note"]) == ("approved", "Lovely")
    assert api("marc").get(f"/versions/{version.id}/reviews").json["items"] == [now]


def test_words_with_an_answer_are_the_teams_and_their_authors_to_read(api, app, opened, version):
    """As on the pages: clients and guests learn each other's answer, and not what was said with it."""
    seats = {seat["email"]: seat for seat in opened("chloe@maree.example", "lea@client.example").json["seats"]}
    review_id = api("chloe").get(f"/versions/{version.id}/reviews").json["items"][0]["id"]
    lea = by_personal_link(app, seats["lea@client.example"])
    api("chloe").post(f"/reviews/{review_id}/decision", json=yes(version, note="Between us: at last"))
    lea.post(f"/reviews/{review_id}/decision", json=yes(version, "changes_requested", note="The logo is too small"))

    def read_by(who) -> list[str]:
        answer = who.get(f"/reviews/{review_id}")
        assert [seat["decision"]["verdict"] for seat in answer.json["seats"]] == ["approved", "changes_requested"]
        return [seat["decision"]["note"] for seat in answer.json["seats"]]

    assert read_by(api("marc")) == ["Between us: at last", "The logo is too small"]
    assert read_by(api("chloe")) == ["Between us: at last", ""]
    assert read_by(lea) == ["", "The logo is too small"]


def test_whoever_comes_too_late_is_told_why(api, opened, version, world):
    review = opened("chloe@maree.example", "marc@maree.example", rule="any").json
    path = f"/reviews/{review['id']}/decision"
    api("chloe").post(path, json=yes(version))

    late = api("marc").post(path, json=yes(version))

    assert (late.status_code, error_of(late)) == (409, "closed")
    assert "Chloe" in late.json["error"]["message"]

    second = world.upload(picture((1, 2, 3)), deliverable="visual")
    open_again = api("camille").post(f"/versions/{second.id}/reviews", json={"reviewers": ["chloe@maree.example"], "rule": "all"}).json
    third = world.upload(picture((1, 2, 4)), deliverable="visual")
    body = {"verdict": "approved", "version_id": second.id, "sha256": digest(picture((1, 2, 3)))}
    gone = api("chloe").post(f"/reviews/{open_again['id']}/decision", json=body)
    assert (gone.status_code, error_of(gone), gone.json["error"]["newer_version_id"]) == (409, "superseded", third.id)


def test_what_was_seen_must_be_what_was_put_up(api, opened, version):
    path = f"/reviews/{opened('chloe@maree.example').json['id']}/decision"

    for wrong in ({"sha256": "0" * 64}, {"version_id": "other"}):
        answer = api("chloe").post(path, json=yes(version) | wrong)
        assert (answer.status_code, error_of(answer)) == (409, "not_what_was_put_up")
    for wrong in ({"sha256": "short"}, {"verdict": "maybe"}, {"verdict": "undone"}, {"note": "x" * 20_000}, {"more": 1}):
        assert api("chloe").post(path, json=yes(version) | wrong).status_code == 422


def test_only_who_is_named_decides(api, opened, version, guest):
    path = f"/reviews/{opened('chloe@maree.example').json['id']}/decision"

    assert api("marc").post(path, json=yes(version)).status_code == 403
    assert api("olga").post(path, json=yes(version)).status_code == 403
    assert api("rita").post(path, json=yes(version)).status_code == 404
    assert guest(version, ["see", "comment"]).post(path, json=yes(version)).status_code == 404


@pytest.mark.parametrize("body", [
    {"reviewers": [], "rule": "all"},
    {"reviewers": ["no mail"], "rule": "all"},
    {"reviewers": ["chloe@maree.example"], "rule": "most"},
    {"reviewers": ["chloe@maree.example"], "rule": {"at_least": 2}},
    {"reviewers": ["chloe@maree.example"], "rule": {"at_least": True}},
    {"reviewers": ["chloe@maree.example"], "rule": {"at_least": 1, "more": 1}},
    {"reviewers": ["chloe@maree.example"]},
    {"reviewers": "chloe@maree.example", "rule": "all"},
    {"reviewers": [f"r{n}@x.example" for n in range(60)], "rule": "all"},
])
def test_what_is_no_review_is_refused(api, version, body):
    assert api("marc").post(f"/versions/{version.id}/reviews", json=body).status_code == 422


def test_the_team_opens_reviews_and_nobody_else(api, world, version, opened, guest):
    body = {"reviewers": ["chloe@maree.example"], "rule": "all"}
    opened("chloe@maree.example")

    assert api("chloe").post(f"/versions/{version.id}/reviews", json=body).status_code == 403
    assert guest(version, ["see", "decide"]).post(f"/versions/{version.id}/reviews", json=body).status_code == 403
    assert api("rita").post(f"/versions/{version.id}/reviews", json=body).status_code == 404
    world.upload(picture((1, 1, 1)), deliverable="visual")
    outdated = api("marc").post(f"/versions/{version.id}/reviews", json=body)
    assert (outdated.status_code, error_of(outdated)) == (409, "newer_version")


def test_a_reviewer_without_an_account_decides_by_their_own_link(api, app, opened, version):
    review = opened("henri@client.example", "chloe@maree.example")
    first, second = review.json["seats"]
    assert "url" not in second

    henri = by_personal_link(app, first)
    answer = henri.post(f"/reviews/{review.json['id']}/decision", json=yes(version))

    assert answer.status_code == 201
    seats = api("marc").get(f"/reviews/{review.json['id']}").json["seats"]
    assert [(seat["email"], seat["state"], seat["verified"]) for seat in seats] == [
        ("henri@client.example", "approved", True), ("chloe@maree.example", "waiting", True),
    ]
    assert not any("url" in seat for seat in seats)
    told = henri.get(f"/reviews/{review.json['id']}").json["seats"]
    assert [seat["email"] for seat in told] == ["henri@client.example", None]


def test_under_any_a_general_link_counts_at_once(opened, version, guest):
    review = opened("chloe@maree.example", rule="any").json

    answer = guest(version, ["decide"]).post(f"/reviews/{review['id']}/decision", json=yes(version))

    assert (answer.status_code, answer.json["review"]["state"]) == (201, "approved")


def test_under_all_a_general_link_counts_once_a_member_accepts_it(api, opened, version, guest):
    review = opened("chloe@maree.example").json
    path = f"/reviews/{review['id']}"
    guest(version, ["decide"]).post(f"{path}/decision", json=yes(version, "changes_requested", note="Blue?"))
    api_now = api("marc").get(path).json
    seat = next(seat for seat in api_now["seats"] if not seat["verified"])
    assert (api_now["state"], seat["name"], seat["state"]) == ("open", "Zoé", "changes_requested")

    accepted = api("marc").post(f"{path}/seats/{seat['id']}/acceptance", json={})

    assert (accepted.status_code, accepted.json["state"]) == (201, "changes_requested")
    assert api("chloe").post(f"{path}/seats/{seat['id']}/acceptance", json={}).status_code == 403
    assert api("marc").post(f"{path}/seats/nothing/acceptance", json={}).status_code == 404

    assert api("marc").post(f"{path}/seats/{seat['id']}/lift", json={}).status_code == 403
    lifted = api("olga").post(f"{path}/seats/{seat['id']}/lift", json={})
    assert (lifted.status_code, lifted.json["verdict"], lifted.json["review"]["state"]) == (201, "lifted", "open")
    assert api("olga").post(f"{path}/seats/{seat['id']}/lift", json={}).status_code == 409


def test_a_guest_says_who_they_are_before_deciding(opened, version, guest):
    review = opened("chloe@maree.example", rule="any").json
    nobody = guest(version, ["decide"], name="", email="")

    answer = nobody.post(f"/reviews/{review['id']}/decision", json=yes(version))
    assert (answer.status_code, error_of(answer)) == (422, "name_needed")


def test_a_guest_without_the_pages_token_decides_nothing(opened, version, guest):
    review = opened("chloe@maree.example", rule="any").json
    somebody = guest(version, ["decide"])

    answer = somebody.post(f"/reviews/{review['id']}/decision", json=yes(version), headers={"X-CSRFToken": ""})
    assert (answer.status_code, error_of(answer)) == (400, "csrf")


def test_a_decision_is_undone_within_thirty_seconds(api, world, opened, version, later):
    review = opened("chloe@maree.example").json
    path = f"/reviews/{review['id']}/decision"
    first = api("chloe").post(path, json=yes(version)).json

    assert api("marc").post(f"/decisions/{first['id']}/undo", json={}).status_code == 403
    assert api("rita").post(f"/decisions/{first['id']}/undo", json={}).status_code == 404
    undone = api("chloe").post(f"/decisions/{first['id']}/undo", json={})

    assert (undone.status_code, undone.json["replaces"], undone.json["review"]["state"]) == (201, first["id"], "open")
    assert world.plan.state_of(world.step("ready")) == "reopened"
    assert api("chloe").post(f"/decisions/{first['id']}/undo", json={}).status_code == 409
    second = api("chloe").post(path, json=yes(version)).json
    later(seconds=31)
    late = api("chloe").post(f"/decisions/{second['id']}/undo")
    assert (late.status_code, error_of(late)) == (409, "too_late")


def test_an_undo_after_a_newer_version_comes_too_late(api, world, opened, version):
    first = api("chloe").post(f"/reviews/{opened('chloe@maree.example', 'marc@maree.example').json['id']}/decision", json=yes(version)).json
    world.upload(picture((1, 1, 1)), deliverable="visual")

    answer = api("chloe").post(f"/decisions/{first['id']}/undo", json={})
    assert (answer.status_code, error_of(answer)) == (409, "superseded")


def test_a_question_is_taken_back(api, opened, version):
    review = opened("chloe@maree.example").json

    assert api("chloe").post(f"/reviews/{review['id']}/withdrawal", json={}).status_code == 403
    answer = api("marc").post(f"/reviews/{review['id']}/withdrawal", json={})
    assert (answer.status_code, answer.json["state"]) == (201, "withdrawn")
    late = api("chloe").post(f"/reviews/{review['id']}/decision", json=yes(version))
    assert (late.status_code, error_of(late)) == (409, "withdrawn")
    assert api("marc").post(f"/reviews/{review['id']}/withdrawal", json={}).status_code == 409


def test_a_revoked_link_decides_nothing(api, app, opened, version):
    seat = opened("henri@client.example").json["seats"][0]
    review_id = api("marc").get(f"/versions/{version.id}/reviews").json["items"][0]["id"]
    henri = by_personal_link(app, seat)
    links = api("marc").get(f"/campaigns/{version.scope_id}/links").json["items"]
    assert [(link["url"], link["email"]) for link in links] == [(seat["url"], "henri@client.example")]

    api("marc").delete(f"/links/{links[0]['id']}")
    assert henri.post(f"/reviews/{review_id}/decision", json=yes(version)).status_code == 401


def test_listing_reviews_takes_as_many_queries_however_many(api, version, opened, queries):
    counts = []
    for size in (1, 6):
        for _ in range(size):
            opened("chloe@maree.example", "marc@maree.example")
        with queries() as sent:
            api("marc").get(f"/versions/{version.id}/reviews")
        counts.append(len(sent))
    assert counts[0] == counts[1]
