"""A campaign lived at random: uploads, notes, reviews, decisions, links, a plan that moves. What must hold, holds throughout."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storage import ledger
from storage.db import db
from storage.events import verify
from tests.rights.conftest import scene  # noqa: F401  one scene on each dialect
from tests.stage import Visitor, uploaded
from webapp.extensions import counts

TEAM = ("owner", "marketer", "creative")
RULES = st.sampled_from(["all", "any", {"at_least": 2}])
VERDICTS = st.sampled_from(["approved", "changes_requested"])
ROLES = st.sampled_from([*TEAM, "client"])
OVER = ("approved", "superseded", "withdrawn")


class Story(RuleBasedStateMachine):
    """Acts go over HTTP; what was answered is remembered, and compared with what the API tells afterwards."""

    scene = None

    @initialize()
    def begin(self):
        self.scene.put_back_if_changed()
        self.campaign = f"/campaigns/{self.scene.ids['campaign']}"
        self.people = {role: self.scene.visitor(role, by_token=True) for role in (*TEAM, "client", "unnamed", "stranger")}
        self.version = self.ask("creative", "GET", f"/versions/{self.scene.ids['version_id']}")
        self.reviews, self.notes, self.links, self.decisions = [self.scene.ids["review_id"]], {}, {}, []
        self.count, self.seq = 0, 0

    def ask(self, role: str, method: str, path: str, *fine: int, by: Visitor | None = None, **asked):
        """The answer's JSON if it went well; None if it was refused in one of the ways that are fine here."""
        counts.reset()
        answer = (by or self.people[role]).ask(method, f"/api/v1{path}", **asked)
        assert answer.status_code in (200, 201, 204, *fine), (method, path, asked, answer.status_code, answer.text[:400])
        return answer.get_json(silent=True) if answer.status_code < 300 else None

    # Acts

    @rule(role=st.sampled_from(TEAM), same=st.booleans())
    def upload(self, role, same):
        """The next version, or the same bytes again, which are the same version."""
        self.count += not same
        counts.reset()
        answer = uploaded(self.people[role], f"content {self.count}".encode(), "text.txt", deliverable_id=self.scene.ids["step_visual"])[-1]
        assert answer.status_code in ((200, 201) if same else (201,))
        version = answer.get_json()
        assert version["number"] == self.version["number"] + (answer.status_code == 201)
        assert answer.status_code == 201 or version["id"] == self.version["id"]
        self.version = version

    @rule(role=ROLES, audience=st.sampled_from(["internal", "shared"]), twice=st.booleans())
    def annotate(self, role, audience, twice):
        note = {"id": str(uuid4()), "body": f"{role} says", "audience": audience}
        fine = (403, 404) if role == "client" else ()
        for _ in range(1 + twice):
            if self.ask(role, "POST", f"/versions/{self.version['id']}/annotations", *fine, json=note):
                self.notes[note["id"]] = audience
        if role == "client" and audience == "internal":
            assert note["id"] not in self.notes

    @rule(rule_=RULES, names=st.sets(st.sampled_from(["chloe", "marc", "olga"]), min_size=2))
    def put_up(self, rule_, names):
        asked = {"reviewers": sorted(f"{name}@maree.example" for name in names), "rule": rule_}
        self.reviews.append(self.ask("marketer", "POST", f"/versions/{self.version['id']}/reviews", json=asked)["id"])

    @rule(role=st.sampled_from(["client", "marketer", "owner"]), verdict=VERDICTS, data=st.data(), twice=st.booleans())
    def decide(self, role, verdict, data, twice):
        review = self.ask("owner", "GET", f"/reviews/{data.draw(st.sampled_from(self.reviews))}")
        answer = {"verdict": verdict, "version_id": review["version_id"], "sha256": review["sha256"]}
        key = {"Idempotency-Key": str(uuid4())}
        path = f"/reviews/{review['id']}/decision"
        made = self.ask(role, "POST", path, 403, 404, 409, json=answer, headers=key)
        assert not (made and review["state"] in OVER), "a review that is over took a decision"
        if made:
            self.decisions.append((role, made["id"]))
        if made and twice:
            assert self.ask(role, "POST", path, json=answer, headers=key) == made

    @precondition(lambda self: self.decisions)
    @rule(data=st.data())
    def undo(self, data):
        role, decision_id = data.draw(st.sampled_from(self.decisions))
        undone = self.ask(role, "POST", f"/decisions/{decision_id}/undo", 409, json={})
        assert undone is None or undone["replaces"] == decision_id

    @rule(data=st.data())
    def withdraw(self, data):
        self.ask("marketer", "POST", f"/reviews/{data.draw(st.sampled_from(self.reviews))}/withdrawal", 409, json={})

    @rule(latest=st.booleans(), rights=st.sets(st.sampled_from(["see", "comment", "decide", "download"]), min_size=1))
    def link(self, latest, rights):
        item = {"asset_id": self.version["asset_id"], "version_id": "latest" if latest else self.version["id"]}
        made = self.ask("creative", "POST", f"{self.campaign}/links", json={"items": [item], "rights": sorted(rights)})
        guest = self.scene.visitor("nobody")
        assert guest.post("/l/" + made["url"].rpartition("/")[2]).status_code == 303
        self.links[made["id"]] = (guest, rights, None if latest else self.version["id"])

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def revoke(self, data):
        """At once: the pass of whoever came by it opens nothing any more."""
        link_id = data.draw(st.sampled_from(sorted(self.links)))
        guest, _, _ = self.links.pop(link_id)
        self.ask("marketer", "DELETE", f"/links/{link_id}")
        assert guest.get(f"/api/v1/versions/{self.version['id']}").status_code == 401
        note = {"id": str(uuid4()), "body": "Too late", "audience": "shared"}
        assert guest.post(f"/api/v1/versions/{self.version['id']}/annotations", json=note).status_code == 401

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def come_by_a_link(self, data):
        """A guest sees what the link shows and says what its rights let them say."""
        guest, rights, fixed = self.links[data.draw(st.sampled_from(sorted(self.links)))]
        shown = fixed or self.version["id"]
        assert guest.get(f"/api/v1/versions/{shown}").status_code == 200
        note = {"id": str(uuid4()), "body": "A guest says", "audience": "shared"}
        said = guest.post(f"/api/v1/versions/{shown}/annotations", json=note).status_code
        assert said == (201 if "comment" in rights else 403)
        if said == 201 and shown == self.version["id"]:
            self.notes[note["id"]] = "shared"
        original = guest.get(f"/api/v1/versions/{shown}/original").status_code
        assert original == (302 if "download" in rights else 403)

    @rule(days=st.integers(0, 30), key=st.sampled_from(["brief", "visual", "ok", "media"]), stale=st.booleans())
    def plan(self, days, key, stale):
        step = next(step for step in self.told("owner")["steps"] if step["key"] == key)
        moved = {"days": days, "row_version": step["row_version"] - stale} if step["row_version"] > stale else {"days": days, "row_version": 99}
        answer = self.ask("marketer", "PATCH", f"{self.campaign}/steps/{step['id']}", 409, 422, json=moved)
        assert (answer is None) or not stale

    @rule(lift=st.booleans())
    def waive(self, lift):
        path = f"{self.campaign}/steps/{self.scene.ids['step_visual']}/waiver"
        self.ask("owner", "DELETE" if lift else "POST", path, **({} if lift else {"json": {"reason": "No time."}}))

    # What holds

    def told(self, role: str) -> dict:
        return self.ask(role, "GET", self.campaign)

    @invariant()
    def the_log_grows_without_a_gap(self):
        events = self.ask("owner", "GET", f"{self.campaign}/events")
        seqs = [event["seq"] for event in events["items"]]
        assert seqs == list(range(1, len(seqs) + 1))
        assert events["seq"] == (seqs or [0])[-1] >= self.seq
        self.seq = events["seq"]
        clients = self.ask("client", "GET", f"{self.campaign}/events")["items"]
        assert {event["seq"] for event in clients} <= set(seqs)
        assert all(not key.startswith(("campaign_", "step_")) for event in clients for key in event["keys"])

    @invariant()
    def the_current_version_is_the_last_one_that_came(self):
        asset = self.ask("owner", "GET", f"/assets/{self.version['asset_id']}")
        assert [version["number"] for version in asset["versions"]] == list(range(1, len(asset["versions"]) + 1))
        assert asset["current"]["id"] == self.version["id"]

    @invariant()
    def a_review_says_what_its_answers_say(self):
        for review_id in self.reviews:
            review = self.ask("owner", "GET", f"/reviews/{review_id}")
            said = [seat["state"] for seat in review["seats"] if seat["verified"] or review["rule"] != "all"]
            needed = {"all": len(said), "any": 1}.get(review["rule"]) if isinstance(review["rule"], str) else review["rule"]["at_least"]
            satisfied = said.count("approved") >= needed and "changes_requested" not in said
            if review["state"] in ("open", "changes_requested", "approved"):
                assert satisfied == (review["state"] == "approved"), review
                assert review["state"] == "approved" or ("changes_requested" in said) == (review["state"] == "changes_requested")
            if review["version_id"] != self.version["id"]:
                assert review["state"] in OVER

    @invariant()
    def a_milestone_has_passed_when_its_gates_are_clear(self):
        plan = self.told("marketer")
        states = {step["id"]: step["state"] for step in plan["steps"]}
        for milestone in plan["milestones"]:
            for gate in milestone["gates"]:
                assert gate["cleared"] == (states[gate["deliverable_id"]] in ("approved", "waived"))
            if milestone["gates"] and not milestone["blocked_by"]:
                assert (milestone["flow"] == "passed") == all(gate["cleared"] for gate in milestone["gates"])

    @invariant()
    def notes_are_read_by_whom_they_are_for(self):
        def read_by(role):
            listed = self.ask(role, "GET", f"/versions/{self.version['id']}/annotations", 404)
            return {note["id"]: note["audience"] for note in (listed or {"items": []})["items"]}

        team = read_by("creative")
        assert all(team[note] == audience for note, audience in self.notes.items() if note in team)
        assert set(read_by("client").values()) <= {"shared"}
        assert read_by("unnamed") == read_by("stranger") == {}

    @invariant()
    def the_books_are_in_order(self):
        db.session.remove()
        ledger.snapshot()
        assert list(ledger.faults()) == []
        assert list(verify()) == []
        db.session.remove()


@pytest.mark.timeout(240)
def test_a_campaign_lived_at_random(scene):  # noqa: F811
    class Here(Story):
        pass

    Here.scene = scene
    bounds = settings(
        max_examples=6, stateful_step_count=14, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Here, settings=bounds)
    db.session.remove()
