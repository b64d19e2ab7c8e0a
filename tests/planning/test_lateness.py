"""The price of a late answer, on the worked example of RETROPLAN.md 2.8 and on plans of any kind."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from planning.lateness import free_until, prices, steps_up
from planning.planfile import plan_from
from planning.retroplan import schedule_of
from tests.planning.test_options import ANSWER, late, short_plans

ASKED = date(2027, 4, 12)


def of_the_script(**more):
    return prices(schedule_of(late(0)), "script-review", asked_on=ASKED, **more)


def test_the_worked_examples_answers_cost_what_its_table_says():
    """Late by 2, 4, 7, 9 and 12 working days of the client, whose two days end on Tuesday 13 April."""
    by_day = {price.answer_on: price for price in of_the_script()}
    calendar = schedule_of(late(0)).network.calendars["en"]

    told = {}
    for by, days in ANSWER.items():
        answer_on = date.fromordinal(calendar.fwd(ASKED.toordinal(), days) - 1)
        price = by_day[answer_on]
        told[by] = (price.slack_days, price.hard_slack_days, price.buffer_days_eaten, price.short_by_days)
    assert told == {0: (6, 9, 0, 0), 2: (3, 6, 0, 0), 4: (3, 6, 0, 0), 7: (-1, 2, 1, 0), 9: (-2, 1, 2, 0), 12: (-6, -3, 3, 3)}


def test_it_is_told_until_when_an_answer_is_free_and_when_it_gets_dearer():
    found = of_the_script()

    assert found[0].answer_on == ASKED
    assert (found[0].lost_days, free_until(found)) == (0, ASKED)
    assert [price.lost_days for price in steps_up(found)] == sorted({price.lost_days for price in found} - {0})
    assert steps_up(found)[0].answer_on == date(2027, 4, 13)


def test_days_on_which_nobody_answers_are_not_counted():
    days = [price.answer_on for price in of_the_script(most=18)]

    assert not {day.weekday() for day in days[1:]} & {5, 6}
    assert date(2027, 5, 3) not in days, "a bank holiday in England"
    assert len(days) == 19


def test_where_others_hold_the_launch_lateness_is_free_until_it_is_not():
    steps = [{"id": "long", "days": 5}, {"id": "ok", "kind": "review", "days": 1, "started_on": "2027-04-05"}]
    plan = plan_from({"launch": "2027-04-19", "status_date": "2027-04-05", "steps": steps, "links": []}, date(2027, 4, 5))

    found = prices(schedule_of(plan), "ok", asked_on=date(2027, 4, 5), most=6)

    assert free_until(found) == date(2027, 4, 9)
    assert [price.lost_days for price in found] == [0, 0, 0, 0, 0, 1, 2]


@given(short_plans(), st.data())
def test_each_price_is_what_the_plan_becomes_when_the_answer_comes_that_day(plan, data):
    step = data.draw(st.sampled_from(plan.steps))
    asked = date(2027, 4, 5) - timedelta(days=data.draw(st.integers(0, 3)))
    found = prices(schedule_of(plan), step.id, asked_on=asked, most=4)

    for price in found:
        steps = [one._replace(started_on=one.started_on or asked, finished_on=price.answer_on) if one.id == step.id else one for one in plan.steps]
        then = schedule_of(type(plan)(plan.launch, plan.status_date, plan.buffer_days, plan.calendar, plan.calendars, tuple(steps), plan.links))
        assert (price.ready, price.slack_days, price.hard_slack_days) == (then.ready, then.launch_slack_days, then.hard_launch_slack_days)
        assert price.short_by_days == then.short_by_days
    lost = [price.lost_days for price in found]
    assert lost == sorted(lost)
    assert 0 <= min(price.buffer_days_eaten for price in found) <= max(price.buffer_days_eaten for price in found) <= plan.buffer_days
