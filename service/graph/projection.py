"""Who was seen to listen to whom, as arrays: all the evidence there is, once a machine, and what each audience may see.

An audience gets what it would get if everything closed to it were not in the graph at all: an act whose person or item
is hidden shows nothing, and one that came after a hidden act is read as if it did not say after which. The evidence of
all audiences is read once, each row with the condition under which it may be known, and shared by the processes of a
machine through a file; what is written afterwards is read by itself, as the feed of changes tells.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, overload

import numpy as np
import structlog
from numpy.typing import NDArray

from service.graph.projection_files import building, generations, mapped, write
from service.graph.projection_keeping import MOST_BYTES, Kept, bytes_of
from service.graph.projection_names import Names
from service.graph.projection_reading import Feed, changed, everything, feed_after
from service.graph.projection_rows import KINDS, NONE, Ids, Numbers, by_id, numbered_anew, unpacked
from service.graph.projection_state import Mark, State, Store, Touched, compacted, state_of, store_of
from service.graph.session import Graph
from service.model.errors import Unavailable

__all__ = ["KINDS", "OLDEST_ERASED", "ActIds", "Mark", "Projection", "Projections"]

MOST_KEPT: Final = 12
"""Projections kept at once."""

_LONGEST_WAIT: Final = 5.0
_PAUSE: Final = 0.05
_OLDEST: Final = 600.0
"""Seconds after which a file is written anew if anything has changed, and"""
OLDEST_ERASED: Final = 60.0
"""if anything in it has been erased or closed: so nothing that has gone stays in a file, or in memory, for long."""

_log = structlog.get_logger(__name__)


class ActIds(Sequence[str]):
    """The ids of acts, written out only when they are asked for."""

    def __init__(self, ids: Ids, chosen: Numbers | None, newer: Ids) -> None:
        self._ids = ids
        self._chosen = chosen
        self._newer = newer
        self._stored = len(ids) if chosen is None else len(chosen)

    def __len__(self) -> int:
        return self._stored + len(self._newer)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """One id, or a list of some."""
        if isinstance(index, slice):
            return self.at(np.arange(*index.indices(len(self))))
        return self.at(np.array([range(len(self))[index]]))[0]

    def at(self, places: NDArray[np.signedinteger[Any]]) -> list[str]:
        """Those at these places, none of which counts from the end."""
        if not len(self._newer):
            return unpacked(self._ids[places if self._chosen is None else self._chosen[places]])
        newer = places >= self._stored
        older = places[~newer]
        ids = np.empty(len(places), dtype=self._ids.dtype)
        ids[~newer] = self._ids[older if self._chosen is None else self._chosen[older]]
        ids[newer] = self._newer[places[newer] - self._stored]
        return unpacked(ids)


@dataclass(frozen=True, kw_only=True, eq=False)
class Projection:
    """The evidence for one audience; people are numbered in the order of their ids, acts in that of `act_ids`.

    One row for each act and teller: `times` are seconds since the epoch (UTC), NaN where an act has no time; `kinds`
    index `KINDS`. An act that carried the work of several people further has a row for each of them. The arrays may be
    shared with other processes: nobody writes to them.
    """

    people: tuple[str, ...]
    numbers: Mapping[str, int]
    listeners: NDArray[np.int32]
    tellers: NDArray[np.int32]
    kinds: NDArray[np.int8]
    times: NDArray[np.float64]
    acts: NDArray[np.int32]
    act_ids: ActIds
    kept: Kept = field(default_factory=Kept)
    """What was computed from it lately; it goes when the graph has moved on."""

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """A word for each person, made of their id alone: it stays whoever else comes in."""
        halves = np.frombuffer(bytes.fromhex("".join(self.people).replace("-", "")), dtype=">u8").reshape(-1, 2)
        keys: NDArray[np.uint64] = np.bitwise_xor(halves[:, 0], halves[:, 1]).astype(np.uint64)
        return keys

    @cached_property
    def newest(self) -> float | None:
        """When the newest act was that has a time; None where none has."""
        newest = float(np.fmax.reduce(self.times, initial=np.nan))
        return None if np.isnan(newest) else newest

    @cached_property
    def oldest(self) -> float | None:
        """When the oldest act was that has a time; None where none has."""
        oldest = float(np.fmin.reduce(self.times, initial=np.nan))
        return None if np.isnan(oldest) else oldest

    @property
    def bytes(self) -> int:
        """What it holds in memory, with all that is kept of it."""
        return bytes_of((self.people, *self._arrays())) + self.kept.bytes

    def keep(self, key: Hashable, computed: object) -> None:
        """Keep what was computed from it; beyond so many bytes, the oldest goes."""
        self.kept.keep(key, computed, beside=(self, self.people, self.numbers, *self._arrays()))

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.listeners, self.tellers, self.kinds, self.times, self.acts


class Projections:
    """The evidence, brought up to date whenever it is asked for, and the projections that were asked for lately.

    With a folder, the evidence is in a file there that all processes of the machine map; without, it is this process's.
    """

    def __init__(self, graph: Graph, folder: Path | None = None, *, oldest_erased: float = OLDEST_ERASED) -> None:
        self._graph = graph
        self._folder = folder
        self._oldest_erased = oldest_erased
        self._state: State | None = None
        self._written = 0.0
        self._kept: OrderedDict[tuple[str, ...], Projection] = OrderedDict()
        self._lock = asyncio.Lock()
        self._begun = 0
        self._done = 0
        self._feed: Mark | None = None
        self._believed = 0.0
        self._counted_in = 0
        self.names = Names()
        """What people are called, as of when the evidence was brought up to date."""
        self.built = 0
        """How often this process has read everything."""

    @property
    def bytes(self) -> int:
        """What the projections that are kept hold in memory."""
        return sum(one.bytes for one in self._kept.values())

    @property
    def reached(self) -> int:
        """The number of the change up to which the evidence here was brought, once it was asked for."""
        return self._state.mark.sequence if self._state else 0

    @property
    def store(self) -> Store | None:
        """What the evidence rests on here, once it was asked for."""
        return self._state.store if self._state else None

    def believe(self, feed: Mark | None, *, until: float) -> None:
        """How far the feed of changes goes, as may be believed until a monotonic second; None: that is not known."""
        self._feed, self._believed = feed, until

    def count_in(self, sequence: int) -> None:
        """Have a change in every answer from now on, whatever is believed of the feed."""
        self._counted_in = max(self._counted_in, sequence)

    async def current(self, audiences: tuple[str, ...], *, after: int = 0) -> Projection:
        """The evidence that these audiences may see together, with every change that the feed knew of when asked.

        Where somebody follows the feed it is not asked: then with every change that it was believed to have, and that
        has been waited for. The same object as before, where nothing has changed for them since. `after` is the number
        of a change that has to be among it.

        Raises:
            Unavailable: the feed does not get that far.
        """
        until = time.monotonic() + _LONGEST_WAIT
        while True:
            asked = self._begun
            async with self._lock:
                if self._state is None or (self._done <= asked and not self._up_to_date(self._state)):
                    self._begun += 1
                    begun = self._begun
                    await self._refresh()
                    self._done = begun
                if self._state is not None and self._state.mark.sequence >= after:
                    return await self._projection(self._state, audiences)
            if time.monotonic() > until:
                raise Unavailable("The change was not counted in in time", right="Ask again in a moment.")
            await asyncio.sleep(_PAUSE)

    def _up_to_date(self, state: State) -> bool:
        """Whether it may be believed that nothing was written since."""
        reached = state.mark.sequence >= self._counted_in
        return reached and state.mark == self._feed and time.monotonic() < self._believed

    async def _projection(self, state: State, audiences: tuple[str, ...]) -> Projection:
        kept = self._kept.get(audiences)
        if kept is None:
            kept = self._kept[audiences] = await asyncio.to_thread(projected, state, audiences)
            while len(self._kept) > 1 and (len(self._kept) > MOST_KEPT or self.bytes > MOST_BYTES):
                self._kept.popitem(last=False)
        self._kept.move_to_end(audiences)
        return kept

    async def tidied(self) -> None:
        """Count in what was written since, whether or not anybody asks, and let go of what has been erased.

        For whoever asks this every half minute, what has been erased is gone from file and memory within two.
        """
        async with self._lock:
            if self._state is not None or (self._folder is not None and generations(self._folder)):
                self._begun += 1
                begun = self._begun
                await self._refresh()
                self._done = begun

    async def _refresh(self) -> None:
        """Count in what was written since, or read everything where there is too much of it, or another feed."""
        state = self._state
        feed = await feed_after(self._graph, state.mark) if state else None
        if state is None or feed is None:
            self._kept.clear()
            self.names = Names()
            self._state = await self._opened()
            # Questions that were under way have kept names since, of whom something may have changed meanwhile.
            self.names = Names()
        else:
            self._state = await self._followed(state, feed)
        if self._state.changed:
            try:
                await self._renewed(self._state)
            except OSError as error:
                _log.warning("evidence_not_written_anew", folder=str(self._folder), why=str(error))

    async def _followed(self, state: State, feed: Feed) -> State:
        """The state with what the feed tells; projections of audiences that may see any of it are forgotten."""
        if feed.mark == state.mark:
            return state
        state, touched = await changed(self._graph, state, feed)
        self._forget(state, touched)
        self.names.forget(feed.ids)
        return state

    def _forget(self, state: State, touched: Touched) -> None:
        for audiences in [one for one in self._kept if state.shows(touched, one)]:
            del self._kept[audiences]

    async def _opened(self) -> State:
        """The evidence from the file that another process wrote, or read anew: by one process while others wait."""
        while self._folder is not None:
            try:
                state = await self._mapped(self._folder) or await self._built(self._folder)
            except OSError as error:
                # A folder that can't be written, or a full disk, costs memory and no answers.
                _log.warning("evidence_not_shared", folder=str(self._folder), why=str(error))
                self._folder = None
                break
            if state:
                return state
            await asyncio.sleep(_PAUSE)
        self._written = time.monotonic()
        return await self._caught_up(await self._everything())

    async def _built(self, folder: Path) -> State | None:
        """Everything read anew and kept in a file, if it is for this process to do so."""
        with building(folder) as ours:
            if not ours:
                return None
            # Whoever built until now may have finished between our look and our turn.
            state = await self._mapped(folder)
            return state or await self._caught_up(await self._kept_in(folder, await self._everything()))

    async def _caught_up(self, store: Store) -> State:
        """What was just read, with what was written meanwhile."""
        feed = await feed_after(self._graph, store.mark)
        state = state_of(store)
        return (await changed(self._graph, state, feed))[0] if feed and feed.ids else state

    async def _everything(self) -> Store:
        self.built += 1
        mark, facts = await everything(self._graph)
        return await asyncio.to_thread(store_of, mark, facts)

    async def _kept_in(self, folder: Path, store: Store) -> Store:
        path = await asyncio.to_thread(write, folder, store)
        self._written = time.monotonic()
        return await asyncio.to_thread(mapped, path) or store

    async def _mapped(self, folder: Path, beyond: int = -1) -> State | None:
        """The newest file's evidence, if it is of this graph and not too far behind, with what was written since."""
        for mark, path in generations(folder):
            if mark.sequence <= beyond:
                return None
            feed = await feed_after(self._graph, mark)
            store = await asyncio.to_thread(mapped, path) if feed else None
            if feed and store:
                state, touched = await changed(self._graph, state_of(store), feed)
                # What was kept knows all up to the mark that this process had reached; the file may reach further.
                if self._state is None or mark.sequence > self._state.mark.sequence:
                    self._kept.clear()
                    self.names = Names()
                else:
                    self._forget(state, touched)
                    self.names.forget(feed.ids)
                self._written = time.monotonic()
                return state
        return None

    async def _renewed(self, state: State) -> None:
        """Change over to a newer file, or write one where much has changed, or what is there holds what should go."""
        if self._folder is None:
            if self._due(state):
                self._state = self._instead(state, await asyncio.to_thread(compacted, state))
                self._written = time.monotonic()
            return
        newer = await self._mapped(self._folder, beyond=state.store.mark.sequence)
        if newer:
            self._state = newer
            if state.erased:
                self._kept.clear()
        elif self._due(state):
            with building(self._folder) as ours:
                if ours and not any(mark.sequence > state.store.mark.sequence for mark, _ in generations(self._folder)):
                    store = await asyncio.to_thread(compacted, state)
                    self._state = self._instead(state, await self._kept_in(self._folder, store))

    def _due(self, state: State) -> bool:
        age = time.monotonic() - self._written
        return state.large or age > _OLDEST or (age > self._oldest_erased and state.erased)

    def _instead(self, state: State, store: Store) -> State:
        """A store in the place of an older one; projections that hold on to what has gone from it are let go."""
        if state.erased:
            self._kept.clear()
        return state_of(store)


