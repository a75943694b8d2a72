"""What may be told of the ties inside scopes and between their groups: of all of them together, at a month's end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from service.measures.linked_tables import LinkedTables, Table
from service.measures.mixing_told import MixingTold, mixing_told, returns_told
from service.measures.progress import report
from service.model.asking import GroupBy
from service.operations.disclosed import once
from service.operations.disclosure import Registered, month_of
from service.operations.network import Network
from service.operations.projection import Standing


@dataclass(frozen=True, slots=True)
class TiesTold:
    """What is told of each scope."""

    mixing: Mapping[tuple[str, str], MixingTold]
    """By scope and grouping."""
    returns: Mapping[str, bool]
    """By community whether it is told how many of all ties inside it are returned."""

    def between(self, scope: str, by: GroupBy) -> MixingTold:
        """What is told of the ties between the groups of a scope."""
        return self.mixing.get((scope, by.value), _NOTHING)


_NOTHING = MixingTold(hidden=np.zeros((0, 0), dtype=np.bool_), totals=False, returns=False)


async def ties_told(network: Network, tied: Standing, groups: Registered) -> TiesTold:
    """What is told of the ties at the month's end: of the network first, then of organisations and communities."""
    tellers, listeners, month = tied.ties.tellers, tied.ties.listeners, month_of(tied.as_of)
    ties = blake2b(tellers.tobytes() + listeners.tobytes(), digest_size=16).digest()
    return await once(network, ("ties", groups.name, month, ties), judge_ties, tellers, listeners, groups, month)


def judge_ties(
    tellers: NDArray[np.int32], listeners: NDArray[np.int32], groups: Registered, month: datetime
) -> TiesTold:
    """What is told of some ties at a month's end."""
    linked = LinkedTables(tellers, listeners)
    # How many there are altogether every answer says of itself, whoever is behind them.
    linked.tell(Table(things=np.arange(len(tellers)), cells=np.zeros(len(tellers), dtype=np.int64), count=1))
    mixing, returns = dict[tuple[str, str], MixingTold](), dict[str, bool]()
    for done, (scope, by) in enumerate(groups.divisions):
        report(done / len(groups.divisions))
        whole = groups.whole(month, scope)
        if whole is None:
            continue
        if scope.startswith("community:") and scope not in returns:
            returns[scope] = returns_told(tellers, listeners, whole, linked=linked)
        words, labels = groups.parts(month, scope, GroupBy(by))
        mixing[scope, by] = mixing_told(tellers, listeners, labels, groups=len(words), linked=linked)
    return TiesTold(mixing, returns)
