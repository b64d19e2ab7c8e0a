"""What the people of e2e stories find when they arrive: a visual, what was said of it, links that lead there."""

import uuid

import requests

from review.annotations import Annotation, Audience, annotate
from review.links import GuestLink, make_link
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Right
from tests.conftest import SECRET
from tests.world import picture

MIDDLE = {"type": "pin", "x": 0.5, "y": 0.5}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}


def visual(studio, *reviewers: str, size=(1200, 800), **rule) -> str:
    """A visual, put up before these if there are any; its version's id."""
    with studio.inside():
        version = studio.world.upload(picture(size=size), deliverable="visual")
        if reviewers:
            studio.world.put_up(version, *reviewers, **rule)
        return version.id


def left(studio, version_id: str, by: str, body: str, *, shape="pin", audience=Audience.SHARED, priority=None, answers=()) -> str:
    """A note somebody left behind the browsers' backs; `shape` in full, or a pin in the middle."""
    shape = MIDDLE if shape == "pin" else shape
    with studio.inside(), writing() as session:
        version, member = session.get_one(Version, version_id), studio.world.member(by)
        note, _ = annotate(version, member, id_=str(uuid.uuid4()), shape=shape, body=body, audience=audience, priority=priority)
        for answer in answers:
            note.reply(answer, member, id_=str(uuid.uuid4()))
        session.commit()
        return note.uuid


def says(studio, house, by: str, version_id: str, body: str, *, shape="pin", audience=Audience.SHARED) -> str:
    """A note of somebody elsewhere, by the API, so that everybody in the room hears of it."""
    said = {"id": str(uuid.uuid4()), "shape": MIDDLE if shape == "pin" else shape, "body": body, "audience": audience}
    headers = {"Authorization": f"Bearer {studio.world.tokens[by]}"}
    requests.post(f"{house.url}/api/v1/versions/{version_id}/annotations", json=said, headers=headers, timeout=30).raise_for_status()
    return said["id"]


def general_link(studio, version_id: str, *rights: Right, latest: bool = False) -> str:
    """The path of a link that anybody may hold, to this version or whichever is the latest; for commenting and deciding, if not said."""
    with studio.inside(), writing() as session:
        version = session.get_one(Version, version_id)
        link = make_link(
            studio.world.ids["campaign"], [(version, latest)], list(rights) or [Right.COMMENT, Right.DECIDE],
            by=studio.world.marc, secret_key=SECRET,
        )  # fmt: skip
        session.commit()
        return f"/l/{link.token(SECRET)}"


def revoke(studio, house, path: str) -> None:
    """Marc takes the link back while it is in use."""
    with studio.inside():
        link = GuestLink.behind(path.removeprefix("/l/"))
        assert link
        at = f"{house.url}/api/v1/links/{link.id}"
    requests.delete(at, headers={"Authorization": f"Bearer {studio.world.tokens['marc']}"}, timeout=30).raise_for_status()


def bodies(studio) -> list[str]:
    """What is kept, in the order of the words."""
    with studio.inside():
        return sorted(db.session.scalars(db.select(Annotation.body).where(Annotation.deleted_at.is_(None))))
