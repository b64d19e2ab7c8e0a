"""Live pages: whatever happens, the parts of a page that show it depend on a key that its events carry."""

import pytest

from planning.amending import amend_step
from planning.settling import close_by_hand
from planning.waiving import lift_waiver, waive
from review.annotations import Annotation, Audience, annotate
from review.reviews import Review
from storage import outbox
from storage.assets import Version
from storage.blobs import RenditionState
from storage.db import db, writing
from storage.events import Event
from tests.webapp.pages import read
from tests.world import picture

UUID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def open_page(world, sign_in):
    """`open_page("marc", path)`: the page as it was opened; `stale(after)` gives the ids of parts that a hint makes ask again."""

    def opened(name: str, path: str) -> "Open":
        return Open(sign_in(name), path, world)

    return opened


class Open:
    """A page left open: what it declared when it was rendered, and what the server would answer now."""

    def __init__(self, browser, path: str, world):
        self.browser, self.world = browser, world
        page = read(browser.get(path).text)
        self.parts = {part.attrs["id"]: part for part in page.all(data_live=True)}
        self.before = {id_: self._now(part) for id_, part in self.parts.items()}
        body = page.one("body").attrs
        self.campaign, self.seq = body.get("data-live-campaign-value"), int(body.get("data-live-seq-value") or 0)

    def _now(self, part) -> str:
        return _without_tokens(self.browser.get(part.attrs["data-live-src"], headers={"X-Fragment": "1"}).text)

    @property
    def told(self) -> set[str]:
        """The keys of everything recorded since the page was opened, as its reader is told them."""
        db.session.rollback()
        actor = self.world.chloe if self.browser.name == "chloe" else self.world.marc
        rows = db.session.scalars(Event.visible_to(actor).where(Event.scope_id == self.campaign, Event.seq > self.seq))
        keys = {key for row in rows for key in row.keys_for(actor)}
        return keys | {f"log_{self.campaign}"} if keys else keys  # as live_controller.js adds it

    @property
    def changed(self) -> set[str]:
        """The parts that would look otherwise now."""
        return {id_ for id_, part in self.parts.items() if self._now(part) != self.before[id_]}

    @property
    def stale(self) -> set[str]:
        """The parts that are asked again, with those around them."""
        told = self.told
        return {id_ for id_, part in self.parts.items() if told & set(part.attrs["data-live"].split())}


def _without_tokens(html: str) -> str:
    import re

    return re.sub(r"<input[^>]*type=\"hidden\"[^>]*>", "", html)


@pytest.fixture(autouse=True)
def _names(sign_in, monkeypatch):
    from tests.conftest import Browser

    Browser.name = ""


@pytest.fixture
def sign_in(sign_in):
    def named(name: str):
        browser = sign_in(name)
        browser.name = name
        return browser

    return named


def upload_first(world):
    world.upload(picture(), deliverable="visual")


def upload_twice(world):
    upload_first(world)
    world.upload(picture((6, 6, 6)), deliverable="visual")


def upload_loose(world):
    world.upload(picture((5, 5, 5)), filename="logo.png")


def comment_somewhere(world):
    version = world.upload(picture((5, 5, 5)), filename="logo.png")
    with writing() as session:
        annotate(version, world.camille, id_=UUID, shape=None, body="Old logo", audience=Audience.INTERNAL)
        session.commit()


def render(world):
    world.upload(picture(size=(1200, 700)), deliverable="visual")
    outbox.do_all()


def ask(world):
    version = world.upload(picture(), deliverable="visual")
    return world.put_up(version, "chloe@maree.example")


def approve(world):
    world.decide(ask(world), world.chloe)


def request_changes(world):
    world.decide(ask(world), world.chloe, "changes_requested")


def replace_after_approval(world):
    approve(world)
    world.upload(picture((4, 4, 4)), deliverable="visual")


def withdraw(world):
    review = ask(world)
    with writing() as session:
        session.get_one(Review, review.id).withdraw(world.marc)
        session.commit()


def dispense(world):
    with writing() as session:
        waive(world.step("visual"), "No need.", world.marc)
        session.commit()


def dispense_and_lift(world):
    dispense(world)
    with writing() as session:
        lift_waiver(world.step("visual"), world.marc)
        session.commit()


