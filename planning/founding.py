"""A campaign is made: a plan file becomes rows, gates, and the first promises."""

from dataclasses import replace
from datetime import date

from planning.baselines import Occasion, freeze
from planning.bookkeeping import open_book
from planning.calendars import CalendarSpec, UnknownCountry, spec_of_country
from planning.campaigns import Campaign, CampaignCalendar
from planning.gates import Gate
from planning.plan import Plan, load_plan
from planning.planfile import PlanError, PlanFile, gates
from planning.steps import Commitment, Step, StepLink
from storage.db import db, new_id
from storage.events import open_log, record
from storage.text import one_line
from storage.workspaces import Membership


def found_campaign(name: str, plan: PlanFile, *, by: Membership, calendar: str | None = None) -> Campaign:
    """A new campaign with this plan, in `by`'s workspace; the caller commits.

    calendar  one of the plan's calendars, or a country such as "FR" or "GB-ENG": wins over the plan's own

    Raises PlanError, or CalendarEdge where the plan leaves the days that calendars cover. The first computed plan
    is the first promise.
    """
    plan = _with_calendar(plan, calendar)
    campaign_id = new_id()
    log = open_log(campaign_id, by.workspace_id)
    campaign = Campaign(
        id=campaign_id, workspace_id=by.workspace_id, name=one_line(name)[:200], launch=plan.launch,
        buffer_days=plan.buffer_days, zone=by.workspace.zone, calendar=plan.calendar or "", created_by=by.id, row_version=1,
    )
    campaign.log = log
    db.session.add(campaign)
    db.session.flush()
    _add_rows(campaign, plan)
    db.session.flush()
    founded = load_plan(campaign)
    freeze(founded, promise(founded), Occasion.FOUNDED, by=by)
    open_book(founded)
    record(
        "campaign.made", f"campaign:{campaign.id}", by=by, scope_id=campaign.id, keys=(f"campaign_{campaign.id}",),
        body={"launch": plan.launch.isoformat(), "steps": len(plan.steps)},
    )
    return campaign


def promise(plan: Plan) -> dict[str, Commitment]:
    """Keep the plan's dates as what people are told: a new commitment for every step, {step id: it}.

    Nobody is promised the past: a milestone that nothing leads to could have passed yesterday, and is promised for today.
    """
    today, promised = plan.campaign.today, {}
    for step in plan.steps:
        dates = plan.dates[step.id]
        finish = dates.early_finish if step.finished_on else max(dates.early_finish, today)
        promised[step.id] = Commitment(
            step_id=step.id, start=min(dates.early_start, finish), finish=finish, slack_days=dates.slack_days
        )
    db.session.add_all(promised.values())
    return promised


def _with_calendar(plan: PlanFile, name: str | None) -> PlanFile:
    if name is None or name in plan.calendars:
        return replace(plan, calendar=name) if name else plan
    try:
        spec = spec_of_country(name)
    except UnknownCountry as unknown:
        raise PlanError(
            "There is no calendar %(name)s, and no country by that code: %(sentence)s",
            name=repr(name[:60]), sentence=unknown.message,
        ) from unknown
    return replace(plan, calendar=name, calendars={**plan.calendars, name: spec})


def _add_rows(campaign: Campaign, plan: PlanFile) -> None:
    ids = {step.id: new_id() for step in plan.steps}
    for name, spec in plan.calendars.items():
        db.session.add(CampaignCalendar(campaign_id=campaign.id, name=name, revision=1, spec=_stored(spec)))
    for position, step in enumerate(plan.steps):
        db.session.add(_step(campaign, step, position, ids))
    db.session.flush()
    for step in plan.steps:
        if step.of:
            db.session.get_one(Step, ids[step.id]).of_id = ids[step.of]
    for link in plan.links:
        db.session.add(
            StepLink(
                campaign_id=campaign.id, source_id=ids[link.source], target_id=ids[link.target], type=link.type,
                lag=link.lag, lag_unit=link.lag_unit, strength=link.strength,
            )
        )
    for milestone, deliverable in gates(plan):
        db.session.add(Gate(campaign_id=campaign.id, milestone_id=ids[milestone], deliverable_id=ids[deliverable]))


def _step(campaign: Campaign, step, position: int, ids: dict[str, str]) -> Step:
    return Step(
        id=ids[step.id], workspace_id=campaign.workspace_id, campaign_id=campaign.id, key=step.id, position=position,
        name=step.name, kind=step.kind, days=step.days, sla_days=step.sla_days, rounds=step.rounds,
        rework_days=step.rework_days, calendar=step.calendar, not_before=step.not_before, started_on=step.started_on,
        deadline=step.deadline, finished_on=step.finished_on, pinned_on=step.pinned_on,
        remaining_days=step.remaining_days, group=step.group, channel=step.channel, people=list(step.people),
        can_slip=step.can_slip, hard=step.hard or None, closes=step.closes, row_version=1,
    )


def _stored(spec: CalendarSpec) -> dict:
    return {
        "country": spec.country, "subdivision": spec.subdivision, "weekdays": list(spec.weekdays),
        "days_off": sorted(day.isoformat() for day in spec.days_off),
        "working_days": sorted(day.isoformat() for day in spec.working_days),
    }


def moved(plan: PlanFile, *, launch: date | None = None, buffer_days: int | None = None) -> PlanFile:
    """The plan with the call's own launch and buffer, which win over the file's."""
    if launch is not None:
        plan = replace(plan, launch=launch)
    return replace(plan, buffer_days=buffer_days) if buffer_days is not None else plan
