"""Calls sent again under their key: answered again, done once."""

import json
import threading

import pytest

from storage.answers import Answer, keep_answer
from storage.db import db, writing
from storage.events import Event
from tests.services.wsgi import client_of
from tests.webapp.api_checks import error_of, note, put, upload
from tests.world import digest, picture
from webapp import idempotency

pytestmark = pytest.mark.usefixtures("documented")

LAUNCH = "2030-05-20"


def keyed(key: str = "k-1") -> dict:
    return {"headers": {"Idempotency-Key": key}}


def campaigns(api) -> list[str]:
    return [row["name"] for row in api("marc").get("/campaigns").json["items"]]


def test_the_same_call_again_is_answered_not_done(api):
    body = {"name": "Spring", "launch": LAUNCH}

    first = api("marc").post("/campaigns", json=body, **keyed())
    again = api("marc").post("/campaigns", json=body, **keyed())

    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert campaigns(api) == ["Spring", "Autumn"]


def test_another_body_or_path_under_the_key_is_refused(api, world):
    api("marc").post("/campaigns", json={"name": "Spring", "launch": LAUNCH}, **keyed())

    other = api("marc").post("/campaigns", json={"name": "Summer", "launch": LAUNCH}, **keyed())
    elsewhere = api("marc").patch(f"/campaigns/{world.ids['campaign']}", json={"name": "Spring", "launch": LAUNCH}, **keyed())

    assert (other.status_code, error_of(other)) == (422, "key_reused")
    assert (elsewhere.status_code, error_of(elsewhere)) == (422, "key_reused")
    assert campaigns(api) == ["Spring", "Autumn"]


def test_keys_are_each_actors_own(api):
    body = {"name": "Spring", "launch": LAUNCH}
    first = api("marc").post("/campaigns", json=body, **keyed()).json
    second = api("olga").post("/campaigns", json=body, **keyed()).json

    assert first["id"] != second["id"]


def test_refusals_are_judged_anew(api, world):
    version = world.upload(picture(), deliverable="visual")
    body = {"verdict": "approved", "version_id": version.id, "sha256": digest(picture())}
    review = world.put_up(version, "olga@maree.example")
    path = f"/reviews/{review.id}/decision"
    assert api("olga").post(path, json=body | {"sha256": "0" * 64}, **keyed()).status_code == 409

    assert api("olga").post(path, json=body, **keyed()).status_code == 201
    assert api("olga").post(path, json=body, **keyed()).status_code == 201
    assert db.session.query(Event).filter_by(name="decision.made").count() == 1


def test_an_answer_is_kept_for_a_day(api, later):
    body = {"name": "Spring", "launch": LAUNCH}
    api("marc").post("/campaigns", json=body, **keyed())
    later(hours=25)
    api("marc").post("/campaigns", json=body, **keyed())

    assert campaigns(api) == ["Spring", "Spring", "Autumn"]
    assert db.session.query(Answer).count() == 1


def test_an_empty_answer_is_kept_too(api, world):
    world.upload(picture(), deliverable="visual")
    version = db.session.query(Event).filter_by(name="version.added").one().version_id
    made = api("marc").post(f"/versions/{version}/annotations", json=note()).json
    path = f"/annotations/{made['id']}/resolution"
    api("marc").post(path)

    assert api("marc").delete(path, **keyed()).status_code == 204
    api("marc").post(path)
    assert api("marc").delete(path, **keyed()).status_code == 204
    assert api("marc").get(f"/annotations/{made['id']}").json["resolved"] is True


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "é", "a\tb"])
def test_a_key_is_printable_and_not_endless(api, key):
    assert api("marc").post("/campaigns", json={"name": "x", "launch": LAUNCH}, **keyed(key)).status_code == 422


@pytest.fixture
def sent(api):
    """A file sent but not completed: (path of its completion, body)."""
    content = picture()
    opened = api("camille").post("/uploads", json={"filename": "v.png", "size_bytes": len(content)}).json
    parts = put(opened["parts"], opened["part_size_bytes"], content)
    return f"/uploads/{opened['id']}/complete", {"parts": parts}


class SlowBucket:
    """A store in whose way something comes when parts are put together."""

    def __init__(self, bucket, meanwhile):
        self._bucket, self._meanwhile = bucket, meanwhile

    def __getattr__(self, name):
        return getattr(self._bucket, name)

    def finish(self, *arguments, **options):
        self._meanwhile()
        return self._bucket.finish(*arguments, **options)


@pytest.fixture
def while_finishing(app):
    """`while_finishing(act)`: the store does this before it puts parts together."""

    def slowed(meanwhile):
        app.extensions["backbeat.bucket"] = SlowBucket(app.extensions["backbeat.bucket"], meanwhile)

    return slowed


def test_while_the_first_call_is_unfinished_the_second_is_told_so(api, sent, while_finishing):
    path, body = sent
    working, go_on, answers = threading.Event(), threading.Event(), []
    while_finishing(lambda: (working.set(), go_on.wait(30)))
    first = threading.Thread(target=lambda: answers.append(api("camille").post(path, json=body, **keyed())))
    first.start()
    assert working.wait(30)

    unfinished = api("camille").post(path, json=body, **keyed())
    go_on.set()
    first.join(30)

    assert (unfinished.status_code, error_of(unfinished)) == (409, "unfinished")
    assert answers[0].status_code == 201
    replayed = api("camille").post(path, json=body, **keyed())
    assert (replayed.status_code, replayed.json) == (201, answers[0].json)


def test_what_another_process_finished_meanwhile_is_not_done_twice(app, api, sent, world, while_finishing):
    """A slow call that lost the race keeps nothing of its own and answers what the winner did."""
    path, body = sent
    winners = upload(api("marc"), picture((1, 2, 3))).json

    def another_process():
        with app.app_context(), app.test_request_context(f"/api/v1{path}", method="POST"), writing() as session:
            keep_answer(world.camille.key, "k-1", idempotency._fingerprint(body), 201, json.dumps(winners))
            session.commit()

    while_finishing(another_process)
    answer = api("camille").post(path, json=body, **keyed())

    assert (answer.status_code, answer.json) == (201, winners)
    assert db.session.query(Event).filter_by(name="version.added").count() == 1


def test_of_many_at_once_one_is_done(app, api, world):
    """Each is the first answer, replayed, or told that the first is unfinished."""
    body, headers = {"name": "Spring", "launch": LAUNCH}, {"Authorization": f"Bearer {world.tokens['marc']}", "Idempotency-Key": "race"}
    answers, together = [], threading.Barrier(6)

    def ask():
        client = client_of(app)
        together.wait()
        answers.append(client.open("/api/v1/campaigns", method="POST", json=body, headers=headers))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status_code == 201}) == 1
    assert campaigns(api).count("Spring") == 1
    assert idempotency._under_way == set()
