"""Who was seen to listen to whom, as arrays: all the evidence that one audience may see, read as flat lists.

The arrays hold what they would hold if everything closed to the audience were not in the graph at all: an act whose
person or item is hidden shows nothing, and one that came after a hidden act is read as if it did not say after which.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.graph.session import Graph
from service.model.answers import EvidenceKind

KINDS: Final = tuple(EvidenceKind)
"""The kinds of evidence, in the order in which the arrays number them."""

MOST_KEPT: Final = 12
"""Projections kept at once, and answers kept of each."""

_LABELS: Final = [
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

_ITEMS: Final = ("stories", "contributions", "insights", "knowledge")
_ACTS: Final = {
    "amplifications": EvidenceKind.amplification,
    "feedback": EvidenceKind.feedback,
    "observations": EvidenceKind.observation,
    "replies": EvidenceKind.reply,
    "support": EvidenceKind.support,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Projection:
    """The evidence for one audience; people are numbered in the order of their ids, acts in that of `act_ids`.

    One row for each act and teller: `times` are seconds since the epoch (UTC), NaN where an act has no time; `kinds`
    index `KINDS`. An act that carried the work of several people further has a row for each of them.
    """

    people: tuple[str, ...]
    numbers: Mapping[str, int]
    listeners: NDArray[np.int32]
    tellers: NDArray[np.int32]
    kinds: NDArray[np.int8]
    times: NDArray[np.float64]
    acts: NDArray[np.int32]
    act_ids: Sequence[str]
    kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    """What was computed from it lately; it goes when the graph has moved on."""

    def keep(self, key: Hashable, computed: object) -> None:
        """Keep what was computed from it; beyond a dozen, the oldest goes."""
        self.kept[key] = computed
        if len(self.kept) > MOST_KEPT:
            self.kept.popitem(last=False)


@dataclass(slots=True)
class _Kept:
    watermark: int
    projection: Projection


class Projections:
    """The projections that were asked for lately, each read anew once the graph has changed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._loading: defaultdict[tuple[str, ...], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def current(self, audiences: tuple[str, ...]) -> Projection:
        """The evidence that these audiences may see together, with every change that the feed knew of when asked."""
        watermark = await self._watermark()
        async with self._loading[audiences]:
            kept = self._kept.get(audiences)
            if kept is None or kept.watermark != watermark:
                watermark = await self._watermark()
                moved = kept is None or await self._moved(kept.watermark)
                known = await load_projection(self._graph, audiences) if kept is None or moved else kept.projection
                kept = self._kept[audiences] = _Kept(watermark, known)
        self._kept.move_to_end(audiences)
        if len(self._kept) > MOST_KEPT:
            forgotten, _ = self._kept.popitem(last=False)
            self._loading.pop(forgotten, None)
        return kept.projection

    async def _moved(self, after: int) -> bool:
        """Whether any of what evidence is made of was written since."""
        statement = self._graph.catalogue.statement("evidence/moved")
        return bool(await self._graph.read(statement.text, {"after": after, "labels": _LABELS}))

    async def _watermark(self) -> int:
        rows = await self._graph.read(self._graph.catalogue.statement("evidence/watermark").text, {})
        return int(rows[0]["sequence"]) if rows else -1


class _Rows:
    """Evidence on its way into arrays, column by column."""

    def __init__(self) -> None:
        self.listeners: list[int] = []
        self.tellers: list[int] = []
        self.kinds: list[int] = []
        self.times: list[float] = []
        self.acts: list[int] = []
        self.act_ids: list[str] = []

    def add(
        self,
        kind: EvidenceKind,
        columns: Mapping[str, list[Any]],
        listeners: Iterable[int | None],
        tellers: Iterable[tuple[int, ...]],
    ) -> None:
        """Add a row for each teller of each act that has both ends; to attend to oneself is no evidence."""
        number = KINDS.index(kind)
        for act, time, listener, heard in zip(columns["acts"], columns["times"], listeners, tellers, strict=True):
            others = [teller for teller in heard if teller != listener]
            if listener is None or not others:
                continue
            count = len(others)
            self.acts.extend(repeat(len(self.act_ids), count))
            self.listeners.extend(repeat(listener, count))
            self.tellers.extend(others)
            self.kinds.extend(repeat(number, count))
            self.times.extend(repeat(float("nan") if time == "" else time / 1000, count))
            self.act_ids.append(act)


async def load_projection(graph: Graph, audiences: Sequence[str]) -> Projection:
    """Read all the evidence that the audiences may see together, several lists at a time."""
    names = ("people", *_ITEMS, *_ACTS)
    parameters = {"audiences": list(audiences)}
    answers = await asyncio.gather(
        *(graph.read(graph.catalogue.statement(f"evidence/{name}").text, parameters) for name in names)
    )
    columns = {name: rows[0] for name, rows in zip(names, answers, strict=True)}
    return await asyncio.to_thread(_projected, columns)


def _projected(columns: Mapping[str, Mapping[str, list[Any]]]) -> Projection:
    people = tuple(sorted(columns["people"]["ids"]))
    numbers = {person: number for number, person in enumerate(people)}
    authors = _authors(columns, numbers)
    rows = _Rows()
    for name, kind in _ACTS.items():
        acts = columns[name]
        needs_item = kind is EvidenceKind.amplification
        tellers = _tellers(acts["items"], acts["tellers"], authors, numbers, needs_item=needs_item)
        listeners = (numbers.get(person) for person in acts["listeners"])
        rows.add(kind, acts, listeners, tellers)
    return Projection(
        people=people,
        numbers=numbers,
        listeners=np.array(rows.listeners, dtype=np.int32),
        tellers=np.array(rows.tellers, dtype=np.int32),
        kinds=np.array(rows.kinds, dtype=np.int8),
        times=np.array(rows.times, dtype=np.float64),
        acts=np.array(rows.acts, dtype=np.int32),
        act_ids=rows.act_ids,
    )


def _authors(
    columns: Mapping[str, Mapping[str, list[Any]]], numbers: Mapping[str, int]
) -> Mapping[str, tuple[int, ...]]:
    """The people whose work each visible item is; none where nobody says."""
    found: dict[str, tuple[int, ...]] = defaultdict(tuple)
    for name in _ITEMS:
        for item, author in zip(columns[name]["items"], columns[name]["authors"], strict=True):
            found[item] += (numbers[author],) if author in numbers else ()
    return dict(found)


def _tellers(
    items: Iterable[str],
    tellers: Iterable[str],
    authors: Mapping[str, tuple[int, ...]],
    numbers: Mapping[str, int],
    *,
    needs_item: bool,
) -> Iterable[tuple[int, ...]]:
    """Whom each act shows its person to listen to: whoever it names, else the authors of what it is of."""
    for item, teller in zip(items, tellers, strict=True):
        if needs_item and item not in authors:
            yield ()
        elif teller:
            yield (numbers[teller],) if teller in numbers else ()
        else:
            yield authors.get(item, ())
