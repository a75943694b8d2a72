"""Evidence read from the graph: everything, in ranges of ids over several connections, or what some changes touched."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from service.graph.projection_rows import Facts, Numbering
from service.graph.projection_state import Mark, State, Touched, with_changes
from service.graph.session import Graph

CONNECTIONS: Final = 4
"""Over which everything is read at once."""
RANGE: Final = 20_000
"""Ids in one range: what the database holds of it in one transaction is some 20 MB."""
MOST_CHANGED: Final = 20_000
"""Items that are read one by one; where more have changed, everything is read anew."""
_CHANGES_AT_ONCE: Final = 200
_BEYOND_ALL: Final = "g"
"""Ids are written with digits and the letters up to f."""

LABELS: Final = [
    "Amplification",
    "Contribution",
    "Derivation",
    "ExplicitKnowledge",
    "Feedback",
    "Observation",
    "Person",
    "Story",
    "Support",
    "TacitInsight",
]
"""What evidence is made of."""
ACTS: Final = frozenset({"amplification", "feedback", "observation", "support"})
"""The kinds among them that are evidence by themselves."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What was written since a mark, or is no more since then, and how far that reaches."""

    mark: Mark
    ids: frozenset[str]


async def newest_mark(graph: Graph) -> Mark:
    """How far the feed of changes has come."""
    rows = await _rows(graph, "watermark", {})
    return Mark(rows[0]["sequence"], rows[0]["id"]) if rows else Mark()


async def feed_after(graph: Graph, mark: Mark) -> Feed | None:
    """What was written since a mark; None where that is another feed's, or where it is too much to be looked at."""
    ids: set[str] = set()
    reached, again = mark, mark.change is not None
    while True:
        parameters = {"from": reached.sequence + (not again), "labels": LABELS, "most": _CHANGES_AT_ONCE}
        rows = await _rows(graph, "changes", parameters)
        if again and (not rows or Mark(rows[0]["sequence"], rows[0]["id"]) != mark):
            return None
        for row in rows[again:]:
            ids.update(row["ids"])
            reached = Mark(row["sequence"], row["id"])
        if any(row["cut"] for row in rows[again:]) or len(ids) > MOST_CHANGED:
            return None
        if len(rows) < _CHANGES_AT_ONCE:
            return Feed(reached, frozenset(ids))
        again = False


async def everything(graph: Graph) -> tuple[Mark, Facts]:
    """All that evidence is made of, and up to which change it surely is."""
    mark, facts = await newest_mark(graph), Facts(Numbering())
    ranges: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue(2 * CONNECTIONS)

    async def set_marks() -> None:
        after: str | None = ""
        while after is not None:
            rows = await _ask(graph, "marks", after=after, places=RANGE)
            upto = rows[0]["id"] if rows else None
            await ranges.put((after, upto or _BEYOND_ALL))
            after = upto
        for _ in range(CONNECTIONS):
            await ranges.put(None)

    async def read_ranges() -> None:
        while (range_ := await ranges.get()) is not None:
            after, upto = range_
            await _read(graph, facts, after=after, upto=upto)

    tasks = [asyncio.create_task(work) for work in (set_marks(), *(read_ranges() for _ in range(CONNECTIONS)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    await _close(graph, facts)
    return mark, facts


async def changed(graph: Graph, state: State, feed: Feed) -> tuple[State, Touched]:
    """The state with what was written since it was read, and what that touched: only this is read."""
    ids = sorted(feed.ids)
    facts = Facts(state.audiences)
    resting, people, derivations = await asyncio.gather(
        _ask(graph, "resting", ids=[*ids, *state.made_by(ids)]),
        _ask(graph, "people", ids=ids),
        _ask(graph, "derivations", ids=ids),
    )
    facts.add_people(people)
    facts.add_derivations(derivations)
    acts = sorted({*ids, *resting[0]["acts"]})
    for part in _parts(acts):
        ranges = [{"first": id, "last": id} for id in part]
        facts.add_acts(row for row in await _ask(graph, "items", ranges=ranges) if row["kind"] in ACTS)
        facts.add_acts(await _ask(graph, "replies", ids=part))
        facts.add_afters(await _ask(graph, "afters", ranges=ranges))
    await _close(graph, facts)
    return await asyncio.to_thread(with_changes, replace(state, mark=feed.mark), facts, ids=ids, acts=acts)


async def _read(graph: Graph, facts: Facts, *, after: str, upto: str) -> None:
    """All of the ids after one and up to another."""
    ranges = [{"first": f"{after} ", "last": upto}]  # no id comes between one and the same with a space behind it
    facts.add_afters(await _ask(graph, "afters", ranges=ranges))
    ids: dict[str, list[str]] = defaultdict(list)
    for row in await _ask(graph, "items", ranges=ranges):
        if row["kind"] in ACTS:
            facts.add_acts([row])
        elif row["kind"] == "person":
            facts.add_people([{"audience": row["audience"], "people": row["ids"]}])
        else:
            ids[row["kind"]] += row["ids"]
    if works := ids["work"] + ids["contribution"]:
        facts.add_works(await _ask(graph, "works", ids=works))
    if contributions := ids["contribution"]:
        facts.add_acts(await _ask(graph, "replies", ids=contributions))
    if derivations := ids["derivation"]:
        facts.add_derivations(await _ask(graph, "derivations", ids=derivations))


async def _close(graph: Graph, facts: Facts) -> None:
    """Read what the facts name and do not hold: the works that acts are of, then the people."""
    for ids in _parts(facts.missing_works()):
        facts.add_works(await _ask(graph, "works", ids=ids))
        facts.add_derivations(await _ask(graph, "derivations", made=ids))
    for ids in _parts(facts.missing_people()):
        facts.add_people(await _ask(graph, "people", ids=ids))


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + RANGE] for start in range(0, len(ids), RANGE)]


async def _ask(graph: Graph, name: str, **which: Any) -> list[dict[str, Any]]:
    """What a statement says of these ids: in one map, as the database plans anew for a list or text of another size."""
    return await _rows(graph, name, {"which": which})


async def _rows(graph: Graph, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    return await graph.read(graph.catalogue.statement(f"evidence/{name}").text, parameters)
