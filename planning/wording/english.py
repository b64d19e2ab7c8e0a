"""Whys in English."""

from datetime import date

from planning.items import Link
from planning.wording import DayOff, Earliest, End, Fact, Goal, Latest, Root, Tie, Told

WEEKDAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class English:
    """Names stand bare: "Script needs 3 days of fr before Script review"."""

    # No later

    def latest(self, why: Latest) -> str:
        if why.step.days:
            opening = f"{why.step.name} may start on {_day(why.day)} at the latest"
        else:
            opening = f"{why.step.name} must be reached by the end of {_day(why.day)}"
        return f"{opening}, because {self._forward(why)}."

    def _forward(self, why: Latest) -> str:
        """Script needs 3 days of fr before Script review, which needs …, and so on to the launch."""
        clauses = [_asked(tie) for tie in why.ties]
        if not why.cut:
            clauses.append(f"{_needs(why.end.step)} before {_end(why.end, whole=True)}")
        subject = "it"
        if why.ties and _is_plain(why.ties[0].link):  # "because Script needs …" already says that it comes before
            subject, clauses = why.ties[0].target.name, clauses[1:]
        tail = f", and so on to {_end(why.end)}" if why.cut else ""
        return f"{subject} {', which '.join(clauses)}{tail}"

    # No sooner

    def earliest(self, why: Earliest) -> str:
        if why.root.kind is Fact.DONE and not why.ties:
            return f"{why.step.name} {_done(why.root)}, and what is done keeps its date."
        off = f", and {_off(why.day_off)}" if why.day_off else ""
        return f"{self._opening(why)}, because {self._back(why)}{off}."

    def _opening(self, why: Earliest) -> str:
        name = why.step.name
        if not why.step.days:
            return f"{name} can be reached {'at once' if why.now else f'by the end of {_day(why.finish)} at the earliest'}"
        if why.start is None:
            return f"{name} is under way and can end on {_day(why.finish)} at the earliest"
        if why.start == why.finish:
            return f"{name} can start and end on {_day(why.start)} at the earliest"
        return f"{name} can start on {_day(why.start)} and end on {_day(why.finish)} at the earliest"

    def _back(self, why: Earliest) -> str:
        """it waits for Script, which needs 3 days of fr after Brief, which …, and so on back to today."""
        if not why.ties:
            return _own_root(why.root, why.today)
        clauses = [_own_tie(why.ties[0], begun=why.start is None)]
        clauses += [_tied(tie, _counts(after)) for after, tie in zip(why.ties, why.ties[1:], strict=False)]
        if why.cut:
            return f"{', which '.join(clauses)}, and so on back to {_tail(why.root)}"
        return ", which ".join([*clauses, _rooted(why.root, _counts(why.ties[-1]))])


def _asked(tie: Tie) -> str:
    """What link and duration ask of a step: "needs 3 days of fr before Script review"."""
    link, target = tie.link, tie.target.name
    if link.type == "FS":
        more = f"and {_lag(link)} more " if link.lag > 0 else f"less {_lag(link)} " if link.lag else ""
        return f"{_needs(tie.source)} {more}before {target}"
    lag = f"{_lag(link)} " if link.lag > 0 else f"less {_lag(link)} " if link.lag else ""
    verb, ending = "end" if link.type[0] == "F" else "start", "starts" if link.type[1] == "S" else "ends"
    return f"must {verb} {lag}before {target} {ending}"


def _needs(step: Told) -> str:
    return f"needs {_length(step, step.days)}" if step.days else "must be reached"


def _length(step: Told, days: int) -> str:
    if step.rounds:
        return f"{_count(days, 'day')} in {_count(step.rounds, 'round')}"
    return f"{_count(days, 'day')} of {step.calendar}" if step.calendar else _count(days, "working day")


def _end(end: End, *, whole: bool = False) -> str:
    if end.kind is Goal.PIN and end.day:
        return f"the {_day(end.day)} that {end.step.name} is pinned to"
    if end.kind is Goal.DEADLINE and end.day:
        return f"the end of {_day(end.day)}, the deadline of {end.step.name}"
    return "the launch and the buffer before it" if whole and end.buffer else "the launch"


