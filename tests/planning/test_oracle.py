"""What trying every day has found in the two passes."""

from datetime import date

import pytest

from planning.items import Item, Link, pieces_of
from planning.network import schedule
from tests.planning.days import EN, FR, WEEK, june


@pytest.mark.parametrize("last_print_on", [date(2027, 5, 7), date(2027, 5, 10)])
def test_a_review_in_rounds_starts_as_soon_as_it_can_and_still_ends_no_sooner_than_it_must(last_print_on):
    # 6 May is worked in England only: rework ends on the 5th or the 7th, the second answer on the 6th or the 10th
    items = [
        Item("prints", pinned_on=last_print_on),
        Item("review", calendar="en", pieces=pieces_of("en", sla_days=1, rounds=2, rework_days=1)),
    ]
    may_not_end_before = Link("prints", "review", "FF")
    plan = schedule(items, [may_not_end_before], date(2027, 5, 20), 0, date(2027, 4, 26), FR, {"en": EN})
    review = plan.of("review")

    assert (review.early_start, review.early_finish) == (date(2027, 5, 5), date(2027, 5, 10))
    assert plan.tight_into(1) == [(0, may_not_end_before)]


def test_an_answer_already_awaited_is_not_held_by_the_work_it_is_about():
    # handed over on a Saturday: the answer is awaited from Monday, with or without the link
    items = [Item("art", 1, finished_on=june(12)), Item("ok", 1, kind="review", started_on=june(12))]
    plan = schedule(items, [Link("art", "ok")], june(30), 0, june(12), WEEK)

    assert plan.of("ok").early_finish == june(14)
    assert plan.tight_into(1) == []
