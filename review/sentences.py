"""One event as one sentence in the reader's language; feed, notices and later mail and push share it.

Events hold ids only. The names are read now, for many events at once, in a few queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from planning.steps import Step
from review.desk import Holder
from storage.assets import Version
from storage.db import db
from storage.events import Event
from storage.workspaces import GuestPass, Membership


@dataclass(frozen=True)
class Sentence:
    """What happened, by whom, and what it did to the plan; `version_id` and `step_id` say where to look."""

    event: Event
    by: Holder
    text: str
    icon: str
    effect: str = ""
    version_id: str | None = None
    step_id: str | None = None


def recent(actor, scope_id: str, *, before: int | None = None, limit: int = 50) -> list[Sentence]:
    """The newest first, before a seq; only what the actor may see and a sentence tells."""
    seen = Event.visible_to(actor).where(Event.scope_id == scope_id, Event.name.in_(_TELLERS))
    if before is not None:
        seen = seen.where(Event.seq < before)
    return sentences(db.session.scalars(seen.order_by(Event.seq.desc()).limit(limit)).all(), actor)


def latest_of(names: tuple[str, ...], actor, scope_id: str) -> Sentence | None:
    """The last thing of these kinds that happened."""
    seen = Event.visible_to(actor).where(Event.scope_id == scope_id, Event.name.in_(names))
    found = sentences(db.session.scalars(seen.order_by(Event.seq.desc()).limit(1)).all(), actor)
    return found[0] if found else None


def sentences(events: Iterable[Event], actor) -> list[Sentence]:
    """A sentence for each event that has one, in their order."""
    events = list(events)
    names = Names(events, actor)
    return [told for event in events if (told := _told(event, names))]


def _told(event: Event, names: "Names") -> Sentence | None:
    teller = _TELLERS.get(event.name)
    if teller is None:
        return None
    told = teller(event, names)
    version_id = event.version_id if event.version_id in names.versions else None
    return Sentence(event, names.who(event), version_id=version_id, **told)


class Names:
    """What the ids in some events are called: people, steps, versions. Only what the actor may see has a name."""

    def __init__(self, events: list[Event], actor):
        self.events, self.actor = events, actor

    @cached_property
    def people(self) -> dict[str, Holder]:
        ids = {event.actor.partition(":")[2] for event in self.events if ":" in event.actor}
        ids |= {event.subject.partition(":")[2] for event in self.events if event.subject.startswith("member:")}
        mine = self.actor.workspace_id
        members = select(Membership).where(Membership.id.in_(ids), Membership.workspace_id == mine)
        passes = select(GuestPass).where(GuestPass.id.in_(ids), GuestPass.workspace_id == mine)
        found = {row.key: Holder(row.name, "member" if row.is_team else "client") for row in db.session.scalars(members)}
        for row in db.session.scalars(passes):
            found[f"guest:{row.id}"] = Holder(row.name or row.email or _("A guest"), "guest")
        return found

    @cached_property
    def steps(self) -> dict[str, str]:
        ids = {event.subject.partition(":")[2] for event in self.events if event.subject.startswith(("step:", "milestone:"))}
        for event in self.events:
            ids.update(event.body.get("unblocks", ()))
        rows = db.session.scalars(Step.visible_to(self.actor).where(Step.id.in_(ids))) if ids else ()
        return {row.id: row.name for row in rows}

    @cached_property
    def versions(self) -> dict[str, Version]:
        ids = {event.version_id for event in self.events if event.version_id}
        rows = db.session.scalars(Version.visible_to(self.actor).where(Version.id.in_(ids))) if ids else ()
        return {row.id: row for row in rows}

    def who(self, event: Event) -> Holder:
        return self.people.get(event.actor) or Holder("Backbeat" if event.actor == "system" else _("Someone"))

    def step(self, event: Event) -> str:
        return self.steps.get(event.subject.partition(":")[2], "–")

    def visual(self, event: Event) -> str:
        """« Poster, v3 »: the asset and the version an event is about."""
        version = self.versions.get(event.version_id or "")
        return f"{version.asset.name}, v{version.number}" if version else "–"


def _by(sentence, icon: str):
    """A teller whose sentence names who acted and the visual."""
    return lambda event, names: {"text": sentence(who=names.who(event).name, visual=names.visual(event)), "icon": icon}


def _decision(event: Event, names: Names) -> dict:
    said = {"who": names.who(event).name, "visual": names.visual(event)}
    if event.body.get("verdict") == "approved":
        return {"text": _("%(who)s approved %(visual)s", **said), "icon": "tick"}
    return {"text": _("%(who)s asked for changes to %(visual)s", **said), "icon": "changes"}


def _passed(event: Event, names: Names) -> dict:
    unblocked = [names.steps[id_] for id_ in event.body.get("unblocks", ()) if id_ in names.steps]
    return {
        "text": _("%(milestone)s has passed", milestone=names.step(event)), "icon": "passed",
        "effect": _("Unblocked: %(steps)s", steps=", ".join(unblocked)) if unblocked else "",
        "step_id": event.subject.partition(":")[2],
    }


def _reopened(event: Event, names: Names) -> dict:
    return {
        "text": _("%(milestone)s is open again: an approval it rests on fell away", milestone=names.step(event)),
        "icon": "reopened", "step_id": event.subject.partition(":")[2],
    }


def _asked(event: Event, names: Names) -> dict:
    count = event.body.get("reviewers", 1)
    text = ngettext(
        "%(who)s asked %(num)s person about %(visual)s", "%(who)s asked %(num)s people about %(visual)s", count,
        who=names.who(event).name, visual=names.visual(event),
    )
    return {"text": text, "icon": "waiting"}


def _of_step(sentence, icon: str):
    def tell(event: Event, names: Names) -> dict:
        text = sentence(who=names.who(event).name, step=names.step(event))
        return {"text": text, "icon": icon, "step_id": event.subject.partition(":")[2]}

    return tell


def _plain(sentence, icon: str):
    return lambda event, names: {"text": sentence(who=names.who(event).name), "icon": icon}


_TELLERS = {
    "campaign.made": _plain(lambda **said: _("%(who)s made the campaign", **said), "campaign"),
    "campaign.amended": _plain(lambda **said: _("%(who)s changed the campaign's frame", **said), "edit"),
    "plan.decided": _plain(lambda **said: _("%(who)s accepted a way to meet the launch", **said), "tick"),
    "plan.undone": _plain(lambda **said: _("%(who)s took back how the launch was to be met", **said), "undo"),
    "step.amended": _of_step(lambda **said: _("%(who)s changed %(step)s", **said), "edit"),
    "deliverable.waived": _of_step(lambda **said: _("%(who)s let %(step)s pass without an approval", **said), "waived"),
    "waiver.lifted": _of_step(lambda **said: _("%(who)s asks for the approval of %(step)s again", **said), "undo"),
    "milestone.unblocked": _passed,
    "milestone.reopened": _reopened,
    "version.added": _by(lambda **said: _("%(who)s dropped %(visual)s", **said), "upload"),
    "review.opened": _asked,
    "review.approved": _by(lambda who, visual: _("%(visual)s is approved", visual=visual), "tick"),
    "review.withdrawn": _by(lambda **said: _("%(who)s withdrew the review of %(visual)s", **said), "undo"),
    "decision.made": _decision,
    "decision.undone": _by(lambda **said: _("%(who)s took back what they had decided on %(visual)s", **said), "undo"),
    "decision.lifted": _by(lambda **said: _("%(who)s lifted a request for changes to %(visual)s", **said), "undo"),
    "seat.accepted": _by(lambda **said: _("%(who)s vouched for an answer on %(visual)s", **said), "tick"),
    "annotation.added": _by(lambda **said: _("%(who)s left a note on %(visual)s", **said), "comment"),
    "annotation.replied": _by(lambda **said: _("%(who)s answered a note on %(visual)s", **said), "comment"),
    "annotation.resolved": _by(lambda **said: _("%(who)s ticked off a note on %(visual)s", **said), "tick"),
    "annotation.reopened": _by(lambda **said: _("%(who)s reopened a note on %(visual)s", **said), "reopened"),
    "annotation.shared": _by(lambda **said: _("%(who)s shared a note on %(visual)s", **said), "people"),
    "link.made": _plain(lambda **said: _("%(who)s made a guest link", **said), "link"),
    "link.revoked": _plain(lambda **said: _("%(who)s revoked a guest link", **said), "unlink"),
    "member.joined": _plain(lambda **said: _("%(who)s joined the workspace", **said), "people"),
}
