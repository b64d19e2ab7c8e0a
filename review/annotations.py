"""Annotations: marks on a version and the talk under them, internal or shared with the client."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review import geometry
from storage.assets import Version
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db, new_id
from storage.events import lock, record
from storage.text import kept
from storage.workspaces import Guest, Right

MAX_BODY = 10_000


class Audience(enum.StrEnum):
    INTERNAL = "internal"
    """members other than clients"""
    SHARED = "shared"


class Taken(Exception):
    """Another annotation already has this id."""


class Annotation(Identified, Model):
    """A mark on one page or frame of a version, and what was said with it. `uuid` is made by the client."""

    __tablename__ = "annotations"
    __table_args__ = (UniqueConstraint("workspace_id", "uuid"),)

    uuid: Mapped[str] = mapped_column(String(36))
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    version_id: Mapped[str] = mapped_column(ForeignKey("versions.id"), index=True)
    page: Mapped[int] = mapped_column(default=1)
    frame: Mapped[int | None]
    shape: Mapped[dict | None] = mapped_column(CanonicalJSON)
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(String(16))
    author_key: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(200))
    author_kind: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[Version] = relationship()
    replies: Mapped[list["Reply"]] = relationship(order_by="Reply.created_at, Reply.id", lazy="selectin")

    @classmethod
    def visible_to(cls, actor):
        """The team reads all notes of its workspace; a client or guest the shared ones of versions they may see."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        if actor.is_team:
            return seen
        versions = Version.visible_to(actor).with_only_columns(Version.id)
        return seen.where(cls.audience == Audience.SHARED, cls.version_id.in_(versions))

    def answerable_by(self, actor) -> bool:
        return commentable_by(actor)

    def resolvable_by(self, actor) -> bool:
        """The team ticks notes off; a client or guest only what is theirs."""
        return actor.is_team or self.author_key == actor.key

    def reply(self, body: str, by, *, id_: str | None = None) -> "Reply":
        """Say something under the mark. The same client-made id again is the same reply."""
        self._refresh()
        known = next((reply for reply in self.replies if reply.uuid == id_), None) if id_ else None
        if known:
            return known
        reply = Reply(
            id=new_id(), uuid=id_ or str(uuid.uuid4()), annotation_id=self.id, body=kept(body),
            author_key=by.key, author_name=signature(by), author_kind=kind_of(by), created_at=utcnow(),
        )
        self.replies.append(reply)
        self._record("annotation.replied", by, reply=reply.uuid)
        return reply

    def resolve(self, by) -> None:
        self._refresh()
        if self.resolved_at is None:
            self.resolved_at, self.resolved_by = utcnow(), by.key
            self._record("annotation.resolved", by)

    def reopen(self, by) -> None:
        self._refresh()
        if self.resolved_at is not None:
            self.resolved_at = self.resolved_by = None
            self._record("annotation.reopened", by)

    def _refresh(self) -> None:
        """Read again under the scope's lock: what was loaded before it may be old."""
        lock(self.version.scope_id)
        db.session.flush()
        db.session.refresh(self)

    def _record(self, name: str, by, **body) -> None:
        record(
            name, f"annotation:{self.uuid}", by=by, scope_id=self.version.scope_id, version_id=self.version_id,
            shared=self.audience == Audience.SHARED, body={"row": self.id, **body},
            keys=(f"version_{self.version_id}", f"annotation_{self.uuid}"),
        )


class Reply(Identified, Model):
    """One answer under an annotation; it is read by whoever may read the annotation."""

    __tablename__ = "replies"
    __table_args__ = (UniqueConstraint("annotation_id", "uuid"),)

    uuid: Mapped[str] = mapped_column(String(36))
    annotation_id: Mapped[str] = mapped_column(ForeignKey("annotations.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    author_key: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(200))
    author_kind: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


def annotate(version: Version, by, *, id_: str, shape: dict | None, body: str, audience: Audience, page: int = 1,
             frame: int | None = None) -> tuple[Annotation, bool]:
    """The annotation with this id, and whether it is new; the same id again is the same row.

    Happens under the scope's lock. Raises geometry.BadShape, or Taken if the id is another version's or another person's. A client or guest may
    only share: asking `audience_allowed` first is the caller's part.
    """
    lock(version.scope_id)
    known = db.session.scalar(
        select(Annotation).where(Annotation.workspace_id == version.workspace_id, Annotation.uuid == id_)
    )
    if known:
        if (known.version_id, known.author_key) != (version.id, by.key):
            raise Taken
        return known, False
    mark = geometry.as_json(geometry.parsed(shape)) if shape is not None else None
    annotation = Annotation(
        id=new_id(), uuid=id_, workspace_id=version.workspace_id, version_id=version.id, page=page, frame=frame, shape=mark,
        body=kept(body), audience=audience, author_key=by.key, author_name=signature(by), author_kind=kind_of(by),
        created_at=utcnow(), replies=[],
    )
    annotation.version = version
    db.session.add(annotation)
    annotation._record("annotation.added", by)
    return annotation, True


def commentable_by(actor) -> bool:
    """Members comment on what they see; a guest by the link's right."""
    return not isinstance(actor, Guest) or Right.COMMENT in actor.rights


def audience_allowed(audience: Audience, actor) -> bool:
    return audience == Audience.SHARED or actor.is_team


def signature(actor) -> str:
    """What a note is signed with: the name, else what stands before the @ of the e-mail, which is nobody else's to read."""
    return actor.name or actor.email.partition("@")[0]


def kind_of(actor) -> str:
    """Who is speaking, as people are drawn: team, client or guest."""
    if isinstance(actor, Guest):
        return "guest"
    return "team" if actor.is_team else "client"
