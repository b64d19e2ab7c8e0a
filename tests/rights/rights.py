"""Who may, in one picture: every route, and every socket event, × every role.

`page` and `api` name who may and who is told that it is not theirs to do (403); to everybody else there is nothing
there (404), and nobody is asked to sign in. Roles and groups: `scene.ROLES` and GROUPS.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.rights.scene import GUESTS, LINKS, MEMBERS, ROLES
from tests.world import PASSWORD

OK, SIGN_IN = "ok", "sign_in"
GROUPS = {
    "everybody": ROLES,
    "members": ("owner", "marketer", "creative", "client", "unnamed", "stranger"),
    "planners": ("owner", "marketer"),
    "team": ("owner", "marketer", "creative"),
    "clients": ("client", "unnamed"),
    "guests": GUESTS,
    "here": (*LINKS, "reviewer"),
}
NOT_THERE = dict.fromkeys(("campaign_id", "step_id", "milestone_id", "asset_id", "version_id", "review_id", "decision_id", "seat_id", "link_id", "guest_link_id", "upload_id", "invitation_id", "membership_id", "token_id", "member_id", "option_id", "plan_decision_id"), "0" * 26)
NOT_THERE |= dict.fromkeys(("annotation_id", "uuid", "reply_id"), "00000000-0000-4000-8000-000000000000") | {"token": "0" * 43}
USUAL = {
    "campaign_id": "campaign", "step_id": "step_visual", "milestone_id": "step_booked", "asset_id": "asset_id", "version_id": "version_id",
    "review_id": "review_id", "decision_id": "decision_id", "seat_id": "seat_id", "link_id": "link_see", "upload_id": "upload_id",
    "annotation_id": "annotation_shared", "invitation_id": "invitation_id", "membership_id": "chloe", "member_id": "chloe",
    "token_id": "api_token_marketer", "token": "token_see", "uuid": "annotation_shared", "guest_link_id": "link_see",
    "reply_id": "reply", "option_id": "option", "plan_decision_id": "plan_decision",
}


@dataclass(frozen=True)
class Row:
    """What each role is told. `ids`: other rows of the scene than the usual ones; `fixed`: other values of the path."""

    answers: dict[str, object]
    body: Callable | None = None
    ids: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, object] = field(default_factory=dict)
    fine: tuple[int, ...] = ()
    by_cookie: bool = False
    counts: bool = False
    leads_to_sign_in: bool = False
    own_link: bool = False

    def values(self, scene, arguments, role: str) -> dict:
        """What stands in the path; a guest asks under their own link unless the row names another."""
        names = {**USUAL, **self.own(role), **self.ids}
        return {**{name: scene.ids[names[name]] for name in arguments if name not in self.fixed}, **self.fixed}

    def own(self, role: str) -> dict[str, str]:
        return {"link_id": f"link_{role}"} if self.own_link and role in GUESTS and "link_id" not in self.ids else {}


def page(body=None, **told) -> Row:
    return _row({"everybody": 404, "nobody": SIGN_IN}, body, told)


def api(body=None, **told) -> Row:
    return _row({"everybody": 404, "nobody": 401}, body, told)


def guests_page(body=None, **told) -> Row:
    """Behind a link's door; to whoever holds no pass for it there is nothing."""
    return replace(_row({"everybody": 404}, body, told), own_link=True)


def open_page(body=None, **told) -> Row:
    return _row({"everybody": OK}, body, told)


def _row(first: dict, body, told: dict) -> Row:
    options = {name: told.pop(name) for name in list(told) if name in Row.__dataclass_fields__}
    answers: dict[str, object] = {}
    for name, word in {**first, **told}.items():
        answers |= dict.fromkeys(GROUPS.get(name, (name,)), word)
    assert answers.keys() == set(ROLES), answers.keys() ^ set(ROLES)
    return Row(answers, body, **options)


def form(**fields):
    """A form with these fields; "=name" is the id of that row of the scene."""
    return lambda scene, _role: {"data": _filled(fields, scene)}


def sends(**body):
    """JSON with these fields."""
    return lambda scene, _role: {"json": _filled(body, scene)}


def _filled(value, scene):
    if isinstance(value, dict):
        return {_filled(name, scene): _filled(one, scene) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, scene) for one in value]
    return scene.ids[value[1:]] if isinstance(value, str) and value.startswith("=") else value


