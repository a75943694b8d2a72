"""Amplifiers: whom to tell, so that something goes further than by telling anybody else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from service.measures.first_steps import first_steps_in_turn
from service.measures.influence import Among, Influence, Pick, most_influential
from service.measures.reach import Estimate, Reach, reach
from service.measures.reverse import Groups
from service.model.amplifiers import Amplifier, Amplifiers, AmplifiersBasis, AmplifiersQuestion, GroupGain
from service.model.answers import ItemReference
from service.model.errors import Invalid
from service.model.paths import TieContribution, rest_of
from service.model.reach import PeopleEstimate
from service.model.viewer import Viewer
from service.model.wording import counted, these
from service.operations.detection import NO_EVIDENCE
from service.operations.evidence import shares_in_words, tie_contributions
from service.operations.groupings import Grouping, grouping
from service.operations.network import Network
from service.operations.predictions import chances_of, keep_predictions, takers_of
from service.operations.present import present
from service.operations.projection import Standing, scope_of, standing
from service.operations.reach import (
    CAUTION,
    group_reference,
    listened_to,
    people_estimate,
    people_named,
    people_rounded,
    reach_basis,
    rounded,
    where_most,
)
from service.operations.references import person_of, references
from service.operations.scopes import people_in

QUESTION: Final = (
    "One story told today to these people, who tell it as if it were their own: how many of those who count take it "
    "up, themselves counted where they are of those, each within {days} days of hearing it?"
)
METHOD: Final = (
    "Influence maximisation by IMM (Tang, Shi and Xiao, 2015) with fresh sets for the choice (Chen, 2018), and what is "
    "reached estimated on sets that did not choose, with Wilson's interval; how close to the best by the bound of Tang "
    "and others (2018)."
)
AS_THEIR_OWN: Final = (
    "Whoever is named is taken to tell it as they would a story of their own; if they only pass it on, it is heard as "
    "what is passed on. Those who come out best of many are in part those whose chances are taken too high, so that "
    "rather fewer than foretold take it up."
)
NO_PEOPLE: Final = Estimate(mean=0.0, standard_error=0.0, low=0.0, high=0.0)
RUNS_ALONE: Final = 1_000
SHOWN_GROUPS: Final = 10
GROUPS_A_PICK: Final = 3


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Aim:
    """Whom it is for: a person who tells anyway, or a group that is to be reached."""

    item: ItemReference | None
    person: int | None
    inside: NDArray[np.bool_] | None
    there: NDArray[np.bool_]
    """Who was there at the moment: of the network nobody else counts as reached, either."""
    candidates: NDArray[np.int32]

    @property
    def name(self) -> str:
        """How it is called in words."""
        return "the network" if self.item is None else self.item.title or self.item.id

    def targets(self) -> NDArray[np.int32]:
        """Who counts as reached: everybody, where no group is named."""
        return np.flatnonzero(self.there if self.inside is None else self.inside).astype(np.int32)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Choice:
    """Whom to tell, what for, and what comes of it."""

    aim: _Aim
    groups: Grouping
    influence: Influence
    useful: list[Pick]
    """Those of the picks who add anybody."""
    named: list[Amplifier]
    without: PeopleEstimate | None
    """How many others the person it is for reaches alone."""
    reason: str | None

    @property
    def item(self) -> ItemReference | None:
        """Whom it is for; nothing for the whole network."""
        return self.aim.item


async def amplifiers_for(network: Network, viewer: Viewer, asked: AmplifiersQuestion) -> Amplifiers:
    """Whom to tell, so that the most people of a group, or the most beside those of a person, are reached.

    An unknown or hidden person or group is `NotFound`. `Invalid`: a budget beyond the people who can be named, a group
    without people, and `outsideOnly` where there is no outside. People who would add nobody are not named, and nobody
    is where all would add themselves alone; `reason` says so.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    choice = await choice_in(network, tied, asked, await present(network, tied, asked.as_of))
    aim, chosen, useful = choice.aim, choice.influence, choice.useful
    people = [pick.person for pick in useful]
    await keep_predictions(network, "amplifiers", tied, chances_of(tied, people), takers_of(tied, people))
    contributions = await _contributions(network, tied, aim, useful, asked.seed) if asked.explain else []
    gained = sum((pick.groups for pick in useful), np.zeros(len(choice.groups.names)))
    return Amplifiers(
        for_=aim.item,
        amplifiers=choice.named,
        people=people_estimate(chosen.reached),
        without=choice.without,
        groups=_gains(choice.groups, gained, SHOWN_GROUPS),
        contributions=contributions,
        rest_share=rest_of(one.share for one in contributions),
        at_least_of_best=chosen.at_least,
        complete=chosen.complete,
        reason=choice.reason,
        caution=tied.chances.careful(f"{AS_THEIR_OWN} {CAUTION}"),
        basis=AmplifiersBasis(
            **reach_basis(tied, tied.chances.within(QUESTION), METHOD, asked.seed),
            budget=asked.budget,
            epsilon=asked.epsilon,
            targets=len(aim.targets()),
            candidates=len(aim.candidates),
            sets=chosen.sets,
            shares=shares_in_words(tied),
        ),
    )


