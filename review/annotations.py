"""Annotations: marks on a version and the talk under them, internal or shared with the client."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review import geometry
from review.authorship import Authored, signature
from review.notions import Answered, Audience, Colour, Gone, NothingSaid, Priority, Taken
from review.numbers import letters, next_number
from review.readers import mentioned, nameable
from review.replies import Reply
from review.revisions import keep_before
from storage.assets import Version
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db, new_id
from storage.events import lock, record
from storage.text import kept
from storage.workspaces import Guest, Right

MAX_BODY = 10_000


class Annotation(Identified, Authored, Model):
    """A mark on one page or frame of a version, and what was said with it. `uuid` is made by the client.

    `mentions`: {key: name as called}. Deleted ones are kept, and shown to nobody.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        UniqueConstraint("workspace_id", "uuid"),
        Index("ix_annotations_version_id_audience_number", "version_id", "audience", "number", unique=True),
    )

    uuid: Mapped[str] = mapped_column(String(36))
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    version_id: Mapped[str] = mapped_column(ForeignKey("versions.id"), index=True)
    page: Mapped[int] = mapped_column(default=1)
    frame: Mapped[int | None]
    shape: Mapped[dict | None] = mapped_column(CanonicalJSON)
    body: Mapped[str] = mapped_column(Text)
    mentions: Mapped[dict] = mapped_column(CanonicalJSON, default=dict)
    audience: Mapped[Audience] = mapped_column(String(16))
    number: Mapped[int]
    colour: Mapped[Colour] = mapped_column(String(8), default=Colour.BLUE)
    priority: Mapped[Priority | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(64))
    resolved_by_name: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[Version] = relationship()
    all_replies: Mapped[list[Reply]] = relationship(order_by="Reply.created_at, Reply.id", lazy="selectin", back_populates="annotation")

    @classmethod
    def visible_to(cls, actor):
        """The team reads all notes of its workspace; a client or guest the shared ones of versions they may see."""
        return _read_by(actor).where(cls.deleted_at.is_(None))

    @classmethod
    def restorable_by(cls, actor):
        """Their own that they deleted."""
        return _read_by(actor).where(cls.deleted_at.is_not(None), cls.author_key == actor.key)

    @property
    def replies(self) -> list[Reply]:
        return [reply for reply in self.all_replies if reply.deleted_at is None]

    @property
    def is_shared(self) -> bool:
        return self.audience == Audience.SHARED

    @property
    def label(self) -> str:
        """What it is called on its version: « 3 », or « B » for an internal one."""
        return str(self.number) if self.is_shared else letters(self.number)

    @property
    def is_answered(self) -> bool:
        """Whether anybody but its author has said something under it."""
        return any(reply.author_key != self.author_key for reply in self.replies)

    def answerable_by(self, actor) -> bool:
        return commentable_by(actor)

    def editable_by(self, actor) -> bool:
        """Words, mark, colour, audience, deleting and restoring are the author's."""
        return self.is_by(actor) and commentable_by(actor)

    def resolvable_by(self, actor) -> bool:
        """The team ticks notes off; a client or guest only what is theirs."""
        return actor.is_team or self.author_key == actor.key

    rankable_by = resolvable_by
    """The same for what must be fixed and what can wait."""

    def reply(self, body: str, by, *, id_: str | None = None) -> Reply:
        """Say something under the mark. The same client-made id again is the same reply."""
        self.look_again(by)
        known = next((reply for reply in self.all_replies if reply.uuid == id_), None) if id_ else None
        if known:
            return known
        said = kept(body)
        reply = Reply(id=new_id(), uuid=id_ or str(uuid.uuid4()), body=said, mentions=self.mentioned_in(said, by), created_at=utcnow())
        reply.sign(by)
        self.all_replies.append(reply)
        self.told("annotation.replied", by, reply=reply.uuid, mentions=sorted(reply.mentions))
        return reply

    def edit(self, by, **changes) -> None:
        """Change any of body, shape, colour, audience and priority; what is as it was is no change.

        Raises geometry.BadShape, NothingSaid when neither words nor mark would be left, and Answered when the audience
        of a note that others have answered is to change.
        """
        self.look_again(by)
        changed = {name: value for name, value in _as_kept(changes).items() if value != getattr(self, name)}
        if not changed:
            return
        if not changed.get("body", self.body).strip() and changed.get("shape", self.shape) is None:
            raise NothingSaid
        if "audience" in changed and self.is_answered:
            raise Answered
        self._keep_before(changed, by)
        if "audience" in changed:
            changed["number"] = next_number(self.version_id, changed["audience"])
        for name, value in changed.items():
            setattr(self, name, value)
        if {"body", "audience"} & changed.keys():
            self.mentions = self.mentioned_in(self.body, by)
        self._tell_change(changed, by)

    def delete(self, by) -> None:
        """Take it away, number and all, until it is restored. Raises Answered when others have answered it."""
        self.look_again(by)
        if self.is_answered:
            raise Answered
        self.deleted_at = utcnow()
        self.told("annotation.deleted", by)

    def restore(self, by) -> None:
        self.look_again(by, deleted=True)
        if self.deleted_at is not None:
            self.deleted_at = None
            self.told("annotation.restored", by)

    def resolve(self, by) -> None:
        self.look_again(by)
        if self.resolved_at is None:
            self.resolved_at, self.resolved_by, self.resolved_by_name = utcnow(), by.key, signature(by)
            self.told("annotation.resolved", by)

    def reopen(self, by) -> None:
        self.look_again(by)
        if self.resolved_at is not None:
            self.resolved_at = self.resolved_by = self.resolved_by_name = None
            self.told("annotation.reopened", by)

    def look_again(self, by, *, deleted: bool = False) -> None:
        """Read again under the scope's lock: what was loaded before it may be old. Raises Gone."""
        lock(self.version.scope_id)
        db.session.flush()
        db.session.refresh(self)
        if (self.deleted_at is not None and not deleted) or not (by.is_team or self.is_shared):
            raise Gone

    def changeable_by(self, actor, fields) -> bool:
        """Whether somebody may change just these fields of it."""
        return self.rankable_by(actor) if set(fields) <= {"priority"} else self.editable_by(actor)

    def mentioned_in(self, body: str, by) -> dict[str, str]:
        """{key: name as called} of those the words name who may read them."""
        return mentioned(body, nameable(self.version, by, shared=self.is_shared)) if "@" in body else {}

    def told(self, name: str, by, *, shared: bool | None = None, **body) -> None:
        """Record what happened to it, for those who may read it."""
        record(
            name, f"annotation:{self.uuid}", by=by, scope_id=self.version.scope_id, version_id=self.version_id,
            shared=self.is_shared if shared is None else shared, body={"row": self.id, **body},
            keys=(f"version_{self.version_id}", f"annotation_{self.uuid}"),
        )

    def _keep_before(self, changed: dict, by) -> None:
        """The first words of a bare mark are no edit of it."""
        had_words = "body" in changed and self.body.strip() != ""
        if had_words:
            self.edited_at = utcnow()
        if had_words or "shape" in changed:
            keep_before(self, by, body=self.body if had_words else None, shape=self.shape if "shape" in changed else None)

    def _tell_change(self, changed: dict, by) -> None:
        """Those outside are told that a note is gone before the team alone hears what became of it."""
        told: dict[str, Any] = {"fields": sorted(changed), "mentions": sorted(self.mentions)}
        if "audience" not in changed:
            return self.told("annotation.edited", by, **told)
        if self.is_shared:
            return self.told("annotation.shared", by, **told)
        self.told("annotation.withdrawn", by, shared=True)
        return self.told("annotation.edited", by, **told)


