"""What people type to make or change a campaign, read and checked; each fault says what would be right."""

from datetime import date
from functools import cached_property
from typing import NamedTuple

from flask_babel import gettext as _

from planning.calendars import CalendarEdge, UnknownCountry
from planning.campaigns import Campaign
from planning.cautions import cautions
from planning.exchange import plan_from_file
from planning.exporting import plan_file
from planning.founding import found_campaign, moved
from planning.plan import load_plan
from planning.planfile import PlanError, PlanFile
from planning.templates import plan_from_template
from storage.clock import today
from storage.text import one_line
from storage.workspaces import Membership
from webapp.i18n import told

MOST_BUFFER_DAYS = 260
OWN_PLAN = "plan"
PASTED = "pasted.json"


class PlanSent(NamedTuple):
    """A plan as somebody brought it; its name's ending says how to read it."""

    name: str
    content: bytes

    @property
    def text(self) -> str:
        """What is shown again in the field for pasting."""
        return self.content.decode("utf-8", "replace") if self.name == PASTED else ""


class CampaignForm:
    """Name, launch and buffer; for a new one also where its plan comes from, and the country whose holidays count."""

    def __init__(self, given, plan: PlanSent | None = None, language: str = "en", *, is_new: bool = True):
        self.name = one_line(given.get("name", ""))[:200]
        self.launch = given.get("launch", "").strip()
        self.buffer_days = given.get("buffer_days", "").strip()
        self.template = given.get("template", "")
        self.country = given.get("country", "")
        self.plan, self.language, self.is_new = plan or PlanSent("", b""), language, is_new
        self.faults: dict[str, str] = {}
        self.notices: list[str] = []
        """what reading the plan left out, and what is odd in it, once it is found"""
        self._check()

    @cached_property
    def launch_on(self) -> date | None:
        try:
            return date.fromisoformat(self.launch)
        except ValueError:
            return None

    @property
    def buffer(self) -> int | None:
        return int(self.buffer_days) if self.buffer_days.isascii() and self.buffer_days.isdigit() and len(self.buffer_days) <= 3 else None

    @property
    def changes(self) -> dict:
        """What an edit asks for."""
        return {"name": self.name, "launch": self.launch_on, "buffer_days": self.buffer}

    def found(self, by: Membership) -> Campaign | None:
        """The new campaign, or None with the fault beside the field it belongs to."""
        try:
            read = self._plan(by)
            self.notices = [told(notice) for notice in read.notices]
            plan = moved(read, launch=self.launch_on, buffer_days=self.buffer)
            campaign = found_campaign(self.name, plan, by=by, calendar=self.country or None)
            self.notices += _cautions(campaign)
            return campaign
        except (PlanError, CalendarEdge, UnknownCountry) as fault:
            self.faults["plan" if self.template == OWN_PLAN else "launch"] = told(fault.message)
            return None

    def _plan(self, by: Membership) -> PlanFile:
        day = today(by.workspace.zone)
        if self.template == OWN_PLAN:
            return plan_from_file(self.plan.name, self.plan.content, day)
        assert self.launch_on  # checked before
        return plan_from_template(self.template, self.launch_on, day, self.language)

    def _check(self) -> None:
        if not self.name:
            self.faults["name"] = _("Give it a name: what is launched, or for whom.")
        if self.launch_on is None and not (self.is_new and self.template == OWN_PLAN and not self.launch):
            self.faults["launch"] = _("Say on which day it launches.")
        if self.buffer_days and (self.buffer is None or self.buffer > MOST_BUFFER_DAYS) or (not self.is_new and not self.buffer_days):
            self.faults["buffer_days"] = _("A whole number of working days, 0 to %(most)s.", most=MOST_BUFFER_DAYS)
        if self.is_new and self.template == OWN_PLAN and not self.plan.content.strip():
            self.faults["plan"] = _("Paste a plan.json, or choose the file.")


def _cautions(campaign: Campaign) -> list[str]:
    plan = load_plan(campaign)
    return [told(caution) for caution in cautions(plan_file(plan), plan.schedule)]