# What requests send

PIN = {"type": "pin", "x": 0.25, "y": 0.5}
SAID = {"id": "44444444-4444-4444-8444-444444444444", "shape": PIN, "body": "Bluer, please."}
NEW_CAMPAIGN = {"name": "Spring", "launch": "2099-05-20", "template": "video-spot", "buffer_days": "2", "country": "FR"}


def decides(**more):
    """Yes to what was put up; a form for pages, JSON for the API."""
    return lambda scene, _role: {"verdict": "approved", "version_id": scene.ids["version_id"], "sha256": scene.sha256, **more}


def as_form(fields):
    return lambda scene, role: {"data": fields(scene, role)}


def as_json(fields):
    return lambda scene, role: {"json": fields(scene, role)}


def progress(key: str, **more):
    """How a step goes, said of the row as it stands."""
    return lambda scene, _role: {"row_version": scene.row_versions[key], **(more or {"remaining_days": 1})}


def completes(scene, _role):
    return {"json": {"parts": scene.parts}}


def one_of_mine(scene, role):
    """The place of whoever asks, or of nobody."""
    return {"data": {"membership_id": scene.ids.get(MEMBERS.get(role, ""), "0" * 26)}}


NOTE = form(body="Bluer, please.", audience="shared")
INTERNAL_NOTE = form(body="Between us.", audience="internal")
LINK_FORM = lambda scene, _role: {"data": {f"item-{scene.ids['asset_id']}": "latest", "rights": ["see", "comment"]}}  # noqa: E731
ASKING = form(others="sarah@client.example", rule="all")

SOME_LINK = {"items": [{"asset_id": "=asset_id", "version_id": "latest"}], "rights": ["see"]}
UPLOAD = {"filename": "x.png", "size_bytes": 10}

WORKSPACE = {"name": "Marée", "country": "FR", "zone": "Europe/Paris", "language": "fr"}


def room_parts(blueprint: str, row: Callable[..., Row], **told) -> dict[str, Row]:
    """The live parts of the review room are for whom the room is."""
    return {f"GET {blueprint}.part ({part})": row(fixed={"part": part}, **told) for part in ("bar", "notices", "decision", "waiting", "pictures")}


def talk_rows(blueprint: str, row: Callable[..., Row]) -> dict[str, Row]:
    """What people say beside a picture, by plain forms: the same for members, clients and guests."""
    guests, words = row is guests_page, form(body="Redder.")
    speak = {"here": 403, "comment": OK, "reviewer": OK} if guests else {"team": OK, "client": OK}

    def may(body=None, uuid="annotation_shared", **members):
        seen = uuid in ("annotation_shared", "annotation_clients", "reply")
        return row(body, **(({"here": 403} if seen else {}) if guests else members), ids={"uuid": uuid})

    looks = row(here=OK) if guests else row(team=OK, client=OK, **({"stranger": OK} if blueprint == "clients" else {}))
    rows = {
        "GET talk": looks,
        "POST comment (shared)": row(NOTE, **speak),
        "POST comment (internal)": row(INTERNAL_NOTE, **({"here": 403} if guests else {"team": OK, "client": 403})),
        "POST reply (shared)": row(NOTE, **speak),
        "POST reply (internal)": may(NOTE, "annotation_internal", team=OK),
        "POST amend (the client's)": may(words, "annotation_clients", team=403, client=OK),
        "POST amend (the marketer's)": may(words, team=403, marketer=OK, client=403),
        "POST amend (an internal one)": may(form(audience="shared"), "annotation_internal", team=403, creative=OK),
        "POST amend (taken inside)": may(form(audience="internal"), "annotation_clients", team=403, client=403),
        "POST amend (its priority)": may(form(priority="must"), team=OK, client=403),
        "POST delete": may(None, "annotation_clients", team=403, client=OK),
        "POST delete (an internal one)": may(None, "annotation_internal", team=403, creative=OK),
        "POST restore": may(None, "annotation_deleted", client=OK),
        "POST resolve (another's)": may(team=OK, client=403),
        "POST resolve (the client's)": may(None, "annotation_clients", team=OK, client=OK),
        "POST amend_reply": may(words, "reply", team=403, client=OK),
        "POST delete_reply": may(None, "reply", team=403, client=OK),
        "POST restore_reply": may(None, "deleted_reply", client=OK),
    }
    return {name.replace(" ", f" {blueprint}.", 1): one for name, one in rows.items()}


