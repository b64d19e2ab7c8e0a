"""The three templates: whole, in both languages, and long enough to be true."""

import json
from datetime import date, timedelta

import pytest

from planning.planfile import PlanError, gates
from planning.retroplan import schedule_of
from planning.templates import FOLDER, LANGUAGES, UnknownTemplate, catalogue, plan_from_template

TODAY = date(2027, 1, 4)
SLUGS = ["product-launch", "social-campaign", "video-spot"]
templates = pytest.mark.parametrize("slug", SLUGS)


def the_plan(slug, language="en", launch=TODAY + timedelta(days=120)):
    return plan_from_template(slug, launch, TODAY, language)


def test_there_are_three_by_name_in_both_languages():
    assert [template.name for template in catalogue("en")] == ["Product launch", "Social campaign", "Video spot"]
    assert [template.name for template in catalogue("fr")] == ["Lancement de produit", "Campagne social media", "Spot vidéo"]
    assert [template.slug for template in catalogue()] == SLUGS


@pytest.mark.parametrize(("slug", "least", "most"), [("product-launch", 50, 70), ("social-campaign", 18, 30), ("video-spot", 40, 60)])
def test_they_take_as_long_as_such_work_does(slug, least, most):
    template = next(template for template in catalogue() if template.slug == slug)

    assert least <= template.working_days <= most
    assert 1 <= template.buffer_days <= 5
    assert template.steps > 10
    assert template.milestones >= 3


@pytest.mark.parametrize("name", ["video-spot", "Video spot", "SPOT VIDÉO", " spot vidéo "])
def test_a_template_is_found_by_its_slug_or_its_name_in_either_language(name):
    assert the_plan(name).steps == the_plan("video-spot").steps


def test_an_unknown_template_is_refused_with_those_there_are():
    with pytest.raises(UnknownTemplate, match="'Wedding'.*Product launch, Social campaign, Video spot"):
        the_plan("Wedding")
    assert issubclass(UnknownTemplate, PlanError)


@templates
def test_every_deliverable_is_reviewed_and_holds_a_milestone(slug):
    plan = the_plan(slug)
    deliverables = {step.id for step in plan.steps if step.kind == "deliverable"}

    assert {step.of for step in plan.steps if step.kind == "review"} == deliverables
    assert {deliverable for _, deliverable in gates(plan)} == deliverables


@templates
def test_a_person_says_the_last_word_and_everything_leads_there(slug):
    plan = the_plan(slug)
    go = plan.steps[-1]

    assert (go.kind, go.closes) == ("milestone", "by_hand")
    assert {step.id for step in plan.steps} - {link.source for link in plan.links} == {go.id}


@templates
def test_the_launch_moves_nothing_but_the_slack(slug):
    near, far = (schedule_of(the_plan(slug, launch=TODAY + timedelta(days=days))) for days in (120, 127))

    assert near.ready == far.ready
    assert far.launch_slack_days - near.launch_slack_days == 5


@templates
def test_a_launch_that_is_too_near_is_short_and_no_error(slug):
    assert schedule_of(the_plan(slug, launch=TODAY + timedelta(days=10))).short_by_days > 0


@templates
def test_every_word_is_in_every_language(slug):
    document = json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    words = [document["name"], document["about"], *document["groups"].values(), *(step["name"] for step in document["steps"])]

    assert all(set(told) == set(LANGUAGES) and all(told.values()) for told in words)
    assert [step.name for step in the_plan(slug, "fr").steps] == [step["name"]["fr"] for step in document["steps"]]
    assert {step.group for step in the_plan(slug, "fr").steps} == {group["fr"] for group in document["groups"].values()}


@templates
def test_french_is_set_as_french_is(slug):
    document = json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    french = [document["about"]["fr"], *(step["name"]["fr"] for step in document["steps"])]

    assert not [told for told in french if "'" in told or any(f" {mark}" in told for mark in ":;!?")]


def test_an_unknown_language_is_answered_in_english():
    assert the_plan("video-spot", "de").steps == the_plan("video-spot", "en").steps
    assert the_plan("video-spot", "fr-CA").steps == the_plan("video-spot", "fr").steps
