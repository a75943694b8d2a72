"""Diversity: who is in the room of a community, and who is heard in it."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from service.measures.acts_told import Acts, Division, groups_told
from service.measures.bootstrap import BOOTSTRAPS, FEWEST
from service.measures.diversity import estimated_blau, estimated_shannon
from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.model.crossing import Diversity, DiversityBasis, DiversityQuestion, EstimatedFigure, VoiceShare
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.community_life import DIVIDED, Life, Quarter, life_of, sum_of
from service.operations.crossing import NO_FIGURE, TOO_FEW, caution, coverage, figure, why_empty
from service.operations.disclosure import RULE, Registered, Shown, at_month_end, registered, shown_groups
from service.operations.network import Network
from service.operations.projection import Standing, scope_of
from service.operations.scopes import people_in

_ONE = "One group alone may be shown: how diverse the community is beside it is not told."


async def diversity(network: Network, viewer: Viewer, asked: DiversityQuestion) -> Diversity:
    """Who is in a community and who is heard in it, by standing or profession, at the end of the last whole month.

    An unknown community is `NotFound`; where no group may be shown, `reason` says so.
    """
    tied = await at_month_end(network, scope_of(viewer, asked.audience), asked.as_of)
    scope = f"community:{as_id(asked.community, 'community')}"
    named = await people_in(network, tied.scope, scope, tied.as_of, field="community")
    item = named.item or ItemReference(id=scope, kind="Community")
    registers = await registered(network, tied)
    shown = await shown_groups(network, tied, registers, f"community:{item.id}", asked.group_by)
    life = await life_of(network, tied, registers, item.id, asked.window_months)
    groups = await asyncio.to_thread(_voices, shown, tied, life, registers, asked.group_by)
    counts = np.array([one.people for one in groups], dtype=np.int64)
    return Diversity(
        community=item,
        groups=groups,
        **_figures(counts, asked.seed),
        reason=why_empty(shown, asked.group_by) or _why_silent(counts),
        coverage=coverage(shown),
        caution=caution(shown),
        basis=DiversityBasis(
            **tied.basis,
            group_by=asked.group_by,
            window_months=asked.window_months,
            window_from=life.quarters[-1].since,
            window_until=life.quarters[0].until,
            seed=asked.seed,
            bootstraps=BOOTSTRAPS,
            withheld=shown.withheld,
            rule=RULE,
        ),
    )


class _Figures(TypedDict):
    shannon: EstimatedFigure
    blau: EstimatedFigure
    blau_normalised: EstimatedFigure


def _figures(counts: NDArray[np.int64], seed: int) -> _Figures:
    """Of one group alone nothing: beside it are those that may not be shown, or none."""
    if len(counts) == 1:
        return _Figures(shannon=NO_FIGURE, blau=NO_FIGURE, blau_normalised=NO_FIGURE)
    return _Figures(
        shannon=figure(estimated_shannon(counts, seed=seed)),
        blau=figure(estimated_blau(counts, seed=seed)),
        blau_normalised=figure(estimated_blau(counts, normalised=True, seed=seed)),
    )


def _why_silent(counts: NDArray[np.int64]) -> str | None:
    if len(counts) == 1:
        return _ONE
    return None if counts.sum() >= FEWEST else TOO_FEW


def _voices(shown: Shown, tied: Standing, life: Life, groups: Registered, by: GroupBy) -> list[VoiceShare]:
    """Each group's shares of the people, and of what they did in the quarters of the window."""
    sizes = np.bincount(shown.labels[shown.labels >= 0], minlength=len(shown.names))
    divided = [[groups.parts(one.until, life.scope, way) for way in DIVIDED] for one in life.quarters]
    told, heard = (
        [_by_group(acts(one), parts, by) for one, parts in zip(life.quarters, divided, strict=True)]
        for acts in (partial(_tellings, life), partial(_hearings, tied))
    )
    tellings, hearings = ({name: sum_of(one(name) for one in acts) for name in shown.names} for acts in (told, heard))
    found = [
        VoiceShare(
            name=name,
            people=int(sizes[label]),
            share_of_people=float(sizes[label] / sizes.sum()),
            tellings=tellings[name],
            share_of_voice=_share(tellings, name),
            heard=hearings[name],
            share_of_hearing=_share(hearings, name),
        )
        for label, name in enumerate(shown.names)
    ]
    return sorted(found, key=lambda one: (-one.people, one.name))


def _tellings(life: Life, quarter: Quarter) -> Acts:
    """What members told, while they belonged."""
    return Acts((life.tellers[life.told_in(quarter)],))


def _hearings(tied: Standing, quarter: Quarter) -> Acts:
    """To whom somebody of the community listened."""
    seen = tied.projection
    then = quarter.holds(seen.times) & quarter.members[seen.listeners]
    return Acts((seen.tellers[then].astype(np.int64), seen.listeners[then].astype(np.int64)))


def _by_group(
    acts: Acts, parts: Sequence[tuple[list[str], NDArray[np.int32]]], by: GroupBy
) -> Callable[[str], int | None]:
    """How much the people of a group did in a quarter, divided as at its end; nothing of what is not told."""
    divisions: list[Division] = [(labels[acts.ends[0]], len(words)) for words, labels in parts]
    words, (labels, _) = parts[DIVIDED.index(by)][0], divisions[DIVIDED.index(by)]
    counts = np.bincount(labels[labels >= 0], minlength=len(words))
    told = groups_told(acts, divisions)[DIVIDED.index(by)]
    numbers = {word: int(count) if one else None for word, count, one in zip(words, counts, told, strict=True)}
    nothing = None if len(acts.ends[0]) else 0
    return lambda name: numbers.get(name, nothing)


def _share(numbers: dict[str, int | None], name: str) -> float | None:
    """A group's share of all that is told; nothing where some of it is not."""
    total, own = sum_of(numbers.values()), numbers[name]
    return own / total if own is not None and total else None
