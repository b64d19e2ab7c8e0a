"""A French reader meets plans in French: what is wrong with a file, what reading left out, and why a date is what it is."""

import json

import pytest

from storage.db import db
from tests.webapp.pages import read


@pytest.fixture
def marc(sign_in, world):
    """Marc, who has chosen French."""
    browser = sign_in("marc")
    browser.submit("/language", language="fr", next="/")
    return browser


def sent(marc, plan: str):
    return marc.submit("/campaigns/new", name="Automne", launch="", template="plan", plan=plan, country="")


def test_what_is_wrong_with_a_plan_is_said_in_french(marc):
    plan = {"launch": "2031-05-20", "steps": [{"id": "a", "days": -1}]}

    answer = sent(marc, json.dumps(plan))

    assert answer.status_code == 422
    assert "Étape &#34;a&#34;\u00a0: days doit être compris entre 0 et 160000, pas -1." in answer.text


def test_what_is_no_plan_is_said_in_french(marc):
    assert "Ce n’est pas du JSON\u00a0: il manque une valeur, ligne 1 colonne 2." in sent(marc, "[").text


def test_what_reading_left_out_is_said_in_french(marc):
    link = {"from": "a", "to": "b"}
    plan = {"launch": "2031-05-20", "steps": [{"id": "a"}, {"id": "b"}], "links": [link, {**link, "lag": 1}]}

    answer = marc.get(sent(marc, json.dumps(plan)).location)

    assert "Deux liens FS de a vers b\u00a0: le plus fort est gardé." in answer.text


def test_a_date_beyond_all_calendars_is_refused_in_french(marc):
    plan = {"launch": "2031-05-20", "steps": [{"id": "a", "days": 150_000}]}

    assert "Le plan sort des jours qui peuvent être calculés\u00a0: de 1970 à 2400." in sent(marc, json.dumps(plan)).text


def test_the_api_refuses_in_the_readers_language(api, world):
    world.marc.user.language = "fr"
    db.session.commit()
    plan = {"steps": [{"id": "a", "colour": 1}]}

    refused = api("marc").post("/campaigns", json={"name": "A", "launch": "2031-05-20", "plan": plan})

    assert refused.status_code == 422
    assert refused.json["error"]["message"] == 'Étape "a"\u00a0: champ inconnu "colour" dans une étape.'


def test_a_step_says_why_its_dates_are_what_they_are(marc, world):
    page = read(marc.get(f"/steps/{world.step('visual').id}").text)

    late, early = [one.text for one in page.all("details", "why")]
    assert late.startswith("Pourquoi cette date ? « Key visual » doit commencer au plus tard le ")
    assert ", parce que « Client's OK » demande 2 jours (fr) avant le jalon « Print-ready »" in late
    assert "peut commencer au plus tôt le" in early
    assert "parce qu’il faut attendre la fin de « Brief », qui demande 2 jours (fr) à partir d’aujourd’hui" in early


def test_what_is_done_only_says_that_it_is(marc, world):
    step = world.step("brief")
    step.started_on = step.finished_on = world.campaign.today
    db.session.commit()

    (early,) = [one.text for one in read(marc.get(f"/steps/{step.id}").text).all("details", "why")]

    assert "« Brief » a pris fin le" in early


def test_a_milestone_says_why_in_the_readers_language(marc, sign_in, world):
    path = f"/milestones/{world.step('booked').id}"

    french, english = ([one.text for one in read(browser.get(path).text).all("details", "why")] for browser in (marc, sign_in("olga")))

    assert "Le jalon « Media booked » doit être atteint au plus tard à la fin du " in french[0]
    assert "Le jalon « Media booked » peut être atteint au plus tôt à la fin du " in french[1]
    assert "Media booked must be reached by the end of " in english[0]
    assert "because it waits for Media plan, which needs 3 days of fr after Print-ready" in english[1]
