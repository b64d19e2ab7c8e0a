"""Pages, sockets, mail and the API: the only package that knows the web."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from config import Settings
from storage import clock, drills
from storage.buckets import StoreAway
from storage.buckets.chosen import chosen
from storage.db import BUSY_SECONDS, db


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (by default, those of the environment). Starts nothing by itself."""
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.extensions["backbeat.settings"] = settings
    _configure(app, settings)
    _set_drills(settings)
    _bind(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SESSION_COOKIE_NAME="__Host-backbeat" if settings.secure else "backbeat",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the pages of a link send no referrer, lest its token travel
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False


def _engine_options(settings: Settings) -> dict:
    if settings.database.startswith("sqlite"):
        Path(settings.data).mkdir(parents=True, exist_ok=True)
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}, "pool_size": 20, "max_overflow": 100}
    patience = {"options": f"-c lock_timeout={int(BUSY_SECONDS * 1000)}"}
    return {"connect_args": patience, "pool_size": 20, "max_overflow": 60, "pool_recycle": 1800}


def _set_drills(settings: Settings) -> None:
    """The clock and the failpoint are for drills alone."""
    from datetime import datetime

    if settings.drills:
        drills.arm(settings.failpoint)
        clock.set_clock(datetime.fromisoformat(settings.now) if settings.now else None)


def _bind(app: Flask, settings: Settings) -> None:
    from webapp import assets, errors, fragments, i18n, jobs, live, routes, security, words
    from webapp.access import check_declared
    from webapp.extensions import counts, csrf, login_manager, migrate

    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(__file__).parent.parent / "migrations"))
    login_manager.init_app(app)
    csrf.init_app(app)
    counts.init_app(settings.redis_url)
    app.extensions["backbeat.scratch"] = settings.data / "scratch"
    app.extensions["backbeat.bucket"] = chosen(settings, lambda: _files_url(app, settings))
    app.extensions["backbeat.files_origin"] = lambda: _origin(_files_url(app, settings))
    i18n.init_app(app)
    assets.init_app(app)
    fragments.init_app(app)
    words.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    routes.init_app(app)
    live.init_app(app)
    jobs.init_app(app)
    security.cover(app)
    check_declared(app)


def _files_url(app: Flask, settings: Settings) -> str:
    """Where browsers reach the objects: the store itself, or the files host, whose port `serve` chooses."""
    if settings.s3_endpoint_url:
        return settings.s3_endpoint_url
    return settings.files_url or app.extensions.get("backbeat.files_url", "http://127.0.0.1:8001")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def public_url(app: Flask) -> str:
    """The address people reach the app by: what is set, else the one `serve` listens on."""
    settings: Settings = app.extensions["backbeat.settings"]
    return (settings.public_url or app.extensions.get("backbeat.public_url", "http://127.0.0.1:8000")).rstrip("/")


def prepare_bucket(app: Flask) -> str | None:
    """Make the store ready; answers what is left to do by hand. One that is away now is told by /readyz too."""
    try:
        return app.extensions["backbeat.bucket"].prepare(public_url(app))
    except StoreAway as away:
        return f"The file store does not answer ({away}): uploads will be refused until it does."
