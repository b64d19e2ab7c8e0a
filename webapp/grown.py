"""The application as gunicorn serves it, several processes beside each other: `gunicorn -c webapp/gunicorn_conf.py`.

Rows are in PostgreSQL, objects in an S3, and hints travel through Redis; deliveries are done by `backbeat worker`.
"""

import logging

from flask import Flask

from config import Settings
from webapp import create_app, prepare_bucket
from webapp.memory import settle
from webapp.setup_code import set_up_code

log = logging.getLogger(__name__)
NEEDED = ("database_url", "s3_endpoint_url", "redis_url", "public_url")


class NotGrown(RuntimeError):
    """A setting is missing that several processes cannot do without."""


def grown_app() -> Flask:
    """The app, with its hints running. Raises NotGrown naming what is not set."""
    settings = Settings()
    missing = [f"BACKBEAT_{name.upper()}" for name in NEEDED if not getattr(settings, name)]
    if missing:
        raise NotGrown(f"several processes share what they keep: set {', '.join(missing)}, or use `backbeat serve`")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = create_app(settings)
    if by_hand := prepare_bucket(app):
        log.warning("%s", by_hand)
    with app.app_context():
        set_up_code(app)
    app.extensions["backbeat.start_live"]()
    settle()
    return app
