"""Content, stored once per workspace, and the renditions made of it."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime, db
from storage.renditions import Grid, large

SIZES = ("1024", "2048", "320")
FULL, TILES = "full", "tiles"


class BlobKind(enum.StrEnum):
    IMAGE = "image"
    OPAQUE = "opaque"


class RenditionState(enum.StrEnum):
    WAITING = "waiting"
    READY = "ready"
    BAD_FILE = "bad_file"
    TRY_AGAIN = "try_again"


class Blob(Identified, Model):
    """Some bytes of a workspace, judged. `width` and `height` are in pixels as shown, after orientation."""

    __tablename__ = "blobs"
    __table_args__ = (UniqueConstraint("workspace_id", "sha256"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    kind: Mapped[BlobKind] = mapped_column(String(16))
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    transparent: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(String(64))
    """why a picture is only kept: a key of storage/renditions/reasons.OPAQUE"""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    made: Mapped[list["Rendition"]] = relationship(back_populates="blob", lazy="selectin", order_by="Rendition.longest_side")

    @classmethod
    def of(cls, workspace_id: str, sha256: str) -> "Blob | None":
        return db.session.scalar(select(cls).where(cls.workspace_id == workspace_id, cls.sha256 == sha256))

    @property
    def renditions(self) -> list["Rendition"]:
        """The pictures of it, smallest first."""
        return [rendition for rendition in self.made if rendition.name != TILES]

    @property
    def tiles(self) -> "Rendition | None":
        return next((rendition for rendition in self.made if rendition.name == TILES), None)

    def owe_large(self) -> bool:
        """Ask for what shows every pixel, where the sizes do not; whether anything does."""
        name = large(self.width, self.height, self.transparent) if self.width and self.height else None
        if name:
            self.made.append(Rendition(name=name, longest_side=max(self.width or 0, self.height or 0)))
        return name is not None

    def rendition(self, name: str) -> "Rendition | None":
        return next((rendition for rendition in self.renditions if rendition.name == name), None)


class Rendition(Identified, Model):
    """A picture of a blob: `name` is its longest side in pixels, or "full"; or "tiles", as renditions.Grid counts them.

    Its object exists when it is ready, or all of its objects.
    """

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("blob_id", "name"),)

    blob_id: Mapped[str] = mapped_column(ForeignKey("blobs.id"), index=True)
    name: Mapped[str] = mapped_column(String(16))
    longest_side: Mapped[int]
    state: Mapped[RenditionState] = mapped_column(String(16), default=RenditionState.WAITING)
    media_type: Mapped[str | None] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    size_bytes: Mapped[int | None]
    blob: Mapped[Blob] = relationship(back_populates="made")

    @property
    def ready(self) -> bool:
        return self.state == RenditionState.READY

    @property
    def grid(self) -> Grid:
        """Of tiles that are ready."""
        assert self.width
        assert self.height
        return Grid(self.width, self.height)
