"""The slack ledger: each day of slack lost or won, with its cause and its event (RETROPLAN.md 2.5, 5.1).

Entries are never edited and never deleted. What they say of the launch, or of one milestone, adds up from its opening to
what it has now, whoever reads it and whenever it was booked (planning/booking.py).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from planning.booking import Cause
from storage.clock import utcnow
from storage.db import Identified, Model, UTCDateTime, db


class SlackBook(Model):
    """How far a campaign's ledger reaches: its last entry's number, the day and the log's seq that it was brought up to.

    It moves on where nothing was lost or won too; what it leads to, the entries, only ever grows.
    """

    __tablename__ = "slack_books"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    number: Mapped[int]
    day: Mapped[date]
    seq: Mapped[int]


class SlackEntry(Identified, Model):
    """`delta_days` of slack lost (negative) or won on the campaign's `day`, and what is left after it.

    milestone_id  null: of the launch
    step_id       the step that the cause is about, where there is one
    event_id      what was done; null for what only time did
    events        how many acts were booked at once with that event, the last of them: 0 for time, mostly 1
    slack_days    to the target, in the working days of whom it is about; hard_slack_days: to the launch without buffer
    """

    __tablename__ = "slack_entries"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int]
    milestone_id: Mapped[str | None] = mapped_column(ForeignKey("steps.id"))
    day: Mapped[date]
    cause: Mapped[Cause] = mapped_column(String(24))
    step_id: Mapped[str | None] = mapped_column(ForeignKey("steps.id"))
    event_id: Mapped[str | None] = mapped_column(ForeignKey("events.id"))
    events: Mapped[int] = mapped_column(default=0)
    delta_days: Mapped[int]
    slack_days: Mapped[int]
    hard_slack_days: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


@dataclass(frozen=True)
class Story:
    """What became of the slack of a launch, or of one milestone: its entries, the oldest first; and the day it reaches to."""

    entries: list[SlackEntry]
    booked_to: date | None = None

    @property
    def initial_slack_days(self) -> int | None:
        """What it opened with; None while nothing is booked."""
        return self.entries[0].slack_days if self.entries else None

    @property
    def slack_days(self) -> int | None:
        """What was left when it was last booked."""
        return self.entries[-1].slack_days if self.entries else None

    @property
    def consumed_days(self) -> int:
        """Slack lost since the opening; negative where more was won."""
        return -sum(entry.delta_days for entry in self.entries)

    @property
    def consumed_percent(self) -> int | None:
        """Consumed by the initial; None where that is 0, and days alone tell."""
        return round(100 * self.consumed_days / self.initial_slack_days) if self.initial_slack_days else None

    @property
    def by_cause(self) -> dict[Cause, int]:
        """{cause: days consumed}, the greatest loss first; they add up to `consumed_days`."""
        found: dict[Cause, int] = defaultdict(int)
        for entry in self.entries:
            found[Cause(entry.cause)] -= entry.delta_days
        del found[Cause.OPENING]
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def entries_of(campaign_id: str) -> Select[SlackEntry]:
    """A campaign's ledger, of its launch and of all its milestones; whoever asks has been let see the campaign."""
    return select(SlackEntry).where(SlackEntry.campaign_id == campaign_id)


def story(campaign_id: str, milestone_id: str | None = None) -> Story:
    """What became of the slack of the launch, or of a milestone."""
    mine = entries_of(campaign_id).where(SlackEntry.milestone_id == milestone_id)
    booked_to = db.session.scalar(select(SlackBook.day).where(SlackBook.campaign_id == campaign_id))
    return Story(list(db.session.scalars(mine.order_by(SlackEntry.number))), booked_to)
