"""What answers foretold or suggested, beside what happened since: those alone of whom the audience still may know."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.rates import wilson
from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake import Opportunities
from service.measures.uptake_kept import Foretold, takers_since, ties_since, uptakes_since
from service.measures.uptake_scores import Scores, scores
from service.measures.uptake_signals import History
from service.model.uptake import KeptPredictions, KeptSuggestions, KeptTakers, UptakeScores
from service.model.viewer import EVERYONE
from service.model.wording import counted
from service.operations.network import Network
from service.operations.predictions import MOST_COMPARED, SUGGESTING
from service.operations.projection import Standing

AHEAD_DAYS: Final = 7
"""How old what an answer rests on may be, for the answer to have been said ahead: a network may be quiet for days.

It is compared with what came after it was asked, so that none of that was known, nor could be chosen by.
"""
_CLOSED: Final = (
    "What is foretold on a community's audience is kept by nobody: it is made of what its members tell each other, and "
    "what is kept is read by more people than they are. Ask on `everyone`."
)


async def compared(  # noqa: PLR0917 - what was foretold by when, what happened, and until when
    network: Network, tied: Standing, history: History, rows: Opportunities, horizon_days: int, by: datetime
) -> tuple[KeptPredictions, KeptPredictions]:
    """What was foretold to everyone within a horizon up to a moment, beside what happened by then.

    First what had been said `by` a moment, ahead of what happened; then what was asked in hindsight, whenever. Nothing
    of a community's audience, on which nothing that is foretold is kept.
    """
    if tied.scope.name != EVERYONE:
        return _none(_CLOSED), _none(_CLOSED)
    given = {
        "audience": tied.scope.name,
        "audiences": list(tied.scope.audiences),
        "horizon": horizon_days,
        "most": MOST_COMPARED,
        "until": tied.as_of,
    }
    chances, expected = await asyncio.gather(network.ask("uptake/kept", given), network.ask("uptake/expected", given))
    said = by.timestamp() * 1000
    ahead = [[_since(row) for row in some if _is_ahead(row) and row["said"] <= said] for some in (chances, expected)]
    late = [[row for row in some if not _is_ahead(row)] for some in (chances, expected)]
    return (
        await asyncio.to_thread(_compared, tied, history, rows, horizon_days, *ahead),
        await asyncio.to_thread(_compared, tied, history, rows, horizon_days, *late, hindsight=True),
    )


def _is_ahead(row: Mapping[str, Any]) -> bool:
    return bool(row["said"] - row["time"] <= AHEAD_DAYS * SECONDS_A_DAY * 1000)


def _since(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was said ahead, of what came after it was said."""
    return {**row, "time": max(row["time"], row["said"])}


def _compared(  # noqa: PLR0917 - what was foretold, what happened, and when
    tied: Standing,
    history: History,
    rows: Opportunities,
    horizon_days: int,
    chances: Sequence[Mapping[str, Any]],
    expected: Sequence[Mapping[str, Any]],
    *,
    hindsight: bool = False,
) -> KeptPredictions:
    until = tied.as_of.timestamp()
    made = {row["id"]: row["time"] / 1000 for row in (*chances, *expected)}
    if not made:
        when = "in hindsight" if hindsight else "ahead"
        days = counted(horizon_days, "day")
        return _none(f"Nothing that was foretold {when}, within {days}, has been kept up to then.")
    waiting = sum(at + 2 * horizon_days * SECONDS_A_DAY > until for at in made.values())
    uptakes = uptakes_since(
        foretold := _foretold(tied, chances, "chances"), rows, horizon_days=horizon_days, until=until
    )
    few = len(np.unique(foretold.listeners[uptakes.foretold])) < LEAST
    judged = None if few else scores(uptakes.values, uptakes.happened > 0)
    suggestions = _foretold(tied, [row for row in chances if row["question"] == SUGGESTING], "chances")
    return KeptPredictions(
        predictions=len(made),
        waiting=waiting,
        scores=None if judged is None else shown_scores(judged),
        predicted=None if judged is None else float(uptakes.values.mean()),
        observed=None if judged is None else float(uptakes.happened.mean()),
        takers=_takers(tied, history, horizon_days, expected, "takers"),
        people=_takers(tied, history, horizon_days, expected, "people"),
        suggestions=None if hindsight else _suggestions(suggestions, history, horizon_days, until),
        reason=None if judged is not None else _nothing(len(made), waiting, len(uptakes.foretold)),
    )


