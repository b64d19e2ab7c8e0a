"""Tokens that open doors: random, shown once, looked up by their hash."""

import hashlib
import hmac
import secrets


def new_token(prefix: str = "") -> str:
    """256 random bits as URL-safe text."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored in a token's place: SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived_token(secret_key: str, *parts: str | int) -> str:
    """A token made again at will from a row's random value: HMAC-SHA256 under the secret key, 64 hex digits."""
    message = "\x1f".join(str(part) for part in parts).encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()
