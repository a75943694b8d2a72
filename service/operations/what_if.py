"""What if: the same questions of the network as it is and as it would be, side by side."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.completion import TieNetwork
from service.measures.what_if import (
    Changed,
    Disconnection,
    NewTies,
    changed,
    cut_off,
    disconnection,
    each_to_each,
    everyone_to_everyone,
    mean_inside,
    together,
)
from service.model.answers import ItemReference
from service.model.errors import Invalid
from service.model.ids import ANYBODY, as_id
from service.model.viewer import Viewer
from service.model.what_if import (
    WhatIf,
    WhatIfBasis,
    WhatIfChange,
    WhatIfFigures,
    WhatIfNetwork,
    WhatIfQuestion,
)
from service.operations.amplification import QUESTION as PATH_QUESTION
from service.operations.amplification import people_reached
from service.operations.amplifiers import QUESTION as AMPLIFIERS_QUESTION
from service.operations.comparing import compared_reach, estimate
from service.operations.comparing_choices import compared_amplifiers, compared_connections
from service.operations.comparing_paths import compared_paths
from service.operations.connections import QUESTION as CONNECTIONS_QUESTION
from service.operations.evidence import shares_in_words
from service.operations.network import Network
from service.operations.present import present
from service.operations.projection import Scope, Standing, scope_of, standing
from service.operations.reach import QUESTION as REACH_QUESTION
from service.operations.references import person_of, references
from service.operations.scopes import item_named

MOST_NEW_TIES: Final = 1_000_000
"""Ties that may come in: two communities of seven hundred."""

NETWORK_QUESTION: Final = "How many ties are there, and between how many pairs of those who stay leads no way?"
METHOD: Final = (
    "The change is laid over the ties, nothing is written. Reach is simulated by independent cascade with the same "
    "seed before and after, and the runs are compared in pairs; pairs of people are counted from the same people. Whom "
    "to tell and which ties to make are chosen anew after the change, each on sets of its own."
)
CAUTION: Final = (
    "People answer a change: others take over, or do not, and a meeting may come to nothing. This shows what the ties "
    "of today would do without that."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """All that the question names, looked up."""

    leaving: list[ItemReference]
    meeting: list[ItemReference]
    merging: list[ItemReference]
    telling: list[ItemReference]
    ends: tuple[ItemReference, ItemReference] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """The network before and after, and the chances that were taken for what comes in."""

    before: TieNetwork
    after: Changed
    meeting: float | None
    merging: float | None


async def what_if(network: Network, viewer: Viewer, asked: WhatIfQuestion) -> WhatIf:
    """How reach, the most probable paths, whom to tell, new ties and the network as a whole would change.

    An unknown or hidden person or community is `NotFound`. `Invalid`: nothing that changes, one person who meets or
    one community that joins, somebody who leaves and meets or whose impact is to grow, nobody left who tells or where
    the path would start or end, one end of a path without the other, and more new ties than can be looked at.
    """
    scope = scope_of(viewer, asked.audience)
    named = await named_in(network, scope, asked)
    tied = await standing(network, scope, asked.as_of)
    at = tied.as_of
    members = [await people_reached(network, tied, one, at=at) for one in named.merging]
    sides = await asyncio.to_thread(_sides, tied, named, members, asked.probability)
    there = await present(network, tied, asked.as_of)
    counted = there.copy()
    counted[[*_numbers(tied, named.meeting), *(one for each in members for one in each)]] = True
    figures = await asyncio.to_thread(_whole, sides, counted, asked.seed)
    after = sides.after
    return WhatIf(
        change=_change(named, sides, asked.probability),
        network=figures,
        reach=await compared_reach(network, tied, after, named.telling, asked) if named.telling else None,
        path=await compared_paths(network, tied, after, named.ends, asked) if named.ends else None,
        amplifiers=await compared_amplifiers(network, tied, after, there, asked) if asked.amplifiers_for else None,
        connections=await compared_connections(network, tied, after, there, asked) if asked.connections_of else None,
        caution=tied.chances.careful(CAUTION),
        basis=WhatIfBasis(
            **tied.basis,
            question=tied.chances.within(_question(named, asked)),
            prior=tied.chances.words,
            runs=asked.runs,
            seed=asked.seed,
            max_hops=asked.max_hops,
            method=METHOD,
            shares=shares_in_words(tied),
        ),
    )


def _question(named: _Named, asked: WhatIfQuestion) -> str:
    """What was asked before and after, in words."""
    questions = {
        REACH_QUESTION: named.telling,
        PATH_QUESTION: named.ends,
        AMPLIFIERS_QUESTION: asked.amplifiers_for,
        CONNECTIONS_QUESTION: asked.connections_of,
    }
    return " ".join(question for question, wanted in questions.items() if wanted) or NETWORK_QUESTION


async def named_in(network: Network, scope: Scope, asked: WhatIfQuestion) -> _Named:
    """Who and what is named, looked up; `NotFound` and `Invalid` as in `what_if`."""
    if not (asked.leaves or asked.meet or asked.merge):
        raise Invalid(
            "Nothing changes", right="Name who leaves, who meets, or two communities that join.", field="leaves"
        )
    if (asked.from_ is None) != (asked.to is None):
        missing = "from" if asked.from_ is None else "to"
        raise Invalid("A path has two ends", right="Give both `from` and `to`, or neither.", field=missing)
    lists = {"leaves": asked.leaves, "meet": asked.meet, "merge": asked.merge, "reachOf": asked.reach_of}
    ids = {field: list(dict.fromkeys(as_id(one, field) for one in given)) for field, given in lists.items()}
    ends = {field: as_id(one, field) for field, one in (("from", asked.from_), ("to", asked.to)) if one is not None}
    if ends and ends["from"] == ends["to"]:
        raise Invalid("The path would end where it starts", right="Give another person, or a group.", field="to")
    found = await references(
        network, scope.audiences, [*(one for each in ids.values() for one in each), *ends.values()]
    )

    def looked_up(field: str, *kinds: str) -> list[ItemReference]:
        return [item_named(found.get(one), one, field, kinds, scope) for one in ids[field]]

    named = _Named(
        leaving=looked_up("leaves", "Person"),
        meeting=looked_up("meet", "Person"),
        merging=looked_up("merge", "Community"),
        telling=looked_up("reachOf", "Person"),
        ends=(
            item_named(found.get(ends["from"]), ends["from"], "from", ("Person", "Community"), scope),
            item_named(found.get(ends["to"]), ends["to"], "to", ANYBODY, scope),
        )
        if ends
        else None,
    )
    _refuse(named, asked)
    return named


def _refuse(named: _Named, asked: WhatIfQuestion) -> None:
    """Refuse what makes no sense together."""
    if len(named.meeting) == 1:
        raise Invalid("One person alone meets nobody", right="Give two people or more.", field="meet")
    if len(named.merging) == 1:
        raise Invalid("One community alone joins none", right="Give two communities.", field="merge")
    gone = {one.id: one.title or one.id for one in named.leaving}
    for field, people in (("meet", named.meeting), ("from", (named.ends or ())[:1]), ("to", (named.ends or ())[1:])):
        for one in people:
            if one.id in gone:
                raise Invalid(f"{gone[one.id]} leaves", right="Name somebody who stays.", field=field)
    sort, _, person = (asked.amplifiers_for or "").partition(":")
    growing = {"amplifiersFor": person if sort == "person" else None, "connectionsOf": asked.connections_of}
    for field, word in growing.items():
        if word is not None and (id := as_id(word, field)) in gone:
            raise Invalid(f"{gone[id]} leaves", right="Name somebody who stays.", field=field)
    if named.telling and all(one.id in gone for one in named.telling):
        raise Invalid("All who tell leave", right="Name somebody who stays.", field="reachOf")


def _sides(tied: Standing, named: _Named, members: Sequence[list[int]], probability: float | None) -> _Sides:
    """The change laid over the ties; both chances are this network's own, where none is given."""
    network = tied.network
    meeting = merging = None
    new: list[NewTies] = []
    if named.meeting:
        carried = network.probabilities[network.probabilities > 0]
        meeting = probability or (float(carried.mean()) if len(carried) else 0.0)
        new.append(everyone_to_everyone(_numbers(tied, named.meeting), meeting))
    if members:
        one, other = members
        if len(one) * len(other) * 2 > MOST_NEW_TIES:
            raise Invalid(
                f"{len(one)} and {len(other)} members would make {2 * len(one) * len(other)} ties",
                right=f"Give communities between which there are at most {MOST_NEW_TIES}.",
                field="merge",
            )
        merging = probability or _usual(network, one, other)
        new.append(each_to_each(one, other, merging))
    incoming = None if not new else new[0] if len(new) == 1 else together(*new)
    after = changed(network, leaving=_numbers(tied, named.leaving), new=incoming)
    return _Sides(before=network, after=after, meeting=meeting, merging=merging)


