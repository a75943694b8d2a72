"""Next connections: who should come to listen to somebody, that what they tell may travel further."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.connections import Connection, Connections, best_connections
from service.measures.first_steps import first_steps_in_turn
from service.measures.reverse import Groups
from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.model.connections import (
    ConnectionsBasis,
    NextConnection,
    NextConnections,
    NextConnectionsQuestion,
    OpenedGroup,
)
from service.model.errors import Unavailable
from service.model.ids import as_id
from service.model.paths import rest_of
from service.model.viewer import Viewer
from service.model.wording import these
from service.operations.evidence import act_ids, acts_of, shares_in_words, tie_contributions
from service.operations.groupings import NOBODYS, Grouping, grouping
from service.operations.network import Network
from service.operations.predictions import SUGGESTING, keep_predictions
from service.operations.present import present
from service.operations.projection import Standing, scope_of, standing
from service.operations.reach import (
    CAUTION,
    group_reference,
    people_estimate,
    people_named,
    people_rounded,
    reach_basis,
    rounded,
    where_most,
)
from service.operations.references import person_of, references

QUESTION: Final = (
    "One story told today: how many more would take it up, directly or through others, each within {days} days of "
    "hearing it, if this person came to listen to who tells it?"
)
METHOD: Final = (
    "What a new tie adds is its chance times whom the listener reaches by passing it on and the person does not, by "
    "reverse reachable sets (Borgs and others, 2014): all candidates by the same sets, and what is shown by sets that "
    "did not choose."
)
USUAL: Final = "The mean chance of the ties that there are."
GIVEN: Final = "As the question gave it."
NO_TIES: Final = 0.05
"""What a new tie is taken to carry where there is no tie to go by: one fresh act, as in the stated prior."""
ALONE: Final = 1.25
"""With less than so many times the chance of the new tie, somebody brings hardly anybody but themselves."""
GROUPS_A_TIE: Final = 3
RUNS_EXPLAINED: Final = 1_000


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Setting:
    """For whom, and what is known of the others: which purposes they share, where they work, their groups."""

    item: ItemReference
    person: int
    purposes: Mapping[int, frozenset[str]]
    organisations: Grouping
    groups: Grouping
    probability: float
    """What a new tie is taken to carry."""

    def shared(self, other: int) -> frozenset[str]:
        """The purposes that both share."""
        return self.purposes.get(other, frozenset())

    def elsewhere(self, other: int) -> bool | None:
        """Whether somebody works in another organisation; nothing, where one of both is not known."""
        own, theirs = int(self.organisations.labels[self.person]), int(self.organisations.labels[other])
        return None if NOBODYS in {own, theirs} else own != theirs


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Suggestions:
    """Which ties to make for somebody, and what each was taken to carry."""

    item: ItemReference
    found: Connections
    connections: list[NextConnection]
    probability: float
    assumption: str
    reason: str | None


async def next_connections(network: Network, viewer: Viewer, asked: NextConnectionsQuestion) -> NextConnections:
    """Who, if they came to listen to the person, would add the most to whom the person reaches.

    Whoever is preferred by more of what is asked goes first, whatever they add. Nobody is suggested who listens
    already or would add nobody; where that leaves too few, `reason` says so. An unknown or hidden person is `NotFound`.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    made = await suggestions_in(network, tied, asked, await present(network, tied, asked.as_of))
    item, found, probability = made.item, made.found, made.probability
    suggested = [(item.id, tied.projection.people[one.person], probability) for one in found.best]
    if asked.probability is None:  # a chance that who asks has given is nothing that was foretold
        await keep_predictions(network, SUGGESTING, tied, suggested)
    connections = made.connections
    if asked.explain:
        connections = [await _explained(network, tied, asked, one, probability) for one in connections]
    return NextConnections(
        person=person_of(item),
        people=people_estimate(found.reached),
        connections=connections,
        together=people_estimate(found.together),
        reason=made.reason,
        caution=tied.chances.careful(CAUTION),
        basis=ConnectionsBasis(
            **reach_basis(tied, tied.chances.within(QUESTION), METHOD, asked.seed),
            probability=probability,
            assumption=made.assumption,
            shares=shares_in_words(tied),
            sets=found.sets,
        ),
    )


