"""What people type to put a version before its reviewers, read and checked."""

import re
from datetime import date
from functools import cached_property

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from planning.calendars import MONDAY_TO_FRIDAY, calendar_from, due, spec_of_country
from review.asking import BadReviewers
from review.rules import BadRule
from storage.clock import today
from storage.text import folded_email

USUAL_DAYS = 3


class AskingForm:
    """Members by tick, others by e-mail; the rule; and the day by which an answer is needed."""

    def __init__(self, given: MultiDict):
        self.members = given.getlist("reviewer")
        self.others = given.get("others", "")
        self.rule_name = given.get("rule", "all")
        self.least = given.get("least", "2")
        self.due = given.get("due", "").strip()
        self.faults: dict[str, str] = {}
        if not self.emails:
            self.faults["others"] = _("Name at least one person.")
        if self.due and self.due_on is None:
            self.faults["due"] = _("That is no day. Leave it empty, or choose one.")

    @classmethod
    def usual(cls, country: str) -> "AskingForm":
        """The form before anything is typed; an answer is asked for on a day that is worked in the workspace's country."""
        boundary = calendar_from(spec_of_country(country) if country else MONDAY_TO_FRIDAY).fwd(today().toordinal() + 1, USUAL_DAYS)
        form = cls(MultiDict({"due": date.fromordinal(due(boundary)).isoformat()}))
        form.faults = {}
        return form

    @cached_property
    def emails(self) -> list[str]:
        typed = [word for word in re.split(r"[\s,;]+", self.others) if word]
        return list(dict.fromkeys(folded_email(one) for one in [*self.members, *typed]))

    @property
    def rule(self) -> str | dict:
        if self.rule_name != "at_least":
            return self.rule_name
        return {"at_least": int(self.least) if self.least.isascii() and self.least.isdigit() and len(self.least) < 4 else 0}

    @cached_property
    def due_on(self) -> date | None:
        try:
            return date.fromisoformat(self.due)
        except ValueError:
            return None

    def refuse(self, fault: Exception) -> None:
        """Say beside its field what could not be taken."""
        if isinstance(fault, BadRule):
            self.faults["least"] = _("Between 1 and the number of people you ask.")
        elif isinstance(fault, BadReviewers):
            self.faults["others"] = _("One of these is no e-mail address, or there are more than 50.")
