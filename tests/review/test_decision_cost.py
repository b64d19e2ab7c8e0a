"""What a decision costs the database, whole, as a call of the API: at most 12 statements besides two things.

They are finding out who asks, and loading the plan. SPEED.md, lever 1: one act, one transaction, one event.
"""

import pytest

from storage.db import db, new_id
from tests.statements import counted
from tests.world import picture

MOST = 12


@pytest.fixture
def asked(world):
    """A review of the key visual that waits for Chloé: (its id, what she answers)."""
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example")
    seen = {"verdict": "approved", "version_id": version.id, "sha256": version.blob.sha256}
    db.session.remove()
    return review.id, seen


def test_a_decision_takes_at_most_twelve_statements(api, asked):
    review_id, seen = asked
    with counted() as spent:
        answer = api("chloe").post(f"/reviews/{review_id}/decision", json=seen)

    assert answer.status_code == 201
    assert answer.json["unblocked"]
    assert len(spent["act"]) <= MOST, "\n".join(spent["act"])
    assert spent["sign-in"]
    assert spent["plan"]


def test_its_idempotency_key_costs_a_look_and_a_row(api, asked):
    review_id, seen = asked
    with counted() as spent:
        answer = api("chloe").post(f"/reviews/{review_id}/decision", json=seen, headers={"Idempotency-Key": new_id()})

    assert answer.status_code == 201
    assert len(spent["act"]) <= MOST + 4, "\n".join(spent["act"])
