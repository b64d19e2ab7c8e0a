"""The retro-plan as bands: x in hundredths of the time shown, one row a step, under the milestone it leads to."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from planning.calendars import ClosedBy
from planning.network import Dates
from planning.states import Flow, Health
from planning.steps import Step
from review.desk import Holder
from webapp.board import note_of
from webapp.i18n import day
from webapp.outlook import Outlook

MARGIN_DAYS = 4
MONTHLY_FROM_DAYS = 200
FINE_FROM_DAYS = 80
_TONES = {Health.AT_RISK: "warn", Health.SHORT: "bad", Health.LATE: "bad"}


@dataclass
class Row:
    """One lane. `kind` is gate or step; x, widths and lists are what the macros of _macros/plan.html take."""

    step: Step
    kind: str
    state: str
    label: str
    dates: Dates
    holder: Holder | None = None
    health: Health | None = None
    short_by: int = 0
    note: str = ""
    note_tone: str | None = None
    done: bool = False
    driving: bool = False
    here: bool = False
    x: float = 0.0
    promised: float | None = None
    last: float | None = None
    lane: dict | None = None
    bars: list[dict] = field(default_factory=list)
    over: dict | None = None
    rounds: list[dict] = field(default_factory=list)


class Chart:
    """A campaign's plan, drawn from its first day to a few days after its launch."""

    def __init__(self, outlook: Outlook):
        self.outlook, self.plan, self.campaign = outlook, outlook.plan, outlook.campaign
        self.first, self.end = self._span()

    def x(self, boundary: int | date) -> float:
        """Where a day begins, in hundredths of the time shown."""
        t = boundary if isinstance(boundary, int) else boundary.toordinal()
        return (t - self.first) * 100 / (self.end - self.first)

    def span(self, start: int | date, last: date) -> dict:
        """From the start of one day to the end of another."""
        left = self.x(start)
        return {"x": left, "width": max(0.0, self.x(last + timedelta(days=1)) - left)}

    @property
    def days(self) -> int:
        return self.end - self.first

    @cached_property
    def marks(self) -> list[dict]:
        """Mondays, or the first of each month of a long plan."""
        mondays = [one for one in self._each_day() if one.weekday() == 0]
        if self.days >= MONTHLY_FROM_DAYS:
            return [{"x": self.x(one), "text": format_date(one, "MMM y"), "fine": one.month % 3 != 1} for one in self._each_day() if one.day == 1]
        skip = self.days >= FINE_FROM_DAYS
        told = mondays[:: 2 if skip else 1]
        return [{"x": self.x(one), "text": format_date(one, "d MMM"), "fine": place % 2 == 1} for place, one in enumerate(told)]

    @property
    def told_marks(self) -> list[dict]:
        """Those with room for their words: not under the buffer's, not at the very end."""
        edge = self.buffer["x"] if self.buffer else self.launch["x"]
        return [mark for mark in self.marks if mark["x"] < edge - 4]

    @cached_property
    def weeks(self) -> list[float]:
        return [mark["x"] for mark in self.marks]

    @cached_property
    def weekends(self) -> list[dict]:
        return self._closed(ClosedBy.WEEKEND) if self.days < MONTHLY_FROM_DAYS else []

    @cached_property
    def holidays(self) -> list[dict]:
        return self._closed(ClosedBy.HOLIDAY, ClosedBy.DAY_OFF)

    @property
    def today(self) -> dict:
        return {"x": self.x(self.campaign.today), "text": format_date(self.campaign.today, "d MMM")}

    @property
    def launch(self) -> dict:
        return {"x": self.x(self.campaign.launch), "text": _("Launch %(day)s", day=format_date(self.campaign.launch, "d MMM"))}

    @property
    def buffer(self) -> dict | None:
        if not self.campaign.buffer_days:
            return None
        left = self.x(self.plan.schedule.target)
        return {"x": left, "width": self.x(self.campaign.launch) - left, "text": _("Buffer %(days)s d", days=self.campaign.buffer_days)}

    @cached_property
    def rows(self) -> list[Row]:
        """Each milestone, by the day it is due, then what leads to it and to none before it; last what leads to the launch."""
        placed: set[str] = set()
        rows = []
        for milestone in sorted(self.plan.milestones, key=lambda one: (self.plan.dates[one.id].due, one.position)):
            before = self.plan.network.before(milestone.id) - placed
            placed |= before | {milestone.id}
            rows += [self._gate(milestone), *self._steps(before)]
        return rows + self._steps({step.id for step in self.plan.steps} - placed)

    def _span(self) -> tuple[int, int]:
        dates = self.plan.dates.values()
        starts = [min(one.early_start, one.due) for one in dates] + [self.campaign.today]
        ends = [max(one.early_finish, one.due) for one in dates] + [self.campaign.launch, self.campaign.today]
        first = min(starts)
        return (first - timedelta(days=first.weekday())).toordinal(), (max(ends) + timedelta(days=MARGIN_DAYS)).toordinal()

    def _each_day(self):
        return (date.fromordinal(t) for t in range(self.first, self.end))

    def _closed(self, *reasons: ClosedBy) -> list[dict]:
        """Runs of days closed for one of these reasons."""
        runs: list[list[date]] = []
        for one in self._each_day():
            closed = self.plan.calendar.closed_because(one)
            if closed and closed.reason in reasons:
                if runs and runs[-1][1] == one - timedelta(days=1):
                    runs[-1][1] = one
                else:
                    runs.append([one, one])
        return [self.span(first, last) for first, last in runs]

    def _gate(self, milestone: Step) -> Row:
        dates, promised = self.plan.dates[milestone.id], self.plan.promised.get(milestone.id)
        flow, health = self.plan.states.flows[milestone.id], self.plan.health_of(milestone)
        forecast = self.x(dates.early_finish + timedelta(days=1))
        passed = flow is Flow.PASSED
        was = self.x(promised.finish + timedelta(days=1)) if promised and not passed else forecast
        note, tone = self._gate_note(milestone, flow, health)
        return Row(
            milestone, "gate", flow, label=self._gate_said(milestone), dates=dates, health=health, done=passed,
            short_by=max(0, -dates.hard_slack_days), driving=dates.driving and not passed, x=forecast,
            promised=was if was != forecast and 0 <= was <= 100 else None,
            last=None if passed else self.x(dates.due + timedelta(days=1)), note=note, note_tone=tone,
        )

    def _gate_note(self, milestone: Step, flow: Flow, health: Health) -> tuple[str, str | None]:
        """A few words where there is something to say: passed, not to be met, held by others, or ready."""
        finish = day(self.plan.dates[milestone.id].early_finish, "d MMM")
        if flow is Flow.PASSED:
            return _("passed %(day)s", day=finish), "good"
        if health in _TONES:
            return _("forecast %(day)s", day=finish), _TONES[health]
        if flow is Flow.READY:
            return _("waits to be passed"), "good"
        blockers = len(self.plan.states.blocked_by.get(milestone.id, ()))
        return (ngettext("after %(num)s milestone", "after %(num)s milestones", blockers), None) if blockers else ("", None)

    def _gate_said(self, milestone: Step) -> str:
        dates = self.plan.dates[milestone.id]
        return _("%(name)s: forecast %(forecast)s, due %(due)s", name=milestone.name, forecast=day(dates.early_finish), due=day(dates.due))

    def _steps(self, ids: set[str]) -> list[Row]:
        """Rows of these steps by their start; a deliverable's review lies in its deliverable's row."""
        folded = {review.id for deliverable_id, review in self.plan.review_step_of.items() if deliverable_id in self.plan.step_by_id}
        steps = [step for step in self.plan.steps if step.id in ids and not step.is_milestone and step.id not in folded]
        return [self._step(step) for step in sorted(steps, key=lambda step: (self.plan.dates[step.id].early_start, step.position))]

    def _step(self, step: Step) -> Row:
        own, review = self.plan.dates[step.id], self.plan.review_step_of.get(step.id)
        last = self.plan.dates[review.id] if review else own
        now, state = self.outlook.dates_of(step), str(self.plan.state_of(step))
        done = state in ("done", "approved", "waived")
        holders = self.outlook.desk.holders(step) or self.outlook.desk.makers(step)
        row = Row(
            step, "step", state, label=self._step_said(step, now), dates=now, holder=holders[0] if holders else None, done=done,
            short_by=0 if done else max(0, -now.hard_slack_days), driving=own.driving or last.driving,
            here=self.outlook.held is not None and self.outlook.held.step.id == step.id,
            lane=self.span(own.early_start, last.early_finish if done else max(last.due, last.early_finish)), bars=self._bars(own, last if review else None),
            over=self._over(last, done),
        )
        if review:
            row.rounds = [{"x": self.x(last.early_finish + timedelta(days=1)), "state": _round(state)}]
        if step.is_deliverable and state in ("waiting_for_review", "changes_requested", "stale"):
            row.note = note_of(self.outlook, step)
        elif not done and now.slack_days < 0:
            row.note, row.note_tone = ngettext("short by %(num)s day", "short by %(num)s days", -now.slack_days), "bad"
        return row

    def _bars(self, own: Dates, review: Dates | None) -> list[dict]:
        bars = [self.span(own.early_start, own.early_finish)]
        if review and review.early_finish >= review.early_start:
            start = max(review.early_start, own.early_finish + timedelta(days=1))
            bars.append(self.span(start, review.early_finish) | {"part": "review"})
        return [bar for bar in bars if bar["width"] > 0]

    def _over(self, dates: Dates, done: bool) -> dict | None:
        if done or dates.early_finish <= dates.hard_due:
            return None
        return self.span(max(dates.hard_due + timedelta(days=1), dates.early_start), dates.early_finish)

    def _step_said(self, step: Step, dates: Dates) -> str:
        return _(
            "%(name)s: from %(start)s to %(finish)s at the earliest, due %(due)s",
            name=step.name, start=day(self.plan.dates[step.id].early_start), finish=day(dates.early_finish), due=day(dates.due),
        )


def _round(state: str) -> str:
    return {"approved": "done", "waived": "done", "waiting_for_review": "open", "changes_requested": "open"}.get(state, "planned")
