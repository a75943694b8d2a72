"""The one rule of who may see, taken out of each statement in turn: each time somebody would see too much.

The oracle knows nothing of the rule: what is hidden is deleted, and the answers stay as they were. The statements of
the questions are opened in `tests/operations/test_visibility_of_answers.py`; here they are asked for the oracle.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from service.doors.graphql.endpoint import GraphQLDoor
from service.graph.catalogue import Catalogue, Statement, catalogue
from service.graph.compiler import for_kind
from service.graph.edges import declared_edges
from service.graph.session import Graph
from service.model.cascades import CascadeQuestion
from service.model.errors import RetellError
from service.model.kinds import KINDS
from service.model.lineage import LineageQuestion
from service.model.viewer import EVERYONE, Viewer
from service.operations.answering import answer
from service.operations.cascades import cascade
from service.operations.communities import declared_communities
from service.operations.lineage import lineage
from service.operations.network import Network
from tests.confidences import EVERY_KIND_AND_AUDIENCE, MARK, Confidences, holders, plant, remove, stranger
from tests.operations.test_visibility_of_answers import FOLDERS as QUESTIONS

PLANTED = Confidences()
MEMBER, AUTHOR = (
    stranger(*(one for one in PLANTED.audiences if one.partition(":")[0] == place)) for place in ("community", "person")
)
STRANGER = stranger("person:00000000-0000-4000-8000-000000000000")
"""Somebody of whom nothing is known; with as many audiences as the others, so that they share the database's plans."""
UNSEEN = stranger(PLANTED.of("Grant")[1]["audience"])
"""Somebody whose own record is hidden from them."""
ALL_IDS = [one["id"] for one in PLANTED.records]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
START = datetime(2000, 1, 1, tzinfo=UTC)
CARRIED = ("Story", "Contribution", "TacitInsight", "ExplicitKnowledge")
WALK = "reading/page"
"""The one statement that keeps the rule in its own words: it walks an index once for each of the viewer's audiences."""
WALKED = "node.audience = audience"
RULES = [
    *((name, place) for name in catalogue().names() for place in range(len(catalogue().statement(name).rules))),
    (WALK, 0),
]
OPENED = [(name, place) for name, place in RULES if name.partition("/")[0] not in QUESTIONS]


@pytest_asyncio.fixture(scope="module")
async def planted(graph: Graph) -> Graph:
    """What is planted, for all who only read of it."""
    return await replanted(graph)


@pytest_asyncio.fixture
async def pruned(planted: Graph) -> AsyncIterator[Graph]:
    """The same for who takes out of it, which is put back afterwards."""
    yield planted
    await replanted(planted)


async def replanted(graph: Graph) -> Graph:
    await plant(graph, PLANTED.records)
    found = [{"number": 0, "identity": "found", "people": ids("Person")}]
    run = {"series": "planted", "asOf": NOW, "properties": {"audience": EVERYONE}, "communities": found}
    await graph.write(graph.catalogue.statement("detection/keep").text, run)
    tellers, listeners = zip(*product(ids("Person"), repeat=2), strict=True)
    foretold: dict[str, object] = {
        "id": "planted",
        "tellers": tellers,
        "listeners": listeners,
        "chances": [0.1] * len(tellers),
    }
    expected = [{"teller": one, "listeners": 1, "takers": 0.1, "people": 0.1} for one in ids("Person")]
    about = {"asOf": NOW.isoformat(), "at": NOW.isoformat(), "properties": {"audience": EVERYONE, "horizonDays": 90}}
    given = {**foretold, "expected": expected, **about}
    await graph.write(graph.catalogue.statement("uptake/keep").text, {"batch": {"answers": [given]}})
    await graph.read(graph.catalogue.statement("search/settled").text)
    return graph


def opened(intact: Catalogue, name: str, place: int) -> Catalogue:
    """The catalogue with one rule always true."""
    if name != WALK:
        return intact.without_rule(name, place)
    statements = {each: intact.statement(each) for each in intact.names()}
    walk = statements[WALK]
    assert walk.text.count(WALKED) == 1
    return Catalogue({**statements, WALK: replace(walk, text=walk.text.replace(WALKED, "true"))})


def ids(*kinds: str) -> list[str]:
    return [one["id"] for one in PLANTED.of(*kinds)]


def visible_ids(viewer: Viewer, *kinds: str) -> list[str]:
    wanted = kinds or tuple(KINDS)
    return [one["id"] for one in PLANTED.records if one["type"] in wanted and one["audience"] in viewer.audiences]


