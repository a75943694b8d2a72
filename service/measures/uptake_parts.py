"""Which parts of a calibration may be shown: quarters, or bins of its curve, that tell of fewer than LEAST people.

Each part tells of the listeners whose uptakes were scored in it, and beside the same part of the whole network of the
others. The parts add up to a whole that is shown, so what is left out together must not tell of a few either.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.uptake_scores import Scores

People = NDArray[np.bool_]
"""Whether each person is meant."""


def shown_parts(parts: Sequence[NDArray[np.int32]], inside: People) -> list[bool]:
    """Which parts are shown of the people inside, given the listeners of each part, whoever they are.

    Left out is what is left out of everybody; then what tells of a few inside or outside; then, as long as all that is
    left out tells of a few, the part with the fewest people inside.
    """
    people = [_people(part, len(inside)) for part in parts]
    everybody = np.ones(len(inside), dtype=np.bool_)
    shown = _narrowed(people, inside, _narrowed(people, everybody, [True] * len(people)))
    return [one and bool((part & inside).any()) for one, part in zip(shown, people, strict=True)]


def shown_bins(found: Scores, chances: NDArray[np.float64], listeners: NDArray[np.int32], inside: People) -> list[bool]:
    """Which bins of the curve of the people inside are shown, given the chances of everybody and who they are of.

    Beside a bin stand the others whose chances lie in it: they are what is left of the like bin of the whole network.
    """
    between = ((one.lowest <= chances) & (chances <= one.highest) for one in found.curve)
    return shown_parts([listeners[rows] for rows in between], inside)


def _narrowed(parts: Sequence[People], inside: People, shown: Sequence[bool]) -> list[bool]:
    """What remains of the shown parts where neither a part nor all that is left out may tell of a few."""
    left = [one and _tellable(part, inside) for one, part in zip(shown, parts, strict=True)]
    counts = [int((part & inside).sum()) for part in parts]
    while not _tellable(_left_out(parts, left, len(inside)), inside):
        rest = [place for place, one in enumerate(left) if one and counts[place]]
        if not rest:
            break
        left[min(rest, key=lambda place: counts[place])] = False
    return left


def _left_out(parts: Sequence[People], shown: Sequence[bool], people: int) -> People:
    """Who is in what is left out, taken together."""
    hidden = [part for part, one in zip(parts, shown, strict=True) if not one]
    found: People = np.any(hidden, axis=0) if hidden else np.zeros(people, dtype=np.bool_)
    return found


def _tellable(part: People, inside: People) -> bool:
    """Whether nobody or at least LEAST people are in it, of those inside and of the others."""
    return all(count == 0 or count >= LEAST for count in ((part & inside).sum(), (part & ~inside).sum()))


def _people(listeners: NDArray[np.int32], people: int) -> People:
    found = np.zeros(people, dtype=np.bool_)
    found[listeners] = True
    return found
