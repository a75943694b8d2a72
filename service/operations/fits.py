"""What was learnt of uptakes, kept for all processes and restarts, and which of it a question is answered with.

Kept in the graph is what was learnt on `everyone` by the start of each quarter (of each month, while the history is
young: `term_of`): coefficients and scores, and a mark of the past that they were learnt from. They name nobody, but
they are made of what an audience may see; so what was learnt on a community's audience stays in the memory of the
process that answered its members.

A question is answered with the fit of its quarter, if the past is still the one that it was learnt from. If the past
has been altered since, or the quarter that is going on has no fit yet, then

- where learning takes no time worth a word (`patience`), or nothing that was learnt can stand in, the question waits
  until it is learnt: an answer without it would be another than the next one;
- where it takes longer, the last fit stands in, the answer says so and by when it was learnt (`trainedUntil`), and it
  is learnt anew beside the questions (`tending`).

So on a network that is learnt in a second or two the same question has one answer, whoever asked what before; on a
large one an answer may rest on what was learnt before the latest alteration, for about as long as learning takes.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Any, Final

import numpy as np
import orjson
import structlog
from pydantic import TypeAdapter, ValidationError

from service.graph.projection import Projection
from service.measures.uptake_fit import Fit
from service.measures.uptake_signals import SIGNALS
from service.model.answers import CalibrationSummary
from service.model.errors import RetellError
from service.model.ids import derived_id
from service.model.viewer import EVERYONE
from service.operations.chances import Chances, learnt, nothing_learnt
from service.operations.network import Network
from service.operations.told import LONG_AGO, NOTHING, Told, past, term_of, told_between

SHARED: Final = (EVERYONE,)
"""The audience whose fits are kept in the graph."""
LOOK_AGAIN_SECONDS: Final = 1.0
"""After how long it is looked for what another process has learnt, while something stands in."""
ALTERED: Final = "The past has been altered since this was learnt, and has not been learnt anew yet."
A_QUARTER_OLD: Final = "This was learnt by the start of the last quarter; what became known in it is not learnt yet."

_SUMMARY: Final = TypeAdapter(CalibrationSummary)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Kept:
    """What was learnt by the start of a quarter, as the graph keeps it."""

    id: str
    quarter: datetime
    at: datetime
    chances: Chances


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Known:
    """What the questions of a quarter are answered with, and what had been told by its start."""

    chances: Chances
    told: Told
    mark: str
    """What the past was when this was looked for."""
    until: float
    """Until which monotonic second it need not be looked for again."""

    def holds(self, mark: str, *, exact: bool) -> bool:
        """Whether it still answers, the past being what the mark says."""
        return self.mark == mark and (self.chances.mark == mark or (not exact and monotonic() < self.until))


async def rewritten(network: Network, audiences: tuple[str, ...]) -> int:
    """How often something told or noticed that these audiences could see has been altered or taken away.

    As far as this process has seen. Nothing that is closed to them makes it another number.
    """
    reached, counts = network.rewritten
    if reached < network.projections.reached:
        (row,) = await network.ask("uptake/rewritten", {"after": reached})
        # Another question may have counted meanwhile, and further: what it came to stays.
        if row["sequence"] is not None and row["sequence"] > network.rewritten[0]:
            more = dict(zip(row["audiences"], row["counts"], strict=True))
            network.rewritten = (row["sequence"], counts + Counter(more))
    return sum(network.rewritten[1][audience] for audience in audiences)


async def known_by(
    network: Network,
    audiences: tuple[str, ...],
    projection: Projection,
    as_of: datetime,
    *,
    told_anew: int,
    exact: bool = False,
) -> Known:
    """What was learnt by the last start of a quarter before a moment; `exact`: from the past as it is by now.

    `told_anew` is what `rewritten` says: what nobody reacted to leaves no evidence that would change with it.
    """
    boundary = term_at(projection, as_of)
    if projection.kept.get(("mark", boundary)) is None:
        await asyncio.to_thread(mark_of, projection, boundary, told_anew)
    mark = mark_of(projection, boundary, told_anew)
    key = (audiences, boundary)
    known: Known | None = network.fits.get(key)
    if known is None or not known.holds(mark, exact=exact):
        async with network.fitting:
            known = network.fits.get(key)
            if known is None or not known.holds(mark, exact=exact):
                known = await _looked_for(network, audiences, projection, boundary, mark, exact=exact)
                network.fits.keep(key, known)
    return known


async def _looked_for(
    network: Network,
    audiences: tuple[str, ...],
    projection: Projection,
    boundary: datetime,
    mark: str,
    *,
    exact: bool,
) -> Known:
    kept = await kept_fits(network) if audiences == SHARED else []
    found = next((one.chances for one in kept if one.chances.mark == mark), None)
    if found is None and not exact:
        found = _stand_in(network, kept, boundary, projection)
    if found is None:
        return await learn(network, audiences, projection, boundary, mark)
    before: Known | None = network.fits.get((audiences, boundary))
    if before is not None and before.mark == mark and before.chances.learnt:
        told = before.told
    else:
        told = await told_between(network, audiences, LONG_AGO, boundary) if found.learnt else NOTHING
    return Known(chances=found, told=told, mark=mark, until=monotonic() + LOOK_AGAIN_SECONDS)


def term_at(projection: Projection, moment: datetime) -> datetime:
    """The start of the time in which a moment is answered with the same fit (see `term_of`)."""
    return term_of(moment, -inf if projection.oldest is None else projection.oldest)


def present_term(projection: Projection) -> datetime:
    """The term that is going on: that of the newest evidence, or one of long ago where none has a time."""
    newest = projection.newest
    return term_at(projection, LONG_AGO if newest is None else datetime.fromtimestamp(newest, UTC))


def _stand_in(network: Network, kept: Sequence[Kept], boundary: datetime, projection: Projection) -> Chances | None:
    """The last fit that is as good as any until it is learnt anew, which it is only while somebody tends to that."""
    present = present_term(projection) == boundary
    for one in kept:
        chances = one.chances
        of_it = one.quarter == boundary
        of_the_last = present and one.quarter == term_at(projection, _day_before(boundary))
        if (of_it or of_the_last) and network.tended and chances.seconds > network.patience and chances.summary.scored:
            warning = " ".join(filter(None, [chances.summary.warning, ALTERED if of_it else A_QUARTER_OLD]))
            return replace(chances, summary=replace(chances.summary, warning=warning))
    return None


async def learn(
    network: Network, audiences: tuple[str, ...], projection: Projection, boundary: datetime, mark: str
) -> Known:
    """Learn from the past up to the start of a quarter, and keep what everybody may know."""
    if not (projection.times <= boundary.timestamp()).any():
        return Known(chances=nothing_learnt(mark), told=NOTHING, mark=mark, until=inf)
    told, about = await past(network, audiences, boundary)
    chances = await asyncio.to_thread(learnt, projection, told, about, boundary, mark=mark)
    if audiences == SHARED:
        await _keep(network, boundary, chances)
    return Known(chances=chances, told=told, mark=mark, until=inf)


async def kept_fits(network: Network) -> list[Kept]:
    """What the graph keeps of what was learnt on `everyone`, the newest quarter first."""
    rows = await network.ask("uptake/fits", {"audience": EVERYONE})
    return [kept for row in rows if (kept := _kept(row)) is not None]


def mark_of(projection: Projection, boundary: datetime, told_anew: int) -> str:
    """What tells one past from another, whatever the order of its rows.

    The quarter, how many rows of evidence there are up to its start, their times summed, and how often something that
    was told has been altered.
    """
    key = ("mark", boundary)
    words: str | None = projection.kept.get(key)
    if words is None:
        times = projection.times[projection.times <= boundary.timestamp()]
        words = f"{boundary:%Y-%m} {len(times)} {int((times * 1000).astype(np.int64).sum())}"
        projection.keep(key, words)
    return f"{words} {told_anew}"


async def _keep(network: Network, quarter: datetime, chances: Chances) -> None:
    properties = {
        "audience": EVERYONE,
        "quarter": quarter,
        "mark": chances.mark,
        "seconds": chances.seconds,
        "at": datetime.now(UTC),
        "learnt": _written(chances),
    }
    try:
        await network.write("uptake/keep_fit", {"id": _id(quarter), "properties": properties})
    except RetellError as error:
        _log.warning("fit_not_kept", why=str(error))


def _id(quarter: datetime) -> str:
    return derived_id("fit", f"{EVERYONE} {quarter.isoformat()}")


def _written(chances: Chances) -> str:
    fit = None if chances.fit is None else asdict(chances.fit)
    summary = _SUMMARY.dump_python(chances.summary, mode="json")
    told = {"signals": SIGNALS, "fit": fit, "summary": summary}
    return orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _kept(row: dict[str, Any]) -> Kept | None:
    """What a row tells; None where it was learnt by another version, from other signals."""
    told = orjson.loads(row["learnt"])
    if told["signals"] != list(SIGNALS):
        return None
    try:
        summary = _SUMMARY.validate_python(told["summary"], by_name=True)
        fit = None if told["fit"] is None else _fit(told["fit"])
    except (ValidationError, TypeError):
        return None
    chances = Chances(fit=fit, summary=summary, mark=row["mark"], seconds=row["seconds"])
    return Kept(id=row["id"], quarter=row["quarter"].to_native(), at=row["at"].to_native(), chances=chances)


def _fit(told: dict[str, Any]) -> Fit:
    arrays = {name: np.array(told[name]) for name in ("coefficients", "means", "deviations")}
    return Fit(**{**told, **arrays, "columns": tuple(told["columns"])})


def _day_before(boundary: datetime) -> datetime:
    return datetime.fromtimestamp(boundary.timestamp() - 86_400, UTC)
