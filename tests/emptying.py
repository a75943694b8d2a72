"""Leaving nothing in the graph but its schema, however crowded it was."""

import asyncio

from service.graph.session import Graph

RELATIONSHIPS = "MATCH ()-[relation]->() CALL (relation) { DELETE relation } IN TRANSACTIONS OF 10000 ROWS"
"""They go first: an item with 50,000 of them does not go in one transaction."""
NODES = (
    "MATCH (node) WHERE NOT node:Migration AND NOT node:MigrationLock "
    "CALL (node) { DELETE node } IN TRANSACTIONS OF 5000 ROWS"
)


async def emptied(graph: Graph) -> Graph:
    """The graph with nothing in it but its schema, once what an earlier test left to be written has been written."""
    left = [task for task in asyncio.all_tasks() if task.get_name() == "prediction"]
    await asyncio.gather(*left, return_exceptions=True)
    await graph.write(RELATIONSHIPS)
    await graph.write(NODES)
    return graph
