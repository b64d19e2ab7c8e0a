"""One agency in the middle of its work, with somebody of every kind and a row of every kind; kept, and put back at will."""

import shutil
import sqlite3
from contextlib import closing
from functools import cached_property

from sqlalchemy import MetaData, select, text

from planning.accepting import accept
from planning.campaigns import Campaign
from planning.gates import Gate
from planning.options import Kind
from planning.steps import Step, StepKind
from review.annotations import Audience, annotate
from review.links import GuestLink, guest_holding, make_link
from storage import clock, keyring, keys, uploads
from storage.blobs import TILES, Rendition, RenditionState
from storage.db import db, writing
from storage.keyring import Token
from storage.renditions import Grid
from storage.shelf import bucket
from storage.workspaces import Right, Role, Workspace
from tests.conftest import SECRET
from tests.planning.rushed import founded, offer_of, plan_of, rushed
from tests.stage import Visitor
from tests.world import add_member, make_world, picture, put_parts
from webapp.extensions import counts

MEMBERS = {"owner": "olga", "marketer": "marc", "creative": "camille", "client": "chloe", "unnamed": "cleo", "stranger": "rita"}
LINKS = {"see": [Right.SEE], "comment": [Right.COMMENT], "decide": [Right.DECIDE], "download": [Right.DOWNLOAD]}
GUESTS = (*LINKS, "reviewer", "elsewhere")
ROLES = (*MEMBERS, *GUESTS, "nobody")
UUIDS = {"internal": "11111111-1111-4111-8111-111111111111", "shared": "22222222-2222-4222-8222-222222222222",
         "clients": "33333333-3333-4333-8333-333333333333", "deleted": "88888888-8888-4888-8888-888888888888",
         "reply": "99999999-9999-4999-8999-999999999999", "deleted_reply": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}


