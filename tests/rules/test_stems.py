"""One vocabulary: a noun has the model's name for it in every room, and every other word says why it is there."""

from pathlib import Path

import pytest

from tests.rules.sources import CYPHER, SERVICE, name

ROOMS = [SERVICE / "operations", *(SERVICE / "doors" / door for door in ("rest", "graphql", "cypher")), CYPHER]
NOUNS = {path.stem for path in (SERVICE / "model").glob("*.py")}

# What is not a thing of the model: an act that is the same for every noun, or a part that only its room has.
WORDS = {
    # acts
    "composing": "what a permitted row sets, links and unlinks, the same for every noun",
    "deleting": "one act for every noun: what goes with it, and what it leaves",
    "exporting": "all nouns at once, out",
    "importing": "all nouns at once, in",
    "judging": "whether a write may be, the same for every noun",
    "reading": "one act for every noun: a selection, answered",
    "refusing": "one act for every question: what it could only be refused for",
    "recording": "what every write leaves beside it: its change and its idempotency record",
    "showing": "what was just written, as readers see it, the same for every noun",
    "writing": "one act for every noun: the statements are bodies of one kind",
    "words": "a searcher's words, read and marked",
    "naming": "what detected communities are called",
    "snapshots": "detections that are kept, so that communities keep their identity",
    "finding": "communities found in ties, for whoever tells of them",
    "present": "who was there at a moment, for whatever question chooses among people",
    "missing_bridges": "the gaps between groups, which boundaries shows beside who spans them",
    "ways": "the windows of a community's people, from which both answers about participation are told",
    "community_participation": "participation told of all at once, in numbers that point at nobody",
    "disclosed": "what may be told, kept and worked out once, for whichever question asks",
    "acts_told": "which numbers of what communities' people did may be told beside each other",
    "people_told": "which numbers of who did something may be, and of newcomers",
    "ties_told": "which cells and totals of mixing matrices may be",
    "era_told": "which shares of an era profile may be",
    "newcomers": "who came to a community lately: the part of health that follows them",
    "community_tellings": "what the people of all communities told, read once",
    "community_life": "what a community's people told and when they belonged: what health and diversity read",
    "diversity": "a community's groups, in the room and in the talk: the part of crossing that counts acts",
    # what writes are made of
    "anonymity": "what an anonymous item must not keep, whatever its noun",
    "batches": "many writes at once, of whatever noun",
    "bulk": "a stream of rows, of whatever noun",
    "changes": "the record of every write, which other records are derived from",
    "facts": "what a write has to know before it is judged",
    "chances": "how likely every answer takes it that something is taken up",
    "fits": "what was learnt of that, kept for all processes",
    "predictions": "what answers foretold, kept",
    "predictions_compared": "what was foretold, beside what happened",
    "told": "what was told and who reacted, for whoever learns or judges chances",
    "crediting": "lineages as numbers: the part of credit that asks no database",
    "comparing": "reach before and after, for what if",
    "comparing_choices": "whom to tell and new ties before and after, for what if",
    "comparing_paths": "the likely ways before and after, for what if",
    "tellings": "what was told and what came of it, as numbers: the part of conversion that reads",
    "references": "another system's name for an item, resolved",
    "rows": "the form in which every noun travels in bulk",
    "rules": "conditions that several statements share, the visibility rule first",
    "validation": "a body read as its draft, the same for every noun",
    # who asks
    "keys": "who asks: not a thing of the network",
    "network": "what every operation is given: the opened graph and what this process remembers",
    "demonstration": "the network that a newcomer finds, whole",
    # what questions share
    "failures": "what nobody foresaw, logged alike by whoever meets it",
    "watching": "one act for whatever changes while somebody looks",
    "group_commit": "one act for whatever is written singly: a transaction shared",
    "background": "the one loop in which a process works beside its requests",
    "tending": "what the service does by itself while it runs",
    "working": "one act for every job: taken, watched, ended",
    "answering": "every question by its name: its parameters read, its operation asked",
    "disclosure": "which groups of people numbers may tell of, for whichever question counts groups",
    "groupings": "people put into groups, for whichever question compares groups",
    "scopes": "whom a question is about, for whichever question may be narrowed",
    # the graph's own
    "edges": "the model's links, each as one fragment",
    "invariants": "what must never be found",
    "migrations": "the schema's history",
    "projection": "evidence as arrays, for every measure",
    "server": "questions to Neo4j about itself",
    # the doors' own
    "context": "what a resolver is given",
    "corrections": "what would be right, where GraphQL says only what is wrong",
    "contract": "what the door says of itself",
    "documents": "GraphQL documents, parsed and kept",
    "endpoint": "where the door is entered",
    "loaders": "what can't be compiled, in batches",
    "mutations": "GraphQL's word for its writes",
    "parameters": "what stands in an address, and what may not",
    "places": "where in a document or its variables something is wrong",
    "queries": "GraphQL's word for its reads",
    "scalars": "instants and ids at the door",
    "schema": "the door's types, put together",
    "subscriptions": "GraphQL's word for what is watched",
    "schemas": "the nouns' shapes for OpenAPI",
    "statements": "an analyst's own Cypher",
    "streaming": "an answer sent while it is read",
}


def stems(room: Path) -> set[str]:
    entries = (path for path in room.iterdir() if path.is_dir() or path.suffix == ".py")
    return {path.stem for path in entries if not path.name.startswith(("_", "."))}


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_every_module_is_named_by_a_word_of_the_vocabulary(room: Path) -> None:
    assert stems(room) - NOUNS - set(WORDS) == set()


def test_every_word_is_in_use_and_no_other_word_for_a_noun() -> None:
    used = set[str]().union(*map(stems, ROOMS))
    assert set(WORDS) - used == set()
    assert set(WORDS) & NOUNS == set()
