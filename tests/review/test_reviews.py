"""Reviews: who may decide, whose answer counts, what a changed mind does, and what is too late."""

import pytest

from review.links import guest_holding, make_link
from review.reviews import NotIntroduced, Review, ReviewOver, TooLate
from review.seats import Decision
from storage.assets import Version
from storage.db import db, writing
from storage.events import Event
from storage.workspaces import Right
from tests.world import picture
from webapp.checks import ledger_faults

CHLOE, MARC, OUTSIDER = "chloe@maree.example", "marc@maree.example", "paul@client.example"


@pytest.fixture
def visual(world):
    return world.upload(picture(), deliverable="visual")


def guest(world, version, *rights, email=None, name="Paul", latest=False):
    """Somebody who came by a general link."""
    with writing() as session:
        version = session.get_one(Version, version.id)
        link = make_link(world.ids["campaign"], [(version, latest)], list(rights), by=world.marc, secret_key=world.secret_key)
        _, secret = link.admit(name=name, email=email or OUTSIDER)
        session.commit()
    return guest_holding(secret)


def guest_twice(world, version, *rights):
    """Two browsers at one general link that give the same e-mail."""
    with writing() as session:
        version = session.get_one(Version, version.id)
        link = make_link(world.ids["campaign"], [(version, False)], list(rights), by=world.marc, secret_key=world.secret_key)
        secrets = [link.admit(name="Paul", email=OUTSIDER)[1] for _ in range(2)]
        session.commit()
    return [guest_holding(secret) for secret in secrets]


def seat_guest(world, review):
    """The reviewer without an account, through their personal link."""
    from review.links import GuestLink

    with writing() as session:
        seat = next(seat for seat in session.get_one(Review, review.id).seats if seat.link_id)
        _, secret = session.get_one(GuestLink, seat.link_id).admit(name="Paul")
        session.commit()
    return guest_holding(secret)


def fresh(review) -> Review:
    return db.session.get_one(Review, review.id, populate_existing=True)


def test_under_all_everybody_must_say_yes(world, visual):
    review = world.put_up(visual, CHLOE, MARC)
    world.decide(review, world.chloe)
    assert fresh(review).state == "open"

    world.decide(review, world.marc)
    assert fresh(review).state == "approved"


def test_under_any_the_second_is_too_late(world, visual):
    review = world.put_up(visual, CHLOE, MARC, rule="any")
    world.decide(review, world.chloe)

    with pytest.raises(ReviewOver) as over:
        world.decide(review, world.marc)
    assert over.value.review.outcome == "approved"


def test_one_changes_requested_holds_until_its_author_changes_their_mind(world, visual):
    review = world.put_up(visual, CHLOE, MARC, rule={"at_least": 1})
    world.decide(review, world.chloe, "changes_requested", note="logo smaller")
    world.decide(review, world.marc)
    assert fresh(review).state == "changes_requested"
    assert world.plan.state_of(world.step("visual")) == "changes_requested"

    world.decide(review, world.chloe)
    assert fresh(review).state == "approved"
    first, second = fresh(review).seat_of(world.chloe).decisions
    assert second.replaces_id == first.id


def test_the_owner_lifts_somebodys_objection_by_name(world, visual):
    review = world.put_up(visual, CHLOE, MARC, rule={"at_least": 1})
    world.decide(review, world.chloe, "changes_requested")
    world.decide(review, world.marc)
    with writing() as session:
        again = session.get_one(Review, review.id)
        again.lift(again.seat_of(world.chloe), world.olga)
        session.commit()

    assert fresh(review).state == "approved"


def test_nobody_decides_who_was_not_asked(world, visual):
    review = world.put_up(visual, CHLOE)
    assert fresh(review).decidable_by(world.chloe)
    assert not fresh(review).decidable_by(world.marc)
    assert not fresh(review).decidable_by(world.olga)
    assert not fresh(review).decidable_by(guest(world, visual, Right.COMMENT))


def test_a_personal_link_fills_its_seat(world, visual):
    review = world.put_up(visual, OUTSIDER)
    paul = seat_guest(world, review)
    world.decide(review, paul)

    seat = fresh(review).seats[0]
    assert (seat.email, seat.state, seat.verified, seat.name) == (OUTSIDER, "approved", True, "Paul")
    assert fresh(review).state == "approved"


def test_one_person_keeps_one_link_through_a_campaigns_versions(world, visual):
    first = world.put_up(visual, OUTSIDER)
    paul = seat_guest(world, first)
    world.decide(first, paul, "changes_requested")
    newer = world.upload(picture((8, 8, 8)), deliverable="visual")
    second = world.put_up(newer, OUTSIDER)

    assert fresh(first).seats[0].link_id == fresh(second).seats[0].link_id
    assert fresh(second).seats[0].name == "Paul"
    assert visible(paul) == {visual.id, newer.id}
    world.decide(second, paul)
    assert fresh(second).state == "approved"


def test_a_general_links_answer_counts_at_once_under_any(world, visual):
    review = world.put_up(visual, CHLOE, rule="any")
    world.decide(review, guest(world, visual, Right.DECIDE))

    assert fresh(review).state == "approved"
    assert [seat.verified for seat in fresh(review).seats] == [True, False]


def test_under_all_a_general_links_answer_waits_for_a_member(world, visual):
    review = world.put_up(visual, CHLOE, rule="all")
    world.decide(review, guest(world, visual, Right.DECIDE), "changes_requested")
    assert fresh(review).state == "open"

    with writing() as session:
        again = session.get_one(Review, review.id)
        again.accept_seat(again.seats[1], world.marc)
        session.commit()
    assert fresh(review).state == "changes_requested"


