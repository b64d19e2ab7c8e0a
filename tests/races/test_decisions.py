"""Two people decide at once, or one while a new version arrives: everybody is told the truth, on both dialects."""

from collections import Counter

from planning.states import Flow
from review.reviews import Review
from review.seats import Decision
from storage.db import db
from storage.events import Event
from tests.races.conftest import text

ROUNDS = 100
FRESH = 10


def decided(review_id: str) -> list[Decision]:
    db.session.rollback()
    return list(db.session.query(Decision).filter_by(review_id=review_id).populate_existing())


def outcome(review_id: str):
    db.session.rollback()
    return db.session.get_one(Review, review_id, populate_existing=True)


def answer(version, **more):
    return {"verdict": "approved", "version_id": version["id"], "sha256": version["sha256"], **more}


def visuals(ground, rounds: int):
    """A campaign and its key visual's current version for each round; another campaign now and then, so that none grows long."""
    for number in range(rounds):
        if number % FRESH == 0:
            campaign_id, step_id = ground.another_campaign()
            version = ground.uploaded(text(0), campaign_id=campaign_id, deliverable_id=step_id)
        yield campaign_id, version


def decisions_at_once(ground, version, rule):
    review = ground.put_up(version["id"], rule, "chloe", "camille")
    path = f"/reviews/{review['id']}/decision"
    told = ground.race.run(*(
        ground.call(name, method="POST", path=path, json=answer(version)) for name in ("chloe", "camille")
    ))
    return review["id"], sorted(told, key=lambda one: one[0])


def test_under_any_exactly_one_closes_and_the_other_is_told(ground):
    for _, version in visuals(ground, ROUNDS):
        review_id, told = decisions_at_once(ground, version, "any")
        assert [status for status, _ in told] == [201, 409], told
        (_, won), (_, refused) = told
        assert won["review"]["state"] == "approved"
        assert (refused["error"]["code"], refused["error"]["closed_by"] in ("Chloe", "Camille")) == ("closed", True)
        assert len(decided(review_id)) == 1
    ground.sound()


def test_under_all_both_count_and_exactly_one_closes(ground):
    for campaign_id, version in visuals(ground, ROUNDS):
        review_id, told = decisions_at_once(ground, version, "all")
        assert [status for status, _ in told] == [201, 201], told
        assert sorted(body["review"]["state"] for _, body in told) == ["approved", "open"]
        assert len(decided(review_id)) == 2
        assert sum(len(body["unblocked"]) for _, body in told) <= 1
        assert ground.flow(campaign_id, "ready") == Flow.PASSED
    approvals = Counter(row.subject for row in db.session.query(Event).filter_by(name="review.approved"))
    assert set(approvals.values()) == {1}
    ground.sound()


def test_a_yes_against_a_new_version_counts_or_is_refused_never_both(ground):
    ends, current = Counter(), None
    for number, (campaign_id, first) in enumerate(visuals(ground, 2 * ROUNDS)):
        current = first if number % FRESH == 0 else current
        review = ground.put_up(current["id"], "all", "chloe")
        newer = text(1 + number % 2)
        ticket_id, _ = ground.ticket(newer, campaign_id=campaign_id, asset_id=current["asset_id"])
        (status, told), (version_id, _, _) = ground.race.run(
            ground.call("chloe", method="POST", path=f"/reviews/{review['id']}/decision", json=answer(current)),
            ground.submission(ticket_id, newer),
        )
        ends[status] += 1
        is_one_of_the_two(review["id"], status, told, version_id)
        assert ground.flow(campaign_id, "ready") not in (Flow.PASSED, Flow.READY)
        current = ground.api("marc").get(f"/versions/{version_id}").json
    assert set(ends) == {201, 409}
    ground.sound()


def is_one_of_the_two(review_id, status, told, newer_id) -> None:
    """Approved before the new version came, with its decision; or superseded, without one."""
    review = outcome(review_id)
    if status == 201:
        assert (told["review"]["state"], review.outcome, len(decided(review_id))) == ("approved", "approved", 1)
    else:
        assert (status, told["error"]["code"], told["error"]["newer_version_id"]) == (409, "superseded", newer_id)
        assert (review.outcome, decided(review_id)) == ("superseded", [])
