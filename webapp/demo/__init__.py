"""The demo: two small agencies with a story under way, made by the same verbs as everything else.

Dates hang on today, so that it tells the same story on any day.
"""

from collections.abc import Callable

from flask import Flask

from storage import outbox
from webapp import installation
from webapp.demo import people, stories
from webapp.demo.answer import the_answer
from webapp.demo.files import files_open


def make_demo(app: Flask, say: Callable[[str], None]) -> dict:
    """Make both workspaces with their renditions; on a filled folder nothing but new tokens. Answers API.md's JSON."""
    if not installation.is_empty():
        say("The folder is not empty: nothing was made, only new tokens.")
        return the_answer(app)
    say("Two workspaces and their people ...")
    maree, northlight = people.make()
    with files_open(app):
        for story in (stories.perfume(maree), stories.autumn(maree), stories.film(northlight)):
            say(f"{story.campaign.name} ...")
            story.tell()
    say("Renditions ...")
    outbox.do_all()
    return the_answer(app)
