"""Calls made up from the OpenAPI document, by people of four kinds: no fault, and no answer the document does not describe."""

import re
from contextvars import Context

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.rights.rights import USUAL
from tests.rights.scene import MEMBERS, Scene
from tests.stage import csrf_token, opened
from webapp.extensions import counts

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
TIMES = settings(
    max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def scene(tmp_path_factory, migrated_sqlite):
    with opened(tmp_path_factory.mktemp("fuzz"), database=migrated_sqlite) as app:
        yield Scene(app)


@pytest.fixture(scope="module")
def operations(scene):
    """Every operation of the document, by its name."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", lambda *asked: Context().run(scene.app, *asked))
    schema.config.generation.update(with_security_parameters=False)
    return {operation.label: operation for operation in (result.ok() for result in schema.get_all_operations())}


def credential(scene, role: str) -> dict:
    """By token, or as a browser that came by a link."""
    if role in MEMBERS:
        return {"headers": {"Authorization": f"Bearer {scene.world.tokens[MEMBERS[role]]}"}}
    session = scene.visitor("decide").client.get_cookie("backbeat").value
    return {"headers": {"X-CSRFToken": csrf_token(scene.app)}, "cookies": {"bb_guest": scene.secrets["decide"], "backbeat": session}}


@pytest.mark.parametrize("role", ["owner", "creative", "client", "decide"])
def test_every_answer_is_one_the_document_describes(role, scene, operations):
    assert len(operations) > 40
    broken = {name: fault for name, operation in operations.items() if (fault := fault_of(operation, scene, role))}

    assert broken == {}


def fault_of(operation, scene, role: str) -> str | None:
    """What went wrong with one operation, tried some times; None if nothing did."""
    scene.put_back_if_changed()
    known = credential(scene, role)

    @TIMES
    @given(case=cases(operation))
    def tried(case):
        counts.reset()
        at_real_rows(case, scene)
        case.call_and_validate(checks=CHECKS, **known)

    try:
        tried()
    except BaseException as fault:
        return re.sub(r"\s+", " ", "; ".join(map(str, getattr(fault, "exceptions", [fault]))))[:600]
    return None


def cases(operation):
    """Calls as the document wants them, and where there is a body, calls as it does not."""
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return fitting | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if operation.body else fitting


def at_real_rows(case, scene) -> None:
    """Made-up ids lead nowhere: those of the path, and what could be one in a body, become real ones."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = real(name, "1024", scene)
    case.body = with_real_ids(case.body, scene)


def with_real_ids(body, scene):
    if isinstance(body, list):
        return [with_real_ids(one, scene) for one in body]
    if not isinstance(body, dict):
        return body
    return {name: real(name, with_real_ids(value, scene), scene) for name, value in body.items()}


def real(name: str, value, scene):
    """The value that names something in the scene, where the made-up one has the right type for it."""
    known = {"deliverable_id": scene.ids["step_visual"], "sha256": scene.sha256, "row_version": 1, "reviewers": ["sarah@client.example"],
             **{one: scene.ids[row] for one, row in USUAL.items()}}
    found = known.get(name, value)
    return found if isinstance(value, type(found)) and value else value
