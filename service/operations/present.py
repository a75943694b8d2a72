"""Who was there at a moment: an answer about the past chooses among nobody who came later."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from service.model.asking import GroupBy
from service.operations.groupings import grouping
from service.operations.network import Network
from service.operations.projection import Standing


async def present(network: Network, tied: Standing, as_of: datetime | None) -> NDArray[np.bool_]:
    """Of each person of a standing whether they were there at the moment asked for; today, where none is, all are.

    There was who had been recorded, had told or listened, or belonged to a community or an organisation: people are
    often recorded after what they did.
    """
    there = np.ones(len(tied.projection.people), dtype=np.bool_)
    if as_of is None:
        return there
    there[:] = False
    there[tied.ties.tellers] = there[tied.ties.listeners] = True
    for by in (GroupBy.community, GroupBy.organisation):
        there |= (await grouping(network, tied, by, tied.as_of)).labels >= 0
    unsure = np.flatnonzero(~there)
    ids = [tied.projection.people[number] for number in unsure]
    (row,) = await network.ask("scopes/recorded", {"which": {"ids": ids}, "at": tied.as_of})
    there[[tied.projection.numbers[person] for person in row["people"]]] = True
    return there
