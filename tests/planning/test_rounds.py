"""The round budget, on the worked example of RETROPLAN.md 2.8."""

from datetime import date

import pytest

from planning.planfile import plan_from
from planning.retroplan import schedule_of
from planning.rounds import MOST_ROUNDS, rounds_afforded
from tests.planning.test_options import late


@pytest.mark.parametrize(("review", "answer", "rework", "rounds"), [("client-review", 3, 2, 1), ("client-review", 3, 3, 0), ("final-ok", 2, 2, 1), ("visuals-review", 2, 4, 2)])
def test_another_round_fits_while_it_ends_by_the_latest_finish(review, answer, rework, rounds):
    """The client's review ends on Monday 26 April and may on Tuesday 4 May: two French days, and three English around the holiday of the 3rd."""
    assert rounds_afforded(schedule_of(late(0)), review, answer, rework) == rounds


def test_a_late_review_owes_rounds():
    schedule = schedule_of(late(12))

    assert rounds_afforded(schedule, "client-review", 3, 2) == -2
    assert rounds_afforded(schedule, "client-review", 1, 0) < -2


def test_a_plan_with_all_the_time_there_is_says_no_more_than_many():
    plan = plan_from({"launch": "2099-04-05", "status_date": "2027-04-05", "steps": [{"id": "ok", "kind": "review", "days": 1}], "links": []}, date(2027, 4, 5))

    assert rounds_afforded(schedule_of(plan), "ok", 1, 0) == MOST_ROUNDS
