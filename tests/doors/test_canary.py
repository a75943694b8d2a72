"""A marked word in every confidence, looked for in everything that a stranger gets, at every door over a real socket.

And what is not for the stranger is answered, to the byte, like what is not there.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import GraphQLSchema, build_schema, get_named_type

from service.app import contracts, create_app
from service.graph.session import Graph
from service.model.kinds import KINDS
from service.model.questions import QUESTIONS, Question
from service.model.viewer import EVERYONE, Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from tests.confidences import MARK, Confidences, Record, member_of, plant, stranger
from tests.doors.http.serving import serving
from tests.doors.sweeping import answer_selection, documents, names, routes

PLANTED = Confidences()
HIDDEN = {one["id"]: one for one in PLANTED.hidden_from(stranger())}
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
A_WORD_THAT_NOBODY_SAID = "y" + MARK[1:]
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CARRIED = ("Story", "Contribution", "TacitInsight", "ExplicitKnowledge")
REQUEST_ID = {"X-Request-Id": "canary"}


@dataclass(frozen=True)
class Answer:
    """What came back, without what every answer has anew."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def without(self, word: str) -> "Answer":
        """The same with a word that was asked for blotted out."""
        headers = tuple((name, value.replace(word, "…")) for name, value in self.headers if name != "content-length")
        return Answer(self.status, headers, self.body.replace(word, "…"))


