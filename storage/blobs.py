"""Content, stored once per workspace, and the renditions made of it."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime, db

SIZES = ("1024", "2048", "320")


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
    renditions: Mapped[list["Rendition"]] = relationship(
        back_populates="blob", lazy="selectin", order_by="Rendition.longest_side"
    )

    @classmethod
    def of(cls, workspace_id: str, sha256: str) -> "Blob | None":
        return db.session.scalar(select(cls).where(cls.workspace_id == workspace_id, cls.sha256 == sha256))

    def rendition(self, name: str) -> "Rendition | None":
        return next((rendition for rendition in self.renditions if rendition.name == name), None)


class Rendition(Identified, Model):
    """A picture of a blob at one size; `name` is its longest side in pixels. Its object exists when it is ready."""

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
    blob: Mapped[Blob] = relationship(back_populates="renditions")

    @property
    def ready(self) -> bool:
        return self.state == RenditionState.READY