def hidden(word: str, *kinds: str) -> list[str]:
    """What a few of each kind that are not for everyone are called."""
    some = (one for kind in kinds for one in PLANTED.of(kind)[3:9] if one["audience"] != EVERYONE)
    return list(dict.fromkeys(one[word] for one in some))


EACH = {
    "community": ids("Community"),
    "id": ids("Person", "Conversation", "Organisation"),
    "name": hidden("name", "Person", "Community", "Organisation", "Topic", "Purpose"),
    "organisation": ids("Organisation"),
    "person": ids("Person"),
    "title": hidden("title", "Story"),
    "topic": ids("Topic"),
}
"""What a statement that is asked as it stands is given one after another, by the name of the parameter; and"""
ALL = {
    "after": START,
    "at": NOW,
    "audience": EVERYONE,
    "before": 0,
    "carried": ["share"],
    "communities": ids("Community"),
    "corrections": [],
    "first": 10_000,
    "horizon": 90,
    "ids": ALL_IDS,
    "items": ALL_IDS,
    "kinds": [*KINDS, "adopt", "share", "comment", "question"],
    "moments": [NOW],
    "most": 10,
    "people": ids("Person"),
    "purposes": ids("Purpose"),
    "query": f"{MARK} words a",
    "series": "planted",
    "since": datetime(2020, 1, 1, tzinfo=UTC),
    "thanks": ["comment", "question"],
    "until": NOW,
}
"""what it is given at once."""


def parameters(statement: Statement) -> Iterator[dict[str, Any]]:
    """What a statement is given, time after time."""
    wanted = set(statement.parameters) - {"audiences"}
    assert wanted <= EACH.keys() | ALL.keys(), f"no reading here asks {statement.name}"
    given = {name: value for name, value in ALL.items() if name in wanted}
    turns = [[(name, value) for value in EACH[name]] for name in sorted(wanted & EACH.keys())]
    yield from ({**given, **dict(turn)} for turn in product(*turns))


def texts(statement: Statement) -> list[str]:
    """The statement as it stands, or as the compiler makes it for each kind."""
    return (
        [for_kind(statement, label) for label in KINDS] if statement.name.startswith("exporting/") else [statement.text]
    )


async def asked(graph: Graph, text: str, given: dict[str, Any]) -> Any:
    return canonical(await graph.read(text, given))


def documents(name: str) -> Iterator[str]:
    """The GraphQL documents that are compiled with a fragment."""
    declared = declared_edges(catalogue())
    if name.startswith("edges/"):
        for source, edges in declared.items():
            for edge in edges.values():
                if edge.fragment == name:
                    inside = "(first: 100) { totalCount nodes { id } }" if edge.many else " { id }"
                    wanted = f"id {edge.name}{inside} {edge.link or ''}"
                    yield f"{{ {KINDS[source].many}(first: 100) {{ nodes {{ {wanted} }} }} }}"
    elif name == "reading/one":
        yield from ["query ($id: ID!) { node(id: $id) { id } }"] * len(ALL_IDS)
    elif name == "reading/many":
        for start in range(0, len(ALL_IDS), 100):
            yield f"{{ nodes(ids: {json.dumps(ALL_IDS[start : start + 100])}) {{ id }} }}"
    else:
        wanted = {WALK: "(first: 100) { nodes { id } }", "reading/count": " { totalCount }"}[name]
        yield from (f"{{ {kind.many}{wanted} }}" for kind in KINDS.values())


async def compiled(door: GraphQLDoor, viewer: Viewer, document: str, variables: dict[str, Any]) -> Any:
    answer = await door.answer(viewer, {"query": document, "variables": variables})
    assert "errors" not in answer, answer
    return canonical(answer["data"])


def questions(network: Network, name: str, viewer: Viewer) -> Iterator[Awaitable[Any]]:
    """The questions that ask a statement, among others."""
    match name.split("/"):
        case ["cascades", _]:
            yield from (cascade(network, viewer, CascadeQuestion(item=id, as_of=NOW)) for id in ids(*CARRIED))
        case ["lineage", _]:
            yield from (
                lineage(network, viewer, LineageQuestion(knowledge=id))
                for id in ids("TacitInsight", "ExplicitKnowledge")
            )
        case ["communities", "overview"]:
            yield declared_communities(network, viewer, as_of=NOW, first_members=100)
        case ["communities", "declared"]:
            named = [one for one in viewer.audiences if not one.startswith("person:")]
            yield from (answer(network, viewer, "detectedCommunities", {"asOf": NOW, "audience": one}) for one in named)
        case ["communities", "members"]:
            people, places = visible_ids(viewer, "Person")[:3], visible_ids(viewer, "Community")
            for person, place in product(people, places):
                yield answer(network, viewer, "amplificationPaths", {"from": person, "to": place, "k": 50, "asOf": NOW})
        case _:
            pytest.fail(f"no question here asks {name}")