TABLE: dict[str, Row] = {
    # Anybody
    "GET health.healthz": open_page(),
    "GET health.readyz": open_page(),
    "GET metrics.metrics": page(nobody=404),
    "GET assets": open_page(fixed={"digest": "0" * 12, "path": "css/app.css"}),
    "GET api.openapi": open_page(),
    "GET auth.sign_in": open_page(),
    "POST auth.open_session": open_page(form(email="marc@maree.example", password=PASSWORD)),
    "POST auth.open_demo": open_page(form(membership_id="=marc"), everybody=404),
    "POST auth.sign_out": open_page(leads_to_sign_in=True),
    "POST auth.language": open_page(form(language="fr", next="/sign-in"), leads_to_sign_in=True),
    "GET setup.show": open_page(everybody=404),
    "POST setup.create": open_page(form(code="00000000"), everybody=404),
    "GET invitations.show": open_page(ids={"token": "invitation_token"}),
    "POST invitations.accept": open_page(form(name="New", password=PASSWORD), ids={"token": "invitation_token"}),
    "GET guests.door": open_page(ids={"token": "token_see"}),
    "POST guests.admit": open_page(ids={"token": "token_see"}),
    "POST guests.admit (wrong passcode)": open_page(form(passcode="nope"), ids={"token": "locked_token"}, everybody=403, counts=True),
    # Members' own
    "GET workspaces.show": page(members=OK, guests=404),
    "POST auth.switch": page(one_of_mine, members=OK),
    "POST workspaces.make_token": page(members=OK),
    "POST workspaces.end_token (somebody else's)": page(owner=OK, marketer=OK),
    "POST workspaces.end_token (the owner's)": page(owner=OK, ids={"token_id": "api_token_owner"}),
    # The owner's
    "POST workspaces.update": page(form(**WORKSPACE), members=403, owner=OK, stranger=OK),
    "POST workspaces.invite_person": page(form(email="x@client.example", role="client"), members=403, owner=OK, stranger=OK),
    "POST workspaces.withdraw_invitation": page(owner=OK),
    "POST workspaces.update_role": page(form(role="creative"), team=403, owner=OK, client=403),
    "POST workspaces.end_membership": page(team=403, owner=OK, client=403),
    # Campaigns and plans
    "GET campaigns.index": page(members=OK),
    "GET campaigns.new": page(members=403, planners=OK, stranger=OK),
    "POST campaigns.create": page(form(**NEW_CAMPAIGN), members=403, planners=OK, stranger=OK),
    "GET campaigns.show": page(team=OK),
    "GET campaigns.plan": page(team=OK),
    "GET campaigns.assets": page(team=OK),
    "GET campaigns.activity": page(team=OK),
    "GET campaigns.edit": page(team=403, planners=OK),
    "POST campaigns.update": page(form(name="Autumn!", launch="2099-05-20", buffer_days="3", row_version="1"), team=403, planners=OK),
    **{f"GET campaigns.part ({part})": page(team=OK, fixed={"part": part}) for part in ("head", "news", "milestones", "board", "chart", "grid", "feed")},
    "GET milestones.show": page(team=OK),
    **{f"GET milestones.part ({part})": page(team=OK, fixed={"part": part}) for part in ("card", "gates")},
    "POST milestones.close": page(team=403, planners=OK, ids={"milestone_id": "step_handover"}),
    "GET steps.show": page(team=OK),
    "POST steps.update (one's own)": page(as_form(progress("visual")), team=OK),
    "POST steps.update (another's)": page(as_form(progress("media")), team=403, planners=OK, ids={"step_id": "step_media"}),
    "POST steps.dispense": page(form(reason="No time."), team=403, planners=OK),
    "POST steps.ask_again": page(team=403, planners=OK),
    # Assets, reviews, notes: the team's pages
    "GET assets.show": page(team=OK, client=OK),
    "GET versions.show": page(team=OK, client=OK),
    **room_parts("versions", page, team=OK, client=OK),
    "GET versions.rendition": page(team=OK, client=OK, here=OK, fixed={"name": "1024"}),
    "GET versions.tile": page(team=OK, client=OK, here=OK, fixed={"level": "6", "column": "0", "row": "0"}),
    "GET versions.tile (beyond the grid)": page(fixed={"level": "9", "column": "0", "row": "0"}),
    "GET versions.original": page(team=OK, client=OK, here=403, download=OK),
    "GET reviews.new": page(team=OK, client=403),
    "POST reviews.create": page(ASKING, team=OK, client=403),
    "POST reviews.decide": page(as_form(decides()), team=403, marketer=OK, client=OK),
    "POST reviews.undo": page(team=403, client=OK),
    "POST reviews.withdraw": page(team=OK, client=403),
    "POST reviews.lift": page(team=403, owner=OK, client=403, ids={"seat_id": "seat_chloe"}),
    "POST reviews.accept": page(team=OK, client=403),
    **talk_rows("annotations", page),
    "GET links.index": page(team=OK),
    "POST links.create": page(LINK_FORM, team=OK),
    "POST links.revoke": page(team=OK),
    # Clients and guests: the same pages, the one under /client, the other under their link
    "GET clients.show": page(members=OK),
    "GET clients.version": page(team=OK, client=OK, stranger=OK),
    **room_parts("clients", page, team=OK, client=OK, stranger=OK),
    "GET clients.rendition": page(team=OK, client=OK, stranger=OK, fixed={"name": "1024"}),
    "GET clients.tile": page(team=OK, client=OK, stranger=OK, fixed={"level": "6", "column": "0", "row": "0"}),
    "GET clients.original": page(team=OK, client=OK, stranger=OK),
    "POST clients.decide": page(as_form(decides()), team=403, marketer=OK, client=OK),
    "POST clients.undo": page(team=403, client=OK),
    **talk_rows("clients", page),
    "GET guests.show": guests_page(guests=OK),
    "GET guests.show (another's link)": guests_page(download=OK, ids={"link_id": "link_download"}),
    "GET guests.introduction": guests_page(guests=OK),
    "POST guests.introduce_oneself": guests_page(form(name="Sarah", email="sarah@client.example"), guests=OK),
    "GET guests.version": guests_page(here=OK),
    "GET guests.version (another one)": guests_page(elsewhere=OK, ids={"version_id": "other_version_id"}),
    **room_parts("guests", guests_page, here=OK),
    "GET guests.part (of another version)": guests_page(elsewhere=OK, ids={"version_id": "other_version_id"}, fixed={"part": "decision"}),
    "GET guests.rendition": guests_page(here=OK, fixed={"name": "1024"}),
    "GET guests.tile": guests_page(here=OK, fixed={"level": "6", "column": "0", "row": "0"}),
    "GET guests.tile (of another version)": guests_page(elsewhere=OK, ids={"version_id": "other_version_id"}, fixed={"level": "6", "column": "0", "row": "0"}),
    "GET guests.original": guests_page(here=403, download=OK),
    "POST guests.decide": guests_page(as_form(decides()), decide=OK, reviewer=OK),
    "POST guests.undo (another's)": guests_page(decide=403, reviewer=403),
    "POST guests.undo (one's own)": guests_page(decide=403, reviewer=OK, ids={"decision_id": "decision_reviewer"}),
    **talk_rows("guests", guests_page),
    # The API: people
    "GET api.workspace": api(everybody=OK),
    "GET api.members": api(everybody=OK),
    "PATCH api.change_member": api(sends(role="creative"), team=403, owner=OK, client=403),
    "DELETE api.remove_member": api(team=403, owner=OK, client=403),
    "GET api.invitations": api(everybody=403, owner=OK, stranger=OK),
    "POST api.create_invitation": api(sends(email="x@client.example", role="client"), everybody=403, owner=OK, stranger=OK),
    "DELETE api.withdraw_invitation": api(owner=OK),
    "GET api.tokens": api(everybody=OK),
    "POST api.create_token": api(everybody=OK, guests=403),
    "DELETE api.end_token (somebody else's)": api(owner=OK, marketer=OK),
    "DELETE api.end_token (the owner's)": api(owner=OK, ids={"token_id": "api_token_owner"}),
    # The API: campaigns and plans
    "GET api.campaigns": api(everybody=OK),
    "POST api.create_campaign": api(sends(name="Spring", launch="2099-05-20"), everybody=403, planners=OK, stranger=OK),
    "GET api.campaign": api(team=OK),
    "PATCH api.amend": api(sends(name="Autumn!", row_version=1), team=403, planners=OK),
    "GET api.events": api(team=OK, client=OK, guests=OK),
    "POST api.plan_consequences": api(sends(launch="2099-06-20"), team=OK),
    "GET api.slack": api(team=OK),
    "GET api.options": api(team=OK),
    "POST api.accept_option": api(sends(row_version=1), team=403, planners=OK, ids={"campaign_id": "short_campaign"}),
    "POST api.accept_option (of another campaign)": api(sends(row_version=1), team=403, planners=409),
    "GET api.plan_decisions": api(team=OK),
    "POST api.undo_plan_decision": api(team=403, planners=OK),
    "GET api.baselines": api(team=OK),
    "GET api.baseline": api(team=OK, fixed={"number": "1"}),
    "GET api.baseline (there is none)": api(fixed={"number": "7"}),
    "GET api.plan_json": api(team=OK),
    "GET api.plan_csv": api(team=OK),
    "GET api.plan_xml": api(team=OK),
    "GET api.plan_ics": api(team=OK),
    "POST api.create_gate": api(sends(milestone_id="=step_booked", deliverable_id="=step_visual"), team=403, planners=OK),
    "POST api.pass_milestone": api(team=403, planners=OK, ids={"milestone_id": "step_handover"}),
    "PATCH api.amend_a_step (one's own progress)": api(as_json(progress("visual")), team=OK),
    "PATCH api.amend_a_step (another's progress)": api(as_json(progress("media")), team=403, planners=OK, ids={"step_id": "step_media"}),
    "PATCH api.amend_a_step (its days)": api(as_json(progress("visual", days=5)), team=403, planners=OK),
    "POST api.waive_a_deliverable": api(sends(reason="No time."), team=403, planners=OK),
    "DELETE api.unwaive_a_deliverable": api(team=403, planners=OK),
    # The API: files
    "POST api.open_upload": api(sends(**UPLOAD), everybody=403, team=OK, stranger=OK),
    "POST api.open_upload (for a campaign)": api(sends(**UPLOAD, campaign_id="=campaign"), everybody=403, team=OK, stranger=404),
    "POST api.open_upload (for a deliverable)": api(sends(**UPLOAD, deliverable_id="=step_visual"), everybody=403, team=OK, stranger=404),
    "POST api.open_upload (for an asset)": api(sends(**UPLOAD, asset_id="=asset_id"), everybody=403, team=OK, stranger=404),
    "GET api.upload": api(creative=OK),
    "DELETE api.abort_upload": api(creative=OK),
    "POST api.complete_upload": api(completes, creative=OK),
    "GET api.assets": api(everybody=OK),
    "GET api.asset": api(team=OK, client=OK, here=OK),
    "GET api.version": api(team=OK, client=OK, here=OK),
    "GET api.version (by cookie)": api(team=OK, client=OK, here=OK, by_cookie=True),
    "GET api.rendition": api(team=OK, client=OK, here=OK, fixed={"name": "1024"}),
    "GET api.tile": api(team=OK, client=OK, here=OK, fixed={"level": "6", "column": "0", "row": "0"}),
    "GET api.original": api(team=OK, client=OK, here=403, download=OK),
    # The API: reviews, notes, links
    "GET api.reviews": api(team=OK, client=OK, here=OK),
    "POST api.create_review": api(sends(reviewers=["sarah@client.example"], rule="all"), team=OK, client=403, here=403),
    "GET api.review": api(team=OK, client=OK, decide=OK, reviewer=OK),
    "GET api.review_consequences": api(team=OK),
    "GET api.review_prices": api(team=OK),
    "POST api.decide": api(as_json(decides()), team=403, marketer=OK, client=OK, decide=OK, reviewer=OK),
    "POST api.undo (the client's)": api(team=403, client=OK, decide=403, reviewer=403),
    "POST api.undo (a guest's)": api(team=403, client=403, decide=403, reviewer=OK, ids={"decision_id": "decision_reviewer"}),
    "POST api.withdraw": api(team=OK, client=403, decide=403, reviewer=403),
    "POST api.lift": api(team=403, owner=OK, client=403, decide=403, reviewer=403, ids={"seat_id": "seat_chloe"}),
    "POST api.accept_seat": api(team=OK, client=403, decide=403, reviewer=403),
    "GET api.annotations": api(team=OK, client=OK, here=OK),
    "POST api.create_annotation (shared)": api(sends(**SAID, audience="shared"), team=OK, client=OK, here=403, comment=OK, reviewer=OK),
    "POST api.create_annotation (internal)": api(sends(**SAID, audience="internal"), team=OK, client=403, here=403),
    "POST api.create_annotation (by cookie)": api(sends(**SAID, audience="shared"), team=OK, client=OK, here=403, comment=OK, reviewer=OK, by_cookie=True),
    "GET api.annotation (shared)": api(team=OK, client=OK, here=OK),
    "GET api.annotation (internal)": api(team=OK, ids={"annotation_id": "annotation_internal"}),
    "POST api.create_reply (shared)": api(sends(body="Yes."), team=OK, client=OK, here=403, comment=OK, reviewer=OK),
    "POST api.create_reply (internal)": api(sends(body="Yes."), team=OK, ids={"annotation_id": "annotation_internal"}),
    "POST api.resolve (the team's)": api(team=OK, client=403, here=403),
    "POST api.resolve (the client's)": api(team=OK, client=OK, here=403, ids={"annotation_id": "annotation_clients"}),
    "DELETE api.reopen (the team's)": api(team=OK, client=403, here=403),
    "DELETE api.reopen (the client's)": api(team=OK, client=OK, here=403, ids={"annotation_id": "annotation_clients"}),
    "PATCH api.amend_annotation (the client's)": api(sends(body="Redder."), team=403, client=OK, here=403, ids={"annotation_id": "annotation_clients"}),
    "PATCH api.amend_annotation (the marketer's)": api(sends(shape=PIN), team=403, marketer=OK, client=403, here=403),
    "PATCH api.amend_annotation (an internal one)": api(sends(audience="shared"), team=403, creative=OK, ids={"annotation_id": "annotation_internal"}),
    "PATCH api.amend_annotation (taken inside)": api(sends(audience="internal"), team=403, client=403, here=403, ids={"annotation_id": "annotation_clients"}),
    "PATCH api.amend_annotation (its priority)": api(sends(priority="must"), team=OK, client=403, here=403),
    "PATCH api.amend_annotation (the client's, its priority)": api(sends(priority="must"), team=OK, client=OK, here=403, ids={"annotation_id": "annotation_clients"}),
    "DELETE api.delete_annotation (the client's)": api(team=403, client=OK, here=403, ids={"annotation_id": "annotation_clients"}),
    "DELETE api.delete_annotation (answered)": api(team=403, marketer=409, client=403, here=403),
    "DELETE api.delete_annotation (an internal one)": api(team=403, creative=OK, ids={"annotation_id": "annotation_internal"}),
    "POST api.restore_annotation": api(client=OK, ids={"annotation_id": "annotation_deleted"}),
    "POST api.restore_annotation (not deleted)": api(),
    "GET api.history (shared)": api(team=OK, client=OK, here=OK),
    "GET api.history (internal)": api(team=OK, ids={"annotation_id": "annotation_internal"}),
    "PATCH api.amend_reply": api(sends(body="No."), team=403, client=OK, here=403),
    "DELETE api.delete_reply": api(team=403, client=OK, here=403),
    "POST api.restore_reply": api(client=OK, ids={"reply_id": "deleted_reply"}),
    "GET api.links": api(team=OK),
    "POST api.create_link": api(sends(**SOME_LINK), team=OK),
    "DELETE api.revoke": api(team=OK),
}


# Sockets

NOT_FOUND, REFUSED, FORBIDDEN = "not_found", "refused", "forbidden"
_LOOKS = {"everybody": NOT_FOUND, "nobody": REFUSED, "team": OK, "client": OK, "here": OK}
_SPEAKS = {"see": FORBIDDEN, "decide": FORBIDDEN, "download": FORBIDDEN}
SOCKETS: dict[str, dict[str, object]] = {
    "connect": _row({"everybody": OK, "nobody": REFUSED}, None, {}).answers,
    "join": _row({"everybody": NOT_FOUND, "nobody": REFUSED}, None, {"team": OK, "client": OK, "guests": OK}).answers,
    "look": _row(_LOOKS, None, {}).answers,
    "pointer": _row(_LOOKS, None, {}).answers,
    "stroke": _row(_LOOKS, None, _SPEAKS).answers,
    "typing": _row(_LOOKS, None, _SPEAKS).answers,
}
"""Each event a client may send, and what each role is told when it sends it about this campaign, or its version."""
