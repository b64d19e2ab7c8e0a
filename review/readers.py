"""Who reads what is said of a version, and whom its words name with an @.

A note names people by their names, as typed; who is meant is found among those who may read it, so that nobody is
told of what they may not see.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select, text

from review.links import GuestLink
from review.reviews import Review
from review.seats import Seat
from storage.assets import Version, current_number
from storage.db import db
from storage.workspaces import GuestPass, Membership, Role, Sight


@dataclass(frozen=True)
class Reader:
    """Somebody who may read a note; kind is team, client or guest.

    key    a member's, a guest's, or `link:id`: whoever comes by a link that one reviewer was sent is that reviewer
    named  the name is theirs and no stand-in for one
    also   other keys under which they act
    """

    key: str
    name: str
    kind: str
    named: bool = True
    also: frozenset[str] = frozenset()


def readers(version: Version, *, shared: bool) -> list[Reader]:
    """The team; of what is shared also the clients and guests who see the version. Each by name."""
    found = _members(version, shared)
    if shared:
        found += _guests(version)
    return sorted(found, key=lambda one: (one.kind != "team", one.name.casefold(), one.key))


def nameable(version: Version, by, *, shared: bool) -> list[Reader]:
    """Whom somebody may name there: the team all who read it; a client or guest those they meet on this version."""
    found = readers(version, shared=shared)
    if by.is_team:
        return found
    met = _met(version)
    return [reader for reader in found if reader.named and met & {reader.key, *reader.also}]


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


def _met(version: Version) -> set[str]:
    """Who has spoken where clients read, or sits in a review of it."""
    spoken = text("""
        SELECT author_key FROM annotations WHERE version_id = :version AND audience = 'shared' AND deleted_at IS NULL
        UNION SELECT replies.author_key FROM replies JOIN annotations ON annotations.id = replies.annotation_id
        WHERE version_id = :version AND audience = 'shared' AND annotations.deleted_at IS NULL AND replies.deleted_at IS NULL
    """)
    seated = select(Seat.holder).join(Review, Review.id == Seat.review_id).where(Review.version_id == version.id)
    return {*db.session.scalars(spoken, {"version": version.id}), *db.session.scalars(seated)}


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
    came = [row for row in passes if row.epoch == standing[row.holder_id].epoch]
    personal = [_reviewer(link, [row for row in came if row.holder_id == link.id]) for link in standing.values() if link.email]
    others = {(row.holder_id, row.email, row.name): row for row in came if row.name and not standing[row.holder_id].email}
    return personal + [Reader(f"guest:{row.id}", row.name, "guest") for row in others.values()]


def _reviewer(link: GuestLink, passes: list[GuestPass]) -> Reader:
    """Each browser they came with is the same person; the last name they gave is theirs."""
    name = next((row.name for row in reversed(passes) if row.name), "")
    return Reader(f"link:{link.id}", name or link.email or "", "guest", named=bool(name), also=frozenset(f"guest:{row.id}" for row in passes))


def _holders(version: Version):
    """The same rule as Version.visible_to, asked from the other side."""
    named = Sight.version_id == version.id
    if version.number == current_number(version.asset_id):
        named = or_(named, Sight.version_id.is_(None))
    return select(Sight.holder_id).where(and_(Sight.asset_id == version.asset_id, named))
