"""The two passes: the reference's worked example, each rule by itself, loops, and how long a plan may be."""

from datetime import date

import pytest

from planning.calendars import CalendarEdge
from planning.network import Item, Link, Network, PlanLoop, schedule
from tests.planning.days import EN, FR, WEEK, june

LAUNCH = date(2027, 5, 20)
SPOT = [
    Item("brief", 2),
    Item("script", 3),
    Item("script review", 2, "en"),
    Item("shoot", 2),
    Item("edit v1", 4),
    Item("client review", 3, "en"),
    Item("fixes", 2),
    Item("final OK", 2, "en"),
    Item("trafficking", 2),
    Item("visuals", 4),
    Item("visuals review", 2, "en"),
]
CHAIN = [item.key for item in SPOT[:9]]
SPOT_LINKS = [Link(a, b) for a, b in zip(CHAIN, CHAIN[1:], strict=False)] + [
    Link("brief", "visuals"),
    Link("visuals", "visuals review"),
    Link("visuals review", "trafficking"),
]

# item: latest start, due, hard due, early finish, slack (days of April are below 31, of May above)
TABLE = """
brief           12/04 13/04 20/04 06/04 5
script          14/04 16/04 23/04 09/04 5
script review   19/04 20/04 27/04 13/04 5
shoot           21/04 22/04 29/04 15/04 5
edit v1         23/04 28/04 05/05 21/04 5
client review   29/04 04/05 11/05 26/04 5
fixes           05/05 07/05 13/05 28/04 6
final OK        10/05 11/05 17/05 30/04 6
trafficking     12/05 13/05 19/05 04/05 6
visuals         03/05 07/05 13/05 12/04 18
visuals review  10/05 11/05 17/05 14/04 18
"""


def the_spot(items=SPOT, today=date(2027, 4, 5), links=SPOT_LINKS):
    return schedule(items, links, LAUNCH, 3, today, FR, {"en": EN})


def changed(items, key, **changes):
    return [item._replace(**changes) if item.key == key else item for item in items]


def week(items, links=(), launch=date(2027, 6, 18), buffer_days=0, today=date(2027, 6, 7)):
    """A plan in June 2027, Monday to Friday: the 7th and the 14th are Mondays."""
    return schedule(items, links, launch, buffer_days, today, WEEK)


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_the_worked_example_of_the_reference(row):
    *name, start, due, hard_due, finish, slack = row.split()
    dates = the_spot().of(" ".join(name))

    def shown(day):
        return day.strftime("%d/%m")

    assert (shown(dates.latest_start), shown(dates.due), shown(dates.hard_due)) == (start, due, hard_due)
    assert (shown(dates.early_finish), dates.slack_days) == (finish, int(slack))


def test_the_worked_example_as_a_whole():
    spot = the_spot()
    brief = spot.of("brief")

    assert (spot.ready, spot.slack_days) == (date(2027, 5, 4), 5)
    assert (spot.launch_slack_days, spot.hard_launch_slack_days, spot.short_by_days) == (6, 9, 0)
    assert (brief.hard_latest_start, brief.hard_slack_days, brief.driving) == (date(2027, 4, 19), 10, True)
    assert {spot.network.keys[i] for i in spot.driving} == set(CHAIN)


LATENESS = [
    (2, date(2027, 5, 10), 3, 6),
    (4, date(2027, 5, 10), 3, 6),
    (7, date(2027, 5, 14), -1, 2),
    (9, date(2027, 5, 18), -2, 1),
    (12, date(2027, 5, 24), -6, -3),
]


@pytest.mark.parametrize(("late", "ready", "slack", "hard"), LATENESS)
def test_a_late_answer_moves_what_is_ready(late, ready, slack, hard):
    spot = the_spot(changed(SPOT, "script review", days=2 + late))

    assert (spot.ready, spot.launch_slack_days, spot.hard_launch_slack_days) == (ready, slack, hard)
    assert spot.short_by_days == max(0, -hard)