def test_an_accepted_answer_is_not_anothers_to_change(world, visual):
    review = world.put_up(visual, CHLOE, rule="all")
    link_guest, twin = guest_twice(world, visual, Right.DECIDE)
    world.decide(review, link_guest, "changes_requested")
    with writing() as session:
        again = session.get_one(Review, review.id)
        again.accept_seat(again.seats[1], world.marc)
        session.commit()

    world.decide(review, twin)

    assert [seat.verified for seat in fresh(review).seats] == [True, False]


def test_a_guest_without_a_name_is_asked_for_it(world, visual):
    review = world.put_up(visual, CHLOE, rule="any")
    with pytest.raises(NotIntroduced):
        world.decide(review, guest(world, visual, Right.DECIDE, name="", email=""))


def test_a_guest_who_types_a_reviewers_email_does_not_sit_in_their_seat(world, visual):
    review = world.put_up(visual, CHLOE, rule="all")
    world.decide(review, guest(world, visual, Right.DECIDE, email=CHLOE))

    assert fresh(review).state == "open"
    assert [seat.state for seat in fresh(review).seats if seat.verified] == ["waiting"]


def test_an_undone_change_of_mind_gives_back_what_stood_before(world, visual):
    review = world.put_up(visual, CHLOE, MARC)
    world.decide(review, world.chloe, "approved")
    second = world.decide(review, world.chloe, "changes_requested")
    undo(review, second, world.chloe)

    assert fresh(review).seat_of(world.chloe).state == "approved"


def test_after_thirty_seconds_it_is_too_late_to_undo(world, visual, later):
    review = world.put_up(visual, CHLOE)
    decision = world.decide(review, world.chloe)
    later(seconds=31)

    with pytest.raises(TooLate):
        undo(review, decision, world.chloe)
    assert fresh(review).state == "approved"


def test_a_decision_on_a_superseded_version_cannot_be_undone(world, visual):
    review = world.put_up(visual, CHLOE, MARC)
    decision = world.decide(review, world.chloe, "changes_requested")
    world.upload(picture((3, 3, 3)), deliverable="visual")

    with pytest.raises(ReviewOver):
        undo(review, decision, world.chloe)


def test_an_approval_whose_version_was_replaced_cannot_be_undone(world, visual):
    review = world.put_up(visual, CHLOE)
    decision = world.decide(review, world.chloe)
    world.upload(picture((3, 3, 3)), deliverable="visual")

    with pytest.raises(ReviewOver):
        undo(review, decision, world.chloe)
    assert fresh(review).state == "approved"
    assert list(ledger_faults()) == []


def test_a_clock_set_back_does_not_bring_back_an_older_answer(world, visual, later):
    review = world.put_up(visual, CHLOE, MARC)
    world.decide(review, world.chloe, "changes_requested")
    later(seconds=-90)
    world.decide(review, world.chloe, "approved")
    world.decide(review, world.chloe, "changes_requested")

    seat = fresh(review).seat_of(world.chloe)
    assert seat.state == "changes_requested"
    assert [decision.replaces_id for decision in seat.decisions] == [None, *(one.id for one in seat.decisions[:-1])]


def test_only_its_author_may_undo(world, visual):
    decision = world.decide(world.put_up(visual, CHLOE), world.chloe)
    assert decision.undoable_by(world.chloe)
    assert not decision.undoable_by(world.marc)


def test_being_named_gives_a_client_sight_of_that_version_alone(world, visual):
    other = world.upload(picture((7, 7, 7)), deliverable="media")
    assert visible(world.chloe) == set()
    world.put_up(visual, CHLOE)
    newer = world.upload(picture((8, 8, 8)), deliverable="visual")

    assert visible(world.chloe) == {visual.id}
    assert {other.id, newer.id, visual.id} <= visible(world.camille)
    assert visible(world.rita) == set()


def test_a_link_to_the_latest_follows_the_asset(world, visual):
    pinned = guest(world, visual, Right.SEE)
    following = guest(world, visual, Right.SEE, latest=True)
    assert visible(pinned) == visible(following) == {visual.id}

    newer = world.upload(picture((8, 8, 8)), deliverable="visual")
    assert visible(pinned) == {visual.id}
    assert visible(following) == {newer.id}


def test_a_withdrawn_review_takes_no_answer_and_holds_nothing(world, visual):
    review = world.put_up(visual, CHLOE)
    with writing() as session:
        session.get_one(Review, review.id).withdraw(world.marc)
        session.commit()
    assert world.plan.state_of(world.step("visual")) == "in_production"
    with pytest.raises(ReviewOver):
        world.decide(review, world.chloe)


def test_whoever_said_yes_hears_that_another_version_has_come_and_not_which(world, visual):
    world.decide(world.put_up(visual, CHLOE), world.chloe)
    newer = world.upload(picture((20, 60, 200)), asset_id=visual.asset_id)
    heard = list(db.session.scalars(Event.visible_to(world.chloe).order_by(Event.seq)))
    assert (heard[-1].name, heard[-1].version_id, heard[-1].body) == ("version.replaced", visual.id, {"number": 2})
    assert newer.id not in str([event.body for event in heard])


def undo(review, decision, by):
    with writing() as session:
        session.get_one(Review, review.id).undo(session.get_one(Decision, decision.id), by)
        session.commit()


def visible(actor) -> set[str]:
    db.session.rollback()
    return {version.id for version in db.session.scalars(Version.visible_to(actor))}
