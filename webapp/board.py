"""The board: a campaign's deliverables by state, those due in the next two weeks first, then by slack."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from planning.states import DeliverableState
from planning.steps import Step
from review.desk import Holder
from storage.assets import Version
from webapp.i18n import day
from webapp.outlook import Outlook

SOON = timedelta(days=14)
_COLUMNS = (
    ("todo", "nothing_submitted", "plain", ("nothing_submitted",)),
    ("making", "in_production", "plain", ("in_production",)),
    ("review", "waiting_for_review", "wait", ("waiting_for_review", "stale")),
    ("changes", "changes_requested", "warn", ("changes_requested",)),
    ("approved", "approved", "good", ("approved", "waived")),
)


@dataclass(frozen=True)
class Card:
    """One deliverable as it lies on the board."""

    step: Step
    state: DeliverableState
    version: Version | None
    people: Sequence[Holder]
    note: str
    slack_days: int
    short_by: int
    driving: bool
    rounds: tuple[int, int] | None
    later: bool

    @property
    def done(self) -> bool:
        return self.state.is_clear


@dataclass
class Column:
    """`shape` is the state whose icon and word stand for it."""

    name: str
    shape: str
    tone: str
    states: Sequence[str]
    cards: list[Card] = field(default_factory=list)


def board_of(outlook: Outlook) -> list[Column]:
    """The five columns, in the order of work."""
    columns = [Column(*each) for each in _COLUMNS]
    cards = [_card(outlook, step) for step in outlook.plan.steps if step.is_deliverable]
    for card in sorted(cards, key=lambda card: (card.later, card.slack_days, card.step.position)):
        next(column for column in columns if card.state in column.states).cards.append(card)
    return columns


def note_of(outlook: Outlook, step: Step) -> str:
    """Where a deliverable is, in a few words: with whom and since when, or by when."""
    return _NOTES[outlook.plan.deliverable_states[step.id]](outlook, step)


def _card(outlook: Outlook, step: Step) -> Card:
    desk, state = outlook.desk, outlook.plan.deliverable_states[step.id]
    dates = outlook.dates_of(step)
    return Card(
        step=step, state=state, version=desk.version_of(step),
        people=desk.reviewers(step) or desk.makers(step), note=note_of(outlook, step), slack_days=dates.slack_days,
        short_by=0 if state.is_clear else max(0, -dates.hard_slack_days),
        driving=dates.driving and not state.is_clear, rounds=_rounds(outlook, step),
        later=not state.is_clear and dates.due > outlook.campaign.today + SOON,
    )


def _rounds(outlook: Outlook, step: Step) -> tuple[int, int] | None:
    """(rounds used, rounds planned), where the plan counts rounds."""
    review = outlook.plan.review_step_of.get(step.id)
    return (outlook.desk.rounds_used(step), review.rounds) if review and review.rounds else None


def _todo(outlook: Outlook, step: Step) -> str:
    dates = outlook.plan.dates[step.id]
    if dates.early_start > outlook.campaign.today:
        return _("can start %(day)s, due %(due)s", day=day(dates.early_start), due=day(dates.due))
    return _("due %(day)s", day=day(dates.due))


def _making(outlook: Outlook, step: Step) -> str:
    return _("not put up for review yet, due %(day)s", day=day(outlook.plan.dates[step.id].due))


def _waiting(outlook: Outlook, step: Step) -> str:
    names = ", ".join(holder.name for holder in outlook.desk.holders(step))
    count = outlook.days_held(step)
    if not names:
        return _("waits for its reviewers")
    if not count:
        return _("with %(names)s since today", names=names)
    return ngettext("with %(names)s for %(num)s working day", "with %(names)s for %(num)s working days", count, names=names)


def _changes(outlook: Outlook, step: Step) -> str:
    review = outlook.desk.review_of(step)
    asking = [seat for seat in review.seats if seat.answer == "changes_requested"] if review else []
    names = ", ".join(outlook.desk.sitting(seat).name for seat in asking)
    return _("%(names)s asked for changes", names=names) if names else _("changes were asked for")


def _stale(outlook: Outlook, step: Step) -> str:
    facts = outlook.plan.facts[step.id]
    return _("the yes to v%(old)s has lapsed: ask again about v%(new)s", old=facts.approved, new=facts.submitted)


def _approved(outlook: Outlook, step: Step) -> str:
    facts, rounds = outlook.plan.facts[step.id], outlook.desk.rounds_used(step)
    return ngettext("%(day)s, in %(num)s round", "%(day)s, in %(num)s rounds", max(rounds, 1), day=day(facts.satisfied_on))


def _waived(outlook: Outlook, step: Step) -> str:
    waiver = outlook.desk.waiver_of(step)
    return f"{outlook.desk.person(waiver.by_id).name}{_(': ')}{waiver.reason}" if waiver else ""


_NOTES = {
    DeliverableState.NOTHING_SUBMITTED: _todo,
    DeliverableState.IN_PRODUCTION: _making,
    DeliverableState.WAITING_FOR_REVIEW: _waiting,
    DeliverableState.CHANGES_REQUESTED: _changes,
    DeliverableState.STALE: _stale,
    DeliverableState.APPROVED: _approved,
    DeliverableState.WAIVED: _waived,
}
