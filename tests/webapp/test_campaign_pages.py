"""Campaigns as people meet them: the list, a new one, its plan, its assets, its story, its milestones and steps."""

import json
from datetime import date, timedelta

import pytest

from planning.campaigns import Campaign
from planning.founding import found_campaign
from planning.plan import load_plan
from planning.planfile import plan_from
from storage.db import db, writing
from storage.events import Event
from tests.webapp.pages import read, statements
from tests.world import autumn, picture
from webapp import fragments


@pytest.fixture
def campaign_path(world) -> str:
    return f"/campaigns/{world.ids['campaign']}"


def now(world):
    """The world in a transaction that begins now: an open one sees what was there when it began."""
    db.session.rollback()
    return world


def campaigns_named(name: str) -> list[Campaign]:
    db.session.rollback()
    return db.session.query(Campaign).filter_by(name=name).all()


# The list


def test_the_list_says_how_far_each_launch_is_and_how_it_stands(world, sign_in):
    page = read(sign_in("marc").get("/").text)
    launch = page.one("li", "launch")
    assert launch.one("h2").text == "Autumn"
    assert launch.one(cls="launch__count").text == "D−70"
    assert launch.one(cls="state").text == "On track"
    assert "0 of 2 approved" in launch.text


def test_an_agency_without_campaigns_is_taught_the_first_act(world, sign_in):
    page = read(sign_in("rita").get("/").text)
    assert "Set the launch date" in page.one(cls="empty").text
    assert page.one("a", href="/campaigns/new").text == "Choose the date"


def test_another_agencys_campaign_is_not_there(world, sign_in, campaign_path):
    rita = sign_in("rita")
    for path in ("", "/plan", "/assets", "/activity", "/edit", "/board", "/head"):
        assert rita.get(campaign_path + path).status_code == 404


def test_a_client_is_led_to_what_waits_for_them(world, sign_in, campaign_path):
    chloe = sign_in("chloe")
    assert chloe.get("/").status_code == 302
    assert chloe.get(chloe.get("/").location).status_code == 200
    assert chloe.get(campaign_path).status_code == 404


def test_the_list_costs_the_same_however_long_it_is(world, sign_in):
    marc = sign_in("marc")
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    marc.get("/")
    with statements() as few:
        marc.get("/")
    for number in range(5):
        with writing() as session:
            found_campaign(f"More {number}", autumn(), by=world.marc)
            session.commit()
    with statements() as many:
        page = read(marc.get("/").text)
    assert len(page.all("li", "launch")) == 6
    assert len(many) == len(few)


# A new one


def test_a_campaign_from_a_template_is_planned_at_once(world, sign_in):
    marc = sign_in("marc")
    choices = read(marc.get("/campaigns/new").text).all("input", name="template")
    launch = (date.today() + timedelta(days=200)).isoformat()
    answer = marc.submit("/campaigns/new", name="Solstice", launch=launch, buffer_days="4", country="FR", template=choices[0].attrs["value"])
    assert answer.status_code == 302
    assert answer.location.endswith("/plan")
    (made,) = campaigns_named("Solstice")
    assert (made.launch.isoformat(), made.buffer_days, made.calendar) == (launch, 4, "FR")


def test_a_pasted_plan_brings_its_own_launch(world, sign_in):
    plan = {"launch": "2031-05-20", "buffer_days": 2, "steps": [{"id": "brief", "days": 2}]}
    sign_in("marc").submit("/campaigns/new", name="Pasted", launch="", template="plan", plan=json.dumps(plan), country="")
    (made,) = campaigns_named("Pasted")
    assert (made.launch, made.buffer_days) == (date(2031, 5, 20), 2)