def _own_tie(tie: Tie, *, begun: bool) -> str:
    if begun:
        return f"what is left of it waits for {tie.source.name}"
    if _is_plain(tie.link):
        return f"it waits for {tie.source.name}"
    return f"it {_no_sooner(tie)}"


def _tied(tie: Tie, counts: bool) -> str:
    """What a step in the chain takes, if its end counts, and waits for."""
    if not (tie.target.days and counts):
        return f"waits for {tie.source.name}" if _is_plain(tie.link) else _no_sooner(tie)
    needs = _needs(tie.target)
    if _is_plain(tie.link):
        return f"{needs} after {tie.source.name}"
    return f"{needs} from {_anchor(tie)}" if tie.link.type[1] == "S" else f"{needs} and {_no_sooner(tie)}"


def _no_sooner(tie: Tie) -> str:
    verb = "be reached" if not tie.target.days else "start" if tie.link.type[1] == "S" else "end"
    return f"may {verb} no sooner than {_anchor(tie)}"


def _anchor(tie: Tie) -> str:
    """2 working days after the end of Script"""
    link, step = tie.link, tie.source
    point = f"the {'end' if link.type[0] == 'F' else 'start'} of {step.name}" if step.days else step.name
    return f"{_lag(link)} {'after' if link.lag > 0 else 'before'} {point}" if link.lag else point


def _own_root(root: Root, today: date) -> str:
    if root.kind is Fact.TODAY:
        return f"nothing can start before today, {_day(today)}" if root.step.days else "it waits for nothing"
    if root.kind is Fact.BEGUN:
        left = f"it needs {_length(root.step, root.left)} more from today, {_day(today)}" if root.left else "nothing of it is left"
        return f"it began on {_day(root.day)} and {left.removeprefix('it ')}"
    return f"it {_fixed(root)}"


def _rooted(root: Root, counts: bool) -> str:
    step = root.step
    if root.kind is Fact.DONE:
        return _done(root)
    if root.kind is Fact.BEGUN:
        return f"began on {_day(root.day)}" + (f" and needs {_length(step, root.left)} more" if counts and root.left else "")
    needs = _needs(step) if step.days and counts else ""
    if root.kind is Fact.TODAY:
        return f"{needs} from today, {_day(root.day)}" if needs else f"can start today, {_day(root.day)}" if step.days else "waits for nothing"
    return f"{needs} and {_fixed(root)}" if needs else _fixed(root)


def _fixed(root: Root) -> str:
    if root.kind is Fact.PIN:
        return f"is pinned to {_day(root.day)}"
    return f"may not {'start' if root.step.days else 'be reached'} before {_day(root.day)}"


def _done(root: Root) -> str:
    return f"was {'done' if root.step.days else 'reached'} on {_day(root.day)}"


def _tail(root: Root) -> str:
    day, name = _day(root.day), root.step.name
    return {
        Fact.TODAY: f"today, {day}",
        Fact.NOT_BEFORE: f"{day}, the first day of {name}",
        Fact.PIN: f"the {day} that {name} is pinned to",
        Fact.BEGUN: f"{name}, which began on {day}",
        Fact.DONE: f"{name}, which {_done(root)}",
    }[root.kind]


def _off(off: DayOff) -> str:
    where = f" in {off.calendar}" if off.calendar else ""
    return f"{WEEKDAYS[off.day.weekday()]} {_day(off.day)} is {off.holiday or 'a day off'}{where}"


def _counts(tie: Tie) -> bool:
    """Whether it is the end of the step before that the link hangs on, and so its length."""
    return tie.link.type[0] == "F"


def _is_plain(link: Link) -> bool:
    return link.type == "FS" and not link.lag


def _lag(link: Link) -> str:
    return _count(abs(link.lag), "working day" if link.lag_unit == "working" else "calendar day")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
