"""What every response carries, what every write must bring, and how much anybody may ask."""

import secrets

from flask import Flask, current_app, g, request

from storage.db import mean_to_write
from webapp.access import let_in
from webapp.actors import LINK_HEADER, token_given
from webapp.extensions import csrf
from webapp.limits import count_call

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_COMMON = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}
_BARE = {
    **_COMMON,
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""For answers that hold no page."""
_ALWAYS = {
    **_COMMON,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def init_app(app: Flask) -> None:
    app.before_request(_mean_what_the_method_says)
    app.before_request(count_call)
    app.before_request(_protect)
    app.before_request(let_in)
    app.after_request(_headers)
    app.teardown_request(lambda _error: mean_to_write(False))
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def cover(app: Flask) -> None:
    """Let what is answered before any route is asked, as by the sockets' server, be as harmless. Call it last."""
    inner = app.wsgi_app

    def covered(environ, start_response):
        def start(status, headers, *error):
            given = {name.lower() for name, _ in headers}
            return start_response(status, [*headers, *((name, value) for name, value in _BARE.items() if name.lower() not in given)], *error)

        return inner(environ, start)

    app.wsgi_app = covered


def csp_nonce() -> str:
    """The nonce of this response's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def _mean_what_the_method_says() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    mean_to_write(request.method in UNSAFE and not getattr(view, "slow", False))


def _protect() -> None:
    """A write by cookie brings the CSRF token; one by bearer token cannot be forged by a page."""
    if request.method in UNSAFE and token_given() is None and not _is_strangers_call():
        csrf.protect()


def _is_strangers_call() -> bool:
    """A call of the API without any cookie speaks for nobody: it is asked to sign in, not for a CSRF token."""
    return request.path.startswith("/api/") and not request.cookies


def _headers(response):
    files, public = current_app.extensions["backbeat.files_origin"](), request.host
    scheme = "wss" if request.is_secure else "ws"
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; manifest-src 'self'; "
        f"script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self' 'nonce-{csp_nonce()}'; font-src 'self'; "
        f"img-src 'self' blob: data: {files}; media-src 'self' blob: {files}; connect-src 'self' {scheme}://{public} {files}"
    )
    carried = _ALWAYS | {"Content-Security-Policy": policy}
    if current_app.config["SESSION_COOKIE_SECURE"]:
        carried["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "assets":
        carried["Cache-Control"] = "private, no-cache"
        response.vary.update(("Cookie", "Authorization", LINK_HEADER))
    given = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in carried.items() if name.lower() not in given])
    return response
