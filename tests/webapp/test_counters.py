"""What is counted is shared through Redis, and counted by each process alone while Redis is away."""

import time

from limits import RateLimitItemPerMinute

from tests.services.valkey import valkey
from webapp.counters import Counts

TWICE = RateLimitItemPerMinute(2)


def test_two_processes_count_together_and_a_try_can_be_given_back():
    with valkey() as url:
        one, other = counting(url), counting(url)
        assert [one.hit(TWICE, "marc"), other.hit(TWICE, "marc"), one.hit(TWICE, "marc")] == [True, True, False]
        assert other.hit(TWICE, "olga")
        one.hit(TWICE, "marc", cost=-2)
        assert other.hit(TWICE, "marc")


def test_while_redis_is_away_each_counts_alone():
    with valkey() as url:
        counts = counting(url)
        assert counts.hit(TWICE, "marc")

    assert [counts.hit(TWICE, "marc") for _ in range(3)] == [True, True, False]
    assert 0 < counts.over_until(TWICE, "marc") - time.time() <= 60


def test_a_new_installation_begins_anew():
    counts = counting(None)
    assert [counts.hit(TWICE, "marc") for _ in range(3)] == [True, True, False]
    counts.init_app(None)
    assert counts.hit(TWICE, "marc")


def counting(url: str | None) -> Counts:
    counts = Counts()
    counts.init_app(url)
    return counts
