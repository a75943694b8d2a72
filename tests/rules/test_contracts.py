"""The contracts in `schema/` are those of the code, and all that they name is described."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from service.app import contracts
from service.cli.contracts import export
from service.model.questions import QUESTIONS
from tests.rules.sources import ROOT

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
EXPORT = "run `retell contracts export` and look at what it changed"


@cache
def openapi() -> dict[str, Any]:
    return contracts()[1]


def test_the_exported_contracts_are_those_of_the_code(tmp_path: Path) -> None:
    export(tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["openapi.json", "schema.graphql"]
    different = [name for name in made if (ROOT / "schema" / name).read_bytes() != (tmp_path / name).read_bytes()]
    assert different == [], EXPORT


README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = re.compile(
    r"(?:-X (?P<option>[A-Z]+) '?|(?P<word>GET|POST|PUT|PATCH|DELETE) )?(?:http://127\.0\.0\.1:8000)?"
    r"(?P<path>/v1/[\w{}/.-]*[\w}])(?:\?(?P<query>[\w=&]+))?"
)
"""An address as the README writes it, and its method before it, if that is said. `ID` and `NAME` stand for anything."""


def routes_at(address: str) -> list[dict[str, Any]]:
    """The routes of the contract that an address leads to."""
    given = address.split("/")

    def leads(path: str) -> bool:
        steps = path.split("/")
        return len(steps) == len(given) and all(
            one == step or one.isupper() or (step.startswith("{") and not one.startswith("{"))
            for one, step in zip(given, steps, strict=True)
        )

    return [route for path, route in openapi()["paths"].items() if leads(path)]


def test_every_address_in_the_readme_is_one_of_the_contract() -> None:
    said = list(ADDRESS.finditer(README))
    assert len(said) > 10
    for one in said:
        method = (one["option"] or one["word"] or "GET").lower()
        found = [route[method] for route in routes_at(one["path"]) if method in route]
        assert found, f"nothing answers {method.upper()} {one['path']}"
        known = {parameter["name"] for parameter in found[0].get("parameters", ())}
        assert {pair.partition("=")[0] for pair in (one["query"] or "").split("&") if pair} <= known, one[0]


def test_the_readme_names_every_question_that_has_an_id_in_its_address() -> None:
    named = {one["path"] for one in ADDRESS.finditer(README) if "{" in one["path"]}
    assert named == {f"/v1/{one.address}" for one in QUESTIONS.values() if "{" in one.address}


def graphql_without_description() -> Iterator[str]:
    """What of the GraphQL schema has no description: types, fields, arguments, values, input fields, directives."""
    schema = build_schema(contracts()[0])
    for name, of in schema.type_map.items():
        if is_introspection_type(of) or is_specified_scalar_type(of):
            continue
        if not of.description:
            yield name
        if isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
            for field, declared in of.fields.items():
                if not declared.description:
                    yield f"{name}.{field}"
                yield from (f"{name}.{field}({one})" for one, given in declared.args.items() if not given.description)
        elif isinstance(of, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, declared in of.fields.items() if not declared.description)
        elif isinstance(of, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, declared in of.values.items() if not declared.description)


def test_everything_in_the_graphql_schema_is_described() -> None:
    assert list(graphql_without_description()) == []


def routes() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in openapi()["paths"].items():
        yield from ((f"{method.upper()} {path}", route) for method, route in item.items() if method in METHODS)


def openapi_without_description() -> Iterator[str]:
    """What of the OpenAPI contract has no description: routes, parameters, answers, schemas and their properties."""
    for name, route in routes():
        for wanted in ("summary", "description", "operationId"):
            if not route.get(wanted):
                yield f"{name}: {wanted}"
        yield from (f"{name} {one['name']}" for one in route.get("parameters", []) if not one.get("description"))
        yield from (f"{name} {status}" for status, one in route["responses"].items() if not one.get("description"))
        for place, schema in schemas_of(route):
            yield from properties_without_description(f"{name} {place}", schema)
    for name, schema in openapi()["components"]["schemas"].items():
        if not schema.get("description"):
            yield name
        yield from properties_without_description(name, schema)


def schemas_of(route: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas that stand in the route itself."""
    holders = {"body": route.get("requestBody", {}), **route["responses"]}
    for place, holder in holders.items():
        yield from ((place, content.get("schema", {})) for content in holder.get("content", {}).values())


def properties_without_description(name: str, schema: dict[str, Any]) -> Iterator[str]:
    for field, declared in schema.get("properties", {}).items():
        if not declared.get("description"):
            yield f"{name}.{field}"
    for inner, declared in schema.get("$defs", {}).items():
        yield from properties_without_description(f"{name}.{inner}", declared)


def test_everything_in_the_openapi_contract_is_described() -> None:
    assert list(openapi_without_description()) == []


def test_every_operation_has_a_name_of_its_own_and_says_what_a_wrong_request_gets() -> None:
    names = [route["operationId"] for _, route in routes()]
    assert len(names) == len(set(names))
    silent = [name for name, route in routes() if not {"401", "422", "500"} <= route["responses"].keys()]
    assert silent == []
