"""Where the plan learns how its deliverables stand, without knowing what a review is.

`review` registers the one source; planning asks it for facts (states.DeliverableFacts) by step.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from planning.states import DeliverableFacts

Source = Callable[[dict[str, str], str], dict[str, DeliverableFacts]]

_source: Source | None = None


def facts_source(source: Source) -> Source:
    """Register what tells the facts: source({step id: its asset's id}, the campaign's zone) → {step id: facts}."""
    global _source
    _source = source
    return source


def facts_of(steps: Iterable[Any], zone: str, waived: Collection[str]) -> dict[str, DeliverableFacts]:
    """How each deliverable stands: nothing submitted where there is no asset yet."""
    deliverables = [step for step in steps if step.is_deliverable]
    assets = {step.id: step.asset_id for step in deliverables if step.asset_id}
    known = _source(assets, zone) if _source and assets else {}
    return {step.id: _own(known.get(step.id), step, waived) for step in deliverables}


def _own(facts: DeliverableFacts | None, step, waived: Collection[str]) -> DeliverableFacts:
    facts = facts or DeliverableFacts()
    return replace(facts, waived=step.id in waived, started=bool(facts.submitted or step.begun))