async def suggestions_in(
    network: Network,
    tied: Standing,
    asked: NextConnectionsQuestion,
    there: NDArray[np.bool_],
    *,
    field: str = "person",
) -> Suggestions:
    """Which ties to make, by these ties, to those who are `there`; nothing is kept of it.

    `field` is what the caller calls the person.
    """
    (item,) = await people_named(network, tied.scope, [asked.person], field)
    at = tied.as_of
    probability, assumption = _probability(tied, asked.probability)
    setting = _Setting(
        item=item,
        person=_number(tied, item),
        purposes=await _purposes(network, tied, item.id, at),
        organisations=await grouping(network, tied, GroupBy.organisation, at),
        groups=await grouping(network, tied, asked.group_by, at),
        probability=probability,
    )
    preferred = _preferred(setting, asked, len(tied.projection.people))
    preferred[~there] = -1
    found = await asyncio.to_thread(_found, tied, setting, asked, preferred)
    return Suggestions(
        item=item,
        found=found,
        connections=await _named(network, tied, setting, found),
        probability=probability,
        assumption=assumption,
        reason=_reason(item, asked.first, len(found.best)),
    )


def _probability(tied: Standing, given: float | None) -> tuple[float, str]:
    if given is not None:
        return given, GIVEN
    carrying = tied.network.probabilities[tied.network.probabilities > 0]
    if len(carrying):
        return float(carrying.mean()), USUAL
    return NO_TIES, "A stated prior: there are no ties to go by."


async def _purposes(network: Network, tied: Standing, person: str, at: datetime) -> dict[int, frozenset[str]]:
    """Which of somebody's purposes each one shares, as `onPurpose` understands it, by number."""
    known = {"at": at, "audiences": list(tied.scope.audiences)}
    (own,) = await network.ask("purposes/of", {"person": person, **known})
    (row,) = await network.ask("purposes/people", {"purposes": own["purposes"], **known})
    found = defaultdict[int, set[str]](set)
    for one, purpose in zip(row["people"], row["purposes"], strict=True):
        if one in tied.projection.numbers:
            found[tied.projection.numbers[one]].add(purpose)
    return {person: frozenset(purposes) for person, purposes in found.items()}


def _found(
    tied: Standing,
    setting: _Setting,
    asked: NextConnectionsQuestion,
    preferred: NDArray[np.int32],
) -> Connections:
    return best_connections(
        tied.network,
        setting.person,
        probability=setting.probability,
        first=asked.first,
        seed=asked.seed,
        preferred=preferred,
        groups=Groups(setting.groups.labels, len(setting.groups.names)),
    )


def _preferred(setting: _Setting, asked: NextConnectionsQuestion, people: int) -> NDArray[np.int32]:
    """How many of the preferences that were asked for each person meets."""
    ranks = np.zeros(people, dtype=np.int32)
    if asked.prefer_shared_purpose:
        ranks += np.array([bool(setting.shared(other)) for other in range(people)], dtype=np.int32)
    if asked.prefer_other_organisations:
        labels = setting.organisations.labels
        own = labels[setting.person]
        ranks += ((labels != own) & (labels != NOBODYS) & (own != NOBODYS)).astype(np.int32)
    return ranks


async def _named(network: Network, tied: Standing, setting: _Setting, found: Connections) -> list[NextConnection]:
    ids = tied.projection.people
    purposes = {purpose for one in found.best for purpose in setting.shared(one.person)}
    named = await references(network, tied.scope.audiences, {*(ids[one.person] for one in found.best), *purposes})
    seen = [one for one in found.best if ids[one.person] in named]
    return [_shown(tied, setting, found, one, rank=rank, named=named) for rank, one in enumerate(seen, start=1)]


