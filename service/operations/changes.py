"""The feed of changes: numbered after their commit, in one order without gaps, by one sequencer of all processes.

A counter in every write's transaction would be a lock that all writers share. So a change is written without a number,
and gets it a moment later; whoever needs it counted in waits for the number.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

import structlog

from service.graph.projection import Mark
from service.model.errors import NotFound, Unavailable
from service.model.ids import new_id
from service.operations.background import in_background
from service.operations.network import Network

POLL_SECONDS = 0.6
"""How soon what another process wrote is seen: looking takes as long as two questions about paths, and"""
GATHER_SECONDS = 0.03
"""how long our own are gathered, so that many are numbered in one transaction."""
MOST_AT_ONCE = 1_000
BELIEVED_SECONDS = 0.7
"""How long the feed may be believed to go as far as it did: with what numbering takes, a write is everywhere in 1 s."""
LATE_SECONDS = 1.5
"""How long who is told by another what is to be seen waits for it, before looking by itself."""
PATIENCE_SECONDS = 5.0
"""How long a look may take, and the numbering at the end: a connection may be dead without anybody knowing."""
LOOK_SECONDS = 0.05
"""How soon whoever waits for a change sees that another process has numbered it."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was written."""

    sequence: int
    """Its place among all changes: from 1, without gaps."""
    id: str
    at: datetime
    kind: str
    """created, updated or deleted."""
    types: list[str]
    """The labels of what was written."""
    ids: list[str]
    """The items; the first thousand, where `count` says that there were more."""
    count: int


@dataclass(frozen=True, slots=True)
class Look:
    """What was found where it was looked how far the feed goes, and whether there is something to do."""

    asked: float
    """When, by the clock of the machine: what was written after it may be missing."""
    feed: Mark
    """How far the feed goes."""
    due: bool
    """Whether changes wait for their numbers."""
    jobs: bool
    """Whether jobs wait for somebody to work on them."""


@asynccontextmanager
async def sequencer(
    network: Network, *, told: bool = False, tell: Callable[[Look], None] | None = None
) -> AsyncIterator[None]:
    """Number changes while the block runs. Every process may run one: a lease decides whose turn it is.

    As it also looks what others have written, and so how far the feed goes, no question has to ask the database for
    that. What it finds it passes on to `tell`. A process that is `told` by another of the machine, and goes by it with
    `heed`, looks by itself only where it has not been told for a while.
    """
    holder = new_id()

    async def turn(_: asyncio.Event) -> bool:
        look, ours = await _look(network, holder)
        if look.due and ours and await number_changes(network, holder):
            look, _ours = await _look(network, holder)
        heed(network, look)
        if tell is not None:
            tell(look)
        if look.due:  # another has the lease, which is short, and may have numbered for the last time
            await asyncio.sleep(LOOK_SECONDS)
        return look.due

    async def stand_in(stop: asyncio.Event) -> bool:
        return monotonic() - network.looked > LATE_SECONDS and await turn(stop)

    every = None if told else POLL_SECONDS
    try:
        async with in_background("sequencer", turn, network.changed, every=every, gather=GATHER_SECONDS):
            if not told:
                yield
            else:
                async with in_background("stand-in", stand_in, asyncio.Event(), every=LATE_SECONDS):
                    yield
    finally:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await number_changes(network, holder)
                await network.write("changes/release", {"holder": holder})
        except (TimeoutError, Unavailable) as error:  # whoever looks next numbers what is left
            _log.warning("changes_left_to_others", why=str(error) or "The database does not answer")


def heed(network: Network, look: Look) -> None:
    """Go by what was found, by this process or by another of the machine; by the newest, whoever comes late."""
    if look.asked > network.looked:
        network.looked = look.asked
        network.projections.believe(look.feed, until=look.asked + BELIEVED_SECONDS)
    if look.jobs:
        network.jobs_waiting.set()


async def _look(network: Network, holder: str) -> tuple[Look, bool]:
    """What there is, and whether it is for this holder to number it."""
    asked = monotonic()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            (found,) = await network.ask("changes/due", {"holder": holder, "now": datetime.now(UTC).isoformat()})
    except TimeoutError:
        raise Unavailable("The database does not answer", right="Check that Neo4j runs.") from None
    look = Look(asked, Mark(found["sequence"], found["id"]), due=found["due"], jobs=found["jobs"])
    return look, found["ours"]


async def number_changes(network: Network, holder: str) -> int:
    """Number what has no number yet, if it is this holder's turn; how many."""
    total = 0
    numbered = MOST_AT_ONCE
    while numbered == MOST_AT_ONCE:
        answer = await network.write("changes/number", {"holder": holder, "most": MOST_AT_ONCE})
        numbered = answer[0]["numbered"] if answer else 0
        total += numbered
        if numbered:
            # Whoever looks for this process may read from a server of a cluster that has not heard of it.
            network.projections.count_in(answer[0]["last"])
    if total:
        network.looked = monotonic()
        network.projections.believe(None, until=0.0)
        async with network.numbered:
            network.numbered.notify_all()
    return total


async def wait_for(network: Network, change_id: str, *, seconds: float = 5.0) -> int:
    """The number of a change, as soon as it has one.

    Raises:
        NotFound: there is no change of this id.
        Unavailable: it was not numbered in time: no sequencer runs.
    """
    until = monotonic() + seconds
    while True:
        found = await network.ask("changes/number_of", {"id": change_id})
        if not found:
            raise NotFound("There is no such change", right="Give the id that a write answered.", field="after")
        sequence: int | None = found[0]["sequence"]
        if sequence is not None:
            network.projections.count_in(sequence)
            return sequence
        if monotonic() > until:
            raise Unavailable("The change was not counted in in time", right="Ask again in a moment.")
        async with network.numbered:
            with suppress(TimeoutError):
                await asyncio.wait_for(network.numbered.wait(), LOOK_SECONDS)


async def latest_change(network: Network) -> int:
    """The number of the newest change; 0 where there is none."""
    rows = await network.ask("evidence/watermark", {})
    return int(rows[0]["sequence"]) if rows else 0


async def changes_since(network: Network, sequence: int, *, most: int = MOST_AT_ONCE) -> list[Change]:
    """The changes after a number, oldest first; 0 begins at the beginning."""
    found = await network.ask("changes/since", {"sequence": sequence, "most": most})
    return [Change(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in found]