def _none(reason: str) -> KeptPredictions:
    return KeptPredictions(
        predictions=0,
        waiting=0,
        scores=None,
        predicted=None,
        observed=None,
        takers=None,
        people=None,
        suggestions=None,
        reason=reason,
    )


def shown_scores(found: Scores) -> UptakeScores:
    """Scores, as answers show them."""
    return UptakeScores(
        opportunities=found.rows,
        uptakes=found.taken,
        log_loss=found.log_loss,
        brier=found.brier,
        auc=None if np.isnan(found.auc) else found.auc,
        calibration_error=found.calibration_error,
    )


def _foretold(tied: Standing, found: Sequence[Mapping[str, Any]], what: str) -> Foretold:
    """What was foretold of people whom the audience still may know of, in columns."""
    numbers = tied.projection.numbers
    listed = [
        (
            numbers.get(teller, -1),
            numbers.get(listener, -1) if listener else -1,
            row["time"] / 1000,
            value,
            bool(listener),
        )
        for row in found
        for teller, listener, value in zip(
            row["tellers"], row.get("listeners") or [""] * len(row["tellers"]), row[what], strict=True
        )
    ]
    known = [one for one in listed if one[0] >= 0 and (one[1] >= 0 or not one[4]) and one[3] >= 0]
    return Foretold(
        tellers=np.array([one[0] for one in known], dtype=np.int32),
        listeners=np.array([one[1] for one in known], dtype=np.int32),
        times=np.array([one[2] for one in known], dtype=np.float64),
        values=np.array([one[3] for one in known], dtype=np.float64),
    )


def _takers(
    tied: Standing, history: History, horizon_days: int, found: Sequence[Mapping[str, Any]], what: str
) -> KeptTakers | None:
    """Expected numbers of people beside those who came; None for no story, or those of too few people."""
    foretold = _foretold(tied, found, what)
    until = tied.as_of.timestamp()
    since = takers_since(foretold, history, horizon_days=horizon_days, until=until, ever=what == "people")
    if len(np.unique(foretold.tellers[since.foretold])) < LEAST:
        return None
    difference = since.seen - since.values
    told = not any(0 < people < LEAST for people in (since.seen_people, since.unseen_people))
    return KeptTakers(
        stories=len(since.values),
        expected=float(since.values.mean()),
        happened=float(since.happened.mean()),
        seen=float(since.seen.mean()) if told else None,
        difference=float(difference.mean()) if told else None,
        difference_error=_error(difference, foretold.tellers[since.foretold]) if told else None,
    )


def _suggestions(foretold: Foretold, history: History, horizon_days: int, until: float) -> KeptSuggestions | None:
    """What became of suggested ties; None where none has had its time, or they are of too few people."""
    found = ties_since(foretold, history, horizon_days=horizon_days, until=until)
    if len(np.unique(foretold.listeners[found.foretold])) < LEAST:
        return None
    made = int(found.made.sum())
    low, high = wilson(np.array([made]), np.array([len(found.made)]))
    tellers = foretold.tellers[found.foretold]
    rise = found.after - found.before
    cells = {name: chosen & ~np.isnan(rise) for name, chosen in (("made", found.made), ("unmade", ~found.made))}
    means = {
        name: float(rise[cell].mean()) if len(np.unique(tellers[cell])) >= LEAST else None
        for name, cell in cells.items()
    }
    return KeptSuggestions(
        suggestions=len(found.made),
        made=made,
        share=made / len(found.made),
        share_low=float(low[0]),
        share_high=float(high[0]),
        rise_where_made=means["made"],
        rise_where_not=means["unmade"],
    )


def _nothing(made: int, waiting: int, scored: int) -> str:
    if waiting == made:
        return "It is not known yet: a story may follow within the horizon, and has as long again to be taken up."
    if scored:
        return f"What could be compared is of fewer than {LEAST} people: it would be about them."
    return "None of those of whom something was foretold told a story within the horizon after."


def _error(differences: NDArray[np.float64], groups: NDArray[np.int32]) -> float | None:
    """The standard error of their mean, what one person told counted as one observation; None for one person."""
    _, which = np.unique(groups, return_inverse=True)
    sums = np.bincount(which, weights=differences - differences.mean())
    if len(sums) == 1:
        return None
    return float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(differences))
