"""What sets a community apart: the topics that its people speak of more than others do."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

PRIOR: Final = 0.1
"""How much of what everybody speaks of is taken to be spoken of in each community beforehand, as a share."""


def distinctiveness(
    groups: NDArray[np.int32], topics: NDArray[np.int32], *, shape: tuple[int, int], prior: float = PRIOR
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """How far each topic sets each group apart from all others, given a row for each person in a group and topic.

    Returns the group, the topic, how many people of the group speak of it, and the score for each pair that there is:
    log-odds against the others with what everybody speaks of as the prior, over their standard error (Monroe, Colaresi
    and Quinn, 2008, "Fightin' words", equations 16, 18 and 22): about what a standard normal would be if the group
    were like the rest, and 0 where there is but one topic. `shape` is how many groups and topics there are.
    """
    counts = coo_array((np.ones(len(groups)), (groups, topics)), shape=shape).tocsr()
    counts.sum_duplicates()
    by_topic, by_group = np.asarray(counts.sum(axis=0)).ravel(), np.asarray(counts.sum(axis=1)).ravel()
    total = float(by_topic.sum())
    pairs = counts.tocoo()
    group, topic = pairs.coords
    here, there = pairs.data, by_topic[topic] - pairs.data
    before, rest = prior * by_topic[topic], (1 + prior) * total
    if (by_topic > 0).sum() > 1:
        odds = (here + before) / (by_group[group] + prior * total - here - before)
        others = (there + before) / (rest - by_group[group] - there - before)
        score = np.log(odds / others) / np.sqrt(1 / (here + before) + 1 / (there + before))
    else:
        score = np.zeros(len(here))
    return group.astype(np.int32), topic.astype(np.int32), here.astype(np.int64), score