@pytest.mark.parametrize(("late", "ready", "slack", "hard"), LATENESS)
def test_a_late_answer_that_came_counts_the_same(late, ready, slack, hard):
    answered = EN.fwd(date(2027, 4, 12).toordinal(), 2 + late)
    items = changed(SPOT, "brief", started_on=date(2027, 4, 5), finished_on=date(2027, 4, 6))
    items = changed(items, "script", started_on=date(2027, 4, 7), finished_on=date(2027, 4, 9))
    items = changed(items, "visuals", started_on=date(2027, 4, 7), finished_on=date(2027, 4, 12))
    items = changed(items, "visuals review", finished_on=date(2027, 4, 14))
    came = {"started_on": date(2027, 4, 12), "finished_on": date.fromordinal(answered - 1)}
    spot = the_spot(changed(items, "script review", **came), today=date.fromordinal(answered))

    assert (spot.ready, spot.launch_slack_days, spot.hard_launch_slack_days) == (ready, slack, hard)


def test_a_milestone_keeps_its_boundary_and_shows_the_day_before():
    plan = week([Item("art", 2), Item("ready")], [Link("art", "ready")], launch=june(21))

    assert plan.of("ready").latest_start == plan.of("ready").due == june(20)
    assert plan.of("art").due == june(18)
    assert plan.of("ready").early_start == plan.of("ready").early_finish == june(8)


def test_a_launch_on_a_sunday_is_worked_for_until_friday():
    assert week([Item("art", 1)], launch=june(20)).of("art").due == june(18)


def test_a_deadline_is_inclusive_and_binds_what_leads_to_it():
    plan = week([Item("art", 2), Item("gate", deadline=june(10))], [Link("art", "gate")])

    assert (plan.of("gate").due, plan.of("art").due, plan.of("art").latest_start) == (june(10), june(10), june(9))


def test_a_pin_binds_both_sides():
    plan = week([Item("film", 2), Item("slot", 1, pinned_on=june(15))], [Link("film", "slot")])
    slot = plan.of("slot")

    assert slot.latest_start == slot.early_start == june(15)
    assert slot.slack_days == 0
    assert plan.of("film").due == june(14)


def test_a_pinned_milestone_is_the_end_of_its_day():
    fair = week([Item("fair", pinned_on=june(10))]).of("fair")

    assert fair.due == fair.early_finish == june(10)


def test_not_before_holds_the_early_start_only():
    art = week([Item("art", 2, not_before=june(9))]).of("art")

    assert (art.early_start, art.early_finish, art.latest_start) == (june(9), june(10), june(16))


def test_work_in_progress_keeps_its_start_and_has_its_remaining_days():
    begun = Item("art", 4, started_on=june(3), remaining_days=3)
    art = week([begun]).of("art")

    assert (art.early_start, art.early_finish) == (june(3), june(9))


def test_remaining_days_are_counted_where_none_are_told():
    assert week([Item("art", 4, started_on=june(3))]).of("art").early_finish == june(8)
    assert week([Item("art", 2, started_on=june(1))]).of("art").early_finish == june(7)


def test_work_begun_too_early_is_held_by_hard_links_only_and_the_link_is_told_broken():
    items = [Item("ok", 3), Item("shoot", 2, started_on=june(4), remaining_days=2)]
    hard = week(items, [Link("ok", "shoot")])
    soft = week(items, [Link("ok", "shoot", strength="soft")])

    assert hard.of("shoot").early_finish == june(11)
    assert soft.of("shoot").early_finish == june(8)
    assert (hard.broken(), soft.broken()) == ([Link("ok", "shoot")], [])
    assert hard.of("ok").driving


def test_a_review_asked_on_the_day_the_work_was_done_is_forecast_alike_that_day_and_the_next():
    items = [Item("art", 2, finished_on=june(7)), Item("ok", 2, kind="review", started_on=june(7))]
    links = [Link("art", "ok")]

    assert [week(items, links, today=june(day)).of("ok").early_finish for day in (7, 8)] == [june(8), june(8)]
    assert week(items, [Link("art", "ok", lag=1)]).of("ok").early_finish == june(10)