class Asking:
    """Somebody with a key, who looks at everything that comes back."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}", **REQUEST_ID}

    async def ask(self, method: str, path: str, *, query: Any = None, body: Any = None) -> Answer:
        response = await self.client.request(method, path, params=query, json=body, headers=self.headers)
        assert response.status_code < 500, (method, path, query, body, response.text)
        headers = tuple((name, value) for name, value in sorted(response.headers.items()) if name != "date")
        return Answer(response.status_code, headers, response.text)

    async def graphql(self, document: str, variables: dict[str, Any] | None = None) -> Answer:
        return await self.ask("POST", "/graphql", body={"query": document, "variables": variables or {}})

    async def pages(self, path: str) -> AsyncIterator[Answer]:
        """Every page of a list."""
        after = None
        while True:
            answer = await self.ask("GET", path, query={"first": 20, **({"after": after} if after else {})})
            yield answer
            page = json.loads(answer.body)["page"]
            after = page["endCursor"]
            if not page["hasNextPage"]:
                return


@dataclass(frozen=True)
class Cast:
    """Who asks: a stranger, and somebody from each closed audience."""

    stranger: Asking
    members: dict[str, Asking]


@pytest_asyncio.fixture(scope="module")
async def cast(graph: Graph) -> AsyncIterator[Cast]:
    await plant(graph, PLANTED.records)
    network = Network(graph)
    scopes = [Scope.read, Scope.contribute, Scope.integrate]
    async with serving(create_app(network)) as address, httpx.AsyncClient(base_url=address, timeout=120) as client:

        async def asking(person: str | None) -> Asking:
            key = await create_key(network, OPERATOR, name="canary", scopes=scopes, person_id=person)
            return Asking(client, key.token)

        members = {audience: await asking(member_of(audience, PLANTED)) for audience in PLANTED.audiences}
        yield Cast(await asking(None), members)


CONTRACTS = contracts()


@cache
def schema() -> GraphQLSchema:
    return build_schema(CONTRACTS[0])


def contract() -> dict[str, Any]:
    return CONTRACTS[1]


def silent(answer: Answer, *asked: str) -> None:
    """Nothing of a confidence is in an answer: not a word, not an id that was not in the question."""
    said = json.dumps([answer.headers, answer.body])
    for word in asked:
        said = said.replace(word, "…")
    assert MARK not in said.lower(), said[:2000]
    assert {HIDDEN[id]["type"] for id in UUIDS.findall(said) if id in HIDDEN} == set(), said[:2000]


def hidden(*kinds: str) -> list[Record]:
    """One hidden item of each of these kinds for each closed audience."""
    first: dict[tuple[str, str], Record] = {}
    for one in HIDDEN.values():
        if one["type"] in kinds:
            first.setdefault((one["type"], one["audience"]), one)
    return list(first.values())


def kind_of(path: str) -> str | None:
    return next((kind.label for kind in KINDS.values() if path == f"/v1/{kind.path}/{{id}}"), None)


# --- the canary sings where it may be heard


async def test_each_confidence_is_told_to_its_own_audience(cast: Cast) -> None:
    for audience, member in cast.members.items():
        heard = "".join([page.body for kind in KINDS.values() async for page in member.pages(f"/v1/{kind.path}")])
        unheard = [one["type"] for one in HIDDEN.values() if one["audience"] == audience and one["id"] not in heard]
        assert unheard == []
        assert MARK in heard


# --- REST


async def test_no_list_tells_a_stranger(cast: Cast) -> None:
    walked = 0
    for path, parameters in routes(contract(), "get"):
        if "{" in path or any(one.get("required") for one in parameters):
            continue
        if {"after", "order"} <= set(names(parameters, "query")):
            async for page in cast.stranger.pages(path):
                silent(page)
        else:
            silent(await cast.stranger.ask("GET", path))
        walked += 1
    assert walked > len(KINDS)


async def test_no_filter_tells_a_stranger(cast: Cast) -> None:
    marked = {
        word: {one[word] for one in HIDDEN.values() if word in one} for word in ("source", "externalId", "profession")
    }
    for path, parameters in routes(contract(), "get"):
        if "{" in path or any(one.get("required") for one in parameters):
            continue
        for name in names(parameters, "query"):
            tried = sorted(marked.get(name, ())) or (PLANTED.audiences if name == "audience" else ())
            for value in tried:
                silent(await cast.stranger.ask("GET", path, query={name: value}), value)


def named_by_id() -> Iterator[tuple[str, str, Any, list[Record]]]:
    """Every request of REST that names an item, with what it may name: `ID` stands for the id."""
    for method, body in (("get", None), ("patch", {"at": "2026-01-05T11:00:00Z"}), ("delete", None)):
        for path, parameters in routes(contract(), method):
            if "{id}" in path or "cascades" in path or "lineage" in path:
                label = kind_of(path)
                kinds = (label,) if label else CARRIED
                yield method.upper(), re.sub(r"\{\w+\}", "ID", path), body, hidden(*kinds)
            elif path == "/v1/amplification-paths":
                assert {"from", "to"} <= set(names(parameters, "query"))
                known = next(one["id"] for one in PLANTED.of("Person") if one["audience"] == EVERYONE)
                for query in (f"from=ID&to={known}", f"from={known}&to=ID"):
                    yield "GET", f"{path}?{query}", None, hidden("Person", "Community")


NAMED_BY_ID = list(named_by_id())


@pytest.mark.parametrize(
    ("method", "address", "body", "items"),
    NAMED_BY_ID,
    ids=[f"{method} {address.partition('?')[0]} {number}" for number, (method, address, *_) in enumerate(NAMED_BY_ID)],
)
async def test_what_is_hidden_is_answered_by_rest_like_what_is_not_there(
    cast: Cast, method: str, address: str, body: Any, items: list[Record]
) -> None:
    absent = await cast.stranger.ask(method, address.replace("ID", UNKNOWN), body=body)
    assert 400 <= absent.status < 500
    for one in items:
        answer = await cast.stranger.ask(method, address.replace("ID", one["id"]), body=body)
        silent(answer, one["id"])
        assert answer.without(one["id"]) == absent.without(UNKNOWN)


async def test_search_knows_a_hidden_word_no_better_than_one_that_nobody_said(cast: Cast) -> None:
    for shown in ("{}", '"{}"', "{}*"):
        for kinds in ({}, {"kinds": "Story"}, {"kinds": "Person"}, {"kinds": "Feedback"}):
            found, unsaid = [
                (await cast.stranger.ask("GET", "/v1/search", query={"query": shown.format(word), **kinds})).without(
                    word
                )
                for word in (MARK, A_WORD_THAT_NOBODY_SAID)
            ]
            assert found == unsaid
            silent(found)

    async def heard(asking: Asking) -> int:
        return len(json.loads((await asking.ask("GET", "/v1/search", query={"query": MARK})).body)["items"])

    assert [await heard(member) > 0 for member in cast.members.values()] == [True, True, True]


async def test_the_export_tells_a_stranger_nothing(cast: Cast) -> None:
    answer = await cast.stranger.ask("GET", "/v1/export")
    assert len(answer.body.splitlines()) > 100
    silent(answer)


async def test_cypher_tells_a_stranger_nothing(cast: Cast) -> None:
    answer = await cast.stranger.ask("POST", "/v1/cypher", body={"statement": "MATCH (n:Item) RETURN n"})
    assert answer.status == 403
    silent(answer)


async def test_rows_in_bulk_that_name_what_is_hidden_fail_like_those_that_name_nothing(cast: Cast) -> None:
    for kind in KINDS.values():
        for link, target, row in rows_that_name(kind.label):
            answers = []
            for id in (target["id"], UNKNOWN):
                line = json.dumps({"type": kind.label, **named(row, link, id)})
                response = await cast.stranger.client.post(
                    "/v1/bulk?dryRun=true", content=line, headers=cast.stranger.headers
                )
                answers.append(response.text.replace(id, "…"))
            assert answers[0] == answers[1], (kind.label, link)
            assert '"failed"' in answers[0]
            assert MARK not in answers[0]


def rows_that_name(label: str) -> Iterator[tuple[str, Record, Record]]:
    """For each link of a kind: its name, a hidden thing that it might lead to, and a row that is right but for that."""
    kind = KINDS[label]
    whole = min(PLANTED.of(label), key=lambda one: bool(one["audience"] != EVERYONE))
    row = {name: whole[name] for name in kind.given if name not in kind.links and whole.get(name) is not None}
    for name, declared in kind.links.items():
        assert declared.link
        if declared.required:
            row = named(row, name, next(one["id"] for one in PLANTED.of(*declared.link.to) if one["id"] not in HIDDEN))
    for name, declared in kind.links.items():
        assert declared.link
        yield name, hidden(*declared.link.to)[0], row


def named(row: Record, link: str, id: str) -> Record:
    return {**row, link: [id] if link.endswith("Ids") else id}


# --- GraphQL


QUICKLY = {"Story", "Membership", "Experiment"}
"""The kinds whose steps the short run follows; the others' are followed where there is time."""
STEPS = [label if label in QUICKLY else pytest.param(label, marks=pytest.mark.slow) for label in KINDS]


