"""Assets and their versions: an identity that stays, and immutable uploads that follow each other under it."""

import enum
from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import ForeignKey, String, UniqueConstraint, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from storage.blobs import Blob, BlobKind
from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime, db
from storage.workspaces import Membership, Right, Sight


class VersionState(enum.StrEnum):
    PROCESSING = "processing"
    READY = "ready"
    OPAQUE = "opaque"
    REJECTED = "rejected"


class Asset(Identified, Model):
    """A visual, video or document. `scope_id` is the campaign's it belongs to, or the workspace's."""

    __tablename__ = "assets"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    scope_id: Mapped[str] = mapped_column(ForeignKey("logs.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    versions: Mapped[list["Version"]] = relationship(back_populates="asset", order_by="Version.number")

    @classmethod
    def visible_to(cls, actor):
        """The team sees its workspace's assets; a client or guest those of which they may see a version."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        if actor.is_team:
            return seen
        return seen.where(cls.id.in_(Version.visible_to(actor).with_only_columns(Version.asset_id)))

    @property
    def current(self) -> "Version | None":
        return self.versions[-1] if self.versions else None

    def uploadable_by(self, actor) -> bool:
        return actor.is_team and actor.workspace_id == self.workspace_id


class Version(Identified, Model):
    """One immutable upload of an asset, numbered from 1. It exists only once its bytes are stored and judged."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("asset_id", "number"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"))
    number: Mapped[int]
    blob_id: Mapped[str] = mapped_column(ForeignKey("blobs.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    asset: Mapped[Asset] = relationship(back_populates="versions", lazy="joined", innerjoin=True)
    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)
    uploader: Mapped[Membership] = relationship()
    is_new = False
    """whether this very transaction added it; the same bytes sent again add nothing"""

    @classmethod
    def visible_to(cls, actor):
        """The team sees its workspace's versions; a client or guest those a Sight names, or the latest where it says so."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        if actor.is_team:
            return seen
        return seen.where(_sighted().where(Sight.holder_id.in_(actor.holder_ids)))

    @property
    def scope_id(self) -> str:
        return self.asset.scope_id

    @property
    def state(self) -> VersionState:
        """Opaque content is only kept; a picture is ready once there is something to look at."""
        if self.blob.kind == BlobKind.OPAQUE:
            return VersionState.OPAQUE
        return VersionState.READY if any(r.ready for r in self.blob.renditions) else VersionState.PROCESSING

    @property
    def is_current(self) -> bool:
        return self.number == current_number(self.asset_id)

    def sharable_by(self, actor) -> bool:
        """Who may put it before reviewers or behind a link."""
        return actor.is_team and actor.workspace_id == self.workspace_id

    def downloadable_by(self, actor) -> bool:
        return actor.is_team or actor.role is not None or Right.DOWNLOAD in actor.rights


def sighted(holder_ids: Collection[str], version_ids: Collection[str]) -> set[tuple[str, str]]:
    """(holder, version) wherever one of these holders, clients and links, has sight of one of these versions."""
    rows = db.session.execute(_sights(), {"holder_ids": list(holder_ids), "version_ids": list(version_ids)})
    return {(holder_id, version_id) for holder_id, version_id in rows}


@cache
def _sights():
    shown = select(Sight.holder_id, Version.id).join(Version, Version.asset_id == Sight.asset_id).where(_names_it())
    return shown.where(Sight.holder_id.in_(bindparam("holder_ids", expanding=True)), Version.id.in_(bindparam("version_ids", expanding=True)))


@cache
def _sighted():
    """That a Sight shows the version. The same for every reader, and dear to build."""
    return exists().where(Sight.asset_id == Version.asset_id, _names_it()).correlate(Version)


def _names_it():
    """Whether a Sight of its asset shows the version: by itself, or as the latest."""
    newer = aliased(Version)
    is_latest = ~exists().where(newer.asset_id == Version.asset_id, newer.number > Version.number).correlate(Version)
    return or_(Sight.version_id == Version.id, and_(Sight.version_id.is_(None), is_latest))


def current_number(asset_id: str) -> int:
    """The number of an asset's latest version; 0 if it has none."""
    return db.session.scalar(select(func.max(Version.number)).where(Version.asset_id == asset_id)) or 0


def current_versions(asset_ids) -> dict[str, Version]:
    """The latest version of each asset, in one query."""
    newest = (
        select(Version.asset_id, func.max(Version.number).label("number"))
        .where(Version.asset_id.in_(list(asset_ids)))
        .group_by(Version.asset_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(Version).join(newest, and_(newest.c.asset_id == Version.asset_id, newest.c.number == Version.number))
    )
    return {version.asset_id: version for version in rows}


def grant_sight(holder_id: str, version: Version, *, latest: bool = False) -> None:
    """Let a client or link see a version, or whatever is the asset's latest. Granting twice is once."""
    wanted = None if latest else version.id
    held = select(Sight.id).where(
        Sight.holder_id == holder_id, Sight.asset_id == version.asset_id, Sight.version_id.is_(None) if latest else Sight.version_id == wanted
    )
    if db.session.scalar(held) is None:
        db.session.add(
            Sight(workspace_id=version.workspace_id, holder_id=holder_id, asset_id=version.asset_id, version_id=wanted)
        )
