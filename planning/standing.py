"""Where a plan stands by its facts: what planning/plan.py tells with dates, and planning/now.py without."""

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import Any

from planning.facts import facts_of
from planning.items import Link
from planning.states import (
    DeliverableFacts,
    DeliverableState,
    MilestoneFacts,
    PlanFacts,
    PlanStates,
    deliverable_state,
    plan_states,
)


class Standing:
    """The rows of one campaign, in their order, and the states reckoned from them. `waived` are ids of deliverables."""

    campaign: Any
    steps: list[Any]
    links: list[Any]
    gates: list[Any]
    closings: list[Any]
    waived: Collection[str]

    @cached_property
    def step_by_id(self) -> dict[str, Any]:
        return {step.id: step for step in self.steps}

    @cached_property
    def milestones(self) -> list[Any]:
        return [step for step in self.steps if step.is_milestone]

    @cached_property
    def gates_of(self) -> dict[str, list[Any]]:
        """{milestone id: its gates}"""
        found = defaultdict(list)
        for gate in self.gates:
            found[gate.milestone_id].append(gate)
        return found

    @cached_property
    def last_closing(self) -> dict[str, Any]:
        """{milestone id: its latest closing}"""
        return {closing.milestone_id: closing for closing in sorted(self.closings, key=lambda closing: closing.number)}

    @cached_property
    def facts(self) -> dict[str, DeliverableFacts]:
        return facts_of(self.steps, self.campaign.zone, self.waived)

    @cached_property
    def deliverable_states(self) -> dict[str, DeliverableState]:
        return {step_id: deliverable_state(facts) for step_id, facts in self.facts.items()}

    def is_clear(self, deliverable_id: str) -> bool:
        """Whether the deliverable is approved or waived now: it holds no gate."""
        return self.deliverable_states[deliverable_id].is_clear

    @cached_property
    def plan_facts(self) -> PlanFacts:
        return PlanFacts(
            steps=[step.id for step in self.steps],
            links=self.network_links,
            milestones={milestone.id: self._milestone_facts(milestone) for milestone in self.milestones},
            deliverables=self.facts,
            started={step.id for step in self.steps if step.begun},
        )

    @cached_property
    def states(self) -> PlanStates:
        """Where every deliverable and milestone stands now."""
        return plan_states(self.plan_facts)

    @cached_property
    def network_links(self) -> list[Link]:
        return [Link(link.source_id, link.target_id, link.type, link.lag, link.lag_unit, link.strength) for link in self.links]

    def _milestone_facts(self, milestone) -> MilestoneFacts:
        return MilestoneFacts(
            deliverables=tuple(gate.deliverable_id for gate in self.gates_of[milestone.id]),
            closed=milestone.id in self.last_closing,
            closes_itself=milestone.closes != "by_hand",
        )
