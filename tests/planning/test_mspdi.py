"""Microsoft Project's XML: what goes out comes in again, what others write is read, and what is hostile is refused."""

from datetime import date

import pytest

from planning.exchange.mspdi import mspdi_of, plan_from_mspdi
from planning.planfile import PlanError, dump, plan_from
from planning.retroplan import retroplan_answer
from tests.planning.test_retroplan import CALENDARS, PAIRS, STEPS

TODAY = date(2027, 4, 5)
HEAD = '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
THEIRS = f"""{HEAD}
<ScheduleFromStart>1</ScheduleFromStart><StartDate>2027-04-05T08:00:00</StartDate><FinishDate>2027-05-19T17:00:00</FinishDate>
<CalendarUID>1</CalendarUID><MinutesPerDay>420</MinutesPerDay><StatusDate>2027-04-05T08:00:00</StatusDate>
<Calendars>
 <Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar>
  <WeekDays><WeekDay><DayType>1</DayType><DayWorking>0</DayWorking></WeekDay><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay></WeekDays>
  <Exceptions><Exception><TimePeriod><FromDate>2027-05-06T00:00:00</FromDate><ToDate>2027-05-07T23:59:00</ToDate></TimePeriod><Type>1</Type><DayWorking>0</DayWorking></Exception></Exceptions>
 </Calendar>
 <Calendar><UID>9</UID><Name>Camille</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID></Calendar>
</Calendars>
<Tasks>
 <Task><UID>0</UID><Name>The spot</Name><Summary>1</Summary></Task>
 <Task><UID>1</UID><Name>Design</Name><Summary>1</Summary><OutlineLevel>1</OutlineLevel></Task>
 <Task><UID>2</UID><Name>Brief</Name><OutlineLevel>2</OutlineLevel><Duration>PT14H0M0S</Duration><DurationFormat>7</DurationFormat>
  <ActualStart>2027-04-05T08:00:00</ActualStart><RemainingDuration>PT7H0M0S</RemainingDuration></Task>
 <Task><UID>3</UID><Name>Visual</Name><OutlineLevel>2</OutlineLevel><Duration>PT10H30M0S</Duration><ConstraintType>4</ConstraintType><ConstraintDate>2027-04-12T08:00:00</ConstraintDate>
  <PredecessorLink><PredecessorUID>2</PredecessorUID><Type>1</Type><LinkLag>4200</LinkLag><LagFormat>7</LagFormat></PredecessorLink>
  <PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type></PredecessorLink></Task>
 <Task><UID>4</UID><Name>Print</Name><OutlineLevel>1</OutlineLevel><Duration>PT72H0M0S</Duration><DurationFormat>8</DurationFormat>
  <PredecessorLink><PredecessorUID>3</PredecessorUID><Type>3</Type><LinkLag>28800</LinkLag><LagFormat>8</LagFormat></PredecessorLink></Task>
 <Task><UID>5</UID><Name>Printed</Name><OutlineLevel>1</OutlineLevel><Milestone>1</Milestone><Duration>PT0H0M0S</Duration><Deadline>2027-05-14T17:00:00</Deadline>
  <PredecessorLink><PredecessorUID>4</PredecessorUID><Type>1</Type></PredecessorLink></Task>
 <Task><UID>6</UID><Name>Dropped</Name><Active>0</Active><Duration>PT7H0M0S</Duration></Task>
 <Task><UID>7</UID><IsNull>1</IsNull></Task>
</Tasks></Project>"""


def example(**more):
    links = [{"from": a, "to": b} for a, b in PAIRS]
    given = {"launch": "2027-05-20", "status_date": "2027-04-05", "buffer_days": 3, "calendar": "fr", "calendars": CALENDARS, "steps": STEPS, "links": links}
    return plan_from({**given, **more}, TODAY)


def test_the_worked_example_comes_back_equal():
    again = plan_from_mspdi(mspdi_of(example(), "Spot & more"), TODAY)

    assert dump(again) | {"links": ()} == dump(example()) | {"links": ()}
    assert sorted(again.links) == sorted(example().links)
    assert again.notices == ()
    assert retroplan_answer(again) == retroplan_answer(example())


def test_every_field_and_link_comes_back():
    steps = [
        {"id": "a b", "name": "<b>odd & \"quoted\"</b>", "days": 0, "group": "Print", "channel": "tv", "can_slip": True, "people": ["a@b.example"]},
        {"id": "visual", "kind": "deliverable", "days": 3, "started_on": "2027-04-01", "remaining_days": 2, "calendar": "press"},
        {"id": "ok", "kind": "review", "of": "visual", "sla_days": 2, "rounds": 3, "rework_days": 1, "not_before": "2027-04-02"},
        {"id": "ready", "kind": "milestone", "hard": True, "closes": "by_hand", "deadline": "2027-05-02", "pinned_on": "2027-05-01"},
        {"id": "slot", "days": 2, "pinned_on": "2027-05-04"},
        {"id": "done", "days": 1, "finished_on": "2027-04-02"},
    ]
    links = [
        {"from": "a b", "to": "visual", "type": "SS", "lag": 2},
        {"from": "visual", "to": "ok", "type": "SF", "lag": -3, "lag_unit": "calendar", "strength": "soft"},
        {"from": "a b", "to": "ok", "type": "FF"},
        {"from": "ok", "to": "ready"},
    ]
    press = {"country": "GB", "subdivision": "ENG", "weekdays": [0, 1, 5], "days_off": ["2027-05-07"], "working_days": ["2027-05-09"]}
    plan = example(steps=steps, links=links, calendar="press", calendars={"press": press, "fr": {"country": "FR"}})

    again = plan_from_mspdi(mspdi_of(plan), TODAY)

    assert (dump(again)["steps"], dump(again)["calendars"], again.calendar) == (dump(plan)["steps"], dump(plan)["calendars"], "press")
    assert sorted(again.links) == sorted(plan.links)