async def choice_in(
    network: Network, tied: Standing, asked: AmplifiersQuestion, there: NDArray[np.bool_], *, field: str = "for"
) -> Choice:
    """Whom to tell by these ties, of those who were `there`; nothing is kept of it.

    `field` is what the caller calls whom it is for.
    """
    aim = await _aim(network, tied, asked, there, field)
    groups = await grouping(network, tied, asked.group_by, tied.as_of)
    _check(aim, asked, field)
    chosen, without = await asyncio.to_thread(_chosen, tied, aim, groups, asked)
    useful = [pick for pick in chosen.picks if pick.gain.mean > 0]
    return Choice(
        aim=aim,
        groups=groups,
        influence=chosen,
        useful=useful,
        named=await _named(network, tied, aim, groups, useful),
        without=None if without is None else people_estimate(without.everybody.reached, less=1),
        reason=_reason(tied, aim, asked, chosen),
    )


async def _aim(
    network: Network, tied: Standing, asked: AmplifiersQuestion, there: NDArray[np.bool_], field: str
) -> _Aim:
    numbers = tied.projection.numbers
    eligible = there.copy()
    for one in await people_named(network, tied.scope, asked.exclude, "exclude"):
        if one.id in numbers:
            eligible[numbers[one.id]] = False
    sort, _, word = asked.for_.partition(":")
    if sort == "person":
        (person,) = await people_named(network, tied.scope, [word], field)
        number = numbers.get(person.id)
        if number is not None:
            eligible[number] = False
        return _Aim(item=person, person=number, inside=None, there=there, candidates=_those(eligible))
    found = await people_in(network, tied.scope, asked.for_, tied.as_of, field=field)
    if found.item is None:
        return _Aim(item=None, person=None, inside=None, there=there, candidates=_those(eligible))
    inside = np.zeros(len(numbers), dtype=np.bool_)
    inside[[numbers[one] for one in found.people if one in numbers]] = True
    if asked.outside_only:
        eligible &= ~inside
    return _Aim(item=found.item, person=None, inside=inside, there=there, candidates=_those(eligible))


def _those(eligible: NDArray[np.bool_]) -> NDArray[np.int32]:
    return np.flatnonzero(eligible).astype(np.int32)


def _check(aim: _Aim, asked: AmplifiersQuestion, field: str) -> None:
    if asked.outside_only and aim.inside is None:
        raise Invalid(
            f"There is nobody outside of {aim.name}" if aim.item is None else "A person has no outside",
            right="Leave it out, or ask for a community, an organisation or a topic.",
            field="outsideOnly",
        )
    if aim.inside is not None and not aim.inside.any():
        raise Invalid(f"{aim.name} has nobody whom this audience may know of", right="Name another group.", field=field)
    if asked.budget > len(aim.candidates):
        raise Invalid(
            f"A budget of {asked.budget}, where only {counted(len(aim.candidates), 'person', 'people')} could be named",
            right=f"Give {len(aim.candidates)} or fewer." if len(aim.candidates) else "Exclude fewer people.",
            field="budget",
        )


def _chosen(tied: Standing, aim: _Aim, groups: Grouping, asked: AmplifiersQuestion) -> tuple[Influence, Reach | None]:
    """The choice, and how far the person it is for reaches alone."""
    given = () if aim.person is None else (aim.person,)
    ties = _carrying(tied)
    chosen = _chosen_of(aim.candidates, tied, aim, groups, asked)
    if not _leads_on(ties, aim, chosen):
        # Where hardly anything carries, chance puts people whom nobody hears before the few who are heard.
        heard = aim.candidates[np.diff(ties.indptr)[aim.candidates] > 0]
        chosen = _chosen_of(heard, tied, aim, groups, asked) if len(heard) else chosen
        if not _leads_on(ties, aim, chosen):
            chosen = replace(chosen, picks=(), reached=NO_PEOPLE, at_least=0.0)
    keys = tied.projection.keys
    return chosen, reach(tied.network, given, runs=RUNS_ALONE, seed=asked.seed, keys=keys) if given else None


def _chosen_of(
    candidates: NDArray[np.int32], tied: Standing, aim: _Aim, groups: Grouping, asked: AmplifiersQuestion
) -> Influence:
    among = Among(
        targets=aim.targets(),
        candidates=candidates,
        given=() if aim.person is None else (aim.person,),
        groups=Groups(groups.labels, len(groups.names)),
    )
    budget = min(asked.budget, len(candidates))
    return most_influential(tied.network, budget, among, seed=asked.seed, epsilon=asked.epsilon)