async def _explained(
    network: Network, tied: Standing, asked: NextConnectionsQuestion, suggestion: NextConnection, carried: float
) -> NextConnection:
    """With the ties over which somebody would bring others, and what shows that the person listens to them.

    `carried` is the chance of the new tie: of so many stories it comes to anybody by way of it.
    """
    numbers = tied.projection.numbers
    person, other = numbers[as_id(asked.person, "person")], numbers[suggestion.person.id]
    ties, people = await asyncio.to_thread(
        first_steps_in_turn,
        tied.network,
        [other],
        given=[person],
        passing_on=True,
        runs=RUNS_EXPLAINED,
        seed=asked.seed,
    )
    heard = tied.ties.between(other, person)
    shows = [] if heard is None else [heard]
    named = await references(network, tied.scope.audiences, act_ids(tied, shows))
    contributions = await tie_contributions(network, tied, ties, people * carried, often=tied.network.onward)
    return replace(
        suggestion,
        contributions=contributions,
        rest_share=rest_of(one.share for one in contributions),
        heard_acts=[act for tie in shows for act in acts_of(tied, tie, named)],
    )


def _shown(
    tied: Standing,
    setting: _Setting,
    found: Connections,
    one: Connection,
    *,
    rank: int,
    named: Mapping[str, ItemReference],
) -> NextConnection:
    shared = sorted((named[id] for id in setting.shared(one.person) if id in named), key=lambda each: each.title or "")
    label = int(setting.organisations.labels[one.person])
    organisation = None if label == NOBODYS else setting.organisations.reference(label)
    elsewhere = setting.elsewhere(one.person)
    opened = [
        OpenedGroup(
            group=group_reference(setting.groups, group),
            people=float(one.groups[group]),
            reached=float(found.groups[group]),
        )
        for group in where_most(one.groups, GROUPS_A_TIE)
    ]
    return NextConnection(
        rank=rank,
        person=person_of(named[tied.projection.people[one.person]]),
        gain=people_estimate(one.gain),
        shared_purposes=shared,
        organisation=organisation,
        other_organisation=elsewhere,
        heard=_heard(tied, setting.person, one.person),
        groups=opened,
        contributions=[],
        rest_share=0.0,
        heard_acts=[],
        reason=_why(one, setting.probability, opened, shared, organisation if elsewhere else None),
    )


def _heard(tied: Standing, listener: int, teller: int) -> bool:
    forward = tied.network.forward
    return listener in forward.ends[forward.offsets[teller] : forward.offsets[teller + 1]]


def _why(
    one: Connection,
    probability: float,
    opened: Sequence[OpenedGroup],
    shared: Sequence[ItemReference],
    elsewhere: ItemReference | None,
) -> str:
    words = f"Would bring {people_rounded(one.gain.mean) if one.gain.mean else 'hardly any people'} more"
    if one.gain.mean < ALONE * probability:
        words += ", hardly anybody but themselves"
    if opened:
        first = opened[0]
        reached = rounded(first.reached) if first.reached else "nobody"
        now = f"{reached} {'is' if reached in {'1', 'nobody'} else 'are'}"
        words += f", {rounded(first.people)} of them in {first.group.name}, where {now} reached now"
    reasons = [words]
    if shared:
        reasons.append(f"both share the purpose {shared[0].title or shared[0].id!r}")
    if elsewhere:
        reasons.append(f"works elsewhere, at {elsewhere.title or elsewhere.id}")
    return "; ".join(reasons) + "."


def _number(tied: Standing, item: ItemReference) -> int:
    number = tied.projection.numbers.get(item.id)
    if number is None:
        raise Unavailable(f"{item.title or item.id} is not counted in yet", right="Ask again in a moment.")
    return number


def _reason(item: ItemReference, wanted: int, found: int) -> str | None:
    if found == wanted:
        return None
    who = item.title or item.id
    if found == 0:
        return f"Everybody who could be reached listens to {who} already, or is reached for certain."
    return f"Beyond {these(found)}, nobody who does not listen to {who} yet would add anybody."
