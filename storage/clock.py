"""The clock everybody asks, so that a drill can set it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ahead = timedelta()


def utcnow() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead


def today(zone: str = "UTC") -> date:
    """The date it is now in a time zone, by its IANA name."""
    return utcnow().astimezone(ZoneInfo(zone)).date()


def set_clock(moment: datetime | None) -> None:
    """Let the clock run on from `moment` (aware); None sets it right again."""
    global _ahead
    _ahead = timedelta() if moment is None else moment - datetime.now(UTC)
