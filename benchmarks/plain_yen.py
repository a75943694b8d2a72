"""Yen's k shortest simple paths with a limit of hops, in plain Python: the same answer by the textbook's way.

Each spur is searched by dynamic programming over hops (Bellman, 1957), so that the limit holds inside it as well.
"""

import itertools
from heapq import heappop, heappush

Told = list[list[tuple[int, float]]]
"""For each person whom they tell, and the cost of each tie."""

Found = tuple[float, tuple[int, ...]]


def plain_yen(told: Told, source: int, target: int, *, k: int, max_hops: int) -> list[Found]:
    """The k cheapest simple paths of at most so many hops, with their costs (Yen, 1971)."""
    first = _cheapest(told, (source,), target, max_hops, set())
    found: list[Found] = []
    waiting: list[Found] = [first] if first else []
    seen = {first[1]} if first else set()
    while waiting and len(found) < k:
        best = heappop(waiting)
        found.append(best)
        path = best[1]
        for length in range(1, len(path)):
            root = path[:length]
            barred = {other[length] for _, other in found if other[:length] == root}
            spur = _cheapest(told, root, target, max_hops, barred)
            if spur and spur[1] not in seen:
                seen.add(spur[1])
                heappush(waiting, (spur[0], spur[1]))
    return found


def _cheapest(told: Told, root: tuple[int, ...], target: int, max_hops: int, barred: set[int]) -> Found | None:
    """The cheapest simple path that begins with a root, does not go on to the barred, and meets nobody twice."""
    spent = sum(next(cost for other, cost in told[one] if other == then) for one, then in itertools.pairwise(root))
    closed = set(root)
    reached = {root[-1]: (spent, root)}
    best: Found | None = None
    for hop in range(max_hops - len(root) + 1):
        following: dict[int, Found] = {}
        for person, (so_far, way) in reached.items():
            for other, cost in told[person]:
                if other in closed or (hop == 0 and other in barred):
                    continue
                whole = so_far + cost
                if best is not None and whole >= best[0]:
                    continue
                if other == target:
                    best = (whole, (*way, other))
                elif other not in following or whole < following[other][0]:
                    following[other] = (whole, (*way, other))
        reached = following
    return _simple(best)


def _simple(found: Found | None) -> Found | None:
    """Costs are above 0, so the cheapest walk within the hops meets nobody twice."""
    assert found is None or len(set(found[1])) == len(found[1])
    return found