def _usual(network: TieNetwork, one: Collection[int], other: Collection[int]) -> float:
    """The mean chance of a pair inside the two communities, each weighed by its pairs."""
    pairs = [len(group) * (len(group) - 1) for group in (one, other)]
    if not sum(pairs):
        return 0.0
    return float(np.average([mean_inside(network, one), mean_inside(network, other)], weights=pairs))


def _numbers(tied: Standing, people: Sequence[ItemReference]) -> list[int]:
    return [tied.projection.numbers[one.id] for one in people if one.id in tied.projection.numbers]


def _change(named: _Named, sides: _Sides, probability: float | None) -> WhatIfChange:
    return WhatIfChange(
        leaving=[person_of(one) for one in named.leaving],
        meeting=[person_of(one) for one in named.meeting],
        merging=named.merging,
        meeting_probability=sides.meeting,
        merging_probability=sides.merging,
        assumption=_assumption(named, probability),
    )


def _assumption(named: _Named, probability: float | None) -> str:
    if not (named.meeting or named.merging):
        return "Only ties go; none is assumed to come in."
    kept = "A tie that is more probable already stays as it is."
    if probability is not None:
        return f"The chance that was given is taken for each tie that comes in. {kept}"
    said = []
    if named.meeting:
        said.append(
            "Who meets is taken to listen as people here do to those whom they listen to: the mean of all ties."
        )
    if named.merging:
        said.append(
            "Who joins is taken to listen across as members of the two listen inside: the mean over all pairs inside, "
            "those without a tie counting 0, since the mean of the ties alone would make everybody as close as the few "
            "who talk."
        )
    return " ".join([*said, kept])


def _whole(sides: _Sides, there: NDArray[np.bool_], seed: int) -> WhatIfNetwork:
    """The network before and after, of those who were there and those who come in."""
    after = sides.after
    apart = disconnection(sides.before, after, among=there, seed=seed)
    return WhatIfNetwork(
        people_before=int(there.sum()),
        people_after=int((there & ~after.leaving).sum()),
        ties_before=int((sides.before.probabilities > 0).sum()),
        ties_after=int((after.network.probabilities > 0).sum()),
        ties_lost=after.lost,
        ties_gained=after.gained,
        ties_strengthened=after.strengthened,
        cut_off=len(cut_off(sides.before, after)),
        disconnected=_apart(apart) if apart.pairs else None,
        sampled_people=apart.sources,
    )


def _apart(found: Disconnection) -> WhatIfFigures:
    return WhatIfFigures(
        before=estimate(found.before), after=estimate(found.after), difference=estimate(found.difference)
    )
