"""Notes on a version, and the answers to them, on the pages of members."""

from flask import Blueprint

from webapp.access import MEMBER
from webapp.routes.talk import add_talk

bp = Blueprint("annotations", __name__)
add_talk(bp, "", MEMBER)