ACTS = [
    upload_first, upload_twice, upload_loose, comment_somewhere, render, ask, approve, request_changes, replace_after_approval, withdraw, dispense, dispense_and_lift,
]
VIEWS = ["", "/plan", "/activity", "/assets"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("view", VIEWS)
def test_what_an_act_changes_on_the_marketers_page_is_asked_again(world, open_page, act, view):
    page = open_page("marc", f"/campaigns/{world.ids['campaign']}{view}")
    act(world)
    assert page.changed <= page.stale


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_told_in_the_open_story(world, open_page, act):
    page = open_page("marc", f"/campaigns/{world.ids['campaign']}/activity")
    act(world)
    assert f"feed-{world.ids['campaign']}" in page.changed


@pytest.mark.parametrize("after", [request_changes, approve])
def test_a_second_version_moves_an_open_board(world, open_page, after):
    after(world)
    db.session.rollback()
    page = open_page("marc", f"/campaigns/{world.ids['campaign']}")
    world.upload(picture((7, 7, 7)), deliverable="visual")
    assert f"board-{world.ids['campaign']}" in page.changed
    assert page.changed <= page.stale


def decide_now(world, review):
    world.decide(review, world.chloe)


def comment(world, review):
    with writing() as session:
        annotate(review.version, world.chloe, id_=UUID, shape={"type": "pin", "x": 0.5, "y": 0.5}, body="Here", audience=Audience.SHARED)
        session.commit()


def comment_and_resolve(world, review):
    comment(world, review)
    with writing() as session:
        session.query(Annotation).filter_by(uuid=UUID).one().resolve(world.chloe)
        session.commit()


def replace(world, review):
    world.upload(picture((8, 8, 8)), deliverable="visual")


@pytest.mark.parametrize("act", [decide_now, comment, comment_and_resolve, replace])
@pytest.mark.parametrize("who", ["marc", "chloe"])
def test_what_happens_to_a_version_is_asked_again_by_whoever_looks_at_it(world, open_page, act, who):
    review = ask(world)
    db.session.rollback()
    page = open_page(who, f"/versions/{review.version_id}")
    act(world, review)
    if not (who == "chloe" and act is replace):  # the new version is not hers to see, but the review's end is
        assert page.changed
    assert page.changed <= page.stale


@pytest.mark.parametrize("who", ["marc", "chloe"])
def test_the_preview_appears_by_itself(world, open_page, who):
    """A page that waits for its picture is loaded as one with it, once there is one."""
    version = world.upload(picture(size=(1500, 900)), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    with writing() as session:
        session.get_one(Version, version.id).blob.rendition("1024").state = RenditionState.WAITING
        session.commit()
    page = open_page(who, f"/versions/{version.id}")
    assert page.parts[f"waiting-{version.id}"].attrs.get("data-controller") is None

    outbox.do_all()

    assert page.changed == {f"waiting-{version.id}", f"bar-{version.id}"} <= page.stale
    assert read(page.browser.get(f"/versions/{version.id}/waiting").text).one(data_controller="arrived")


def test_what_becomes_of_the_notes_left_open_before_is_asked_again(world, open_page):
    first = world.upload(picture(), deliverable="visual")
    with writing() as session:
        annotate(session.merge(first), world.camille, id_=UUID, shape=None, body="Logo", audience=Audience.INTERNAL)
        session.commit()
    second = world.upload(picture((8, 8, 8)), deliverable="visual")
    page = open_page("marc", f"/versions/{second.id}")
    assert "1 note is still open on version 1." in page.before[f"news-{second.id}"]

    with writing() as session:
        session.query(Annotation).filter_by(uuid=UUID).one().resolve(world.camille)
        session.commit()

    assert page.changed == {f"news-{second.id}"} <= page.stale


def test_a_plan_that_moves_is_read_again_where_the_decision_tells_of_it(world, open_page):
    review = ask(world)
    db.session.rollback()
    page = open_page("marc", f"/versions/{review.version_id}")
    assert "Slack" in page.before["decision"]

    with writing() as session:
        step = session.merge(world.step("media"))
        amend_step(step, {"days": 9}, row_version=step.row_version, by=world.marc)
        session.commit()

    assert page.changed == {"decision"} <= page.stale


def test_a_milestone_passed_by_hand_is_seen_on_its_page(world, open_page):
    from datetime import date

    from planning.founding import found_campaign
    from planning.plan import load_plan
    from planning.planfile import plan_from

    with writing() as session:
        document = {"launch": "2031-05-20", "steps": [{"id": "go", "name": "Go", "kind": "milestone"}]}
        campaign = found_campaign("By hand", plan_from(document, date.today()), by=world.marc)
        session.commit()
    milestone = load_plan(campaign).milestones[0]
    db.session.rollback()
    page = open_page("marc", f"/milestones/{milestone.id}")
    with writing() as session:
        close_by_hand(milestone, world.marc)
        session.commit()
    assert f"gates-{milestone.id}" in page.changed
    assert page.changed <= page.stale
