"""The groups that numbers may tell of, at every month's end: `python benchmarks/disclosure.py`.

A network of people in organisations and communities, in and between which they come and go for two years; each of these
is a scope that is divided by standing and profession. Measured are how long the groups take that may be shown, how much
memory that needs at most, and how much of it is kept for the next question. As a table of a byte for each group and
person one month of them would be a quarter of a gigabyte.
"""

import argparse
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.reporting import Table
from service.operations.disclosure import register

MONTH: Final = 365.25 / 12 * 86_400_000
PROFESSIONS: Final = 20
STANDINGS: Final = ("clinical", "corporate", "patient", "carer")
MEGABYTE: Final = 10**6
AIM: Final = "<= 100 MB"
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
    table.row("memory while it is worked out", f"{most:.0f} MB", AIM)
    table.row("memory that is kept", f"{kept:.0f} MB", AIM)
    table.show()


if __name__ == "__main__":
    main()
