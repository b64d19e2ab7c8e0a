"""The review room as tests of its pages find it: the visual, its notes and newer versions, and what a reader is shown."""

from uuid import uuid4

from review.annotations import Annotation, Audience, annotate
from storage import outbox
from storage.assets import Version
from storage.db import db, writing
from tests.webapp.pages import Element, read
from tests.world import picture


def rendered(world, **more) -> Version:
    """The key visual, with all its pictures."""
    kept = world.upload(picture(size=(1200, 700)), deliverable="visual", **more).id
    outbox.do_all()
    return db.session.get_one(Version, kept)


def note(world, version, by="camille", *, audience=Audience.SHARED, body="Logo smaller", **more) -> Annotation:
    with writing() as session:
        made, _new = annotate(session.get_one(Version, version.id), world.member(by), id_=str(uuid4()), shape=None, body=body, audience=audience, **more)
        session.commit()
    return made


def ticked_off(world, made: Annotation) -> None:
    with writing() as session:
        session.merge(made).resolve(world.camille)
        session.commit()


def newer(world, colour=(9, 9, 9)) -> Version:
    return world.upload(picture(colour), deliverable="visual")


def seen_by(browser, path: str) -> Element:
    answer = browser.get(path)
    assert answer.status_code == 200
    return read(answer.text)


def guest_room(guest, version) -> Element:
    return seen_by(guest, f"{guest.home}versions/{version.id}")


def decision(page: Element) -> Element:
    return page.one("section", "decision")
