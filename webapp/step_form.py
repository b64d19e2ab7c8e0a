"""What people type to say how a step goes, read and checked."""

import re
from datetime import date

from flask_babel import gettext as _

from planning.steps import Step
from storage.text import folded_email
from webapp.auth import is_email

MOST_DAYS = 2600
MOST_PEOPLE = 50


class StepForm:
    """Started, finished, days left; for planners also how many days it takes and who does it. Fields that are not theirs are left alone."""

    def __init__(self, given, step: Step, *, may_plan: bool):
        self.given, self.step = given, step
        self.faults: dict[str, str] = {}
        self.changes: dict = {}
        for name in ("started_on", "finished_on"):
            self._day(name)
        self._number("remaining_days", least=0)
        if may_plan and step.sla_days is None:
            self._number("days", least=1, needed=True)
        if may_plan:
            self._people()
        self._in_order()

    def value(self, name: str):
        return self.given.get(name, "")

    def _day(self, name: str) -> None:
        typed = self.given.get(name)
        if typed is None:
            return
        try:
            self.changes[name] = date.fromisoformat(typed) if typed else None
        except ValueError:
            self.faults[name] = _("That is no day. Leave it empty, or choose one.")

    def _number(self, name: str, *, least: int, needed: bool = False) -> None:
        typed = self.given.get(name)
        if typed is None:
            return
        if typed == "" and not needed:
            self.changes[name] = None
        elif typed.isascii() and typed.isdigit() and len(typed) <= 4 and least <= int(typed) <= MOST_DAYS:
            self.changes[name] = int(typed)
        else:
            self.faults[name] = _("A whole number of working days, %(least)s to %(most)s.", least=least, most=MOST_DAYS)

    def _people(self) -> None:
        """E-mails apart by commas, blanks or lines; everybody once."""
        typed = self.given.get("people")
        if typed is None:
            return
        emails = list(dict.fromkeys(folded_email(one) for one in re.split(r"[\s,;]+", typed) if one))
        wrong = next((one for one in emails if not is_email(one)), None)
        if wrong or len(emails) > MOST_PEOPLE:
            self.faults["people"] = _("%(text)s is no e-mail.", text=wrong) if wrong else _("At most %(num)s people.", num=MOST_PEOPLE)
        else:
            self.changes["people"] = emails

    def _in_order(self) -> None:
        started, finished = self.changes.get("started_on"), self.changes.get("finished_on")
        if finished and started and finished < started:
            self.faults["finished_on"] = _("It cannot have ended before it began.")
        if finished and started is None and "started_on" in self.changes:
            self.changes["started_on"] = finished
