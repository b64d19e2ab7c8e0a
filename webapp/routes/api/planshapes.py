"""A campaign and its plan as the API answers them."""

from planning.campaigns import Campaign
from planning.gates import Gate
from planning.plan import Plan
from planning.steps import Step, StepLink, Waiver
from webapp.routes.api.shapes import at, on


def campaign_card(campaign: Campaign) -> dict:
    """A campaign without its plan, as lists have it."""
    return {
        "id": campaign.id, "name": campaign.name, "launch": on(campaign.launch), "buffer_days": campaign.buffer_days,
        "calendar": campaign.calendar or None, "zone": campaign.zone, "seq": campaign.seq,
        "created_at": at(campaign.created_at), "row_version": campaign.row_version,
    }


def campaign_json(plan: Plan) -> dict:
    """The campaign with everything reckoned from its plan today."""
    schedule = plan.schedule
    return campaign_card(plan.campaign) | {
        "today": on(plan.campaign.today), "ready": on(schedule.ready), "slack_days": schedule.slack_days,
        "launch_slack_days": schedule.launch_slack_days, "hard_launch_slack_days": schedule.hard_launch_slack_days,
        "short_by_days": schedule.short_by_days,
        "steps": [step_json(plan, step) for step in plan.steps],
        "milestones": [milestone_json(plan, milestone) for milestone in plan.milestones],
        "links": [_link(link) for link in plan.links],
        "slipped": [_slipped(step) for step in plan.slipped],
    }


def step_json(plan: Plan, step: Step) -> dict:
    """Dates are reckoned; what people wrote on the step follows them."""
    dates = plan.dates[step.id]
    return {
        "id": step.id, "key": step.key, "name": step.name, "kind": step.kind, "state": plan.state_of(step),
        "latest_start": on(dates.latest_start), "due": on(dates.due), "early_start": on(dates.early_start),
        "early_finish": on(dates.early_finish), "hard_latest_start": on(dates.hard_latest_start),
        "hard_due": on(dates.hard_due), "slack_days": dates.slack_days, "hard_slack_days": dates.hard_slack_days,
        "free_slack_days": plan.free_slack_of(step), "consumed_slack_days": plan.consumed_slack_of(step),
        "rounds_afforded": plan.rounds_afforded(step), "driving": dates.driving, "days": step.days, "sla_days": step.sla_days, "rounds": step.rounds,
        "rework_days": step.rework_days, "calendar": step.calendar, "of": step.of_id, "asset_id": step.asset_id,
        "not_before": on(step.not_before), "started_on": on(step.started_on), "finished_on": on(step.finished_on),
        "remaining_days": step.remaining_days, "deadline": on(step.deadline), "pinned_on": on(step.pinned_on),
        "group": step.group, "channel": step.channel, "people": list(step.people), "can_slip": step.can_slip,
        "hard": bool(step.hard), "closes": step.closes or "itself", "row_version": step.row_version,
    }


def _slipped(step: Step) -> dict:
    return {
        "id": step.id, "key": step.key, "name": step.name, "kind": step.kind, "state": "slipped", "slipped_at": at(step.slipped_at),
        "asset_id": step.asset_id, "row_version": step.row_version,
    }


def milestone_json(plan: Plan, milestone: Step) -> dict:
    dates = plan.dates[milestone.id]
    return {
        "id": milestone.id, "key": milestone.key, "name": milestone.name, "flow": plan.states.flows[milestone.id],
        "health": plan.health_of(milestone), "due": on(dates.due), "early_finish": on(dates.early_finish),
        "slack_days": dates.slack_days, "blocked_by": list(plan.states.blocked_by.get(milestone.id, ())),
        "row_version": milestone.row_version,
        "gates": [_gate(gate, plan.is_clear(gate.deliverable_id)) for gate in plan.gates_of[milestone.id]],
    }


def gate_json(gate: Gate, cleared: bool) -> dict:
    return _gate(gate, cleared) | {"milestone_id": gate.milestone_id, "row_version": gate.row_version}


def waiver_json(waiver: Waiver, unblocked: list[str]) -> dict:
    return {
        "id": waiver.id, "deliverable_id": waiver.step_id, "reason": waiver.reason, "at": at(waiver.at),
        "unblocked": unblocked,
    }


def _gate(gate: Gate, cleared: bool) -> dict:
    return {"id": gate.id, "deliverable_id": gate.deliverable_id, "cleared": cleared, "rule": gate.rule}


def _link(link: StepLink) -> dict:
    return {
        "id": link.id, "from_id": link.source_id, "to_id": link.target_id, "type": link.type, "lag": link.lag,
        "lag_unit": link.lag_unit, "strength": link.strength,
    }
