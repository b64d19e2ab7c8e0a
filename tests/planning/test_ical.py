"""A plan in people's calendars: the same entries each time, moved and not doubled."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from planning.exchange.ical import ical_of
from tests.planning.test_mspdi import example


def events(plan, **more):
    told = ical_of(plan, name="Spot", uid="campaign-1", stamp=datetime(2027, 4, 5, tzinfo=UTC), **more)
    return {str(event["UID"]): event for event in Calendar.from_ical(told).walk("VEVENT")}


def test_each_step_lies_as_late_as_it_may():
    found = events(example(), revision=7)

    edit = found["edit@campaign-1"]
    assert (str(edit["SUMMARY"]), edit.decoded("DTSTART"), edit.decoded("DTEND")) == ("Edit v1", date(2027, 4, 23), date(2027, 4, 29))
    assert int(edit["SEQUENCE"]) == 7
    assert found["launch@campaign-1"].decoded("DTSTART") == date(2027, 5, 20)
    assert len(found) == 12


def test_the_entries_stay_the_same_when_the_launch_moves():
    assert set(events(example())) == set(events(example(launch="2027-06-20")))


def test_a_milestone_is_one_day_and_what_is_done_is_left_out():
    steps = [{"id": "brief", "days": 2, "finished_on": "2027-04-06"}, {"id": "ready", "kind": "milestone"}]
    found = events(example(steps=steps, links=[{"from": "brief", "to": "ready"}]))

    assert set(found) == {"ready@campaign-1", "launch@campaign-1"}
    assert found["ready@campaign-1"].decoded("DTSTART") == date(2027, 5, 13)
    assert found["ready@campaign-1"].decoded("DTEND") == date(2027, 5, 14)
