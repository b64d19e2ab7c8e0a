"""The API, /api/v1: the same nouns as the pages, as JSON."""

from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api/v1")
