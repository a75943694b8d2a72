"""Communities found in the ties of a standing, before anybody is told of them."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from service.measures.communities import Detection, UndirectedTies, detect, undirected
from service.measures.detection_sweep import pick
from service.measures.ties import Ties
from service.operations.projection import Standing

UNPICKED: Final = 1.0
"""The resolution where nobody is tied, and none speaks for itself."""

METHOD: Final = (
    "Leiden (Traag, Waltman and van Eck, 2019) on modularity; "
    "which end of a tie listens is left aside, both ways added."
)
RULE: Final = (
    "Of the resolutions from 1/4 to 16, four in each doubling, those two between which what is found would be most "
    "likely at that same resolution (Newman, 2016); of the two, the one whose communities ten replicates of a "
    "bootstrap over ties agree on more (adjusted mutual information). The rule is ours."
)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Found:
    """A detection on some ties; `picked` where its resolution was not asked for."""

    ties: UndirectedTies
    detection: Detection
    picked: bool
    stability: float | None
    """How far replicates of the ties agree at the picked resolution."""

    @property
    def basis(self) -> dict[str, Any]:
        """What every answer that rests on it says of itself, beside its ties: the fields of `DetectionBasis`."""
        return {
            "method": METHOD,
            "resolution": self.detection.resolution,
            "resolution_rule": RULE if self.picked else None,
            "seed": self.detection.seed,
            "iterations": self.detection.iterations,
            "trials": self.detection.trials,
        }

    def groups(self, first: int) -> list[list[int]]:
        """The members of the largest groups, those most tied to others of their group first."""
        labels, people = self.detection.labels, self.ties.people
        ends = np.repeat(np.arange(people), np.diff(self.ties.offsets))
        inside = labels[ends] == labels[self.ties.neighbours]
        strength = np.bincount(ends[inside], weights=self.ties.weights[inside], minlength=people)
        placed = np.lexsort((np.arange(people), -strength, labels))[(labels < 0).sum() :]
        starts = np.cumsum([0, *self.detection.sizes])
        shown = range(min(first, len(self.detection.sizes)))
        return [placed[starts[group] : starts[group + 1]].tolist() for group in shown]


async def found_in(tied: Standing, resolution: float | None, seed: int) -> Found:
    """The communities in the ties, kept for the next who asks the same; at the picked resolution, where none is."""
    key = ("detection", tied.as_of, resolution, seed)
    kept: Found | None = tied.projection.kept.get(key)
    if kept is None:
        kept = await asyncio.to_thread(find, tied.ties, resolution, seed)
        tied.projection.keep(key, kept)
    return kept


def find(directed: Ties, resolution: float | None, seed: int) -> Found:
    """The communities in some ties, at the resolution that they speak for, where none is given."""
    ties = undirected(directed)
    picked = pick(ties, seed=seed) if resolution is None else None
    wanted = resolution or (picked.resolution if picked else UNPICKED)
    return Found(
        ties=ties,
        detection=detect(ties, resolution=wanted, seed=seed),
        picked=resolution is None,
        stability=picked.stability if picked else None,
    )