def test_an_uploaded_plan_is_read(world, sign_in):
    import io

    plan = json.dumps({"launch": "2031-05-20", "steps": [{"id": "brief"}]}).encode()
    marc = sign_in("marc")
    sent = {"csrf_token": marc.csrf_token(), "name": "Sent", "launch": "2031-06-01", "template": "plan", "plan_file": (io.BytesIO(plan), "plan.json")}
    assert marc.client.post("/campaigns/new", data=sent, content_type="multipart/form-data").status_code == 302
    (made,) = campaigns_named("Sent")
    assert made.launch == date(2031, 6, 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " ", "launch": "2031-05-20", "template": "product-launch"}, "Give it a name"),
        ({"name": "X", "launch": "soon", "template": "product-launch"}, "Say on which day"),
        ({"name": "X", "launch": "2031-05-20", "template": "product-launch", "buffer_days": "-1"}, "A whole number"),
        ({"name": "X", "launch": "2031-05-20", "template": "plan", "plan": ""}, "Paste a plan.json"),
        ({"name": "X", "launch": "2031-05-20", "template": "plan", "plan": "{"}, "This is not JSON"),
        ({"name": "X", "launch": "2031-05-20", "template": "plan", "plan": '{"launch": "2031-05-20", "steps": [{"id": "a"}], "links": [{"from": "a", "to": "b"}]}'}, "there is no step"),
        ({"name": "X", "launch": "2031-05-20", "template": "nothing"}, "There is no template"),
        ({"name": "X", "launch": "2031-05-20", "template": "product-launch", "country": "Atlantis"}, "Atlantis"),
    ],
)
def test_what_cannot_be_planned_is_said_beside_its_field(world, sign_in, fields, said):
    answer = sign_in("marc").submit("/campaigns/new", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert read(answer.text).all(aria_invalid="true")
    assert not campaigns_named("X")


def test_a_creative_makes_no_campaign(world, sign_in):
    camille = sign_in("camille")
    assert camille.get("/campaigns/new").status_code == 403
    assert camille.submit("/campaigns/new", name="X", launch="2031-05-20", template="product-launch").status_code == 403


# Name, launch, buffer


def edit(browser, path, world, **changed):
    campaign = world.campaign
    fields = {"name": campaign.name, "launch": campaign.launch.isoformat(), "buffer_days": campaign.buffer_days, "row_version": campaign.row_version}
    db.session.rollback()
    return browser.submit(f"{path}/edit", **{**fields, **changed})


def test_the_launch_is_moved_and_promised_anew(world, sign_in, campaign_path):
    later = world.campaign.launch + timedelta(days=7)
    promised = world.plan.promised[world.step("ready").id].id
    db.session.rollback()
    assert edit(sign_in("marc"), campaign_path, world, launch=later.isoformat()).status_code == 302
    assert now(world).campaign.launch == later
    assert world.plan.promised[world.step("ready").id].id != promised


def test_a_stale_save_is_shown_the_difference_and_changes_nothing(world, sign_in, campaign_path):
    marc, olga = sign_in("marc"), sign_in("olga")
    seen = world.campaign.row_version
    assert edit(olga, campaign_path, world, name="Autumn, wider").status_code == 302

    answer = edit(marc, campaign_path, world, name="Autumn for her", row_version=seen)
    assert answer.status_code == 409
    (row,) = [row for row in read(answer.text).one("table", id="difference").all("tr") if row.all("td")]
    assert [cell.text for cell in row.all("td")] == ["Name", "Autumn, wider", "Autumn for her"]
    assert now(world).campaign.name == "Autumn, wider"
    db.session.rollback()

    form = read(answer.text).one("form", id="edit-campaign")
    again = {one.attrs["name"]: one.attrs["value"] for one in form.all("input") if one.attrs["name"] != "csrf_token"}
    assert marc.submit(f"{campaign_path}/edit", **again).status_code == 302
    assert now(world).campaign.name == "Autumn for her"


def test_saving_what_is_there_already_is_no_event(world, sign_in, campaign_path):
    before = db.session.query(Event).count()
    assert edit(sign_in("marc"), campaign_path, world).status_code == 302
    db.session.rollback()
    assert db.session.query(Event).count() == before


def test_a_launch_beyond_all_calendars_is_refused(world, sign_in, campaign_path):
    answer = edit(sign_in("marc"), campaign_path, world, launch="1960-01-01")
    assert answer.status_code == 422
    assert now(world).campaign.launch.year > 2000


# The plan


def test_the_plan_is_drawn_and_told_as_a_table(world, sign_in, campaign_path):
    world.put_up(world.upload(picture(), deliverable="visual"), "chloe@maree.example")
    page = read(sign_in("marc").get(f"{campaign_path}/plan").text)

    rows = {row.one(cls="plan__name").text: row for row in page.all("li", "plan__row")}
    assert list(rows) == ["Print-ready", "Brief", "Key visual", "Media booked", "Media plan", "Live"]
    assert rows["Key visual"].all("rect", "band__bar", data_part="review")
    assert rows["Print-ready"].one("svg", "gatemark").attrs["data-state"] == "waiting_for_review"
    assert all(svg.attrs.get("aria-label") for svg in page.all("svg", "band"))

    table = page.one("table")
    told = {row.all("td")[0].text: row.text for row in table.one("tbody").all("tr")}
    assert "Waiting for review" in told["Key visual"]
    assert "Chloe" in told["Key visual"]


def test_nothing_of_the_chart_leaves_the_time_it_shows(world, sign_in, campaign_path):
    page = read(sign_in("marc").get(f"{campaign_path}/plan").text)
    drawn = [float(one.attrs["x"].rstrip("%")) for one in page.one("section", "plan").all("rect") if (one.attrs.get("x") or "").endswith("%")]
    assert drawn
    assert all(0 <= x <= 100 for x in drawn)


def test_the_plan_costs_the_same_however_long_it_is(world, sign_in):
    marc, costs = sign_in("marc"), []
    for steps in (3, 60):
        with writing() as session:
            document = {"launch": "2031-05-20", "steps": [{"id": f"s{n}", "kind": "deliverable"} for n in range(steps)]}
            campaign = found_campaign(f"{steps} steps", plan_from(document, date.today()), by=world.marc)
            session.commit()
        marc.get(f"/campaigns/{campaign.id}/plan")
        fragments._rendered.clear()
        with statements() as sent:
            assert marc.get(f"/campaigns/{campaign.id}/plan").status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_a_plan_without_steps_teaches_the_next_act(world, sign_in):
    sign_in("marc").submit("/campaigns/new", name="Bare", launch="2031-05-20", template="plan", plan='{"launch": "2031-05-20", "steps": []}')
    (bare,) = campaigns_named("Bare")
    page = sign_in("marc").get(f"/campaigns/{bare.id}/plan")
    assert "This plan has no steps yet" in page.text
    assert sign_in("marc").get(f"/campaigns/{bare.id}").status_code == 200
    assert "Bare" in sign_in("marc").get("/").text


# Assets and what happened


def test_assets_show_their_newest_version(world, sign_in, campaign_path):
    world.upload(picture(), deliverable="visual", filename="first.png")
    second = world.upload(picture((1, 2, 3)), deliverable="visual", filename="second.png")
    tile = read(sign_in("camille").get(f"{campaign_path}/assets").text).one("article", "card")
    assert tile.one("a").attrs["href"] == f"/versions/{second.id}"
    assert tile.one(cls="card__version").text == "v2"
    assert "second.png" in tile.text


def test_the_story_is_told_in_sentences_newest_first(world, sign_in, campaign_path):
    world.decide(world.put_up(world.upload(picture(), deliverable="visual"), "chloe@maree.example"), world.chloe)
    told = [line.text for line in read(sign_in("marc").get(f"{campaign_path}/activity").text).one("ol", "feed").all("p")]
    assert told == [
        "Print-ready has passed", "Unblocked: Media plan", "Key visual, v1 is approved", "Chloe approved Key visual, v1",
        "Marc asked 1 person about Key visual, v1", "Camille dropped Key visual, v1", "Marc made the campaign",
    ]


def test_the_story_is_told_in_french(world, sign_in, campaign_path):
    marc = sign_in("marc")
    world.upload(picture(), deliverable="visual")
    marc.submit("/language", language="fr", next="/")
    assert marc.get(f"{campaign_path}/activity").text.count("Camille a déposé Key visual, v1") == 1


def test_older_pages_of_the_story_follow(world, sign_in, campaign_path):
    version = world.upload(picture(), deliverable="visual")
    for number in range(26):
        world.put_up(version, f"person{number}@b.example")
    marc = sign_in("marc")
    first = read(marc.get(f"{campaign_path}/activity").text)
    assert len(first.one("ol", "feed").all("li")) == 50
    (older,) = [link for link in first.all("a", "button") if link.text == "Earlier"]
    second = read(marc.get(older.attrs["href"]).text)
    assert second.one("ol", "feed").all("li")[-1].one("p").text == "Marc made the campaign"


# Milestones


def test_a_milestone_says_what_it_waits_for_and_what_it_unblocks(world, sign_in):
    marc = sign_in("marc")
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example")
    page = read(marc.get(f"/milestones/{world.step('ready').id}").text)
    gate = page.one("li", "rows__item")
    assert gate.one("a").text == "Key visual"
    assert "with Chloe since today" in gate.text
    assert "Media plan" in page.text

    held = marc.get(f"/milestones/{world.step('booked').id}").text
    assert "until these have passed:" in held
    assert f"/milestones/{world.step('ready').id}" in held


def test_a_step_that_is_no_milestone_has_no_milestones_page(world, sign_in):
    marc = sign_in("marc")
    assert marc.get(f"/milestones/{world.step('visual').id}").status_code == 404
    assert marc.get(f"/milestones/{world.step('visual').id}/card").status_code == 404
    assert marc.get(f"/steps/{world.step('ready').id}").location == f"/milestones/{world.step('ready').id}"


@pytest.fixture
def signed_off(world):
    """A campaign whose milestone has no gates: somebody must pass it."""
    with writing() as session:
        document = {"launch": "2031-05-20", "steps": [{"id": "go", "name": "Go", "kind": "milestone"}, {"id": "after", "name": "After"}], "links": [{"from": "go", "to": "after"}]}
        campaign = found_campaign("By hand", plan_from(document, date.today()), by=world.marc)
        session.commit()
    milestone_id = load_plan(campaign).milestones[0].id
    db.session.rollback()
    return milestone_id


def test_a_named_member_passes_a_milestone_without_gates(signed_off, sign_in):
    marc = sign_in("marc")
    assert "Pass it" in marc.get(f"/milestones/{signed_off}").text
    assert marc.submit(f"/milestones/{signed_off}/closing").status_code == 302
    assert "Passed" in read(marc.get(f"/milestones/{signed_off}").text).one("header", "page__head").text
    assert marc.submit(f"/milestones/{signed_off}/closing").status_code == 409


def test_a_creative_passes_none(signed_off, sign_in):
    camille = sign_in("camille")
    assert "Pass it" not in camille.get(f"/milestones/{signed_off}").text
    assert camille.submit(f"/milestones/{signed_off}/closing").status_code == 403


def test_what_still_waits_for_an_approval_cannot_be_passed_by_hand(world, sign_in):
    assert sign_in("marc").submit(f"/milestones/{world.step('ready').id}/closing").status_code == 409


# Steps


def test_waiving_clears_the_gate_and_lifting_asks_again(world, sign_in):
    marc, step = sign_in("marc"), world.step("visual").id
    db.session.rollback()
    assert marc.submit(f"/steps/{step}/waiver", reason="  ").status_code == 422
    assert marc.submit(f"/steps/{step}/waiver", reason="The client trusts us.").status_code == 302
    assert now(world).plan.state_of(world.step("ready")) == "passed"
    assert "The client trusts us." in marc.get(f"/steps/{step}").text

    assert marc.submit(f"/steps/{step}/waiver/lifting").status_code == 302
    assert now(world).plan.state_of(world.step("ready")) == "reopened"


def test_a_creative_waives_nothing(world, sign_in):
    camille, step = sign_in("camille"), world.step("visual").id
    assert camille.submit(f"/steps/{step}/waiver", reason="Why not").status_code == 403
    assert camille.submit(f"/steps/{world.step('brief').id}/waiver", reason="Why not").status_code == 404


def test_a_creative_says_how_their_own_step_goes_and_no_other(world, sign_in):
    camille, own, other = sign_in("camille"), world.step("visual"), world.step("media")
    db.session.rollback()
    today = date.today().isoformat()
    assert camille.submit(f"/steps/{own.id}", started_on=today, remaining_days="3", days="9", row_version=own.row_version).status_code == 302
    assert (now(world).step("visual").remaining_days, world.step("visual").days) == (3, 4)
    assert "How it goes" not in camille.get(f"/steps/{other.id}").text
    assert camille.submit(f"/steps/{other.id}", remaining_days="3", row_version=other.row_version).status_code == 403


def test_a_marketer_changes_the_days_and_the_second_is_told_of_the_first(world, sign_in):
    marc, step = sign_in("marc"), world.step("brief")
    db.session.rollback()
    assert marc.submit(f"/steps/{step.id}", days="5", row_version=step.row_version).status_code == 302
    answer = marc.submit(f"/steps/{step.id}", days="3", row_version=step.row_version)
    assert answer.status_code == 409
    assert "Kept now: 5" in answer.text
    assert now(world).step("brief").days == 5


@pytest.mark.parametrize("fields", [{"days": "0"}, {"days": "many"}, {"remaining_days": "-1"}, {"started_on": "soon"}, {"started_on": "2026-05-05", "finished_on": "2026-05-04"}])
def test_what_no_calendar_can_mean_is_refused(world, sign_in, fields):
    step = world.step("brief")
    db.session.rollback()
    answer = sign_in("marc").submit(f"/steps/{step.id}", row_version=step.row_version, **fields)
    assert answer.status_code == 422
    assert read(answer.text).all(aria_invalid="true")


def test_a_planner_names_who_does_a_step_and_they_may_say_how_it_goes(world, sign_in):
    step, marc = world.step("media"), sign_in("marc")
    assert f'<option value="{world.camille.email}">' in marc.get(f"/steps/{step.id}").text

    assert marc.submit(f"/steps/{step.id}", people="not an e-mail", days="3", row_version=step.row_version).status_code == 422
    kept = marc.submit(f"/steps/{step.id}", people=f" {world.camille.email.upper()}, ", days="3", row_version=step.row_version)

    assert kept.status_code == 302
    db.session.rollback()
    assert world.step("media").people == [world.camille.email]
    camille, version = sign_in("camille"), world.step("media").row_version
    db.session.rollback()
    assert camille.submit(f"/steps/{step.id}", remaining_days="2", row_version=version).status_code == 302


def test_what_is_odd_in_a_new_plan_is_said_once(sign_in):
    """A launch on a Sunday is allowed, and people should know when work ends."""
    marc = sign_in("marc")
    answer = marc.submit("/campaigns/new", name="Solstice", launch="2031-05-18", buffer_days="4", country="FR", template="product-launch")
    page = marc.get(answer.location).text

    assert "The launch, 2031-05-18, is no working day: work ends by the end of 2031-05-16." in page
    assert "is no working day" not in marc.get(answer.location).text