@pytest.mark.parametrize("label", STEPS)
async def test_no_step_in_graphql_tells_a_stranger(cast: Cast, label: str) -> None:
    for document in documents(schema(), KINDS[label].many):
        answer = await cast.stranger.graphql(document)
        assert "errors" not in json.loads(answer.body), (document, answer.body[:2000])
        silent(answer)


NAMED_BY = {
    "item": CARRIED,
    "knowledge": ("TacitInsight", "ExplicitKnowledge"),
    "topic": ("Topic",),
    "purpose": ("Purpose",),
    "organisation": ("Organisation",),
    "community": ("Community",),
    "scope": ("Community",),
}
"""The kinds that a parameter may name, by its name; people and communities, where nothing is said."""


def computed() -> Iterator[tuple[str, str, str]]:
    """The questions of GraphQL beside the items, by name and the parameter that names an item, with their arguments.

    `ID` stands for the item that the parameter names, what else is required names what everybody may see.
    """
    for question in QUESTIONS.values():
        required = {name: seen_by(name) for name, field in question.asks.items() if field.required}
        naming = {name: "ID" for name, field in question.asks.items() if field.names_item}
        naming |= {"scope": "community:ID"} if "scope" in question.asks else {}
        for name, word in naming.items():
            yield question.name, name, written(question, {**required, name: word})
        if not required:
            yield question.name, "", ""
    yield from (("job", "id", 'id: "ID"'), ("jobs", "", ""), ("viewer", "", ""), ("search", "", f'query: "{MARK}"'))


