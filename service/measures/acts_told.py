"""Which numbers of what people did in a quarter are told, so that no two of them tell of a few people's acts.

What is told of a quarter is told once, of the groups as they are shown at its end, and a window is the sum of its
quarters: so however windows are added and taken away, nothing but what is told of quarters is left. After the
small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure Control").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST

Which = NDArray[np.bool_]
"""For each act whether it is among those meant."""

Division = tuple[NDArray[np.int32], int]
"""For each act its group, -1 for none that is shown, and how many groups there are."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts of one quarter, by who stands behind them at each end: who told, say, and who listened."""

    ends: tuple[NDArray[np.int64], ...]

    def few(self, which: Which) -> bool:
        """Whether some of these acts are of fewer than LEAST people, at either end, and not of nobody."""
        return any(0 < len(np.unique(end[which])) < LEAST for end in self.ends)

    def may_join(self, which: Which, told: Sequence[Which]) -> bool:
        """Whether their number may be told beside others: neither they nor what is between nested ones is of a few."""
        apart = [which, *(which ^ one for one in told if not ((which & ~one).any() and (one & ~which).any()))]
        return not any(self.few(one) for one in apart)

    @property
    def everything(self) -> Which:
        """All of them."""
        return np.ones(len(self.ends[0]), dtype=np.bool_)


def shares_taken_in(acts: Acts, quarters: Iterable[tuple[Which, Which, Which]]) -> list[tuple[int, int]]:
    """For each quarter, in the order of time: of how many acts is told in it, and how many of them are of a part.

    Given are of each quarter its acts, its part of them, and what else is told of it. A quarter takes in its own, and
    those that waited, when these, their part and their rest may be told beside that: a share of few thus waits for
    others, and is in one quarter's sum alone.
    """
    nothing = ~acts.everything
    found, (waiting, part, beside) = list[tuple[int, int]](), (nothing, nothing, nothing)
    for due, of_part, told in quarters:
        waiting, part, beside = waiting | due, part | of_part, beside | told
        cells = (waiting, part, waiting & ~part)
        if all(acts.may_join(cell, [waiting, beside]) for cell in cells):
            found.append((int(waiting.sum()), int(part.sum())))
            waiting = part = beside = nothing
        else:
            found.append((0, 0))
    return found


def groups_told(acts: Acts, divisions: Sequence[Division]) -> list[NDArray[np.bool_]]:
    """For each division, which groups' numbers of acts may be told beside that of all acts and the other divisions'.

    Of a division those stay that are not of a few and in the way of nothing told before; what is not told, acts of
    people of no group among it, is either nothing or at least two groups' of at least LEAST people, and could be
    shared out otherwise. Until then, and until what is told together is in nothing's way, the smallest are given up.
    """
    told = [acts.everything] if acts.may_join(acts.everything, []) else []
    found = []
    for labels, groups in divisions:
        cells = [labels == label for label in (*range(groups), -1)]
        shown = _shown(acts, cells, told)
        told += [cell for cell, stays in zip(cells, shown, strict=True) if stays and cell.any()]
        told += [_together(cells, shown, stays=stays) for stays in (True, False)]
        found.append(np.array(shown[:groups], dtype=np.bool_))
    return found


def _shown(acts: Acts, cells: Sequence[Which], told: Sequence[Which]) -> list[bool]:
    shown = [not cell.any() or acts.may_join(cell, told) for cell in cells]
    for place in sorted(range(len(cells)), key=lambda place: int(cells[place].sum())):
        if _could_be_otherwise(acts, cells, shown, told):
            break
        shown[place] = not cells[place].any()
    return shown


def _could_be_otherwise(acts: Acts, cells: Sequence[Which], shown: Sequence[bool], told: Sequence[Which]) -> bool:
    """Whether what is not told cannot be worked out from what is."""
    hidden = sum(not stays for stays in shown)
    rest = _together(cells, shown, stays=False)
    # As many acts as groups would be one each.
    loose = not hidden or int(rest.sum()) > hidden
    return loose and all(acts.may_join(one, told) for one in (rest, _together(cells, shown, stays=True)))


def _together(cells: Sequence[Which], shown: Sequence[bool], *, stays: bool) -> Which:
    some = [cell for cell, one in zip(cells, shown, strict=True) if one == stays]
    together: Which = np.logical_or.reduce(some, axis=0) if some else np.zeros_like(cells[0])
    return together
