"""The price of a late answer: what each day that a review waits costs the launch (RETROPLAN.md 5.3).

The forward pass, run once for each day on which the answer could come, tells it; the backward passes do not depend on it.
"""

from dataclasses import dataclass
from datetime import date

from planning.network import Schedule

MOST_DAYS = 20
"""Answers looked at: today, and so many of the reviewer's working days after it."""


@dataclass(frozen=True)
class Price:
    """What an answer on this day would leave.

    slack_days, hard_slack_days  the launch's, to its target and to itself, in the plan's working days, signed
    lost_days                    of that slack, against an answer today
    buffer_days_eaten            days of the buffer that would be gone
    """

    answer_on: date
    ready: date | None
    slack_days: int
    hard_slack_days: int
    lost_days: int
    buffer_days_eaten: int

    @property
    def short_by_days(self) -> int:
        """Working days by which the launch would be missed; 0 if it is met."""
        return max(0, -self.hard_slack_days)


def prices(schedule: Schedule, key: str, *, asked_on: date | None = None, most: int = MOST_DAYS) -> list[Price]:
    """For each day on which this review could be answered, today first, what it would leave.

    asked_on  when it was put up; None: today

    Raises KeyError for an unknown key, CalendarEdge beyond the calendars.
    """
    today = date.fromordinal(schedule.today)
    found: list[Price] = []
    for answer_on in _days(schedule, key, most):
        then = schedule.with_answer(key, min(asked_on or today, answer_on), answer_on)
        at_once = found[0].slack_days if found else then.launch_slack_days
        eaten = min(max(0, -then.launch_slack_days), max(0, then.hard_launch_slack_days - then.launch_slack_days))
        found.append(
            Price(answer_on, then.ready, then.launch_slack_days, then.hard_launch_slack_days, at_once - then.launch_slack_days, eaten)
        )
    return found


def free_until(found: list[Price]) -> date:
    """The last day on which an answer costs no more than one today."""
    free = [price.answer_on for price in found if not price.lost_days]
    return free[-1]


def steps_up(found: list[Price]) -> list[Price]:
    """Of the days, those on which the price rises: the first that costs more than the one before."""
    return [price for before, price in zip(found, found[1:], strict=False) if price.lost_days > before.lost_days]


def _days(schedule: Schedule, key: str, most: int) -> list[date]:
    """Today, and the reviewer's next working days."""
    calendar = schedule.network.spans[schedule.network.index[key]].calendar
    days, boundary = [date.fromordinal(schedule.today)], schedule.today + 1
    for _ in range(most):
        boundary = calendar.ceil_start(boundary)
        days.append(date.fromordinal(boundary))
        boundary += 1
    return days