class Scene:
    """`ids` names the rows; `visitor(role)` is somebody of that role, with a token where the API is asked."""

    def __init__(self, app, postgres=None):
        self.app, self.postgres = app, postgres
        self.world = make_world(SECRET)
        self.ids = dict(self.world.ids)
        self.secrets: dict[str, str] = {}
        self._fill()
        self._keep()

    def visitor(self, role: str, *, by_token: bool = False) -> Visitor:
        if role in MEMBERS and by_token:
            return Visitor(self.app, token=self.world.tokens[MEMBERS[role]])
        if role in MEMBERS:
            user = self.world.member(MEMBERS[role]).user
            db.session.rollback()
            return Visitor(self.app, user=user)
        return Visitor(self.app, guest=self.secrets.get(role))

    def rows(self) -> dict[str, list]:
        """Everything the database holds, to see whether it has changed."""
        with db.engine.connect() as connection:
            return {name: sorted(map(repr, connection.execute(select(table)))) for name, table in self._tables.items()}

    def changed(self) -> list[str]:
        """The tables that are not as they were made; they are read only if somebody has written since they were."""
        mark = self._mark()
        if mark == self._unchanged_at:
            return []
        now = self.rows()
        found = [name for name, rows in self._first.items() if rows != now[name]]
        self._unchanged_at = None if found else mark
        return found

    def put_back_if_changed(self) -> None:
        """Everything as it was made; the clock and the counts of tries in any case."""
        clock.set_clock(self._at)
        counts.reset()
        if self.changed():
            self._put_back()

    def _put_back(self) -> None:
        db.session.remove()
        if self.postgres:
            self._put_database_back()
        else:
            with closing(sqlite3.connect(self._kept / "backbeat.db")) as kept, closing(sqlite3.connect(self._file)) as ours:
                kept.backup(ours)
        shutil.rmtree(self._data / "objects")
        shutil.copytree(self._kept / "objects", self._data / "objects")

    def _fill(self) -> None:
        world = self.world
        with writing() as session:
            add_member(world, session.get_one(Workspace, self.ids["workspace"]), "cleo", Role.CLIENT)
            session.commit()
        version = world.upload(picture(), deliverable="visual", filename="visual.png")
        other = world.upload(picture((10, 200, 10)), filename="other.png")
        review = world.put_up(version, "chloe@maree.example", "sarah@client.example", "marc@maree.example")
        decision = world.decide(review, world.chloe, "changes_requested", "Bluer, please.")
        self.sha256 = version.blob.sha256
        self.ids |= {"cleo": world.ids["cleo"], "version_id": version.id, "asset_id": version.asset_id, "review_id": review.id,
                     "other_version_id": other.id, "other_asset_id": other.asset_id, "decision_id": decision.id}
        self._tile(version, other)
        self._share(version, other, review)
        self._talk(version)
        self._offer()
        self._plan()

    def _tile(self, *versions) -> None:
        """As a huge picture is shown; what a tile shows matters to nobody here."""
        tile = self._data / "tile.jpg"
        tile.write_bytes(picture(form="JPEG"))
        for version in versions:
            for place in Grid(64, 40):
                bucket().put_file(keys.tile(version.workspace_id, version.blob.sha256, *place), tile, "image/jpeg")
        with writing() as session:
            for version in versions:
                session.add(Rendition(blob_id=version.blob_id, name=TILES, longest_side=64, state=RenditionState.READY, media_type="image/jpeg", width=64, height=40))
            session.commit()

    def _share(self, version, other, review) -> None:
        with writing() as session:
            for name, rights in LINKS.items():
                self._admit(name, make_link(self.ids["campaign"], [(version, False)], rights, by=self.world.marc, secret_key=SECRET))
            link = make_link(self.ids["campaign"], [(other, True)], list(Right), by=self.world.marc, secret_key=SECRET)
            self._admit("elsewhere", link)
            seat = next(seat for seat in review.seats if seat.link_id)
            self._admit("reviewer", session.get_one(GuestLink, seat.link_id))
            locked = make_link(self.ids["campaign"], [(version, False)], [Right.SEE], by=self.world.marc, secret_key=SECRET, passcode="open")
            chloes = next(seat for seat in review.seats if seat.membership_id == self.ids["chloe"])
            self.ids |= {"seat_id": seat.id, "seat_chloe": chloes.id, "locked_token": locked.token(SECRET)}
            session.commit()
        self.ids["decision_reviewer"] = self.world.decide(review, guest_holding(self.secrets["reviewer"]), "changes_requested").id

    def _admit(self, name: str, link: GuestLink) -> None:
        _, self.secrets[name] = link.admit(name=f"Guest {name}", email=f"{name}@client.example")
        self.ids[f"link_{name}"] = link.id
        self.ids[f"token_{name}"] = link.token(SECRET)

    def _talk(self, version) -> None:
        with writing() as session:
            version = session.merge(version)
            said = {"internal": (self.world.camille, Audience.INTERNAL), "shared": (self.world.marc, Audience.SHARED),
                    "clients": (self.world.chloe, Audience.SHARED), "deleted": (self.world.chloe, Audience.SHARED)}
            for name, (by, audience) in said.items():
                annotation, _ = annotate(version, by, id_=UUIDS[name], shape={"type": "pin", "x": 0.5, "y": 0.5}, body=f"{name} note", audience=audience)
                self.ids |= {f"annotation_{name}": annotation.uuid, f"row_{name}": annotation.id}
                if name == "shared":
                    for answer in ("reply", "deleted_reply"):
                        annotation.reply(f"{answer} of the client", self.world.chloe, id_=UUIDS[answer])
                        self.ids[answer] = UUIDS[answer]
                    annotation.replies[-1].delete(self.world.chloe)
            annotation.delete(self.world.chloe)
            session.commit()

    def _offer(self) -> None:
        """What the owner hands out, and an upload under way."""
        with writing() as session:
            invitation = keyring.invite("new@maree.example", Role.CREATIVE, by=self.world.olga, secret_key=SECRET)
            self.ids |= {"invitation_id": invitation.id, "invitation_token": invitation.token(SECRET)}
            for role, name in MEMBERS.items():
                self.ids[f"api_token_{role}"] = session.scalar(select(Token.id).where(Token.membership_id == self.world.ids[name]))
            session.commit()
        ticket, pending = uploads.open_ticket(self.world.camille, "next.png", len(NEXT), scope_id=self.ids["campaign"], asset_id=self.ids["asset_id"])
        self.parts = [{"number": number, "etag": etag} for number, etag in put_parts(ticket, pending, NEXT)]
        with writing() as session:
            session.add(ticket)
            session.commit()
        self.ids["upload_id"] = ticket.id

    def _plan(self) -> None:
        with writing() as session:
            session.add(Step(workspace_id=self.ids["workspace"], campaign_id=self.ids["campaign"], key="handover", position=9, name="Handover",
                             kind=StepKind.MILESTONE, days=0, closes="by_hand", people=[], can_slip=True))
            session.commit()
        for step in self.world.plan.steps:
            self.ids[f"step_{step.key}"] = step.id
        self.row_versions = {step.key: step.row_version for step in self.world.plan.steps}
        gates = {gate.deliverable_id: gate.id for gate in db.session.scalars(select(Gate).filter_by(campaign_id=self.ids["campaign"]))}
        self.ids["gate_visual"] = gates[self.ids["step_visual"]]
        db.session.remove()
        self._hurry()

    def _hurry(self) -> None:
        """Two campaigns that are too short: of the one an option is on offer, of the other one was accepted."""
        day = clock.today("Europe/Paris")
        for name in ("short_campaign", "decided_campaign"):
            self.ids[name] = founded(self.world, rushed(day), name)
        self.ids["option"] = offer_of(plan_of(self.ids["short_campaign"]), Kind.SHORTEN_REVIEW).id
        offer = offer_of(plan_of(self.ids["decided_campaign"]), Kind.SHORTEN_REVIEW)
        with writing() as session:
            decided = session.get_one(Campaign, self.ids["decided_campaign"])
            self.ids["plan_decision"] = accept(decided, offer.id, row_version=1, by=self.world.marc).decision.id
            session.commit()
        db.session.remove()

    def _keep(self) -> None:
        self._at, self._first, self._unchanged_at = clock.utcnow(), self.rows(), None
        self._kept.mkdir()
        if self.postgres:
            self._template = self.postgres.new_database(template=self._url_at_rest())
        else:
            with closing(sqlite3.connect(self._file)) as ours, closing(sqlite3.connect(self._kept / "backbeat.db")) as kept:
                ours.backup(kept)
        shutil.copytree(self._data / "objects", self._kept / "objects")

    def _mark(self):
        """A number that moves with every writing transaction of anybody else."""
        if self.postgres:
            with db.engine.connect() as connection:
                return connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
        return self._watcher.execute("PRAGMA data_version").fetchone()[0]

    def _put_database_back(self) -> None:
        self.postgres.put_back(self._url_at_rest(), self._template)

    def _url_at_rest(self) -> str:
        db.session.remove()
        db.engine.dispose()
        return self.app.extensions["backbeat.settings"].database_url

    @property
    def _data(self):
        return self.app.extensions["backbeat.settings"].data

    @property
    def _kept(self):
        return self._data / "kept"

    @property
    def _file(self):
        return self._data / "backbeat.db"

    @cached_property
    def _watcher(self):
        return sqlite3.connect(self._file, check_same_thread=False)

    @cached_property
    def _tables(self):
        found = MetaData()
        found.reflect(db.engine)
        return found.tables


NEXT = picture((30, 30, 200))
"""The bytes of the upload that is under way."""
