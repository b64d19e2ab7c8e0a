"""Plans that are too short, as rows: one that is told, and as many others as one likes."""

import random
from datetime import date, timedelta

from planning.campaigns import Campaign
from planning.founding import found_campaign
from planning.offers import Offer, offers
from planning.options import Kind
from planning.plan import Plan, load_plan
from planning.planfile import PlanFile, plan_from
from planning.steps import Step
from storage.db import db, writing

EVERY_DAY = {"calendars": {"always": {"weekdays": [0, 1, 2, 3, 4, 5, 6]}}}


def rushed(today: date, *, days: int = 13) -> PlanFile:
    """Film 4, the client's OK 5, fixes 2 and their OK 2 (which may slip), media plan 3 in parallel if need be: 16 days of work."""
    steps = [
        {"id": "film", "name": "Film", "days": 4, "kind": "deliverable", "people": ["camille@maree.example"]},
        {"id": "ok", "name": "Client's OK", "days": 5, "kind": "review", "of": "film", "people": ["chloe@maree.example"]},
        {"id": "fixes", "name": "Fixes", "days": 2, "kind": "deliverable", "can_slip": True},
        {"id": "fine", "name": "OK of the fixes", "days": 2, "kind": "review", "of": "fixes", "can_slip": True},
        {"id": "ready", "name": "Ready", "kind": "milestone"},
        {"id": "media", "name": "Media plan", "days": 3, "people": ["marc@maree.example"]},
    ]
    chain = ["film", "ok", "fixes", "fine", "ready", "media"]
    links = [{"from": a, "to": b} for a, b in zip(chain, chain[1:], strict=False)]
    links[1]["strength"] = "soft"
    return plan_from({"launch": (today + timedelta(days=days)).isoformat(), "buffer_days": 1, "steps": steps, "links": links, **EVERY_DAY}, today)


def at_random(dice: random.Random, today: date) -> PlanFile:
    """A short plan of every kind of step, and of links of all types."""
    count = dice.randint(3, 9)
    steps = [_step(dice, str(i), today) for i in range(count)]
    pairs = {(a, b) for a in range(count) for b in range(a + 1, count) if dice.random() < 0.4}
    links = [
        {"from": str(a), "to": str(b), "type": dice.choice(["FS", "FS", "FS", "SS", "FF", "SF"]), "lag": dice.choice([0, 0, 1, -1]),
         "strength": dice.choice(["hard", "soft"])}
        for a, b in sorted(pairs)
    ]  # fmt: skip
    document = {"launch": (today + timedelta(days=dice.randint(1, 6))).isoformat(), "buffer_days": dice.randint(0, 2), "steps": steps, "links": links}
    return plan_from(document, today)


def _step(dice: random.Random, key: str, today: date) -> dict:
    kind = dice.choice(["work", "work", "deliverable", "review", "review", "milestone"])
    step = {"id": key, "kind": kind, "can_slip": dice.random() < 0.4}
    if kind == "milestone":
        return step
    if kind == "review" and dice.random() < 0.5:
        return step | {"sla_days": dice.randint(1, 5), "rounds": dice.randint(1, 2), "rework_days": dice.randint(0, 2)}
    if dice.random() < 0.15:
        step["started_on"] = (today - timedelta(days=dice.randint(0, 4))).isoformat()
    return step | {"days": dice.randint(0, 7)}


def founded(world, plan: PlanFile, name: str = "Rushed") -> str:
    """The id of a campaign with this plan."""
    with writing() as session:
        campaign = found_campaign(name, plan, by=world.marc)
        session.commit()
    return campaign.id


def plan_of(campaign_id: str) -> Plan:
    db.session.rollback()
    db.session.expire_all()
    return load_plan(db.session.get_one(Campaign, campaign_id))


def offer_of(plan: Plan, kind: Kind) -> Offer:
    """The first option on offer that is of one such change."""
    return next(one for one in offers(plan) if {change.kind for change in one.option.changes} == {kind})


def step_of(plan: Plan, key: str) -> Step:
    return next(step for step in (*plan.steps, *plan.slipped) if step.key == key)
