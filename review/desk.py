"""What lies on people's desks: each deliverable's current version, its reviews, and who has it now.

A few queries for any number of deliverables of any number of campaigns.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from planning.plan import Plan
from planning.states import DeliverableState
from planning.steps import Step, Waiver
from review.reviews import Review, ReviewState, with_answers
from review.seats import Seat
from storage.assets import Version, current_versions
from storage.db import db
from storage.text import folded_email
from storage.workspaces import Membership


@dataclass(frozen=True)
class Holder:
    """A person as they are drawn: kind is member, client or guest; `said` is their answer, None for who is not asked."""

    name: str
    kind: str = "member"
    said: str | None = None


class Desk:
    """The work in hand of some plans of one workspace."""

    def __init__(self, plans: Iterable[Plan]):
        self.plans = {plan.campaign.id: plan for plan in plans}
        self.asset_ids = {step.asset_id for plan in self.plans.values() for step in plan.steps if step.asset_id}

    @cached_property
    def versions(self) -> dict[str, Version]:
        """{asset id: its current version}"""
        return current_versions(self.asset_ids) if self.asset_ids else {}

    @cached_property
    def reviews(self) -> dict[str, list[Review]]:
        """{asset id: its reviews that were not withdrawn, in the order they were opened}"""
        found = defaultdict(list)
        rows = select(Review).where(Review.asset_id.in_(self.asset_ids)).order_by(Review.opened_at, Review.id)
        if self.asset_ids:
            for review in db.session.scalars(rows.options(with_answers(), lazyload(Review.version))).unique():
                if review.outcome != ReviewState.WITHDRAWN:
                    found[review.asset_id].append(review)
        return found

    @cached_property
    def members(self) -> dict[str, Membership]:
        """Everybody who is or was in the workspace, by id and by e-mail."""
        workspaces = {plan.campaign.workspace_id for plan in self.plans.values()}
        rows = list(db.session.scalars(select(Membership).where(Membership.workspace_id.in_(workspaces)))) if workspaces else []
        return {name: row for row in rows for name in (row.id, row.email)}

    def version_of(self, step: Step) -> Version | None:
        return self.versions.get(step.asset_id) if step.asset_id else None

    def review_of(self, step: Step) -> Review | None:
        """The latest review of the deliverable's current version."""
        version = self.version_of(step)
        asked = self.reviews.get(step.asset_id or "", [])
        return next((review for review in reversed(asked) if version and review.version_id == version.id), None)

    def rounds_used(self, step: Step) -> int:
        """How many versions were put before reviewers."""
        return len({review.version_id for review in self.reviews.get(step.asset_id or "", [])})

    def reviewers(self, step: Step) -> list[Holder]:
        """Everybody asked about the current version, with what they say now."""
        review = self.review_of(step)
        return [self.sitting(seat) for seat in review.seats] if review else []

    def makers(self, step: Step) -> list[Holder]:
        """Who works on a step: the people the plan names, else whoever uploaded the current version."""
        version = self.version_of(step)
        named = step.people or ([version.uploaded_by] if version else [])
        return [self.person(name) for name in named]

    def holders(self, step: Step) -> list[Holder]:
        """Who has a step now: of what is in review those who have not answered, else those who make it."""
        plan = self.plans[step.campaign_id]
        state = plan.state_of(step)
        if state == DeliverableState.WAITING_FOR_REVIEW:
            review = self.review_of(step)
            return [self.sitting(seat) for seat in review.awaited] if review else []
        return [] if state in (DeliverableState.APPROVED, DeliverableState.WAIVED, "done") else self.makers(step)

    def held_since(self, step: Step) -> date | None:
        """The day, in the campaign's zone, on which it came to who has it now; None where nobody handed it over."""
        plan, review, version = self.plans[step.campaign_id], self.review_of(step), self.version_of(step)
        state = plan.state_of(step)
        if review and state == DeliverableState.WAITING_FOR_REVIEW:
            return _day(review.opened_at, plan)
        if review and state == DeliverableState.CHANGES_REQUESTED:
            return _day(max((standing.at for seat in review.seats if (standing := seat.standing)), default=None), plan)
        return _day(version.created_at, plan) if version and state == DeliverableState.STALE else None

    def sitting(self, seat: Seat) -> Holder:
        return seated(seat, self.members.get(seat.membership_id or ""))

    def person(self, name: str) -> Holder:
        """A member by id or e-mail; an e-mail nobody has is shown as it is."""
        member = self.members.get(folded_email(name))
        return Holder(member.name, "member" if member.is_team else "client") if member else Holder(name)

    def waiver_of(self, step: Step) -> Waiver | None:
        waivers = self.plans[step.campaign_id].waivers
        return next((waiver for waiver in waivers if waiver.step_id == step.id and waiver.lifted_at is None), None)


def sitting_in(reviews: Iterable[Review]) -> dict[str, Holder]:
    """{seat id: who sits there} for some reviews, asked in one query."""
    seats = [seat for review in reviews for seat in review.seats]
    ids = {seat.membership_id for seat in seats if seat.membership_id}
    rows = db.session.scalars(select(Membership).where(Membership.id.in_(ids))) if ids else ()
    members = {row.id: row for row in rows}
    return {seat.id: seated(seat, members.get(seat.membership_id or "")) for seat in seats}


def seated(seat: Seat, member: Membership | None) -> Holder:
    """A reviewer as they are drawn: by their account if they have one, else by the name or e-mail they gave."""
    if member:
        return Holder(member.name, "member" if member.is_team else "client", seat.state.value)
    return Holder(seat.name or seat.email, "guest", seat.state.value)


def _day(moment: datetime | None, plan: Plan) -> date | None:
    return moment.astimezone(ZoneInfo(plan.campaign.zone)).date() if moment else None