def seen_by(name: str) -> str:
    """An item that a parameter may name and everybody may see."""
    kind = NAMED_BY.get(name, ("Person",))[-1]
    return next(str(one["id"]) for one in PLANTED.of(kind) if one["audience"] == EVERYONE)


def written(question: Question, words: dict[str, str]) -> str:
    """Arguments as GraphQL writes them."""
    many = {name for name, field in question.asks.items() if field.many}
    return ", ".join(f'{name}: ["{word}"]' if name in many else f'{name}: "{word}"' for name, word in words.items())


def answers_that_are_computed() -> Iterator[tuple[str, str, str]]:
    """Each question with a document that asks for the whole answer."""
    query = schema().query_type
    assert query
    items = {kind.one for kind in KINDS.values()} | {kind.many for kind in KINDS.values()} | {"node", "nodes"}
    assert {name for name, *_ in computed()} == query.fields.keys() - items
    for name, named_by, arguments in computed():
        inside = answer_selection(schema(), get_named_type(query.fields[name].type))
        yield name, named_by, f"{{ {name}{f'({arguments})' if arguments else ''} {{ {inside} }} }}"


@pytest.mark.parametrize(
    ("name", "named_by", "document"),
    sorted(answers_that_are_computed()),
    ids=[f"{name}-{named_by}" for name, named_by, _ in sorted(answers_that_are_computed())],
)
async def test_no_computed_answer_tells_a_stranger(cast: Cast, name: str, named_by: str, document: str) -> None:
    if "ID" not in document:
        silent(await cast.stranger.graphql(document), MARK if name == "search" else "…")
        return
    absent = await cast.stranger.graphql(document.replace("ID", UNKNOWN))
    assert "errors" in json.loads(absent.body)
    kinds = NAMED_BY.get(named_by, ("Person", "Community"))
    for one in hidden(*kinds):
        answer = await cast.stranger.graphql(document.replace("ID", one["id"]))
        silent(answer, one["id"])
        assert answer.without(one["id"]) == absent.without(UNKNOWN)
    for one in (one for kind in kinds for one in PLANTED.of(kind)[:8] if one["id"] not in HIDDEN):
        silent(await cast.stranger.graphql(document.replace("ID", one["id"])))


@pytest.mark.parametrize("label", KINDS)
async def test_what_is_hidden_is_answered_by_graphql_like_what_is_not_there(cast: Cast, label: str) -> None:
    one = KINDS[label].one
    payload = f"changeId problems {{ kind field wrong right }} {one} {{ id }}"
    asked = [
        f'{{ {one}(id: "ID") {{ id }} }}',
        '{ node(id: "ID") { id __typename } }',
        '{ nodes(ids: ["ID"]) { id __typename } }',
        f'mutation {{ update{label}(id: "ID", changes: {{at: "2026-01-05T11:00:00Z"}}) {{ {payload} }} }}',
        f'mutation {{ delete{label}(id: "ID") {{ {payload} }} }}',
    ]
    for document in asked:
        absent = await cast.stranger.graphql(document.replace("ID", UNKNOWN))
        for item in hidden(label):
            answer = await cast.stranger.graphql(document.replace("ID", item["id"]))
            silent(answer, item["id"])
            assert answer.without(item["id"]) == absent.without(UNKNOWN), document


@pytest.mark.parametrize("label", KINDS)
async def test_a_mutation_that_names_what_is_hidden_fails_like_one_that_names_nothing(cast: Cast, label: str) -> None:
    kind = KINDS[label]
    document = (
        f"mutation ($input: {label}Input!) {{ create{label}(input: $input) "
        f"{{ changeId problems {{ kind field wrong right }} {kind.one} {{ id }} }} }}"
    )
    for link, target, row in rows_that_name(label):
        answers = [
            (await cast.stranger.graphql(document, {"input": named(row, link, id)})).without(id)
            for id in (target["id"], UNKNOWN)
        ]
        assert answers[0] == answers[1], link
        assert json.loads(answers[0].body)["data"][f"create{label}"]["problems"], link
        silent(answers[0])
