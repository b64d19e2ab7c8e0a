"""The OpenAPI document, written from what the calls declare (calls.py)."""

import re
from functools import cache

from flask import Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from webapp.access import ANYONE, open_to
from webapp.idempotency import HEADER, KEY
from webapp.routes.api import answers, bp
from webapp.routes.api.calls import WRITES, Call, call

REF = "#/components/schemas/{model}"
_ERROR = {"application/json": {"schema": {"$ref": REF.format(model="Error")}}}
_KEY = {
    "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "pattern": f"^{KEY}$"},
    "description": "The same key by the same actor answers the first successful status and body for a day.",
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "backbeat", "description": "Writes bring X-CSRFToken."},
    "guest": {"type": "apiKey", "in": "cookie", "name": "bb_guest", "description": "Writes bring X-CSRFToken."},
}


@bp.get("/openapi.json")
@open_to(ANYONE)
@call(answers={200: None})
def openapi() -> Response:
    """This document."""
    return jsonify(_document())


@cache
def _document() -> dict:
    rules = [rule for rule in current_app.url_map.iter_rules() if rule.endpoint.startswith(f"{bp.name}.")]
    paths: dict[str, dict] = {}
    for rule in sorted(rules, key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Backbeat", "version": "1", "description": "Ids are opaque, moments RFC 3339 UTC, days YYYY-MM-DD."},
        "security": [{name: []} for name in _SECURITY],
        "paths": paths,
        "components": {"schemas": _schemas(rules), "securitySchemes": _SECURITY},
    }


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _operation(rule: Rule, method: str) -> dict:
    view = current_app.view_functions[rule.endpoint]
    declared: Call = view.call  # type: ignore[attr-defined]
    told = {
        "operationId": rule.endpoint.removeprefix("api."), "summary": (view.__doc__ or "").strip(),
        "parameters": _parameters(rule, method, declared), "responses": _responses(declared),
    }
    if declared.body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(declared.body)}}}
    return told


def _parameters(rule: Rule, method: str, declared: Call) -> list[dict]:
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sorted(rule.arguments)]
    if declared.query:
        for name, schema in declared.query.model_json_schema()["properties"].items():
            parameters.append({"name": name, "in": "query", "required": False, "schema": _plain(schema)})
    return parameters + ([_KEY] if method in WRITES else [])


def _plain(schema: dict) -> dict:
    """A query says null by leaving the parameter out."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "title", "default") or (name == "default" and value is not None)}
    return kept | (choices[0] if choices else {})


def _responses(declared: Call) -> dict:
    told = {str(status): _success(status, model, declared) for status, model in declared.answers.items()}
    if declared.redirects:
        told["302"] = {"description": "The short-lived address.", "headers": {"Location": {"schema": {"type": "string"}}}}
    refusals = {status: {"description": text, "content": _ERROR} for status, text in (("4XX", "Refused."), ("5XX", "Not now."))}
    return told | refusals


def _success(status: int, model: type[BaseModel] | None, declared: Call) -> dict:
    if status == 204:
        return {"description": "Done."}
    others = {name: {"schema": schema} for name, schema in declared.other_types.items()} if status == 200 else {}
    content = {} if others and not model else {"application/json": {"schema": _ref(model) if model else {"type": "object"}}}
    return {"description": (model.__doc__ if model else None) or "The answer.", "content": content | others}


def _ref(model: type[BaseModel]) -> dict:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas(rules: list[Rule]) -> dict:
    models: set[type[BaseModel]] = {answers.Error}
    for rule in rules:
        declared: Call = current_app.view_functions[rule.endpoint].call  # type: ignore[attr-defined]
        models |= {model for model in (declared.body, *declared.answers.values()) if model}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schema = models_json_schema([(model, "validation") for model in ordered], ref_template=REF)
    return schema["$defs"]
