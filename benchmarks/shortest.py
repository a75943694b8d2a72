"""Neo4j's own statement for shortest paths on the same ties, written as relationships into a database of their own."""

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from service.measures.ties import Ties
from service.operations.network import open_network
from service.settings import settings_from_environment

ROWS = 50_000
WRITE_PEOPLE = "UNWIND $people AS number CREATE (:Teller {number: number})"
WRITE_TIES = """
UNWIND $ties AS tie
MATCH (one:Teller {number: tie[0]}), (other:Teller {number: tie[1]})
CREATE (one)-[:TELLS]->(other)
"""
SHORTEST = """
MATCH (one:Teller {number: $source}), (other:Teller {number: $target})
MATCH path = SHORTEST 5 (one)-[:TELLS]->{1,%d}(other)
RETURN length(path) AS hops
"""


async def neo4j_milliseconds(
    ties: Ties, strata: dict[int, list[tuple[int, int]]], count: int, hops: int
) -> dict[int, NDArray[np.float64]]:
    """Milliseconds for each of the first pairs of each distance, which it has to find as well."""
    with TemporaryDirectory() as folder:
        settings = replace(settings_from_environment(Path(folder)), neo4j_uri=None)
        async with open_network(settings) as network:
            graph = network.graph
            await graph.write("CREATE INDEX tellers FOR (one:Teller) ON (one.number)", {})
            everybody = list(range(ties.people))
            for start in range(0, ties.people, ROWS):
                await graph.write(WRITE_PEOPLE, {"people": everybody[start : start + ROWS]})
            pairs = np.stack((ties.tellers, ties.listeners), axis=1).tolist()
            for start in range(0, len(pairs), ROWS):
                await graph.write(WRITE_TIES, {"ties": pairs[start : start + ROWS]})
            statement = SHORTEST % hops
            taken: dict[int, NDArray[np.float64]] = {}
            for distance, found in strata.items():
                times = []
                for source, target in found[: count + 1]:
                    begun = time.perf_counter()
                    rows = await graph.read(statement, {"source": source, "target": target})
                    times.append(1_000 * (time.perf_counter() - begun))
                    assert min(row["hops"] for row in rows) == distance
                taken[distance] = np.array(times[1:])
            return taken
