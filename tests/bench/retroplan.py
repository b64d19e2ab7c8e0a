"""How fast a plan is reckoned: `python -m tests.bench.retroplan`. Beside networkx, which knows no calendars, in the same run.

Budgets of RETROPLAN.md: 200 steps anew in 5 ms, 5,000 read and reckoned in 50 ms, options for 200 in 400 ms. A chain
has each step after the one before; a random plan has two links into each, of several types, with lags. An event is a
network made anew, its passes and the states of its milestones; a late answer is what one day's price costs.
"""

import json
import random
import time
from datetime import date
from statistics import median

import networkx

from planning.lateness import prices
from planning.network import Network
from planning.options import options
from planning.planfile import PlanFile, plan_from_json
from planning.retroplan import network_of, retroplan_answer
from planning.states import MilestoneFacts, PlanFacts, plan_states

TODAY = date(2027, 4, 5)
SIZES = (200, 1_000, 5_000, 50_000)


def document(count: int, shape: str, launch: str) -> str:
    rng = random.Random(count)
    kinds = ["work"] * 6 + ["deliverable"] * 2 + ["review"] * 2
    days = 1 if count <= 1_000 or shape == "random" else 0
    steps = [{"id": str(i), "days": days and rng.randint(1, 4), "kind": rng.choice(kinds), "can_slip": rng.random() < 0.1} for i in range(count)]
    links = [_link(rng, shape, i) for i in range(1, count) for _ in range(1 if shape == "chain" else 2)]
    calendars = {"fr": {"country": "FR"}, "en": {"country": "GB", "subdivision": "ENG"}}
    return json.dumps({"launch": launch, "buffer_days": 3, "calendar": "fr", "calendars": calendars, "steps": steps, "links": links})


def _link(rng: random.Random, shape: str, i: int) -> dict:
    if shape == "chain":
        return {"from": str(i - 1), "to": str(i), "strength": rng.choice(["hard", "soft"])}
    source = rng.randint(max(0, i - 400), max(0, i - 40)) if i > 40 else rng.randint(0, i - 1)
    return {"from": str(source), "to": str(i), "type": rng.choice(["FS", "FS", "FS", "SS", "FF"]), "lag": rng.randint(0, 2), "strength": rng.choice(["hard", "soft"])}


def taken(work, least: int = 3, most_seconds: float = 3.0) -> float:
    """The median of some runs, in milliseconds."""
    runs, until = [], time.perf_counter() + most_seconds
    while len(runs) < least or (time.perf_counter() < until and len(runs) < 200):
        began = time.perf_counter()
        work()
        runs.append(1e3 * (time.perf_counter() - began))
    return median(runs)


def by_networkx(plan: PlanFile) -> float:
    """Its longest path through the same steps and links, in plain days."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(step.id for step in plan.steps)
    days = {step.id: step.days for step in plan.steps}
    graph.add_weighted_edges_from((link.source, link.target, days[link.source] + link.lag) for link in plan.links)
    return taken(lambda: networkx.dag_longest_path_length(graph))


def row(count: int, shape: str) -> str:
    content = document(count, shape, "2390-01-01")
    plan = plan_from_json(content, TODAY)
    network: Network = network_of(plan)
    passes = taken(lambda: network.schedule(plan.launch, plan.buffer_days, plan.status_date))
    facts = facts_of(plan)
    event = taken(lambda: (network_of(plan).schedule(plan.launch, plan.buffer_days, plan.status_date), plan_states(facts)))
    schedule = network.schedule(plan.launch, plan.buffer_days, plan.status_date)
    late_answer = taken(lambda: prices(schedule, plan.steps[0].id, most=10)) / 11
    other = by_networkx(plan)
    read = taken(lambda: network_of(plan_from_json(content, TODAY)).schedule(plan.launch, plan.buffer_days, plan.status_date))
    answer = taken(lambda: retroplan_answer(plan)) if count <= 5_000 else float("nan")
    late = plan_from_json(document(count, shape, "2027-05-20"), TODAY)
    found = taken(lambda: options(late), 1) if count <= 1_000 else float("nan")
    figures = f"{shape:8}{count:8,}{passes:12.2f}{other:12.2f}{other / passes:8.1f}×"
    return f"{figures}{event:12.1f}{late_answer:12.2f}{read:12.1f}{answer:12.1f}{found:12.1f}"


def facts_of(plan: PlanFile) -> PlanFacts:
    """As if each tenth step were a milestone, whose gate the step before it holds."""
    keys = [step.id for step in plan.steps]
    gates = {key: MilestoneFacts((keys[at - 1],)) for at, key in enumerate(keys) if at and not at % 10}
    return PlanFacts(keys, plan.links, gates)


def main() -> None:
    print("milliseconds, median; the launch is met but for the options, where it is not")
    print(f"{'plan':8}{'steps':>8}{'both passes':>12}{'networkx':>12}{'ratio':>9}{'event':>12}{'late answer':>12}{'read+passes':>12}{'whole answer':>12}{'options':>12}")
    for shape in ("chain", "random"):
        for count in SIZES:
            print(row(count, shape), flush=True)


if __name__ == "__main__":
    main()