async def answered(question: Awaitable[Any]) -> str:
    try:
        answer = await question
    except RetellError as error:
        return json.dumps(error.shown())
    return TypeAdapter(type(answer)).dump_json(answer).decode()


def answers(graph: Graph, name: str, viewer: Viewer) -> Iterator[Awaitable[Any]]:
    """All that the viewer gets through one statement, answer by answer."""
    folder = name.partition("/")[0]
    if folder in {"edges", "reading"}:
        door = GraphQLDoor(Network(graph))
        for number, document in enumerate(documents(name)):
            variables = {"id": ALL_IDS[number]} if name == "reading/one" else {}
            yield compiled(door, viewer, document, variables)
    elif folder in {"cascades", "lineage", "communities"}:
        yield from (answered(question) for question in questions(Network(graph), name, viewer))
    else:
        statement = graph.catalogue.statement(name)
        for text, given in product(texts(statement), parameters(statement)):
            yield asked(graph, text, {**given, "audiences": list(viewer.audiences)})


async def all_answers(graph: Graph, name: str, viewer: Viewer) -> list[Any]:
    found = [await answer for answer in answers(graph, name, viewer)]
    assert found
    return found


async def differ(graph: Graph, other: Graph, name: str, viewer: Viewer) -> bool:
    """Whether the viewer gets something else there; the first such answer is enough, as each costs a plan."""
    for found, usual in zip(answers(graph, name, viewer), answers(other, name, viewer), strict=True):
        if await found != await usual:
            return True
    return False


def canonical(value: Any) -> Any:
    """The value without the order of its lists; columns of lists are read row by row."""
    if isinstance(value, dict):
        columns = list(value.values())
        if columns and all(isinstance(one, list) and len(one) == len(columns[0]) for one in columns):
            return sorted(json.dumps(row, default=str) for row in zip(*columns, strict=True))
        return json.dumps({key: canonical(one) for key, one in value.items()}, default=str)
    if isinstance(value, list):
        return sorted(json.dumps(canonical(one), default=str) for one in value)
    return value


def test_every_kind_has_items_for_everyone_and_for_each_closed_audience() -> None:
    assert holders(PLANTED.records) == EVERY_KIND_AND_AUDIENCE


@pytest.mark.parametrize(("name", "place"), OPENED, ids=[f"{name}-{place}" for name, place in OPENED])
async def test_without_the_rule_somebody_would_see_too_much(planted: Graph, name: str, place: int) -> None:
    without = replace(planted, catalogue=opened(planted.catalogue, name, place))
    for viewer in (STRANGER, AUTHOR, UNSEEN):
        if await differ(without, planted, name, viewer):
            return
    pytest.fail(f"rule {place} of {name} may be taken out, and nothing that is planted here notices")


@pytest.mark.parametrize("viewer", [STRANGER, MEMBER, AUTHOR], ids=["stranger", "member", "author"])
async def test_what_is_hidden_might_as_well_not_be_there(pruned: Graph, viewer: Viewer) -> None:
    names = sorted({name for name, _ in RULES if not name.startswith("writing/")})
    before = {name: await all_answers(pruned, name, viewer) for name in names}
    await remove(pruned, PLANTED.hidden_from(viewer))
    after = {name: await all_answers(pruned, name, viewer) for name in names}
    assert [name for name in names if after[name] != before[name]] == []


async def test_a_write_is_told_what_it_may_see_of_what_it_names(planted: Graph) -> None:
    seen = set(visible_ids(STRANGER))
    given = {"ids": ALL_IDS, "audiences": list(STRANGER.audiences)}
    (known,) = await planted.read(planted.catalogue.statement("writing/known").text, given)
    assert {item[0]: item[5] for item in known["items"]} == {id: id in seen for id in ALL_IDS}
    (stored,) = await planted.read(planted.catalogue.statement("writing/stored").text, given)
    targets = [(target, told) for item in stored["items"] for _, target, told in item[1]]
    assert {told for _, told in targets} == {True, False}
    assert [target for target, told in targets if told != (target in seen)] == []
