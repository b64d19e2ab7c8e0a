"""The OpenAPI document says of every route what it takes and answers, and a fuzzer finds it true."""

import json
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from limits import parse
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.services.wsgi import client_of, served
from tests.webapp.api_checks import note
from tests.world import picture

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
CALLS_EACH = 6


@pytest.fixture
def document(app) -> dict:
    return client_of(app).get("/api/v1/openapi.json").json


def test_every_route_of_the_api_is_described(app, document):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            path = rule.rule.replace("<", "{").replace(">", "}")
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                told = document["paths"][path][method.lower()]
                assert told["summary"], path
                assert any(status[0] in "23" for status in told["responses"]), path


def test_every_reference_leads_somewhere(document):
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert names
    assert names <= document["components"]["schemas"].keys()


def test_writes_say_that_they_take_a_key(document):
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            takes = any(parameter["name"] == "Idempotency-Key" for parameter in told["parameters"])
            assert takes == (method != "get"), path


@pytest.fixture
def known(api, world) -> dict[str, list[str]]:
    """Ids that are there, by the name a path gives them: a fuzzer would never guess one."""
    version = world.upload(picture(), deliverable="visual")
    review = world.put_up(version, "chloe@maree.example", "olga@maree.example")
    decision = world.decide(review, world.olga, "changes_requested")
    annotation = api("chloe").post(f"/versions/{version.id}/annotations", json=note()).json
    link = api("marc").get(f"/campaigns/{version.scope_id}/links").json["items"]
    return {
        "campaign_id": [version.scope_id], "version_id": [version.id], "asset_id": [version.asset_id],
        "step_id": [step.id for step in world.plan.steps], "milestone_id": [world.step("ready").id],
        "review_id": [review.id], "seat_id": [seat.id for seat in review.seats], "decision_id": [decision.id],
        "annotation_id": [annotation["id"]], "name": ["1024"], "guest_link_id": [one["id"] for one in link] or ["none"],
    }


@pytest.mark.parametrize("name", ["olga", "camille", "chloe"])
def test_a_fuzzer_breaks_nothing(app, world, known, document, name):
    """Random calls as three roles: no fault of ours, and no answer that is not described."""
    app.config.update(API_READS=parse("1000000 per 5 seconds"), API_WRITES=parse("1000000 per 5 seconds"))
    schema = openapi.from_dict(document)
    headers = {"Authorization": f"Bearer {world.tokens[name]}"}

    with served(app) as url:
        for found in schema.get_all_operations():
            operation = found.ok()
            if "workspace/members" not in operation.path:  # nobody is thrown out meanwhile
                _fuzz(operation, url, headers, known)


def _fuzz(operation, url: str, headers: dict, known: dict) -> None:
    @settings(
        max_examples=CALLS_EACH, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), data=st.data())
    def call(case, data):
        for parameter in case.path_parameters or {}:
            if parameter in known:
                case.path_parameters[parameter] = data.draw(st.sampled_from(known[parameter]))
        case.validate_response(case.call(base_url=url, headers=headers), checks=CHECKS)

    call()
