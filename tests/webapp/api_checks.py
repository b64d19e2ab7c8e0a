"""What tests of the API share: answers held to OpenAPI, guests as browsers, files sent in parts."""

import re
import uuid

import jsonschema_rs
import requests
from flask import request
from itsdangerous import URLSafeTimedSerializer

from review.links import GuestLink
from storage.db import writing
from tests.conftest import client_of
from tests.world import picture


def faults_of(document: dict, response) -> list[str]:
    """What OpenAPI does not say of the answer to this request."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule)
    told = document["paths"][path].get(request.method.lower())
    where = f"{request.method} {path} → {response.status_code}"
    if told is None:
        return [] if response.status_code == 405 or request.method in ("HEAD", "OPTIONS") else [f"{where}: no such operation"]
    if response.status_code == 304:
        return []
    status = str(response.status_code)
    answer = told["responses"].get(status) or told["responses"].get(f"{status[0]}XX")
    if status.startswith("5") or answer is None:
        return [f"{where}: not described"]
    content = answer.get("content", {}).get(response.mimetype)
    if content is None:
        return [f"{where}: {response.mimetype} is not described"] if response.data and status != "302" else []
    schema = {**content["schema"], "components": document["components"]}
    return [f"{where}: {fault.message} at {list(fault.instance_path)}" for fault in jsonschema_rs.iter_errors(schema, response.json if response.is_json else response.get_data(as_text=True))]


def error_of(response) -> str:
    return response.json["error"]["code"]


def note(**more) -> dict:
    """An annotation to be posted."""
    return {"id": str(uuid.uuid4()), "shape": {"type": "pin", "x": 0.5, "y": 0.25}, "body": "Larger, please", **more}


def put(parts: list[dict], part_size: int, content: bytes) -> list[dict]:
    """Send parts where a browser would, and name them as completion wants it."""
    named = []
    for part in parts:
        start = (part["number"] - 1) * part_size
        answer = requests.put(part["url"], data=content[start : start + part_size], headers=part["headers"], timeout=30)
        answer.raise_for_status()
        named.append({"number": part["number"], "etag": answer.headers["ETag"]})
    return named


def upload(client, content: bytes | None = None, *, filename="visual.png", **target):
    """A file uploaded through the API; the answer of its completion."""
    content = picture() if content is None else content
    opened = client.post("/uploads", json={"filename": filename, "size_bytes": len(content), **target})
    assert opened.status_code == 201, opened.text
    parts = put(opened.json["parts"], opened.json["part_size_bytes"], content)
    return client.post(f"/uploads/{opened.json['id']}/complete", json={"parts": parts})


class GuestClient:
    """A browser that came in by a link: it holds its pass as a cookie and sends the page's CSRF token."""

    def __init__(self, app, secret: str, link_id: str):
        self.client = client_of(app)
        self.client.set_cookie("bb_guest", secret)
        self.secret, self.link_id = secret, link_id

    def open(self, method: str, path: str, **options):
        headers = {"X-Backbeat-Link": self.link_id, **options.pop("headers", {})}
        if method != "GET":
            headers.setdefault("X-CSRFToken", self.csrf_token())
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def csrf_token(self) -> str:
        """As a page would carry it."""
        with self.client.session_transaction() as session:
            raw = session.setdefault("csrf_token", "a page's own random value")
        return URLSafeTimedSerializer(self.client.application.secret_key, salt="wtf-csrf-token").dumps(raw)

    def get(self, path, **options):
        return self.open("GET", path, **options)

    def post(self, path, **options):
        return self.open("POST", path, **options)

    def patch(self, path, **options):
        return self.open("PATCH", path, **options)

    def delete(self, path, **options):
        return self.open("DELETE", path, **options)


def admitted(app, link_id: str, *, name="Zoé", email="zoe@client.example") -> tuple[str, str]:
    """(pass secret, link id) of a guest who came in by this link and said who they are."""
    with writing() as session:
        _pass, secret = session.get_one(GuestLink, link_id).admit(name=name, email=email)
        session.commit()
    return secret, link_id
