"""What is booked adds up: for the launch and each milestone, whatever happened, in whatever order and batches it was booked."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.booking import NOTHING, Act, Cause, Course, Slack, book, driving_to, held_by
from planning.items import Item, Link
from planning.network import Network
from tests.planning.days import EN, FR, WEEK, june

CALENDARS = {"fr": FR, "en": EN}
LAUNCH, FIRST = date(2027, 7, 30), june(1)
MILESTONES = ("gate", "end")


def course(items, links=(), launch=LAUNCH, buffer_days=2, waiting=()) -> Course:
    milestones = tuple(item.key for item in items if item.kind == "milestone")
    return Course(Network(items, links, WEEK, CALENDARS), launch, buffer_days, milestones, frozenset(waiting))


def opened(plan: Course, day: date) -> dict:
    return {booking.subject: booking.slack for booking in book({}, day, plan, day)}


def chain(*keys):
    return [Link(a, b) for a, b in zip(keys, keys[1:], strict=False)]


SPOT = [Item("brief", 2), Item("visual", 4, kind="deliverable"), Item("ok", 2, "en", "review"), Item("gate", kind="milestone"), Item("live", 1)]
SPOT_LINKS = chain("brief", "visual", "ok", "gate", "live")


def with_(items, key, **changes):
    return [item._replace(**changes) if item.key == key else item for item in items]


def causes(bookings, subject=None):
    return [(booking.cause, booking.step, booking.delta.days) for booking in bookings if booking.subject == subject]


def test_time_takes_a_day_from_all_that_wait_for_the_step_that_nobody_begins():
    plan = course(SPOT, SPOT_LINKS)
    booked = book(opened(plan, june(7)), june(7), plan, june(9))

    assert causes(booked) == causes(booked, "gate") == [(Cause.LATE_WORK, "brief", -1)] * 2
    assert [booking.day for booking in booked] == [june(8), june(8), june(9), june(9)]


def test_a_weekend_takes_nothing():
    plan = course(SPOT, SPOT_LINKS)
    assert book(opened(plan, june(12)), june(12), plan, june(14)) == []


def test_a_pending_review_is_blamed_before_work_that_is_as_late():
    items = with_(with_(SPOT, "visual", started_on=june(1), finished_on=june(4)), "ok", started_on=june(1))
    items = [Item("other", 3), *with_(items, "brief", finished_on=june(1), started_on=june(1))]
    schedule = course(items, [*SPOT_LINKS, Link("other", "live")]).on(june(14), june(14), june(14))

    assert held_by(schedule, "gate") == (Cause.LATE_ANSWER, "ok")
    assert held_by(schedule, None) == (Cause.LATE_WORK, "other")


def test_a_review_that_waits_for_rework_is_not_the_reviewers():
    items = with_(with_(SPOT, "visual", started_on=june(1), remaining_days=1), "ok", started_on=june(4), remaining_days=2)
    items = with_(items, "brief", started_on=june(1), finished_on=june(1))
    schedule = course(items, SPOT_LINKS).on(june(14), june(14), june(14))

    assert held_by(schedule, "gate") == (Cause.LATE_WORK, "visual")


def test_a_deliverable_without_a_review_step_waits_for_its_answer_itself():
    items = [Item("film", 2, kind="deliverable", started_on=june(1)), Item("gate", kind="milestone")]
    plan = course(items, chain("film", "gate"), waiting={"film"})

    assert held_by(plan.on(june(9), june(9), june(9)), "gate", plan.waiting) == (Cause.LATE_ANSWER, "film")


def test_nothing_left_to_do_loses_nothing():
    done = [item._replace(started_on=june(1), finished_on=june(2)) for item in SPOT]
    plan = course(done, SPOT_LINKS)

    assert held_by(plan.on(june(9), june(9), june(9)), None) == (Cause.TIME, None)
    assert book(opened(plan, june(3)), june(3), plan, june(30)) == []


def test_the_chain_of_a_milestone_ends_at_it():
    schedule = course([*SPOT, Item("long", 20)], SPOT_LINKS).on(june(7), june(7), june(7))

    assert {schedule.network.keys[i] for i in driving_to(schedule, "gate")} == {"brief", "visual", "ok", "gate"}
    assert {schedule.network.keys[i] for i in driving_to(schedule, None)} == {"long"}


def test_what_nobody_did_is_nobodys():
    before = {subject: Slack(slack.days + 1, slack.hard_days) for subject, slack in opened(course(SPOT), june(7)).items()}
    assert set(causes(book(before, june(7), course(SPOT), june(7)))) == {(Cause.OTHER, None, -1)}


def test_what_was_done_before_it_was_told_is_booked_on_the_day_it_was_told():
    before = opened(course(SPOT, SPOT_LINKS), june(7))
    done = course(with_(SPOT, "brief", started_on=june(7), finished_on=june(7)), SPOT_LINKS)
    act = Act("e1", june(9), Cause.PROGRESS, "brief")

    assert causes(book(before, june(7), done, june(9), [act])) == [(Cause.LATE_WORK, "visual", -1), (Cause.PROGRESS, "brief", 1)]


def test_one_act_is_one_entry_whether_what_it_changed_has_a_day_or_not():
    begun = with_(with_(SPOT, "brief", started_on=june(1), finished_on=june(1)), "visual", days=8, started_on=june(1), remaining_days=3)
    plan = course(with_(begun, "ok", started_on=june(4), remaining_days=2), SPOT_LINKS)
    newer = course(with_(begun, "visual", finished_on=june(8), remaining_days=None), SPOT_LINKS)

    booked = book(opened(plan, june(7)), june(7), newer, june(8), [Act("e1", june(8), Cause.SUBMITTED, "visual")])

    assert causes(booked) == [(Cause.SUBMITTED, "visual", 1)]


# Random stories

KEYS = ["a", "b", "c", "d", "e"]


@st.composite
def plans(draw):
    kinds = {"b": "deliverable", "c": "review"}
    items = [Item(key, draw(st.integers(0, 4)), draw(st.sampled_from([None, "fr", "en"])), kinds.get(key, "work")) for key in KEYS]
    items = [*items[:3], Item("gate", kind="milestone"), *items[3:], Item("end", kind="milestone")]
    keys = [item.key for item in items]
    pairs = [(a, b) for at, a in enumerate(keys) for b in keys[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=9))
    links = [
        Link(a, b, draw(st.sampled_from(["FS", "FS", "SS", "FF"])), draw(st.integers(-1, 2)), strength=draw(st.sampled_from(["hard", "soft"])))
        for a, b in chosen
    ]
    return Course(Network(items, links, WEEK, CALENDARS), LAUNCH, 2, MILESTONES)


def changed(plan: Course, *, items=None, **others) -> Course:
    network = plan.network
    made = Network(items, network.links, network.calendar, network.calendars) if items else network
    return Course(made, others.get("launch", plan.launch), others.get("buffer_days", plan.buffer_days), plan.milestones, plan.waiting)


@st.composite
def deeds(draw, plan: Course, day: date):
    """Something somebody does on a day: (the plan after it, the act)."""
    what = draw(st.sampled_from(["begin", "end", "days", "launch", "buffer", "reopen"]))
    key = draw(st.sampled_from(KEYS + ["gate"]))
    items = plan.network.items
    item = items[plan.network.index[key]]
    back = day - timedelta(draw(st.integers(0, 3)))
    if what == "launch":
        return changed(plan, launch=plan.launch + timedelta(draw(st.integers(-9, 9)))), Act("e", day, Cause.PROMISED_ANEW)
    if what == "buffer":
        return changed(plan, buffer_days=draw(st.integers(0, 5))), Act("e", day, Cause.AMENDED_CAMPAIGN)
    if what == "days" and key != "gate":
        return changed(plan, items=with_(items, key, days=draw(st.integers(0, 6)))), Act("e", day, Cause.AMENDED_STEP, key)
    if what == "reopen":
        return changed(plan, items=with_(items, key, finished_on=None)), Act("e", day, Cause.STALE, key)
    started = min(item.started_on or back, back)
    if what == "end":
        return changed(plan, items=with_(items, key, started_on=started, finished_on=back)), Act("e", day, Cause.APPROVED, key)
    return changed(plan, items=with_(items, key, started_on=started)), Act("e", day, Cause.PROGRESS, key)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_parts_add_up_to_the_whole(data):
    plan, day = data.draw(plans()), FIRST
    opening, since = opened(plan, day), day
    left, entries, acts = dict(opening), [], []
    for _ in range(data.draw(st.integers(1, 12))):
        what = data.draw(st.sampled_from(["act", "act", "day", "book"]))
        if what == "act":
            plan, act = data.draw(deeds(plan, day))
            acts.append(act)
        elif what == "day":
            day += timedelta(data.draw(st.integers(1, 4)))
        else:
            entries += _booked(left, since, plan, day, acts)
            since, acts = day, []
    entries += _booked(left, since, plan, day, acts)

    now = plan.slack(plan.on(day, day, day))
    assert left == now
    for subject, first in opening.items():
        mine = [entry for entry in entries if entry.subject == subject]
        assert sum(entry.delta.days for entry in mine) == now[subject].days - first.days
        assert sum(entry.delta.hard_days for entry in mine) == now[subject].hard_days - first.hard_days
        assert all(entry.delta != NOTHING for entry in mine)
    assert [entry.day for entry in entries] == sorted(entry.day for entry in entries)
    assert book(left, day, plan, day) == []


def _booked(left, since, plan, day, acts):
    """Booked, and `left` moved on; each entry leads to what it says is left."""
    found = book(left, since, plan, day, acts)
    for entry in found:
        assert left[entry.subject].and_(entry.delta) == entry.slack
        left[entry.subject] = entry.slack
        assert (entry.event_id is None) == (entry.events == 0)
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_time_alone_is_told_the_same_however_often_one_looks(data):
    plan = data.draw(plans())
    days = sorted({FIRST, *(FIRST + timedelta(data.draw(st.integers(0, 20))) for _ in range(4))})
    left, entries = opened(plan, FIRST), []
    for since, day in zip(days, days[1:], strict=False):
        entries += _booked(left, since, plan, day, [])

    assert entries == book(opened(plan, FIRST), FIRST, plan, days[-1])
