"""Who listens to whom, worked out from rows in plain Python: the oracle of what the service reads from the graph."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.operations.worlds import Row, World

WEIGHTS = {"amplification": 1.0, "reply": 0.5, "feedback": 0.5, "observation": 0.5, "support": 0.5}


@dataclass(frozen=True, order=True)
class Act:
    """One piece of evidence that a listener attends to a teller."""

    listener: str
    teller: str
    kind: str
    id: str
    at: float


def evidence(world: World, audiences: Iterable[str]) -> list[Act]:
    """Every piece of evidence that the audiences may see."""
    seen = world.seen_by(audiences)
    authors = _authors(seen)
    return sorted(act for row in seen.values() for act in _of_row(row, seen, authors) if act.listener != act.teller)


def _of_row(row: Row, seen: Mapping[str, Row], authors: Mapping[str, list[str]]) -> Iterator[Act]:
    kind, at = row["type"].lower(), datetime.fromisoformat(row["at"]).timestamp() if "at" in row else math.nan
    if row["type"] == "Contribution" and row.get("repliesToId") in seen:
        pairs = [(row["personId"], teller) for teller in authors.get(row["repliesToId"], [])]
        kind = "reply"
    elif row["type"] == "Amplification" and row["ofId"] in seen:
        before = seen.get(row.get("afterId", ""))
        pairs = [(row["byId"], teller) for teller in ([before["byId"]] if before else authors.get(row["ofId"], []))]
    elif row["type"] in {"Observation", "Feedback", "Support"}:
        tellers = [row["toId"]] if "toId" in row else authors.get(row.get("ofId", ""), [])
        pairs = [(row["byId"], teller) for teller in tellers]
    else:
        pairs = []
    for listener, teller in pairs:
        if listener in seen and teller in seen:
            yield Act(listener, teller, kind, row["id"], math.inf if row.get("undated") else at)


def _authors(seen: Mapping[str, Row]) -> dict[str, list[str]]:
    """Whose each item is, as far as they are seen: who told or holds it, or took part in deriving it."""
    fields = {"Story": "tellerId", "Contribution": "personId", "TacitInsight": "heldById"}
    found: dict[str, set[Any]] = defaultdict(set)
    for id, row in seen.items():
        if row["type"] in fields:
            found[id].add(row.get(fields[row["type"]]))
        elif row["type"] == "Derivation" and seen.get(row["madeId"], {}).get("type") == "ExplicitKnowledge":
            found[row["madeId"]].update(row["byIds"])
    return {id: sorted(person for person in people if person in seen) for id, people in found.items()}


def tie_probabilities(acts: Iterable[Act], as_of: float) -> dict[tuple[str, str], float]:
    """The chance of each tie, by teller and listener: a prior of 0.05 a unit of evidence, halved every 90 days."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for act in acts:
        if act.at == math.inf:
            weights[act.teller, act.listener] += WEIGHTS[act.kind]
        elif act.at <= as_of:
            weights[act.teller, act.listener] += WEIGHTS[act.kind] * 0.5 ** ((as_of - act.at) / 86_400 / 90)
    return {tie: min(1 - 0.95**weight, 0.99) for tie, weight in weights.items()}


def tie_shares(acts: Iterable[Act], as_of: float) -> dict[tuple[str, str], dict[str, float]]:
    """How much of each tie's evidence each act is, by teller and listener and then by the act's id."""
    weights: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for act in acts:
        if act.at == math.inf or act.at <= as_of:
            age = 0.0 if act.at == math.inf else as_of - act.at
            weights[act.teller, act.listener][act.id] = WEIGHTS[act.kind] * 0.5 ** (age / 86_400 / 90)
    return {tie: {id: one / sum(each.values()) for id, one in each.items()} for tie, each in weights.items()}


def all_paths(
    ties: Mapping[tuple[str, str], float], source: str, targets: Collection[str], max_hops: int
) -> list[tuple[float, tuple[str, ...]]]:
    """Every simple path from the source to the first target that it meets, the most probable first."""
    following: dict[str, list[str]] = defaultdict(list)
    for teller, listener in ties:
        following[teller].append(listener)
    found: list[tuple[float, tuple[str, ...]]] = []

    def walk(path: tuple[str, ...], probability: float) -> None:
        if path[-1] in targets and len(path) > 1:
            found.append((probability, path))
            return
        if len(path) > max_hops:
            return
        for listener in following[path[-1]]:
            if listener not in path:
                walk((*path, listener), probability * ties[path[-1], listener])

    walk((source,), 1.0)
    return sorted(found, key=lambda one: (-one[0], len(one[1]), one[1]))
