"""The plan, out: each form computes to the campaign's own dates, and means the same when it comes in again."""

import io
from datetime import date

import pytest
from icalendar import Calendar

from planning.exchange import plan_from_file
from planning.retroplan import retroplan_answer
from tests.webapp.pages import read

pytestmark = pytest.mark.usefixtures("documented")
FORMS = {"json": "application/json", "csv": "text/csv", "xml": "application/xml"}


@pytest.mark.parametrize("form", FORMS)
def test_it_computes_to_the_campaigns_own_dates(api, world, form):
    campaign = api("marc").get(f"/campaigns/{world.ids['campaign']}").json

    answer = api("marc").get(f"/campaigns/{world.ids['campaign']}/plan.{form}")

    assert answer.mimetype == FORMS[form]
    assert "attachment" in answer.headers.get("Content-Disposition", "attachment")
    computed = retroplan_answer(plan_from_file(f"plan.{form}", answer.data, date(1999, 1, 1)))
    told = {step["key"]: (step["latest_start"], step["due"], step["slack_days"]) for step in campaign["steps"]}
    assert {key: (step["latest_start"], step["due"], step["slack_days"]) for key, step in computed["steps"].items()} == told
    assert computed["launch"] == campaign["launch"]


def test_a_calendar_keeps_its_entries_and_counts_the_changes(api, world):
    def feed():
        answer = api("marc").get(f"/campaigns/{world.ids['campaign']}/plan.ics")
        assert answer.mimetype == "text/calendar"
        return {str(event["UID"]): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}

    before, step = feed(), world.step("brief")
    api("marc").patch(f"/campaigns/{world.ids['campaign']}/steps/{step.id}", json={"days": 4, "row_version": step.row_version})

    after = feed()
    assert set(after) == set(before)
    assert int(after[f"brief@{world.ids['campaign']}"]["SEQUENCE"]) > int(before[f"brief@{world.ids['campaign']}"]["SEQUENCE"])
    assert after[f"brief@{world.ids['campaign']}"].decoded("DTSTART") < before[f"brief@{world.ids['campaign']}"].decoded("DTSTART")


@pytest.mark.parametrize("form", ["csv", "xml", "ics"])
@pytest.mark.parametrize("who", ["chloe", "rita"])
def test_it_is_the_teams(api, world, form, who):
    assert api(who).get(f"/campaigns/{world.ids['campaign']}/plan.{form}").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xml"])
def test_a_file_of_it_makes_a_campaign(api, sign_in, world, form):
    content = api("marc").get(f"/campaigns/{world.ids['campaign']}/plan.{form}").data
    marc = sign_in("marc")

    done = marc.submit("/campaigns/new", name="Again", template="plan", plan_file=(io.BytesIO(content), f"plan.{form}"))

    assert done.status_code == 302
    page = read(marc.get(done.location).text)
    assert "Key visual" in page.text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("plan.csv", b"id,cost\nx,1\n", "unknown column"),
        ("plan.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "entities of its own"),
        ("plan.doc", b"a plan", "ends in one of"),
        ("plan.json", b"{", "not JSON"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_a_sentence(sign_in, world, name, content, told):
    answer = sign_in("marc").submit("/campaigns/new", name="Bad", template="plan", plan_file=(io.BytesIO(content), name))

    assert answer.status_code == 422
    assert told in read(answer.text).text