def projected(state: State, audiences: Sequence[str]) -> Projection:
    """What these audiences may see together of the evidence: one pass over its arrays."""
    seen = state.seen(audiences)
    holding, known = state.conditions.holding(seen), state.knows(seen)
    people = np.flatnonzero(known)
    people = people[by_id(state.people[people])]
    numbers = np.full(len(known), NONE, dtype=np.int32)
    numbers[people] = np.arange(len(people), dtype=np.int32)
    stored, newer = state.store.rows, state.newer
    there = holding[stored.conditions] & known[stored.listeners] & known[stored.tellers]
    if len(state.gone):
        kept = np.ones(len(stored.act_ids), dtype=np.bool_)
        kept[state.gone] = False
        there &= kept[stored.acts]
    recent = newer.chosen(np.flatnonzero(holding[newer.conditions] & known[newer.listeners] & known[newer.tellers]))
    ids = tuple(unpacked(state.people[people]))
    shown: dict[str, Any] = {"people": ids, "numbers": {id: number for number, id in enumerate(ids)}}
    if there.all() and not len(recent.acts) and len(people) == len(known) == len(state.store.people):
        own = {name: getattr(stored, name) for name in ("listeners", "tellers", "kinds", "times", "acts")}
        return Projection(**shown, **own, act_ids=ActIds(stored.act_ids, None, recent.act_ids))
    rows = np.flatnonzero(there)
    places = np.arange(len(stored.act_ids), dtype=np.int32)
    chosen, acts = numbered_anew(places, stored.acts[rows])
    return Projection(
        **shown,
        listeners=numbers[np.concatenate((stored.listeners[rows], recent.listeners))],
        tellers=numbers[np.concatenate((stored.tellers[rows], recent.tellers))],
        kinds=np.concatenate((stored.kinds[rows], recent.kinds)),
        times=np.concatenate((stored.times[rows], recent.times)),
        acts=np.concatenate((acts, recent.acts + np.int32(len(chosen)))),
        act_ids=ActIds(stored.act_ids, chosen, recent.act_ids),
    )