def annotate(
    version: Version, by, *, id_: str, shape: dict | None, body: str, audience: Audience, page: int = 1, frame: int | None = None,
    colour: str = Colour.BLUE, priority: str | None = None,
) -> tuple[Annotation, bool]:
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
    said = _as_kept({"shape": shape, "body": body})
    annotation = Annotation(
        id=new_id(), uuid=id_, workspace_id=version.workspace_id, version_id=version.id, page=page, frame=frame, **said, audience=audience,
        number=next_number(version.id, audience), colour=colour, priority=priority, created_at=utcnow(), all_replies=[],
    )
    annotation.sign(by)
    annotation.version = version
    annotation.mentions = annotation.mentioned_in(annotation.body, by)
    db.session.add(annotation)
    annotation.told("annotation.added", by, mentions=sorted(annotation.mentions))
    return annotation, True


def commentable_by(actor) -> bool:
    """Members comment on what they see; a guest by the link's right."""
    return not isinstance(actor, Guest) or Right.COMMENT in actor.rights


def audience_allowed(audience: str, actor) -> bool:
    return audience == Audience.SHARED or actor.is_team


def _as_kept(changes: dict) -> dict:
    """Words and mark as rows hold them. Raises geometry.BadShape."""
    if changes.get("shape") is not None:
        changes = {**changes, "shape": geometry.as_json(geometry.parsed(changes["shape"]))}
    return {**changes, "body": kept(changes["body"])} if "body" in changes else changes


def _read_by(actor):
    """Deleted or not."""
    seen = select(Annotation).where(Annotation.workspace_id == actor.workspace_id)
    if actor.is_team:
        return seen
    versions = Version.visible_to(actor).with_only_columns(Version.id)
    return seen.where(Annotation.audience == Audience.SHARED, Annotation.version_id.in_(versions))
