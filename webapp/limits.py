"""How much one caller may ask of the API: above what any honest page or script needs, below what would starve the others.

100 reads and 50 writes a second, five seconds' worth at once, and a little room for jitter (SAFETY.md 17). Sign-in and
passcodes have limits of their own (tries.py).
"""

import hashlib
import math
import time

from flask import current_app, request, session
from limits import RateLimitItemPerSecond
from werkzeug.exceptions import TooManyRequests

from webapp.actors import pass_secrets, token_given
from webapp.extensions import counts

READS = RateLimitItemPerSecond(520, 5)
WRITES = RateLimitItemPerSecond(260, 5)
READING = ("GET", "HEAD", "OPTIONS")


def count_call() -> None:
    """Before each request: count a call of the API, reads and writes apart. Raises TooManyRequests, which says when to come again."""
    if request.blueprint != "api":
        return
    kind, default = ("reads", READS) if request.method in READING else ("writes", WRITES)
    most, who = current_app.config.get(f"API_{kind.upper()}", default), caller()
    if not counts.hit(most, kind, who):
        raise TooManyRequests(retry_after=max(1, math.ceil(counts.over_until(most, kind, who) - time.time())))


def caller() -> str:
    """Who is counted, without asking the database: a token, an account, a guest's pass, else an address."""
    if token := token_given():
        return _folded("token", token)
    if person := session.get("_user_id"):
        return _folded("person", person)
    passes = pass_secrets()
    return _folded("pass", passes[0]) if passes else remote_address()


def remote_address() -> str:
    """Where a request comes from, as far as can be told."""
    return request.remote_addr or "unknown"


def _folded(kind: str, secret: str) -> str:
    return f"{kind}:{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
