"""The talk beside a picture as one reader sees it: what was said, what of it they asked for, and where their acts are sent."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from flask import request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from review.annotations import Annotation, Audience, Priority, commentable_by
from review.readers import Reader, nameable, readers
from review.reading import in_reading_order
from review.revisions import Revision
from storage.assets import Version
from storage.db import db
from storage.workspaces import Actor, Guest
from webapp import asks
from webapp.i18n import moment, zone
from webapp.kept import Kept
from webapp.uuids import own_uuid
from webapp.words import folded

CHOICES = ("open", "must", "later", "mine", "internal", "shared")
"""What one may ask for; several at once are narrower, no one is all."""
NAMED_READERS = 3
_threads = Kept(8 * 1024**2)


@dataclass(frozen=True)
class Asked:
    """What of the talk a reader wants to see: choices, words, and the one note they are at."""

    choices: frozenset[str] = frozenset()
    words: str = ""
    note: str = ""
    reply: str = ""

    @classmethod
    def of(cls, args: MultiDict) -> "Asked":
        choices = frozenset(args.getlist("notes")) & frozenset(CHOICES)
        return cls(choices, args.get("q", "").strip()[:200], args.get("note", "")[:64], args.get("reply", "")[:64])

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked than whether it is open: the page then shows what."""
        return bool(self.words or self.choices - {"open"})


class Places:
    """Where acts are sent: the same under a guest's link, on a client's own pages, and on the team's."""

    def __init__(self, actor: Actor):
        self.fixed = {"link_id": actor.link_id} if isinstance(actor, Guest) else {}
        self.blueprint = "guests" if self.fixed else "clients" if request.blueprint == "clients" else "annotations"

    def to(self, act: str, **ids) -> str:
        return url_for(f"{self.blueprint}.{act}", **self.fixed, **ids)

    def page(self, version_id: str, **more) -> str:
        page = "versions.show" if self.blueprint == "annotations" else f"{self.blueprint}.version"
        return url_for(page, version_id=version_id, **self.fixed, **more)


class Talk:
    """One version's notes before one reader. Everything is read through what they may see."""

    def __init__(self, version: Version, actor: Actor):
        self.version, self.actor = version, actor
        self.asked, self.at = Asked.of(request.args), Places(actor)

    @cached_property
    def may_speak(self) -> bool:
        return commentable_by(self.actor) and not asks.must_introduce(self.actor)

    @cached_property
    def notes(self) -> list[Annotation]:
        """In reading order."""
        seen = Annotation.visible_to(self.actor).where(Annotation.version_id == self.version.id)
        return in_reading_order(db.session.scalars(seen))

    @cached_property
    def count_open(self) -> int:
        return sum(note.resolved_at is None for note in self.notes)

    @cached_property
    def drawn(self) -> list[Annotation]:
        """The marks a page shows before its scripts run: of the open notes on the first page."""
        return [note for note in self.notes if note.shape and note.resolved_at is None and note.page == 1]

    def is_shown(self, note: Annotation) -> bool:
        return all(self._is(note, choice) for choice in self.asked.choices) and self._says(note, folded(self.asked.words))

    def is_mine(self, note: Annotation) -> bool:
        """What the reader wrote, or where they are named."""
        said = (note, *note.replies)
        return any(one.author_key in self._mine or self._mine & one.mentions.keys() for one in said)

    def is_own(self, said) -> bool:
        return self.may_speak and said.is_by(self.actor)

    def thread(self, note: Annotation, render: Callable[..., Markup], words: dict) -> Markup:
        """Its thread, rendered once for each state it is in and each kind of reader; the one that was asked for brings forms of its own."""
        if note.uuid == self.asked.note or self.asked.reply in {reply.uuid for reply in note.replies}:
            return render(self, note, words)
        return Markup(_threads.get(self._state(note), lambda: str(render(self, note, words))))  # noqa: S704  Jinja escaped it

    def _state(self, note: Annotation) -> tuple:
        """All that a thread's markup depends on: what is said, and who reads it where it is theirs."""
        reader = (self.actor.key, self.at.blueprint) if self.is_mine(note) else ()
        replies = tuple((reply.id, reply.body, reply.edited_at) for reply in note.replies)
        said = (note.id, note.body, *note.mentions.values(), note.edited_at, note.resolved_at, note.priority, note.audience, note.label, note.colour)
        return said, replies, reader, self.is_shown(note), self._kind_of_reader

    @cached_property
    def _kind_of_reader(self) -> tuple:
        return self.actor.is_team, self.may_speak, str(get_locale()), zone()

    @cached_property
    def histories(self) -> dict[str, list[Revision]]:
        """{row id of a note or reply: what it said before}, to a client or guest only what was shared then."""
        edited = [note.id for note in self.notes if note.edited_at or any(reply.edited_at for reply in note.replies)]
        found = defaultdict(list)
        seen = select(Revision).where(Revision.annotation_id.in_(edited), Revision.body.is_not(None))
        if not self.actor.is_team:
            seen = seen.where(Revision.audience == Audience.SHARED)
        for row in db.session.scalars(seen.order_by(Revision.at, Revision.id)) if edited else ():
            found[row.reply_id or row.annotation_id].append(row)
        return found

    @cached_property
    def nameable(self) -> list[Reader]:
        """Whom the reader may mention, themselves left out; of the team's own notes only members are."""
        found = nameable(self.version, self.actor, shared=True)
        return [one for one in found if one.named and not self._mine & {one.key, *one.also}]

    @cached_property
    def audience_told(self) -> str:
        """Who reads what is shared here, in a sentence."""
        if not self.actor.is_team:
            return _("The team reads this, and everyone who was sent this version.")
        names = [one.name for one in readers(self.version, shared=True) if one.kind != "team"]
        if not names:
            return _("Nobody outside the team sees this version yet.")
        return _("%(names)s and the team will read this.", names=_listed(names))

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """(value, word, icon) of what the reader can ask for beside open and all."""
        found = [("must", _("Must fix"), "must"), ("later", _("Later"), "later"), ("mine", _("Mine"), "person")]
        inside = [("internal", _("Internal"), "internal"), ("shared", _("Shared"), "people")]
        return found + inside if self.actor.is_team else found

    def when(self, value: datetime) -> str:
        return _moment(value.replace(second=0, microsecond=0), str(get_locale()), zone())

    def new_uuid(self) -> str:
        return own_uuid(None)

    @cached_property
    def _mine(self) -> frozenset[str]:
        own = {self.actor.key, f"link:{self.actor.link_id}"} if isinstance(self.actor, Guest) else {self.actor.key}
        return frozenset(own)

    def _is(self, note: Annotation, choice: str) -> bool:
        match choice:
            case "open":
                return note.resolved_at is None
            case "must" | "later":
                return note.priority == Priority(choice)
            case "mine":
                return self.is_mine(note)
        return note.audience == choice

    def _says(self, note: Annotation, words: str) -> bool:
        return not words or any(words in folded(f"{one.author_name}\n{one.body}") for one in (note, *note.replies))


def _listed(names: Iterable[str]) -> str:
    """« Sarah, Paul », and no more than a few."""
    names = list(names)
    if len(names) <= NAMED_READERS:
        return ", ".join(names)
    rest = len(names) - NAMED_READERS + 1
    return ", ".join([*names[: NAMED_READERS - 1], _("%(count)s others", count=rest)])


@lru_cache(maxsize=8192)
def _moment(value: datetime, language: str, zone_name: str) -> str:
    """Told once a minute, language and zone: a long talk is full of them, and formatting one takes tenths of a millisecond."""
    with force_locale(language):
        return moment(value)
