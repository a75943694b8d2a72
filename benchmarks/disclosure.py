"""The groups that numbers may tell of, at every month's end: `python benchmarks/disclosure.py`.

A network of people in organisations and communities, in and between which they come and go for two years; each of these
is a scope that is divided by standing and profession. Measured are how long the groups take that may be shown, how much
memory that needs at most, and how much of it is kept for the next question; then how long it takes to judge, of all
scopes beside each other, what is told of ties, of acts and of who did something. As a table of a byte for each group
and person one month of the groups would be a quarter of a gigabyte.
"""

import argparse
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.reporting import Table
from service.operations.acts_told import REPLY_SECONDS, judge_acts
from service.operations.community_tellings import Past, Tellings
from service.operations.disclosure import month_of, quarter_of, register
from service.operations.people_told import judge_people
from service.operations.ties_told import judge_ties

MONTH: Final = 365.25 / 12 * 86_400_000
PROFESSIONS: Final = 20
STANDINGS: Final = ("clinical", "corporate", "patient", "carer")
MEGABYTE: Final = 10**6
AIM, AIM_MEANWHILE = "<= 100 MB", "<= 250 MB"
Columns = dict[str, list[Any]]


def belonging(people: int, organisations: int, communities: int, months: int, seed: int) -> tuple[Columns, Columns]:
    """Memberships and positions as the database tells them: a few large and many small groups, with people who move."""
    random = np.random.default_rng(seed)
    now = datetime.now(UTC).timestamp() * 1000
    begin = now - months * MONTH

    def spans(count: int, before: float, ended: float) -> Columns:
        earlier, within = begin - random.uniform(0, 60, count) * MONTH, begin + random.uniform(0, months, count) * MONTH
        since = np.where(random.random(count) < before, earlier, within)
        until = np.where(random.random(count) < ended, since + random.uniform(3, 40, count) * MONTH, np.inf)
        return {"since": since.tolist(), "until": ["" if one > now else one for one in until.tolist()]}

    def some(word: str, kinds: int, count: int) -> list[str]:
        return [f"{word} {one % kinds}" for one in (random.pareto(1, count) * kinds / 10).astype(np.int64).tolist()]

    members = np.repeat(np.arange(people), random.integers(1, 4, people)).tolist()
    memberships: Columns = {"people": members, "communities": some("community", communities, len(members))}
    positions: Columns = {
        "people": list(range(people)),
        "standings": random.choice(STANDINGS, people, p=(0.6, 0.2, 0.12, 0.08)).tolist(),
        "professions": some("profession", PROFESSIONS, people),
        "organisations": some("organisation", organisations, people),
    }
    return (
        _the_longest_first({**memberships, **spans(len(members), 0.6, 0.25)}),
        _the_longest_first({**positions, **spans(people, 0.7, 0.15)}),
    )


def happened(people: int, ties: int, months: int, until: datetime, seed: int) -> Past:
    """What people told, and who listened to whom: three times on each tie."""
    random = np.random.default_rng(seed)
    span = months * MONTH / 1000

    def moments(count: int) -> NDArray[np.float64]:
        return until.timestamp() - random.random(count) * span

    ends = random.integers(people, size=(2, ties)).astype(np.int32).repeat(3, axis=1)
    tellers = np.sort((random.pareto(1.5, 4 * people) * people / 10).astype(np.int64) % people)
    times = moments(len(tellers))
    times = times[np.lexsort((times, tellers))]
    tellings = Tellings(
        tellers=tellers,
        times=times,
        replies=np.where(
            random.random(len(times)) < 0.5, times + random.exponential(REPLY_SECONDS, len(times)), np.nan
        ),
        stories=random.random(len(times)) < 0.5,
        opening=random.random(len(times)) < 0.5,
    )
    return Past(until, tellings, ends[0], ends[1], moments(ends.shape[1]))


def _the_longest_first(columns: Columns) -> Columns:
    order = np.argsort(columns["since"], kind="stable").tolist()
    named = {**columns, "people": [f"person {one}" for one in columns["people"]]}
    return {name: [column[place] for place in order] for name, column in named.items()}


def main() -> None:
    """Register the groups twice, to see how long it takes and how much memory."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=20_000)
    arguments.add_argument("--organisations", type=int, default=50)
    arguments.add_argument("--communities", type=int, default=400)
    arguments.add_argument("--ties", type=int, default=100_000)
    arguments.add_argument("--months", type=int, default=24)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    memberships, positions = belonging(given.people, given.organisations, given.communities, given.months, given.seed)
    numbers = {f"person {one}": one for one in range(given.people)}
    first = np.array([datetime.now(UTC).timestamp() - given.months * MONTH / 1000])
    start = time.perf_counter()
    found = register("", numbers, first, memberships, positions)
    seconds = time.perf_counter() - start
    scopes = 1 + given.organisations + given.communities
    table = Table(f"{given.people:,} people, {scopes} scopes, {len(found.rows):,} groups, {given.months} months")
    table.row("which groups may be shown, all months", f"{seconds:.1f} s", "")
    tracemalloc.start()
    again = register("", numbers, first, memberships, positions)
    kept, most = (bytes_ / MEGABYTE for bytes_ in tracemalloc.get_traced_memory())
    if len(again.versions.members) != len(found.versions.members):
        raise SystemExit("the same people made other groups")
    table.row("memory while it is worked out", f"{most:.0f} MB", AIM_MEANWHILE)
    table.row("memory that is kept", f"{kept:.0f} MB", AIM)
    tracemalloc.stop()
    month = month_of(datetime.now(UTC))
    past = happened(given.people, given.ties, given.months, quarter_of(month), given.seed)
    tellers, listeners = np.unique(np.stack([past.tellers, past.listeners]), axis=1)
    for name, judge in (
        ("what is told of ties, of a month", lambda: judge_ties(tellers, listeners, found, month)),
        ("what is told of acts, all quarters", lambda: judge_acts(past, found)),
        ("what is told of who did something, of a quarter", lambda: judge_people(past, found)),
    ):
        start = time.perf_counter()
        judge()
        table.row(name, f"{time.perf_counter() - start:.1f} s", "")
    table.show()


if __name__ == "__main__":
    main()