def test_what_microsoft_project_writes_is_read():
    plan = plan_from_mspdi(THEIRS.encode(), TODAY)
    steps = {step.name: step for step in plan.steps}

    assert (plan.launch, plan.status_date, plan.calendar) == (date(2027, 5, 20), TODAY, "Standard")
    assert plan.calendars["Standard"].weekdays == (0, 1, 2, 3, 4, 5)
    assert plan.calendars["Standard"].days_off == {date(2027, 5, 6), date(2027, 5, 7)}
    assert list(steps) == ["Brief", "Visual", "Print", "Printed"]
    assert (steps["Brief"].days, steps["Brief"].group, steps["Brief"].started_on, steps["Brief"].remaining_days) == (2, "Design", TODAY, 1)
    assert (steps["Visual"].days, steps["Visual"].not_before) == (2, date(2027, 4, 12))
    assert (steps["Print"].days, steps["Print"].calendar, plan.calendars["elapsed"].weekdays) == (3, "elapsed", (0, 1, 2, 3, 4, 5, 6))
    assert (steps["Printed"].kind, steps["Printed"].deadline, steps["Printed"].group) == ("milestone", date(2027, 5, 14), None)
    assert [tuple(link)[2:5] for link in plan.links] == [("FS", 1, "working"), ("SS", 2, "calendar"), ("FS", 0, "working")]
    for said in ("from its start", "rounded up", "Dropped) is inactive", "a link with a task that was left out"):
        assert any(said in notice for notice in plan.notices), said


def test_a_calendar_that_somebody_changed_there_is_theirs():
    changed = mspdi_of(example()).replace(b"<DayType>7</DayType><DayWorking>0</DayWorking>", b"<DayType>7</DayType><DayWorking>1</DayWorking>", 1)

    calendar = plan_from_mspdi(changed, TODAY).calendars["fr"]

    assert (calendar.country, calendar.weekdays) == (None, (0, 1, 2, 3, 4, 5))
    assert date(2027, 5, 6) in calendar.days_off


BOMB = '<!DOCTYPE x [<!ENTITY a "lol">' + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)) + "]>"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "no XML"),
        (b"not xml", "no XML"),
        (b"<Project/>", "no project"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "no project"),
        ((BOMB + THEIRS.partition("?>")[2]).encode(), "entities of its own"),
        (('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + THEIRS.partition("?>")[2]).encode(), "entities of its own"),
        (b"<a>" * 100_000, "no XML"),
        (f"{HEAD}<Tasks/></Project>".encode(), "no FinishDate"),
        (THEIRS.replace("2027-05-19T17:00:00", "the 19th").encode(), "FinishDate is no date"),
        (THEIRS.replace("PT14H0M0S", "-PT14H0M0S").encode(), "Task 2 (Brief): a duration"),
        (THEIRS.replace("PT14H0M0S", "two days").encode(), "Task 2 (Brief): a duration"),
        (THEIRS.replace("<Type>3</Type>", "<Type>7</Type>").encode(), "Task 4 (Print): a link of type '7'"),
        (THEIRS.replace("<LinkLag>4200</LinkLag>", "<LinkLag>x</LinkLag>").encode(), "Task 3 (Visual): LinkLag"),
        (THEIRS.replace("<UID>2</UID><Name>Brief</Name>", "<UID>2</UID><Name>Brief</Name><PredecessorLink><PredecessorUID>3</PredecessorUID></PredecessorLink>").encode(), "wait for each other"),
        (THEIRS.replace("<UID>3</UID>", "<UID>2</UID>").encode(), "Two steps"),
        (THEIRS.replace("2027-05-07T23:59:00", "2399-05-07T23:59:00").encode(), "longer than"),
        (THEIRS.replace("2027-05-19T17:00:00", "2500-05-19T17:00:00").encode(), "1970"),
        (THEIRS.encode("utf-16").replace(b"U\0T\0F\0-\08\0", b"U\0T\0F\0-\09\0"), "no XML"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(content, named):
    with pytest.raises(PlanError) as refused:
        retroplan_answer(plan_from_mspdi(content, TODAY))
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_ten_megabytes_of_it_are_read_or_refused_in_one_line():
    many = THEIRS.replace("</Tasks>", "<Task><UID>8</UID><Name>x</Name></Task>" * 270_000 + "</Tasks>").encode()
    assert len(many) > 10_000_000
    with pytest.raises(PlanError, match="Two steps"):
        plan_from_mspdi(many, TODAY)


def test_a_baseline_goes_out_and_coming_in_it_is_said_that_it_stays_outside():
    promised = {"brief": (date(2027, 4, 5), date(2027, 4, 6), 2), "final-ok": (date(2027, 5, 10), date(2027, 5, 10), 0)}
    out = mspdi_of(example(), baseline=promised)

    assert out.count(b"<Baseline>") == 2
    assert b"<Baseline><Number>0</Number><Start>2027-04-05T08:00:00</Start><Finish>2027-04-06T17:00:00</Finish><Duration>PT16H0M0S</Duration>" in out
    assert b"<Start>2027-05-10T17:00:00</Start><Finish>2027-05-10T17:00:00</Finish><Duration>PT0H0M0S</Duration>" in out
    again = plan_from_mspdi(out, TODAY)
    assert dump(again) == dump(plan_from_mspdi(mspdi_of(example()), TODAY))
    assert [notice.partition(":")[0] for notice in again.notices] == ["The project has a baseline"]
