"""What one token may ask in a moment."""

import pytest
from limits import parse

from webapp import limits

pytestmark = pytest.mark.usefixtures("documented")


def test_five_seconds_worth_is_let_through_at_once():
    reads, writes = limits.READS, limits.WRITES

    assert reads.amount >= 100 * reads.get_expiry() >= 500
    assert writes.amount >= 50 * writes.get_expiry() >= 250


def test_who_asks_too_much_is_asked_to_wait(api, app):
    app.config["API_READS"] = parse("3 per 5 seconds")
    asked = [api("marc").get("/workspace") for _ in range(4)]

    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]
    assert 1 <= int(asked[3].headers["Retry-After"]) <= 5
    assert asked[3].json["error"]["code"] == "too_many_requests"
    assert api("marc").get("/tokens").status_code == 429
    assert api("olga").get("/workspace").status_code == 200


def test_writes_are_counted_by_themselves(api, app):
    app.config["API_WRITES"] = parse("3 per 5 seconds")
    asked = [api("marc").post("/tokens", json={}).status_code for _ in range(4)]

    assert asked == [201, 201, 201, 429]
    assert api("marc").get("/workspace").status_code == 200
