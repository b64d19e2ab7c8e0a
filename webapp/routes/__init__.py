"""Routes: one module per noun, each a blueprint; the API has the same nouns under /api/v1."""

from importlib import import_module

from flask import Flask

NOUNS = (
    "health",
    "metrics",
    "auth",
    "setup",
    "workspaces",
    "invitations",
    "clients",
    "campaigns",
    "milestones",
    "steps",
    "assets",
    "versions",
    "annotations",
    "reviews",
    "links",
    "guests",
    "api",
)


def init_app(app: Flask) -> None:
    for noun in NOUNS:
        app.register_blueprint(import_module(f"webapp.routes.{noun}").bp)
