"""The API, /api/v1: the same nouns as the pages, as JSON, described at /api/v1/openapi.json."""

from importlib import import_module

from flask import Blueprint

NOUNS = ("campaigns", "plans", "steps", "consequences", "options", "baselines", "gates", "slack", "events", "uploads", "versions", "reviews", "annotations", "replies", "links", "people", "openapi")

bp = Blueprint("api", __name__, url_prefix="/api/v1")

for noun in NOUNS:
    import_module(f"{__name__}.{noun}")
