"""Comparing choices: whom to tell, and which ties to make, before and after a change."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from service.measures.what_if import Changed
from service.model.amplifiers import AmplifiersQuestion
from service.model.connections import NextConnectionsQuestion
from service.model.what_if import (
    WhatIfAmplifiers,
    WhatIfAmplifiersSide,
    WhatIfConnections,
    WhatIfConnectionsSide,
    WhatIfQuestion,
)
from service.operations.amplifiers import choice_in
from service.operations.connections import suggestions_in
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.reach import people_estimate
from service.operations.references import person_of


async def compared_amplifiers(
    network: Network, tied: Standing, after: Changed, there: NDArray[np.bool_], asked: WhatIfQuestion
) -> WhatIfAmplifiers:
    """Whom to tell of those who were `there`, before and after; who leaves is not told after.

    `Invalid`, `NotFound` as for `amplifiers`.
    """
    question = AmplifiersQuestion(
        for_=asked.amplifiers_for or "",
        budget=asked.budget,
        exclude=[],
        seed=asked.seed,
        group_by=asked.group_by,
        as_of=asked.as_of,
    )
    sides = (tied, question), (_changed(tied, after), replace(question, exclude=_ids(tied, after)))
    was, now = [await choice_in(network, one, wanted, there, field="amplifiersFor") for one, wanted in sides]
    before, then = (
        WhatIfAmplifiersSide(
            amplifiers=one.named,
            people=people_estimate(one.influence.reached),
            without=one.without,
            reason=one.reason,
        )
        for one in (was, now)
    )
    return WhatIfAmplifiers(for_=was.item, before=before, after=then)


async def compared_connections(
    network: Network, tied: Standing, after: Changed, there: NDArray[np.bool_], asked: WhatIfQuestion
) -> WhatIfConnections:
    """Which ties to make to those who were `there`, before and after, each with the same chance; to nobody who leaves.

    `NotFound`, `Invalid` as for `nextConnections`.
    """
    question = NextConnectionsQuestion(
        person=asked.connections_of or "",
        first=asked.first_connections,
        seed=asked.seed,
        group_by=asked.group_by,
        as_of=asked.as_of,
    )
    was = await suggestions_in(network, tied, question, there, field="connectionsOf")
    given = replace(question, probability=was.probability)
    now = await suggestions_in(network, _changed(tied, after), given, there & ~after.leaving, field="connectionsOf")
    before, then = (
        WhatIfConnectionsSide(
            connections=one.connections,
            people=people_estimate(one.found.reached),
            together=people_estimate(one.found.together),
            reason=one.reason,
        )
        for one in (was, now)
    )
    return WhatIfConnections(person=person_of(was.item), probability=was.probability, before=before, after=then)


def _changed(tied: Standing, after: Changed) -> Standing:
    """The same with the ties as they would be; what the ties rest on is known of those before alone."""
    return replace(tied, network=after.network)


def _ids(tied: Standing, after: Changed) -> list[str]:
    return [tied.projection.people[person] for person in after.leaving.nonzero()[0]]
