"""Annotations."""

from flask import Blueprint

bp = Blueprint("annotations", __name__)
