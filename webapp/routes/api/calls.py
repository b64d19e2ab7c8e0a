"""How a call of the API is declared: what it takes and what it answers; and how its body and query are read.

The declaration is all that OpenAPI is written from (openapi.py), and what comes in is held to it.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError

from storage.db import canonical
from webapp.errors import Problem
from webapp.idempotency import Remake, claimed, earlier

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
SHOWN_FAULTS = 20
_ESCAPED_UNHOLDABLE = re.compile(r"\\u(0000|[dD][89abAB])")
_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Call:
    """What one call takes and answers: a model by status, None for no content. `redirects` answers 302 as well."""

    answers: dict[int, type[BaseModel] | None]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    redirects: bool
    other_types: dict[str, dict]


def call(
    *,
    answers: dict[int, type[BaseModel] | None],
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    redirects: bool = False,
    other_types: dict[str, dict] | None = None,
    remade: Remake | None = None,
) -> Callable:
    """Declare a call. The view gets `body` and `query`, read; a write is done once under its Idempotency-Key.

    other_types  {media type: JSON Schema} of a 200 besides application/json
    remade       puts back what a kept answer leaves out (webapp/idempotency.py)
    """
    declared = Call(answers, body, query, redirects, other_types or {})

    def declare(view):
        @wraps(view)
        def called(**ids):
            if query:
                ids["query"] = _validated(query, request.args.to_dict())
            return _write(view, body, ids, remade) if request.method in WRITES else view(**ids)

        called.call = declared  # type: ignore[attr-defined]
        return called

    return declare


def _write(view, body: type[BaseModel] | None, ids: dict[str, Any], remade: Remake | None):
    given = _given() if body else None
    with claimed(given, remade):
        done = earlier()
        if done:
            return done
        if body:
            ids["body"] = _validated(body, given)
        return view(**ids)


def _given() -> Any:
    """The request's JSON; nothing sent is an empty object."""
    raw = request.get_data()
    if not raw:
        return {}
    if not request.is_json:
        abort(415)
    try:
        text = raw.decode("utf-8")
        given = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        canonical(given)
    except RecursionError:
        raise Problem(400, "bad_json", _("This JSON is nested too deep.")) from None
    except ValueError as error:
        raise Problem(400, "bad_json", _("This is not JSON: %(error)s", error=str(error)[:200])) from None
    if _ESCAPED_UNHOLDABLE.search(text) and not _is_holdable(given):
        raise Problem(422, "unholdable", _("Text cannot hold NUL characters or halves of characters."))
    return given


def _is_holdable(value: Any) -> bool:
    """Whether every text in it can be stored and sent: no NUL, no lone surrogate."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and _UNHOLDABLE.search(one):
            return False
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return True


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_number(name: str):
    raise ValueError(f"{name} is no number")


def _validated(model: type[BaseModel], given: Any) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)[:SHOWN_FAULTS]
    fields = [{"field": ".".join(map(str, one["loc"]))[:200], "message": one["msg"]} for one in told]
    first = fields[0]
    message = f"{first['field']}: {first['message']}" if first["field"] else first["message"]
    raise Problem(422, "invalid", message, fields=fields)
