"""What a resolver is given: the network, who is asking, and what was read for the document before it was executed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from strawberry.dataloader import DataLoader

from service.model.viewer import Viewer
from service.operations.network import Network


@dataclass
class Context:
    """The context of one request."""

    network: Network
    viewer: Viewer
    compiled: dict[str, Any] = field(default_factory=dict)
    """The values of the compiled roots by response key."""
    renewed: Callable[[], Awaitable[Viewer]] | None = None
    """How to ask anew who is asking, where an answer goes on for longer."""
    loaders: dict[int, DataLoader[str, Any]] = field(default_factory=dict)

    async def who(self) -> Viewer:
        """Who is asking at this moment."""
        return self.viewer if self.renewed is None else await self.renewed()
