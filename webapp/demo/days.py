"""The days of a demo story: so many working days ago, and the clock set to them while something is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from planning.calendars import Calendar, calendar_from, spec_of_country
from storage import clock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the block happen at that moment; afterwards the clock is as it was, drills included."""
    ahead = clock.utcnow() - datetime.now(UTC)
    clock.set_clock(moment)
    try:
        yield
    finally:
        clock.set_clock(datetime.now(UTC) + ahead)


class Days:
    """Working days of a country counted from today in a zone."""

    def __init__(self, country: str, zone: str):
        self.zone = zone
        self.calendar: Calendar = calendar_from(spec_of_country(country))
        self.today = clock.today(zone)

    def ago(self, working_days: int) -> date:
        """The nth working day before today."""
        return date.fromordinal(self.calendar.bwd(self.today.toordinal(), working_days))

    def ahead(self, working_days: int) -> date:
        """The nth working day after today."""
        return self.after(self.today, working_days)

    def after(self, day: date, working_days: int) -> date:
        """The nth working day after a day."""
        return date.fromordinal(self.calendar.fwd(day.toordinal() + 1, working_days) - 1)

    def at(self, working_days_ago: int, hour: str):
        """A block that happens then: at(3, "10:30")."""
        there = datetime.combine(self.ago(working_days_ago), time.fromisoformat(hour), ZoneInfo(self.zone))
        return at(there)
