"""What the worker does because of events. Importing a module of handlers registers them."""

from flask import Flask

from planning import bookkeeping
from storage import rendering


def init_app(app: Flask) -> None:
    app.extensions["backbeat.handlers"] = (rendering.make_renditions, bookkeeping.write_slack_ledger)
