"""What detected communities are called: by the topics that set their people apart, or else by whom they are around."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.detection_topics import distinctiveness
from service.model.answers import ItemReference
from service.model.detection import DistinctiveTopic
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import references

TOPICS_SHOWN: Final = 5
TOPICS_NAMED: Final = 2
SET_APART: Final = 1.0
"""From how many standard errors on a topic sets a community apart: an assumption."""
FEWEST_SPEAKING: Final = 2
"""What one person speaks of is theirs, not their community's."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who spoke of which topic: a row for each, people by number, topics by their place in `topics`."""

    people: NDArray[np.int32]
    places: NDArray[np.int32]
    topics: tuple[ItemReference, ...]


@dataclass(frozen=True, slots=True)
class CommunityName:
    """A community's name in words, and the topics that set it apart, the most so first."""

    words: str
    topics: tuple[DistinctiveTopic, ...]


async def topics_spoken_of(network: Network, tied: Standing) -> Spoken:
    """Who told, remembers or said something about which topic up to the standing's moment, as its audience knows it."""
    parameters = {"at": tied.as_of, "audiences": list(tied.scope.audiences)}
    (row,) = await network.ask("detection/topics", parameters)
    named = await references(network, tied.scope.audiences, set(row["topics"]))
    topics = sorted(named.values(), key=lambda topic: (topic.title or "", topic.id))
    places = {topic.id: place for place, topic in enumerate(topics)}
    numbers = tied.projection.numbers
    rows = [
        (numbers[person], places[topic])
        for person, topic in zip(row["people"], row["topics"], strict=True)
        if person in numbers and topic in places
    ]
    people, spoken = np.array(rows, dtype=np.int32).reshape(-1, 2).T
    return Spoken(people, spoken, tuple(topics))


async def community_names(
    network: Network,
    tied: Standing,
    labels: NDArray[np.int32],
    groups: Mapping[int, Sequence[int]],
    spoken: Spoken,
) -> dict[int, CommunityName]:
    """The name of each of the groups by its label; they have their members in order, those to name one after first."""
    apart = await asyncio.to_thread(_setting_apart, labels, spoken)
    around = {label: tied.projection.people[group[0]] for label, group in groups.items()}
    people = await references(network, tied.scope.audiences, around.values())
    return {label: _name(apart.get(label, ()), people.get(person)) for label, person in around.items()}


def _setting_apart(labels: NDArray[np.int32], spoken: Spoken) -> Mapping[int, tuple[DistinctiveTopic, ...]]:
    group = labels[spoken.people]
    placed = group >= 0
    shape = (int(labels.max(initial=-1)) + 1, len(spoken.topics))
    if not placed.any():
        return {}
    found = defaultdict(list)
    columns = distinctiveness(group[placed], spoken.places[placed], shape=shape)
    for number, topic, people, score in zip(*(column.tolist() for column in columns), strict=True):
        if score >= SET_APART and people >= FEWEST_SPEAKING:
            found[number].append((-score, topic, people))
    return {
        number: tuple(
            DistinctiveTopic(topic=spoken.topics[topic], people=people, score=-unlike)
            for unlike, topic, people in sorted(rows)[:TOPICS_SHOWN]
        )
        for number, rows in found.items()
    }


def _name(topics: tuple[DistinctiveTopic, ...], around: ItemReference | None) -> CommunityName:
    words = [one.topic.title or "" for one in topics[:TOPICS_NAMED]]
    if words:
        return CommunityName(", ".join(words), topics)
    return CommunityName(f"Around {around.title}" if around is not None else "Unnamed", topics)
