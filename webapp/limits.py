"""How much one token may ask: above what any honest page or script needs, below what would starve the others.

100 reads and 50 writes a second, five seconds' worth at once, and a little room for jitter (SAFETY.md 17). Sign-in and
passcodes have limits of their own, beside their routes.
"""

import hashlib

from flask import Blueprint, current_app, request, session
from flask_limiter.util import get_remote_address

from webapp.actors import pass_secrets, token_given
from webapp.extensions import limiter

READS = "520 per 5 seconds"
WRITES = "260 per 5 seconds"
READING = ("GET", "HEAD", "OPTIONS")


def limit(bp: Blueprint) -> None:
    """Hold every route of a blueprint to them, reads and writes each counted together: one limit, told apart by the method."""
    limiter.shared_limit(_most, scope=_sort, key_func=caller)(bp)


def caller() -> str:
    """Who is counted, without asking the database: a token, an account, a guest's pass, else an address."""
    if token := token_given():
        return _folded("token", token)
    if person := session.get("_user_id"):
        return _folded("person", person)
    passes = pass_secrets()
    return _folded("pass", passes[0]) if passes else get_remote_address()


def _sort(_endpoint: str) -> str:
    return "reads" if request.method in READING else "writes"


def _most() -> str:
    reads, writes = current_app.config.get("API_READS", READS), current_app.config.get("API_WRITES", WRITES)
    return reads if request.method in READING else writes


def _folded(kind: str, secret: str) -> str:
    return f"{kind}:{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
