"""Tries at secrets, counted before they are judged, by address and by what they are tried on."""

import math
import time

from flask import after_this_request
from flask_babel import ngettext
from limits import RateLimitItemPerMinute

from webapp.errors import Problem
from webapp.extensions import counts
from webapp.limits import remote_address

ON_ONE_THING = RateLimitItemPerMinute(10, 15)
"""Ten tries in a quarter of an hour on one account or link …"""
FROM_ONE_ADDRESS = RateLimitItemPerMinute(40, 15)
"""… and forty from one address, which an office may share."""


def spend(kind: str, on: str = "") -> None:
    """Count a try. Raises Problem (429, with Retry-After) when there were too many."""
    for item, *counted in _counts(kind, on):
        if not counts.hit(item, *counted):
            raise _too_many(counts.over_until(item, *counted))


def give_back(kind: str, on: str = "") -> None:
    """A try that succeeded was none."""
    for item, *counted in _counts(kind, on):
        counts.hit(item, *counted, cost=-1)


def _counts(kind: str, on: str):
    yield FROM_ONE_ADDRESS, "tries", kind, remote_address()
    if on:
        yield ON_ONE_THING, "tries", kind, on


def _too_many(until: float) -> Problem:
    wait = max(1, math.ceil(until - time.time()))

    @after_this_request
    def say_when(response):
        response.headers["Retry-After"] = str(wait)
        return response

    minutes = math.ceil(wait / 60)
    sentence = ngettext(
        "That was tried too often. Try again in %(num)s minute.", "That was tried too often. Try again in %(num)s minutes.", minutes
    )
    return Problem(429, "too_many_tries", sentence, retry_after_seconds=wait)
