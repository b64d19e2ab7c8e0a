"""Where the plan learns how its deliverables stand, without knowing what a review is.

`review` registers the one source; planning asks it for facts (states.DeliverableFacts) by step.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from planning.states import DeliverableFacts
from planning.steps import Step

Source = Callable[[list[Step], str], dict[str, DeliverableFacts]]

_source: Source | None = None


def facts_source(source: Source) -> Source:
    """Register what tells the facts: source(steps that have an asset, the campaign's zone) → {step id: facts}."""
    global _source
    _source = source
    return source


def facts_of(steps: Iterable[Step], zone: str, waived: set[str]) -> dict[str, DeliverableFacts]:
    """How each deliverable stands: nothing submitted where there is no asset yet."""
    deliverables = [step for step in steps if step.is_deliverable]
    with_asset = [step for step in deliverables if step.asset_id]
    known = _source(with_asset, zone) if _source and with_asset else {}
    return {step.id: _own(known.get(step.id), step, waived) for step in deliverables}


def _own(facts: DeliverableFacts | None, step: Step, waived: set[str]) -> DeliverableFacts:
    facts = facts or DeliverableFacts()
    started = bool(facts.submitted or step.started_on or step.finished_on)
    return replace(facts, waived=step.id in waived, started=started)