def _carrying(tied: Standing) -> csr_array:
    """The ties that may carry something, from who tells to who listens."""
    forward, people = tied.network.forward, len(tied.projection.people)
    ties = csr_array((tied.network.probabilities, forward.ends, forward.offsets), shape=(people, people), copy=True)
    ties.eliminate_zeros()
    return ties


def _leads_on(ties: csr_array, aim: _Aim, chosen: Influence) -> bool:
    """Whether a way leads from any of the chosen who adds something to anybody else who counts."""
    counted = np.ones(ties.shape[0], dtype=np.bool_) if aim.inside is None else aim.inside.copy()
    if aim.person is not None:
        counted[aim.person] = False
    return any(
        counted[breadth_first_order(ties, pick.person, return_predecessors=False)[1:]].any()
        for pick in chosen.picks
        if pick.gain.mean > 0
    )


async def _contributions(
    network: Network, tied: Standing, aim: _Aim, picks: Sequence[Pick], seed: int
) -> list[TieContribution]:
    """By which of their ties those named add whom they add, each beside those before."""
    given = () if aim.person is None else (aim.person,)
    turns = [pick.person for pick in picks]
    if not turns:
        return []
    ties, people = await asyncio.to_thread(
        first_steps_in_turn, tied.network, turns, given=given, counted=aim.inside, runs=RUNS_ALONE, seed=seed
    )
    return await tie_contributions(network, tied, ties, people)


async def _named(
    network: Network, tied: Standing, aim: _Aim, groups: Grouping, picks: Sequence[Pick]
) -> list[Amplifier]:
    ids = tied.projection.people
    named = await references(network, tied.scope.audiences, [ids[pick.person] for pick in picks])
    seen = [pick for pick in picks if ids[pick.person] in named]
    total = sum(pick.gain.mean for pick in seen)
    shown = []
    for rank, pick in enumerate(seen, start=1):
        gains = _gains(groups, pick.groups, GROUPS_A_PICK)
        inside = None if aim.inside is None else bool(aim.inside[pick.person])
        listens = None if aim.person is None else _listens(tied, aim.person, pick.person)
        listeners = listened_to(tied, pick.person)
        shown.append(
            Amplifier(
                rank=rank,
                person=person_of(named[ids[pick.person]]),
                gain=people_estimate(pick.gain),
                share=min(1.0, pick.gain.mean / total),
                listeners=listeners,
                inside=inside,
                listens=listens,
                groups=gains,
                reason=_why(aim, pick, gains, rank, listens=listens, inside=inside),
            )
        )
    return shown


def _gains(groups: Grouping, people: NDArray[np.float64], most: int) -> list[GroupGain]:
    return [
        GroupGain(group=group_reference(groups, group), people=float(people[group]))
        for group in where_most(people, most)
    ]


def _listens(tied: Standing, teller: int, listener: int) -> bool:
    forward = tied.network.forward
    return listener in forward.ends[forward.offsets[teller] : forward.offsets[teller + 1]]


def _why(
    aim: _Aim, pick: Pick, gains: Sequence[GroupGain], rank: int, *, listens: bool | None, inside: bool | None
) -> str:
    whom = people_rounded(pick.gain.mean) if aim.inside is None else f"{rounded(pick.gain.mean)} of {aim.name}"
    than = ""
    if aim.person is not None and aim.item is not None:
        than = f" more than {aim.name} alone" if rank == 1 else f" more than {aim.name} and those before"
    elif rank > 1:
        than = " more than those before"
    where = f", {rounded(gains[0].people)} of them in {gains[0].group.name}" if gains and aim.inside is None else ""
    who = {True: f" Listens to {aim.name} already.", False: f" Does not listen to {aim.name} yet.", None: ""}[listens]
    belongs = {True: " Belongs to it.", False: " From outside of it.", None: ""}[inside]
    own = "themselves not counted" if inside is False else "themselves counted"
    return f"Would reach {whom}{than}{where}, {own}.{who}{belongs}"


def _reason(tied: Standing, aim: _Aim, asked: AmplifiersQuestion, chosen: Influence) -> str | None:
    useful = sum(pick.gain.mean > 0 for pick in chosen.picks)
    if useful == asked.budget:
        return None
    if not tied.network.probabilities.any():
        return NO_EVIDENCE
    of = "" if aim.inside is None else f" of {aim.name}"
    if useful == 0:
        other = "" if asked.outside_only else " else"
        return f"There is no evidence of a way from those who could be named to anybody{other}{of}."
    if len(chosen.picks) < asked.budget:
        return f"Beyond {these(useful)}, there is no evidence that anybody listens to those who could be named."
    return f"Beyond {these(useful)}, nobody who could be named would add anybody{of} more."
