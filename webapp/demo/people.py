"""The people of the demo. No one is in both workspaces; everybody has the same password, which is no secret."""

from dataclasses import dataclass
from datetime import timedelta

from storage.clock import utcnow
from storage.db import db, new_id, writing
from storage.events import open_log, record
from storage.keyring import give_place, person
from storage.workspaces import Membership, Role, Workspace
from webapp.demo.days import at
from webapp.passwords import hashed

PASSWORD = "backbeat demo"  # noqa: S105


@dataclass(frozen=True)
class Agency:
    """A workspace to be made, with one person for each role: (name, e-mail)."""

    name: str
    country: str
    zone: str
    language: str
    people: dict[Role, tuple[str, str]]


MAREE = Agency(
    "Atelier Marée", "FR", "Europe/Paris", "fr",
    {
        Role.OWNER: ("Inès Garnier", "ines@atelier-maree.example"),
        Role.MARKETER: ("Marc Delmas", "marc@atelier-maree.example"),
        Role.CREATIVE: ("Camille Roy", "camille@atelier-maree.example"),
        Role.CLIENT: ("Chloé Besson", "chloe@maison-alba.example"),
    },
)
NORTHLIGHT = Agency(
    "Northlight", "GB-ENG", "Europe/London", "en",
    {
        Role.OWNER: ("Ruth Adeyemi", "ruth@northlight.example"),
        Role.MARKETER: ("Tom Fletcher", "tom@northlight.example"),
        Role.CREATIVE: ("Priya Nair", "priya@northlight.example"),
        Role.CLIENT: ("Daniel Ross", "daniel@harbour-gin.example"),
    },
)


@dataclass(frozen=True)
class Team:
    """A made workspace and its people by role, as ids."""

    agency: Agency
    workspace_id: str
    members: dict[Role, str]

    def member(self, role: Role) -> Membership:
        return db.session.get_one(Membership, self.members[role])

    def email(self, role: Role) -> str:
        return self.agency.people[role][1]


def make() -> tuple[Team, Team]:
    """Both workspaces at once, or neither."""
    password_hash = hashed(PASSWORD)
    with at(utcnow() - timedelta(days=60)), writing() as session:
        teams = _made(MAREE, password_hash), _made(NORTHLIGHT, password_hash)
        session.commit()
    return teams


def _made(agency: Agency, password_hash: str) -> Team:
    workspace = Workspace(
        id=new_id(), name=agency.name, country=agency.country, zone=agency.zone, language=agency.language, demo=True,
        created_at=utcnow(),
    )
    db.session.add(workspace)
    db.session.flush()
    open_log(workspace.id, workspace.id)
    members = {}
    for role, (name, email) in agency.people.items():
        user = person(email, name, password_hash, language=agency.language, zone=agency.zone)
        members[role] = give_place(workspace, user, role, by=None)
    record("workspace.founded", f"workspace:{workspace.id}", by=members[Role.OWNER], scope_id=workspace.id)
    return Team(agency, workspace.id, {role: membership.id for role, membership in members.items()})
