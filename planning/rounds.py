"""The round budget of a review: how many more rounds than planned still fit (RETROPLAN.md 2.1, "the plan affords 2 more rounds")."""

from planning.network import Schedule

MOST_ROUNDS = 20
"""More are not told apart from no limit."""


def rounds_afforded(schedule: Schedule, key: str, answer_days: int, rework_days: int) -> int:
    """How often, after it ends as planned, its work could be redone and answered once more before its latest finish.

    answer_days  working days of the reviewer's calendar for each answer, at least 1
    rework_days  working days of the plan's calendar before it

    Negative where it is late already: so many rounds would have to go. Raises CalendarEdge.
    """
    i = schedule.network.index[key]
    reviewer, plan = schedule.network.spans[i].calendar, schedule.network.calendar
    end, latest = schedule.early_finish[i], schedule.latest_finish[i]
    if end > latest:
        return -_rounds(end, lambda t: plan.bwd(reviewer.bwd(t, answer_days), rework_days), lambda t: t > latest)
    return _rounds(end, lambda t: reviewer.fwd(plan.fwd(t, rework_days), answer_days), lambda t: t <= latest) - 1


def _rounds(boundary: int, further, goes_on) -> int:
    """How many steps of `further` it takes until it goes on no more."""
    count = 0
    while goes_on(boundary) and count <= MOST_ROUNDS:
        boundary, count = further(boundary), count + 1
    return count
