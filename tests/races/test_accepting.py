"""Two planners accept different options at once: one plan is decided, and the other is told that it moved on."""

from planning.decisions import PlanDecision
from planning.options import Kind
from planning.steps import Commitment
from storage.db import db
from tests.planning.rushed import founded, offer_of, plan_of, rushed

ROUNDS = 30


def test_exactly_one_option_is_accepted(ground):
    for _ in range(ROUNDS):
        campaign_id = founded(ground.world, rushed(ground.world.campaign.today))
        plan = plan_of(campaign_id)
        shorter, beside = (offer_of(plan, kind).id for kind in (Kind.SHORTEN_REVIEW, Kind.RUN_PARALLEL))

        told = ground.race.run(*(
            ground.call(name, method="POST", path=f"/campaigns/{campaign_id}/options/{option_id}/acceptance", json={"row_version": 1})
            for name, option_id in (("marc", shorter), ("olga", beside))
        ))

        (_, won), (status, refused) = sorted(told, key=lambda one: one[0])
        assert [answer[0] for answer in sorted(told, key=lambda one: one[0])] == [201, 409], told
        assert (status, refused["error"]["code"], refused["error"]["campaign"]["row_version"]) == (409, "moved_on", 2)
        after = plan_of(campaign_id)
        decisions = db.session.query(PlanDecision).filter_by(campaign_id=campaign_id).all()
        assert [decision.id for decision in decisions] == [won["decision"]["id"]]
        assert after.schedule.hard_launch_slack_days == won["decision"]["hard_slack_days_after"]
        assert db.session.query(Commitment).filter(Commitment.step_id.in_(step.id for step in after.steps)).count() == 2 * len(after.steps)
    ground.sound()
