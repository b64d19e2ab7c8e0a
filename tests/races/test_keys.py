"""One Idempotency-Key twice at once: one act; the same answer for both, or 409 for whoever came while it was unfinished."""

from review.reviews import Review
from review.seats import Decision
from storage.answers import Answer
from storage.db import db, new_id
from tests.races.conftest import text

ROUNDS = 100


def same_call_twice(ground, name, **asked):
    """The bodies of the calls that were answered: one, or two alike."""
    told = ground.race.run(*[ground.call(name, method="POST", key=new_id(), **asked)] * 2)
    statuses = sorted(status for status, _ in told)
    assert statuses in ([201, 201], [201, 409]), told
    refused = [body["error"]["code"] for status, body in told if status == 409]
    assert set(refused) <= {"unfinished"}
    [body] = {str(body): body for status, body in told if status == 201}.values()
    return body


def test_it_is_done_once(ground):
    version = ground.uploaded(text(0))
    for _ in range(ROUNDS):
        asked = {"reviewers": ["chloe@maree.example"], "rule": "all"}
        review = same_call_twice(ground, "marc", path=f"/versions/{version['id']}/reviews", json=asked)
        verdict = {"verdict": "changes_requested", "version_id": version["id"], "sha256": version["sha256"]}
        decision = same_call_twice(ground, "chloe", path=f"/reviews/{review['id']}/decision", json=verdict)
        db.session.rollback()
        assert [row.id for row in db.session.query(Decision).filter_by(review_id=review["id"])] == [decision["id"]]
    db.session.rollback()
    assert db.session.query(Review).filter_by(version_id=version["id"]).count() == ROUNDS
    assert db.session.query(Answer).count() == 2 * ROUNDS
    ground.sound()
