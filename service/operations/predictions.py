"""Predictions: what answers foretold or suggested, kept, to be compared with what happens.

Kept are figures beside links to the people whom they are of, so whoever is erased is out of them. Only what is foretold
to everyone is kept: the graph is read by more people than belong to a community, and its confidences would show by name
in what was foretold on its audience. Of more chances than are kept of one answer, those are that lie evenly among them
from the lowest to the highest: which are compared must not hang on anything but the chance itself.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

import structlog

from service.model.errors import Conflict, RetellError
from service.model.ids import derived_id
from service.model.viewer import EVERYONE
from service.operations.network import Network
from service.operations.projection import Standing

SUGGESTING: Final = "nextConnections"
MOST_PAIRS: Final = 50
"""Chances that are kept of one answer."""
MOST_WRITING: Final = 100
"""Answers whose predictions are gathered; of more none is kept, rather than everybody kept waiting."""
GATHER_SECONDS: Final = 5.0
"""How long they are gathered: written one by one, they would take more than the questions that they come from."""
QUIET_SECONDS: Final = 0.2
"""They are written when nothing that foretells has been asked for so long, so that no question waits for it,"""
LONGEST_SECONDS: Final = 60.0
"""or when they have been gathered for so long, whoever asks."""
WRITTEN_AT_ONCE: Final = 25
"""Answers in one statement: more would keep the questions waiting while they are sent."""
MOST_COMPARED: Final = 20_000
"""Answers whose predictions are compared, the newest ones: a million chances, which takes some seconds."""
FORGOTTEN_AT_ONCE: Final = 500
_TURN: Final = "00"
"""What the id of an answer ends with, one in 256, after which older ones are forgotten."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """How many are expected to take up what somebody tells next: of their listeners, and where it was asked in all."""

    teller: str
    listeners: int
    takers: float
    people: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Prediction:
    """What one answer to everyone foretold."""

    question: str
    as_of: datetime
    horizon_days: int
    learnt: bool
    pairs: tuple[tuple[str, str, float], ...]
    """Tellers, listeners, and the chance that the one takes up what the other tells."""
    expected: tuple[Expected, ...]

    def properties(self, said_at: datetime) -> dict[str, object]:
        """As its statement takes it: in columns, and instants as text.

        Maps of pairs and the driver's own instants take ten times as long to send.
        """
        pairs = sorted(self.pairs)
        said = [f"{teller} {listener} {chance:.9f}" for teller, listener, chance in pairs]
        said += [f"{one.teller} {one.takers:.9f} {one.people}" for one in self.expected]
        return {
            "id": derived_id("prediction", "\n".join([self.question, EVERYONE, self.as_of.isoformat(), *said])),
            "tellers": [teller for teller, _, _ in pairs],
            "listeners": [listener for _, listener, _ in pairs],
            "chances": [chance for _, _, chance in pairs],
            "expected": [asdict(one) for one in self.expected],
            "asOf": self.as_of.isoformat(),
            "at": said_at.isoformat(),
            "properties": {
                "question": self.question,
                "audience": EVERYONE,
                "horizonDays": self.horizon_days,
                "learnt": self.learnt,
            },
        }


async def keep_predictions(
    network: Network,
    question: str,
    tied: Standing,
    foretold: Iterable[tuple[str, str, float]],
    expected: Sequence[Expected] = (),
) -> None:
    """Keep the chances that an answer to everyone rests on (teller, listener, chance), and how many it expects.

    Written off the path of the request; where that fails or too much waits, it is not kept, and the answer none the
    worse.
    """
    if tied.scope.name != EVERYONE:
        return
    network.foretold_at = monotonic()
    if len(network.foretold) >= MOST_WRITING:
        return
    pairs = dict.fromkeys(foretold)
    made = _Prediction(
        question=question,
        as_of=tied.as_of,
        horizon_days=tied.chances.summary.horizon_days,
        learnt=tied.chances.learnt,
        pairs=tuple(sorted(pairs) if len(pairs) <= MOST_PAIRS else _some(pairs)),
        expected=tuple(expected),
    )
    if not (made.pairs or made.expected):
        return
    network.foretold.setdefault(made, datetime.now(UTC))
    # One that is done may still be in there, until the loop comes to it.
    if all(task.done() for task in network.background):
        task = asyncio.create_task(_written(network), name="predictions", context=Context())
        network.background.add(task)
        task.add_done_callback(network.background.discard)


def chances_of(tied: Standing, tellers: Iterable[int]) -> list[tuple[str, str, float]]:
    """The chance that each listener of these people takes up what they tell: teller, listener, chance."""
    ids, forward = tied.projection.people, tied.network.forward
    return [
        (ids[teller], ids[listener], float(chance))
        for teller in tellers
        for listener, chance in zip(
            forward.ends[forward.offsets[teller] : forward.offsets[teller + 1]].tolist(),
            tied.network.probabilities[forward.offsets[teller] : forward.offsets[teller + 1]],
            strict=True,
        )
    ]


def takers_of(tied: Standing, tellers: Iterable[int], *, people: float | None = None) -> list[Expected]:
    """How many listeners of each of these people are expected to take up what they tell next; none without any."""
    offsets, chances = tied.network.forward.offsets, tied.network.probabilities
    return [
        Expected(
            teller=tied.projection.people[teller],
            listeners=int(offsets[teller + 1] - offsets[teller]),
            takers=float(chances[offsets[teller] : offsets[teller + 1]].sum()),
            people=people,
        )
        for teller in tellers
        if offsets[teller + 1] > offsets[teller]
    ]


def _some(pairs: Iterable[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """As many as are kept, evenly from the lowest chance to the highest; the order among equals is that of the ids."""
    ordered = sorted(pairs, key=lambda pair: (pair[2], pair[0], pair[1]))
    count = min(len(ordered), MOST_PAIRS)
    return [ordered[(2 * place + 1) * len(ordered) // (2 * count)] for place in range(count)]


async def forget_the_oldest(network: Network, audience: str, horizon_days: int) -> None:
    """Take away some of what was foretold on an audience and is compared no more."""
    given = {"audience": audience, "horizon": horizon_days, "most": MOST_COMPARED, "atOnce": FORGOTTEN_AT_ONCE}
    await network.write("uptake/forget_predictions", given)


async def _written(network: Network) -> None:
    """Write what was foretold, until nothing more is: when it was gathered for a while, or at once at the end."""
    while network.foretold:
        await _gathered(network)
        made = [one.properties(said_at) for one, said_at in network.foretold.items()]
        network.foretold.clear()
        # What differs in no more than the last digits, or in what is not told apart, has one id.
        answers = list({one["id"]: one for one in reversed(made)}.values())
        for start in range(0, len(answers), WRITTEN_AT_ONCE):
            await _write(network, answers[start : start + WRITTEN_AT_ONCE])


async def _gathered(network: Network) -> None:
    began, wait = monotonic(), GATHER_SECONDS
    while wait > 0 and not network.ending.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(network.ending.wait(), wait)
        now = monotonic()
        wait = min(network.foretold_at + QUIET_SECONDS, began + LONGEST_SECONDS) - now


async def _write(network: Network, answers: Sequence[Mapping[str, Any]]) -> None:
    try:
        await _keep(network, answers)
        for one in answers:
            if str(one["id"]).endswith(_TURN):
                about = one["properties"]
                await forget_the_oldest(network, about["audience"], about["horizonDays"])
    except RetellError as error:
        _log.warning("predictions_not_kept", count=len(answers), why=str(error))


async def _keep(network: Network, answers: Sequence[Mapping[str, Any]]) -> None:
    try:
        await network.write("uptake/keep", {"batch": {"answers": answers}})
    except Conflict:  # another process keeps one of them at the same time: that one is kept, the others are not yet
        for one in answers:
            with suppress(Conflict):
                await network.write("uptake/keep", {"batch": {"answers": [one]}})
