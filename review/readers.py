"""Who reads what is said of a version, and whom its words name with an @.

A note names people by their names, as typed; who is meant is found among those who may read it, so that nobody is
told of what they may not see.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from review.links import GuestLink
from storage.assets import Version, current_number
from storage.db import db
from storage.workspaces import GuestPass, Membership, Role, Sight


@dataclass(frozen=True)
class Reader:
    """Somebody who may read a note; kind is team, client or guest. `named`: the name is theirs and no stand-in for one."""

    key: str
    name: str
    kind: str
    named: bool = True


def readers(version: Version, *, shared: bool) -> list[Reader]:
    """The team; of what is shared also the clients and guests who see the version. Each by name."""
    found = _members(version, shared)
    if shared:
        found += _guests(version)
    return sorted(found, key=lambda one: (one.kind != "team", one.name.casefold(), one.key))


def mentioned(body: str, among: Iterable[Reader]) -> dict[str, str]:
    """{key: name as called} of those whose name stands behind an @, a whole name and not the beginning of a longer one."""
    known: dict[str, list[Reader]] = {}
    for reader in among:
        if reader.named:
            known.setdefault(reader.name.casefold(), []).append(reader)
    if not known or "@" not in body:
        return {}
    longest_first = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    said = re.finditer(rf"(?<![\w@])@({longest_first})(?!\w)", body.casefold())
    return {reader.key: reader.name for match in said for reader in known[match[1]]}


def _members(version: Version, shared: bool) -> list[Reader]:
    here = select(Membership).where(Membership.workspace_id == version.workspace_id, Membership.ended_at.is_(None))
    sighted = Membership.id.in_(_holders(version))
    team = Membership.role != Role.CLIENT
    rows = db.session.scalars(here.where(or_(team, sighted) if shared else team))
    return [Reader(row.key, row.name, "team" if row.is_team else "client") for row in rows]


def _guests(version: Version) -> list[Reader]:
    """Those who have come in and said their name; a reviewer with a link of their own also before."""
    links = db.session.scalars(select(GuestLink).where(GuestLink.id.in_(_holders(version)), GuestLink.revoked_at.is_(None)))
    standing = {link.id: link for link in links if not link.over}
    passes = db.session.scalars(select(GuestPass).where(GuestPass.holder_id.in_(standing)).order_by(GuestPass.id)) if standing else ()
    found: dict[tuple[str, str], Reader] = {}
    for row in passes:
        if row.epoch == standing[row.holder_id].epoch and (row.name or row.email):
            found[row.holder_id, row.email] = Reader(f"guest:{row.id}", row.name or row.email, "guest", named=bool(row.name))
    for link in standing.values():
        if link.email and (link.id, link.email) not in found:
            found[link.id, link.email] = Reader(f"link:{link.id}", link.email, "guest", named=False)
    return list(found.values())


def _holders(version: Version):
    """The same rule as Version.visible_to, asked from the other side."""
    named = Sight.version_id == version.id
    if version.number == current_number(version.asset_id):
        named = or_(named, Sight.version_id.is_(None))
    return select(Sight.holder_id).where(and_(Sight.asset_id == version.asset_id, named))
