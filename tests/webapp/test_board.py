"""The board: each deliverable in the column of its state, with who has it and what slack is left."""

import pytest

from planning.plan import load_plan
from planning.waiving import waive
from storage.db import db, writing
from tests.webapp.pages import read, statements
from tests.world import picture
from webapp import fragments


@pytest.fixture
def board(world, sign_in):
    """`board()`: Marc's board as it is now."""
    marc = sign_in("marc")
    return lambda: read(marc.get(f"/campaigns/{world.ids['campaign']}").text)


def column_of(board, name: str) -> str:
    """The column a deliverable lies in."""
    return next(column.attrs["id"] for column in board.all("section", "column") if name in [card.one("h3").text for card in column.all("article", "card")])


def card_of(board, name: str):
    return next(card for card in board.all("article", "card") if card.one("h3").text == name)


def test_a_deliverable_walks_through_the_columns(world, board):
    assert column_of(board(), "Key visual") == "col-todo"

    first = world.upload(picture(), deliverable="visual")
    assert column_of(board(), "Key visual") == "col-making"

    review = world.put_up(first, "chloe@maree.example")
    assert column_of(board(), "Key visual") == "col-review"

    world.decide(review, world.chloe, "changes_requested")
    assert column_of(board(), "Key visual") == "col-changes"

    second = world.upload(picture((1, 2, 3)), deliverable="visual")
    assert column_of(board(), "Key visual") == "col-making"

    world.decide(world.put_up(second, "chloe@maree.example"), world.chloe)
    assert column_of(board(), "Key visual") == "col-approved"


def test_a_stale_yes_stands_in_review_and_says_which_version_it_was_for(world, board):
    world.decide(world.put_up(world.upload(picture(), deliverable="visual"), "chloe@maree.example"), world.chloe)
    world.upload(picture((1, 2, 3)), deliverable="visual")

    card = card_of(board(), "Key visual")
    assert column_of(board(), "Key visual") == "col-review"
    assert card.one(data_state="stale", cls="state").text == "Stale"
    assert "the yes to v1 has lapsed" in card.text


def test_what_is_waived_stands_with_the_approved_and_says_why(world, board):
    with writing() as session:
        waive(world.step("media"), "The client trusts us here.", world.marc)
        session.commit()

    card = card_of(board(), "Media plan")
    assert column_of(board(), "Media plan") == "col-approved"
    assert "Marc: The client trusts us here." in card.text


def test_a_card_shows_picture_version_reviewers_answers_and_slack(world, board):
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example", "olga@maree.example")
    world.decide(review, world.olga)

    card = card_of(board(), "Key visual")
    assert card.one("img").attrs["src"] == f"/versions/{version.id}/renditions/320"
    assert card.one(cls="card__version").text == "v1"
    assert [one.attrs["aria-label"] for one in card.all(cls="person")] == ["Chloe has not answered yet", "Olga has approved"]
    assert [one.attrs["data-side"] for one in card.all(cls="person")] == ["client", "team"]
    assert "with Chloe since today" in card.text
    assert card.one(cls="slack").text.startswith("Slack +")
    assert card.one("a").attrs["href"] == f"/versions/{version.id}"


def test_an_empty_card_is_a_place_to_drop_a_file(world, board):
    card = card_of(board(), "Key visual")
    assert card.one(cls="drop").attrs["data-upload-deliverable-value"] == world.step("visual").id
    assert card.one("h3").one("a").attrs["href"] == f"/steps/{world.step('visual').id}"


def test_milestones_stand_above_with_flow_and_health_as_words(world, board):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")

    ready, booked = board().all("article", "milestone")
    assert [one.text for one in ready.all(cls="state")] == ["Waiting for review", "On track"]
    assert "Key visual: with Chloe since today" in ready.text
    assert booked.one(cls="state", data_kind="flow").text == "Blocked"
    assert "after Print-ready" in booked.text


def test_a_passed_milestone_says_what_it_unblocked(world, board):
    version = world.upload(picture(), deliverable="visual")
    assert not board().one(cls="news").text

    world.decide(world.put_up(version, "chloe@maree.example"), world.chloe)

    news = board().one(cls="news")
    assert news.attrs["role"] == "status"
    assert "Print-ready has passed Unblocked: Media plan" in news.text
    assert "Passed on time" in board().all("article", "milestone")[0].text


def test_the_head_says_who_has_the_launch_in_hand(world, board):
    with writing() as session:
        brief = session.merge(world.step("brief"))
        brief.started_on = brief.finished_on = world.campaign.today
        session.commit()
    version = world.upload(picture(), deliverable="visual")
    assert "Camille" in board().one(cls="head").text

    world.put_up(version, "chloe@maree.example")
    head = board().one(cls="head")
    assert "Now with" in head.text
    assert "Chloe" in head.text
    assert "Key visual, v1" in head.text
    assert "D−70" in head.text


def test_a_board_costs_the_same_however_much_lies_on_it(world, sign_in, app):
    marc = sign_in("marc")
    path = f"/campaigns/{world.ids['campaign']}"
    few = _cost(marc, path)
    world.put_up(world.upload(picture(), deliverable="visual"), "chloe@maree.example", "a@b.example", "c@d.example")
    some = _cost(marc, path)
    _add_deliverables(world, 12)
    many = _cost(marc, path)

    assert many == some
    assert some - few <= 8  # the first picture, the first review and the people who are asked


def _cost(browser, path: str) -> int:
    fragments._rendered.clear()
    browser.get(path)
    fragments._rendered.clear()
    with statements() as sent:
        assert browser.get(path).status_code == 200
    return len(sent)


def _add_deliverables(world, count: int) -> None:
    """More of the same: each with a version in review."""
    from planning.steps import Step
    from storage.db import new_id

    with writing() as session:
        for number in range(count):
            session.add(
                Step(id=new_id(), workspace_id=world.ids["workspace"], campaign_id=world.ids["campaign"], key=f"extra{number}",
                     position=100 + number, name=f"Extra {number}", kind="deliverable", days=2, people=["camille@maree.example"])
            )
        session.commit()
    for number in range(count):
        world.put_up(world.upload(picture((number, 9, 9)), deliverable=f"extra{number}"), "chloe@maree.example", "olga@maree.example")
    db.session.rollback()
    assert len(load_plan(world.campaign).facts) == count + 2
