"""Versions."""

from flask import Blueprint

bp = Blueprint("versions", __name__)