def test_what_is_done_keeps_its_dates_and_leaves_the_least_slack_to_others():
    items = [Item("brief", 2, finished_on=june(17)), Item("art", 2)]
    plan = week(items)

    assert (plan.of("brief").early_start, plan.of("brief").early_finish) == (june(16), june(17))
    assert plan.slack_days == plan.of("art").slack_days == 7
    assert plan.ready == june(17)


def test_a_finished_plan_has_no_least_slack():
    assert week([Item("brief", 2, finished_on=june(8))]).slack_days is None


def test_an_empty_plan_counts_from_today():
    plan = week([])

    assert (plan.ready, plan.slack_days, plan.launch_slack_days, plan.short_by_days) == (None, None, 9, 0)


def test_a_plan_that_is_too_short_is_an_answer():
    plan = week([Item("art", 12)])

    assert (plan.of("art").slack_days, plan.short_by_days) == (-3, 3)
    assert plan.of("art").latest_start == june(2)


def test_pieces_use_their_own_calendars():
    review = Item("review", calendar="en", pieces=((2, "en"), (1, None), (2, "en")))
    chain = [Item("r1", 2, "en"), Item("w", 1), Item("r2", 2, "en")]
    links = [Link("r1", "w"), Link("w", "r2")]
    today = date(2027, 4, 29)  # 3 May is closed in England, 6 May in France
    whole = schedule([review], [], LAUNCH, 3, today, FR, {"en": EN}).of("review")
    parts = schedule(chain, links, LAUNCH, 3, today, FR, {"en": EN})

    assert (whole.early_start, whole.early_finish) == (parts.of("r1").early_start, parts.of("r2").early_finish)
    assert (whole.latest_start, whole.due) == (parts.of("r1").latest_start, parts.of("r2").due)


def test_tight_links_say_what_comes_next():
    spot = the_spot()
    at = spot.network.index

    assert spot.tight_out_of(at["brief"]) == [(at["script"], Link("brief", "script"))]
    assert spot.tight_into(at["trafficking"]) == [(at["final OK"], Link("final OK", "trafficking"))]


def test_closures():
    network = Network(SPOT, SPOT_LINKS, FR, {"en": EN})

    assert network.before("visuals review") == {"brief", "visuals"}
    assert network.after("final OK") == {"trafficking"}


def test_loops_are_named():
    items = [Item(key, 1) for key in "abcdxy"]
    ring = [Link("a", "b"), Link("b", "c"), Link("c", "a"), Link("c", "d")]

    with pytest.raises(PlanLoop, match="^a → b → c → a$"):
        week(items, ring)
    with pytest.raises(PlanLoop, match="^a → b → c → a; x → y → x$") as both:
        week(items, [*ring, Link("y", "x"), Link("x", "y")])
    assert both.value.loops == [["a", "b", "c"], ["x", "y"]]
    with pytest.raises(PlanLoop, match="^d → d$"):
        week(items, [Link("d", "d")])


def test_a_long_loop_is_named_in_one_short_line():
    keys = [f"s{i}" for i in range(5000)]
    ring = [Link(a, b) for a, b in zip(keys, [*keys[1:], keys[0]], strict=True)]

    with pytest.raises(PlanLoop) as loop:
        week([Item(key, 1) for key in keys], ring)
    assert len(str(loop.value)) < 200


def test_fifty_thousand_in_a_row():
    keys = [str(i) for i in range(50_000)]
    links = [Link(a, b) for a, b in zip(keys, keys[1:], strict=False)]
    plan = schedule([Item(key, 1) for key in keys], links, date(2300, 1, 1), 0, date(2027, 1, 4), WEEK)

    assert plan.of("0").slack_days == plan.of("49999").slack_days == plan.launch_slack_days
    assert len(plan.driving) == 50_000


def test_the_edge_of_the_calendar_is_told_with_the_step():
    with pytest.raises(CalendarEdge, match='"art".*1970 to 2400'):
        week([Item("art", 20_000)])
    with pytest.raises(CalendarEdge, match="1970 to 2400"):
        week([Item("art", 10**30)])
