"""The acts a demo story is told in: each is the same verb a route calls, done on a working day of the past."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import uuid4

from flask import current_app

from planning.amending import amend_step
from planning.bookkeeping import bring_up_to_date
from planning.calendars import spec_of_country
from planning.campaigns import Campaign
from planning.founding import found_campaign
from planning.planfile import PlanFile
from planning.retroplan import schedule_of
from planning.steps import Step
from planning.templates import plan_from_template
from review import asking, submissions
from review.annotations import Annotation, Audience, annotate
from review.links import make_link
from review.reviews import Review
from storage import uploads
from storage.assets import Version
from storage.db import db, writing
from storage.workspaces import Right, Role
from webapp.demo.days import Days
from webapp.demo.files import put
from webapp.demo.people import Team


class Story:
    """One campaign and what has happened in it so far, as acts in the order they happened.

    Days are working days before today. `spare_days` is the slack that was left when the campaign was founded.
    """

    def __init__(self, team: Team, template: str, name: str, *, founded: int, spare_days: int, tell: Callable[["Story"], None]):
        self.team, self._tell = team, tell
        self.days = Days(team.agency.country, team.agency.zone)
        plan = self._plan(template, self.days.ago(founded), spare_days)
        with self.days.at(founded, "09:10"), writing() as session:
            self.campaign: Campaign = found_campaign(name, plan, by=team.member(Role.MARKETER))
            session.commit()
        self._steps = {step.key: step.id for step in db.session.query(Step).filter_by(campaign_id=self.campaign.id)}

    def tell(self) -> None:
        self._tell(self)
        bring_up_to_date(self.campaign.id)

    def work(self, key: str, started: int, finished: int | None = None) -> None:
        """A step was begun, and perhaps ended, on these days."""
        self._amend(key, started, "09:30", started_on=self.days.ago(started))
        if finished is not None:
            self._amend(key, finished, "17:45", finished_on=self.days.ago(finished))

    def upload(self, key: str, filename: str, content: bytes, on: int, hour: str = "11:20") -> str:
        """The creative drops a file on a deliverable; the version's id."""
        creative = self.team.member(Role.CREATIVE)
        with self._at(on, hour):
            ticket, pending = uploads.open_ticket(
                creative, filename, len(content), scope_id=self.campaign.id, deliverable_id=self._steps[key]
            )
            with writing() as session:
                session.add(ticket)
                session.commit()
            return self._complete(ticket.id, [(part.number, put(current_app, part, content)) for part in pending.parts])

    def ask(self, version_id: str, on: int, hour: str = "14:05", *, of=(Role.CLIENT,), rule="any", due: int | None = None) -> str:
        """The marketer puts a version before its reviewers; the review's id."""
        with self._at(on, hour), writing() as session:
            review = asking.open_review(
                session.get_one(Version, version_id), [self.team.email(role) for role in of], rule,
                due=self.days.ahead(due) if due else None, by=self.team.member(Role.MARKETER), secret_key=_secret_key(),
            )
            session.commit()
        return review.id

    def decide(self, review_id: str, verdict: str, on: int, hour: str = "16:30", *, by: Role = Role.CLIENT, note: str = "") -> None:
        with self._at(on, hour), writing() as session:
            review = session.get_one(Review, review_id)
            review.decide(self.team.member(by), verdict, version_id=review.version_id, sha256=review.sha256, note=note)
            session.commit()

    def note(self, version_id: str, body: str, shape: dict, on: int, hour: str, *, by: Role = Role.CLIENT, internal: bool = False) -> str:
        """A mark on a version; the annotation's id."""
        with self.days.at(on, hour), writing() as session:
            annotation, _ = annotate(
                session.get_one(Version, version_id), self.team.member(by), id_=str(uuid4()), shape=shape, body=body,
                audience=Audience.INTERNAL if internal else Audience.SHARED,
            )
            session.commit()
        return annotation.id

    def reply(self, annotation_id: str, body: str, on: int, hour: str, *, by: Role = Role.CREATIVE, done: bool = False) -> None:
        with self.days.at(on, hour), writing() as session:
            annotation = session.get_one(Annotation, annotation_id)
            annotation.reply(body, self.team.member(by))
            if done:
                annotation.resolve(self.team.member(by))
            session.commit()

    def share(self, version_id: str, on: int, hour: str = "14:15") -> None:
        """A link for the client's colleagues, to whatever is the asset's latest version."""
        with self.days.at(on, hour), writing() as session:
            make_link(
                self.campaign.id, [(session.get_one(Version, version_id), True)], list(Right),
                by=self.team.member(Role.MARKETER), secret_key=_secret_key(),
            )
            session.commit()

    @contextmanager
    def _at(self, working_days_ago: int, hour: str) -> Iterator[None]:
        """A block that happens then. What the days before it cost is booked first and what it did after it, as a worker does."""
        with self.days.at(working_days_ago, hour):
            bring_up_to_date(self.campaign.id)
            yield
            bring_up_to_date(self.campaign.id)

    def _plan(self, template: str, founded_on: date, spare_days: int) -> PlanFile:
        """The template with the launch that leaves its buffer and the spare days."""
        agency = self.team.agency
        plan = plan_from_template(template, founded_on, founded_on, agency.language)
        plan = replace(plan, calendar=agency.country, calendars={agency.country: spec_of_country(agency.country)})
        ready = schedule_of(plan).ready
        assert ready  # a template has steps
        return replace(plan, launch=self.days.after(ready, plan.buffer_days + spare_days + 1))

    def _complete(self, ticket_id: str, parts: list[tuple[int, str]]) -> str:
        db.session.rollback()
        ticket = db.session.get_one(uploads.Ticket, ticket_id)
        content = uploads.receive(ticket, parts)
        with writing() as session:
            ticket = session.get_one(uploads.Ticket, ticket_id)
            version = submissions.submit(ticket, content, self.team.member(Role.CREATIVE))
            session.commit()
        uploads.discard(ticket)
        return version.id

    def _amend(self, key: str, on: int, hour: str, **changes: date) -> None:
        with self._at(on, hour), writing() as session:
            step = session.get_one(Step, self._steps[key])
            amend_step(step, changes, row_version=step.row_version, by=self.team.member(Role.MARKETER))
            session.commit()


def _secret_key() -> str:
    return current_app.config["SECRET_KEY"]
