"""What a plan may do and people should know: a sentence each, and none for a plan that does nothing odd."""

from datetime import date

import pytest

from planning.cautions import cautions
from planning.planfile import plan_from
from planning.retroplan import schedule_of
from tests.planning.test_options import late


def said(**plan) -> list[str]:
    told = {"launch": "2027-05-20", "status_date": "2027-04-05", "steps": [{"id": "a", "days": 2}], **plan}
    read = plan_from(told, date(2027, 4, 5))
    return list(map(str, cautions(read, schedule_of(read))))


def test_a_plan_that_does_nothing_odd_hears_nothing():
    assert said() == []
    plan = late(0)
    assert cautions(plan, schedule_of(plan)) == []


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({"launch": "2027-05-23"}, "The launch, 2027-05-23, is no working day: work ends by the end of 2027-05-21."),
        ({"launch": "2027-04-05"}, "The launch, 2027-04-05, has come and not everything is done: it needs a new date."),
        ({"launch": "2027-04-01"}, "The launch, 2027-04-01, has come and not everything is done: it needs a new date."),
        ({"launch": "2027-04-09", "buffer_days": 4}, "The buffer of 4 working days is longer than the time that is left."),
        (
            {"steps": [{"id": "a", "name": "Print"}, {"id": "b", "name": "Post"}], "links": [{"from": "a", "to": "b", "lag": 46}]},
            "The lag of 46 days from Print to Post is longer than the time that is left.",
        ),
        (
            {"steps": [{"id": "a", "name": "Print", "days": 2}, {"id": "b", "name": "Post"}], "links": [{"from": "a", "to": "b", "lag": -3}]},
            "The lead of 3 days makes Post begin before Print does.",
        ),
        (
            {
                "steps": [{"id": "a", "kind": "review", "name": "Client's OK", "calendar": "them"}], "calendar": "us",
                "calendars": {"us": {}, "them": {"weekdays": [], "working_days": ["2027-06-01", "2027-03-01"]}},
            },
            "Nobody can answer Client's OK before the launch: its calendar has no working day until then.",
        ),
    ],
)
def test_what_is_odd_is_said(plan, sentence):
    assert said(**plan) == [sentence]


def test_what_is_done_is_past_caution():
    assert said(launch="2027-04-01", steps=[{"id": "a", "finished_on": "2027-03-31"}]) == []


def test_on_the_edge_nothing_is_said():
    """Four days are left before a buffer of three, and a lead as long as what it leads."""
    assert said(launch="2027-04-09", buffer_days=3) == []
    two = {"steps": [{"id": "a", "days": 2}, {"id": "b"}]}
    assert said(**two, links=[{"from": "a", "to": "b", "lag": -2}]) == []
    assert said(**two, links=[{"from": "a", "to": "b", "lag": 45}]) == []
