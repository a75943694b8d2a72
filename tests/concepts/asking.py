"""The three doors, asked over a real socket and from the command, by three viewers."""

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type
from typer.testing import CliRunner

from service.cli import app
from service.doors.graphql.schema import schema
from service.exchange.demo import Planted
from service.graph.session import Graph
from service.model.questions import QUESTIONS, Question
from service.settings import Settings
from tests.concepts.truth import Truth

_COMMANDS = {"amplificationPaths": "paths"}
"""Questions whose command has a shorter name than their own."""
ADMINISTRATOR, INSIDE, OUTSIDE = "administrator", "inside", "outside"
VIEWERS = (ADMINISTRATOR, INSIDE, OUTSIDE)


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is a refusal: the kind of error, the same at every door."""

    kind: str


Answer = dict[str, Any] | Refused


@dataclass
class Doors:
    """The service with the demonstration in it, and the keys of three who ask."""

    client: httpx.AsyncClient
    settings: Settings
    keys: Mapping[str, str]
    planted: Planted
    truth: Truth
    graph: Graph
    removed: set[str] = field(default_factory=set)
    counted: int = 0
    """How many items there were when what is true was last looked at."""

    async def look_again(self) -> None:
        """Leave out of what is true what other journeys have taken out of the graph."""
        self.removed.clear()
        (row,) = await self.graph.read("MATCH (item:Item) RETURN count(item) AS count")
        if row["count"] != self.counted:
            self.counted = row["count"]
            # In one row: the driver takes fifty times as long over a row for each.
            (row,) = await self.graph.read("MATCH (item:Item) RETURN collect(item.id) AS ids")
            self.truth = self.truth.of(set(row["ids"]))

    def headers(self, viewer: str) -> dict[str, str]:
        """Who is asking."""
        return {"Authorization": f"Bearer {self.keys[viewer]}"}

    async def graphql(
        self, viewer: str, document: str, given: Mapping[str, Any] | None = None, /, **variables: Any
    ) -> Answer:
        """The `data` of a document, or why there is none."""
        body = {"query": document, "variables": {**(given or {}), **variables}}
        shown = (await self.client.post("/graphql", json=body, headers=self.headers(viewer))).json()
        if shown.get("errors"):
            return Refused(shown["errors"][0]["extensions"]["problems"][0]["kind"])
        return dict(shown["data"])

    async def asked(self, viewer: str, name: str, **parameters: Any) -> dict[str, Answer]:
        """The answer to a declared question by each door; GraphQL shows people and items as `{id}`."""
        question = QUESTIONS[name]
        given = {key: value for key, value in parameters.items() if value is not None}
        graphql = await self.graphql(viewer, *_document(question, given))
        return {
            "graphql": graphql if isinstance(graphql, Refused) else graphql[name],
            "rest": await self.told(viewer, name, **given),
            "command": await self.command(viewer, _COMMANDS.get(name, question.words), *_words(question, given)),
        }

    async def told(self, viewer: str, name: str, **parameters: Any) -> Answer:
        """The answer to a declared question by REST alone, for what another answer is held against."""
        address = QUESTIONS[name].address
        inside = {key: value for key, value in parameters.items() if f"{{{key}}}" in address}
        others = {key: value for key, value in parameters.items() if key not in inside}
        return await self.rest(viewer, address.format(**inside), **others)

    async def rest(self, viewer: str, path: str, **parameters: Any) -> Answer:
        """The answer at an address under /v1."""
        response = await self.client.get(f"/v1/{path}", params=parameters, headers=self.headers(viewer))
        shown = response.json()
        return dict(shown) if response.is_success else Refused(shown["problems"][0]["kind"])

    async def command(self, viewer: str, *words: str) -> Answer:
        """What `retell WORDS --json` prints."""
        environment = {
            "RETELL_KEY": self.keys[viewer],
            "RETELL_NEO4J_URI": self.settings.neo4j_uri or "",
            "RETELL_NEO4J_USER": self.settings.neo4j_user,
            "RETELL_NEO4J_PASSWORD": self.settings.neo4j_password,
            "RETELL_NEO4J_DATABASE": self.settings.neo4j_database or os.environ.get("RETELL_NEO4J_DATABASE", ""),
            "RETELL_DATA": str(self.settings.data),
        }
        result = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--json"], env=environment)
        if result.exit_code:
            assert "Traceback" not in result.output
            said = result.output
            return Refused("not_found" if "that you may" in said or "There is no" in said else said)
        return dict(orjson.loads(result.stdout))

    async def delete(self, path: str) -> None:
        """Take something out of the network, as its administrator."""
        response = await self.client.delete(f"/v1/{path}", headers=self.headers(ADMINISTRATOR))
        assert response.status_code == httpx.codes.NO_CONTENT, response.text

    async def listed(self, viewer: str, label: str, path: str, many: str) -> dict[str, set[str]]:
        """The ids of all of a kind that a viewer may see, page after page, by each door."""
        return {
            "graphql": await self._pages_of_graphql(viewer, many),
            "rest": await self._pages_of_rest(viewer, path),
            "command": await self._pages_of_command(viewer, path),
            "truth": self.truth.ids(label, self.truth.audiences(self.person(viewer))),
        }

    def person(self, viewer: str) -> str | None:
        """Who the viewer is; nobody, for the administrator."""
        viewers = self.planted.viewers
        return {ADMINISTRATOR: None, INSIDE: viewers.inside, OUTSIDE: viewers.outside}[viewer]

    async def _pages_of_graphql(self, viewer: str, many: str) -> set[str]:
        document = (
            f"query ($after: String) {{ {many}(first: 100, after: $after)"
            " { nodes { id } pageInfo { hasNextPage endCursor } } }"
        )
        found: set[str] = set()
        after, more = None, True
        while more:
            answer = await self.graphql(viewer, document, after=after)
            assert isinstance(answer, dict)
            found |= {one["id"] for one in answer[many]["nodes"]}
            after, more = answer[many]["pageInfo"]["endCursor"], answer[many]["pageInfo"]["hasNextPage"]
        return found

    async def _pages_of_rest(self, viewer: str, path: str) -> set[str]:
        found: set[str] = set()
        address: str | None = f"/v1/{path}?first=100"
        while address:
            response = await self.client.get(address, headers=self.headers(viewer))
            found |= {one["id"] for one in response.json()["items"]}
            address = response.links.get("next", {}).get("url")
        return found

    async def _pages_of_command(self, viewer: str, path: str) -> set[str]:
        found: set[str] = set()
        words, more = ("list", path, "--first", "100"), True
        after: tuple[str, ...] = ()
        while more:
            answer = await self.command(viewer, *words, *after)
            assert isinstance(answer, dict)
            found |= {one["id"] for one in answer["items"]}
            after, more = ("--after", str(answer["page"]["endCursor"])), answer["page"]["hasNextPage"]
        return found


def _document(question: Question, given: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A document that asks for every field of the answer, and its variables."""
    query = schema()._schema.query_type  # noqa: SLF001 - the executable schema has no public name
    assert query is not None
    asked = query.fields[question.name]
    declared = ", ".join(f"${name}: {asked.args[name].type}" for name in given)
    arguments = ", ".join(f"{name}: ${name}" for name in given)
    head = f"query ({declared}) " if given else ""
    inside = f"({arguments})" if given else ""
    return f"{head}{{ {question.name}{inside} {_everything(get_named_type(asked.type))} }}", given


def _everything(of: Any) -> str:
    """Every field of a type, people and items by their ids alone."""
    if not isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    if isinstance(of, GraphQLInterfaceType) or "createdAt" in of.fields:
        return "{ id }"
    fields = (f"{name} {_everything(get_named_type(field.type))}" for name, field in of.fields.items())
    return "{ " + " ".join(fields) + " }"


def _words(question: Question, given: Mapping[str, Any]) -> list[str]:
    """The words of a command that asks the same."""
    places = [field for field in question.asks.values() if field.required and not field.many]
    words = [str(given[field.name]) for field in places]
    for name, value in given.items():
        field = question.asks[name]
        if field in places:
            continue
        option = "--" + re.sub(r"[A-Z]", lambda found: f"-{found[0].lower()}", name)
        if field.type is bool:
            words.append(option if value else option.replace("--", "--no-", 1))
            continue
        for one in value if isinstance(value, list) else [value]:
            words += [option, str(one).removesuffix("Z")]
    return words
