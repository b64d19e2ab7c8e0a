"""What waits for what: an order that respects it, and the loops that forbid one.

Nodes are 0 … n-1, `followers[i]` the nodes that wait for i. Nothing here recurses: plans of 50,000
steps in a row exist.
"""

from collections.abc import Sequence

from planning.messages import Message, Refusal, joined

Followers = Sequence[Sequence[int]]


class PlanLoop(Refusal):
    """Steps wait for each other. `loops` holds the keys of each loop, in order, the first not repeated."""

    def __init__(self, loops: list[list[str]]):
        self.loops = loops
        super().__init__(joined("; ", (_arrows(loop) for loop in loops[:3])))


def order_of(followers: Followers, keys: Sequence[str]) -> list[int]:
    """Every node after all it waits for (Kahn, 1962). Raises PlanLoop, naming nodes by `keys`."""
    waits = [0] * len(followers)
    for nodes in followers:
        for node in nodes:
            waits[node] += 1
    order = [node for node, count in enumerate(waits) if not count]
    for node in order:  # grows while it is read
        for follower in followers[node]:
            waits[follower] -= 1
            if not waits[follower]:
                order.append(follower)
    if len(order) < len(followers):
        raise PlanLoop([[keys[node] for node in loop] for loop in loops_of(followers)])
    return order


def loops_of(followers: Followers) -> list[list[int]]:
    """One loop per strongly connected component, followed by the component's other members."""
    return [_loop_within(members, followers) for members in components_of(followers)]


def components_of(followers: Followers) -> list[set[int]]:
    """The strongly connected components that hold a loop (Tarjan, 1972, with its own stack)."""
    seen: dict[int, int] = {}
    low: dict[int, int] = {}
    pending: list[int] = []
    inside: set[int] = set()
    found: list[set[int]] = []
    for root in range(len(followers)):
        if root in seen:
            continue
        walk = [(root, iter(followers[root]))]
        seen[root] = low[root] = len(seen)
        pending.append(root)
        inside.add(root)
        while walk:
            node, rest = walk[-1]
            for follower in rest:
                if follower not in seen:
                    seen[follower] = low[follower] = len(seen)
                    pending.append(follower)
                    inside.add(follower)
                    walk.append((follower, iter(followers[follower])))
                    break
                if follower in inside:
                    low[node] = min(low[node], seen[follower])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == seen[node]:
                    members = _popped_until(node, pending)
                    inside -= members
                    if len(members) > 1 or node in followers[node]:
                        found.append(members)
    return sorted(found, key=min)


def reach(neighbours: Followers, start: int) -> set[int]:
    """The nodes that can be reached from `start`, without itself (with followers: all that waits for it)."""
    found: set[int] = set()
    pending = [start]
    while pending:
        for node in neighbours[pending.pop()]:
            if node not in found:
                found.add(node)
                pending.append(node)
    return found - {start}


def _popped_until(node: int, pending: list[int]) -> set[int]:
    members = set()
    while node not in members:
        members.add(pending.pop())
    return members


def _loop_within(members: set[int], followers: Followers) -> list[int]:
    """The shortest way from the component's first member back to itself (breadth first)."""
    start = min(members)
    came_from: dict[int, int] = {}
    queue = [start]
    for node in queue:  # grows while it is read
        for follower in followers[node]:
            if follower == start:
                return _path(came_from, start, node)
            if follower in members and follower not in came_from:
                came_from[follower] = node
                queue.append(follower)
    raise AssertionError("a component without a loop")


def _path(came_from: dict[int, int], start: int, node: int) -> list[int]:
    path = [node]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def _arrows(loop: list[str]) -> Message:
    """a → b → c → a, the middle left out where it is long."""
    names = loop if len(loop) <= 12 else [*loop[:10], Message("… %(count)s more …", count=len(loop) - 11), loop[-1]]
    return joined(" → ", [*names, loop[0]])
