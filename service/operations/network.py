"""The network as the operations hold it: the opened graph, and what this process remembers beside it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from service.graph import jars
from service.graph.opening import open_graph
from service.graph.projection import Projections
from service.graph.projection_keeping import Kept
from service.graph.session import Graph
from service.model.viewer import Viewer
from service.operations.facts import Known
from service.operations.group_commit import GroupCommit
from service.settings import Settings, settings_from_environment


@dataclass(eq=False)
class Network:
    """One a process, shared by every request."""

    graph: Graph
    viewers: dict[str, tuple[Viewer, float]] = field(default_factory=dict)
    """Who a key names, by the hash of its token, and until which monotonic second that may be believed."""
    items: dict[str, Known] = field(default_factory=dict)
    """Items that writes named lately, by id. What is written on the strength of them is checked as it is written."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a commit of this process, so that its changes get their numbers at once."""
    numbered: asyncio.Condition = field(default_factory=asyncio.Condition)
    """Notified whenever this process has numbered changes."""
    looked: float = 0.0
    """The monotonic second by which it is known how far the feed of changes goes."""
    jobs_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where a job was started in this process or seen to wait, so that it is taken at once."""
    evidence_folder: Path | None = None
    """Where the processes of this machine share the evidence; without one it is this process's own."""
    fits: Kept = field(default_factory=Kept)
    """What was learnt of who takes up what, by audience and quarter."""
    disclosed: Kept = field(default_factory=Kept)
    """Of which groups numbers may be told, and which numbers, by what that was made of."""
    disclosing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One at a time works that out, so that nobody does what another is doing."""
    patience: float = 2.0
    """Seconds of learning that a question waits for, rather than be answered with what was learnt before."""
    tended: bool = False
    """Whether this process learns anew beside the questions."""
    fitting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One at a time learns, so that nobody learns the same twice."""
    rewritten: tuple[int, Counter[str]] = (0, Counter())
    """How far the feed of changes was read for what was altered of what was told, and how often it was by audience."""
    foretold: dict[Any, datetime] = field(default_factory=dict)
    """What answers foretold and is not written yet, and when it was said."""
    foretold_at: float = 0.0
    """The monotonic second at which an answer foretold something for the last time."""
    background: set[asyncio.Task[None]] = field(default_factory=set)
    """What is written off the path of requests."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where the network is closed, so that what waits to be written is written at once."""
    projections: Projections = field(init=False)
    """The evidence of who listens to whom, by audience."""
    saves: GroupCommit = field(init=False)
    """New items on their way to the database."""

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self.projections = Projections(self.graph, self.evidence_folder)
        self.saves = GroupCommit(lambda batch: self.write("writing/save", {"batch": batch}))

    async def ask(self, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a reading statement of the catalogue."""
        return await self.graph.read(self.graph.catalogue.statement(name).text, parameters)

    async def write(self, name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a writing statement of the catalogue, in a transaction of its own."""
        return await self.graph.write(self.graph.catalogue.statement(name).text, parameters)

    def forget_viewers(self) -> None:
        """Look every key up anew: memberships, positions or keys have changed."""
        self.viewers.clear()


@asynccontextmanager
async def open_network(settings: Settings) -> AsyncIterator[Network]:
    """The network that the settings name, its database reached or started, for as long as the block runs."""
    async with await open_graph(settings) as graph:
        network = Network(graph, evidence_folder=settings.data / "evidence")
        try:
            yield network
        finally:
            network.ending.set()
            await network.saves.finish()
            await asyncio.gather(*network.background)


def fetch_database() -> Path:
    """Fetch the embedded database's programs and check them; the folder in which they are kept."""
    cache = settings_from_environment().cache
    jars.fetch(cache)
    return cache
