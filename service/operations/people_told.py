"""What may be told of how many people of communities did something: of all communities together, at a quarter's end.

Who spoke, who newly did, which newcomers were answered and which stay is judged in one order: by communities, and
within one the shortest window first. Beside it stand the groups of all scopes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.acts_told import doers_told
from service.measures.linked_tables import LinkedTables, Table
from service.measures.progress import report
from service.model.asking import WINDOWS, GroupBy
from service.operations.community_life import Life, life_of
from service.operations.community_tellings import Past, past_of
from service.operations.disclosed import once
from service.operations.disclosure import Registered, month_of, quarter_of
from service.operations.network import Network
from service.operations.newcomers import Attention, attention, first_answers, staying
from service.operations.projection import Standing

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Told:
    """How many of how many people are told of; nothing where it may not be told."""

    of: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PeopleTold:
    """Of a community, over windows by their months where there is one."""

    new_voices: Mapping[int, Told]
    """Of those who told something, who never had before."""
    answered: Told
    """Of newcomers who told what awaits a reply, who had one."""
    staying: Mapping[int, Told]
    """Of those who came six to eighteen months ago, who took part."""


NOBODY: Final = PeopleTold(
    new_voices=dict.fromkeys(WINDOWS, Told()), answered=Told(), staying=dict.fromkeys(WINDOWS, Told())
)


async def people_told(network: Network, tied: Standing, groups: Registered) -> Mapping[str, PeopleTold]:
    """What is told of each community at the last quarter's end, by `community:ID`; nothing of one not shown then."""
    past = await past_of(network, tied, quarter_of(month_of(tied.as_of)))
    return await once(network, ("people", groups.name, past.name), judge_people, past, groups)


def judge_people(past: Past, groups: Registered) -> Mapping[str, PeopleTold]:
    """What is told of each community that is shown at a quarter's end."""
    linked = LinkedTables(np.arange(groups.people))
    for table in _of_groups(groups, past.until):
        linked.tell(table)
    attended, found = attention(past.listeners, past.times), dict[str, PeopleTold]()
    communities = groups.scopes("community")
    for done, scope in enumerate(communities):
        report(done / len(communities))
        if groups.whole(past.until, scope) is not None:
            life = life_of(past.tellings, groups, past.until, scope.partition(":")[2], WINDOWS[-1])
            found[scope] = _of_community(linked, life, attended)
    return found


def _of_groups(groups: Registered, until: datetime) -> Iterator[Table]:
    """The people of each scope by each grouping: those of no group that is shown are told of as well."""
    for scope, by in groups.divisions:
        whole = groups.whole(until, scope)
        if whole is not None:
            words, labels = groups.parts(until, scope, GroupBy(by))
            people = np.flatnonzero(whole)
            cells = np.where(labels < 0, len(words), labels)[people].astype(np.int64)
            every = np.ones(len(words) + 1, dtype=np.bool_)
            yield Table(things=people, cells=cells, count=len(every), sums=[every, np.arange(len(every)) < len(words)])


def _of_community(linked: LinkedTables, life: Life, attended: Attention) -> PeopleTold:
    members, first = life.whoever(life.members), life.first_told()
    spoken = [(spoke, spoke & (first >= start)) for spoke, start in zip(life.spoken(), life.windows, strict=True)]
    new_voices = [_told(linked, members, spoke, new) for spoke, new in spoken]
    answers = first_answers(life)
    newcomers = life.whoever(answers.people)
    answered = _told(linked, newcomers, newcomers, life.whoever(answers.people[answers.answered]))
    cohort, active = staying(life, attended)
    stayed = [_told(linked, cohort, cohort, some) for some in active]
    return PeopleTold(
        new_voices=dict(zip(WINDOWS, new_voices, strict=True)),
        answered=answered,
        staying=dict(zip(WINDOWS, stayed, strict=True)),
    )


def _told(linked: LinkedTables, among: Flags, whole: Flags, part: Flags) -> Told:
    may, parts = doers_told(linked, among, whole, part)
    if not may or not whole.any():
        return Told()
    return Told(int(whole.sum()), int(part.sum()) if parts else None)
