"""The client's own pages, behind a link."""

from flask import Blueprint

bp = Blueprint("guests", __name__)
