"""schemathesis asks whatever the contract allows, and whatever it does not: every answer is as the contract says."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from service.app import create_app
from service.graph.session import Graph
from service.model.kinds import KINDS
from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from tests.confidences import Confidences, member_of, plant
from tests.doors.http.serving import serving
from tests.rules.sources import ROOT

PLANTED = Confidences()
SAMPLE = ("Story", "Membership", "Derivation")
"""The kinds that the short run asks: a text with optional links, a span of time, lists of links. All are made alike."""
OTHERS = "|".join(kind.path for label, kind in KINDS.items() if label not in SAMPLE)
KEYS = {"administrator": [Scope.administer], "member": [Scope.read, Scope.contribute]}


@pytest_asyncio.fixture(scope="module")
async def served(graph: Graph) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """The address of the service, and a key of each sort."""
    await plant(graph, PLANTED.records)
    network = Network(graph)
    keys = {}
    for name, scopes in KEYS.items():
        person = member_of(PLANTED.audiences[1], PLANTED) if name == "member" else None
        keys[name] = (await create_key(network, OPERATOR, name=name, scopes=scopes, person_id=person)).token
    async with serving(create_app(network)) as address:
        yield address, keys


async def asked(address: str, key: str, *options: str) -> tuple[int, str]:
    """What schemathesis says at its end."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={Path(__file__).with_name('schemathesis.toml')}",
        "run",
        f"{address}/openapi.json",
        f"--header=Authorization: Bearer {key}",
        "--checks=all",
        # Not a speed to be held, only an end: a question of many runs takes its time beside other work.
        "--max-response-time=120",
        "--seed=1",
        "--generation-database=none",  # a run depends on no earlier one
        *options,
    ]
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()
    return running.returncode or 0, said.decode()


@pytest.mark.parametrize("key", ["member", pytest.param("administrator", marks=pytest.mark.slow)])
async def test_every_answer_is_as_the_contract_says(served: tuple[str, dict[str, str]], key: str) -> None:
    address, keys = served
    short = ("--phases=examples,fuzzing", "--max-examples=10", "--no-shrink")
    code, said = await asked(address, keys[key], *short, f"--exclude-path-regex=^/v1/({OTHERS})(/|$)")
    assert code == 0, said[-20_000:]


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
async def test_every_answer_of_every_kind_is_as_the_contract_says(served: tuple[str, dict[str, str]], key: str) -> None:
    address, keys = served
    code, said = await asked(address, keys[key], "--phases=examples,coverage,fuzzing,stateful", "--max-examples=20")
    assert code == 0, said[-20_000:]


async def test_whatever_answers_a_write_may_be_its_id_and_version_alone(served: tuple[str, dict[str, str]]) -> None:
    """Somebody who writes what they may not see is told no more of it, at any address that writes items."""
    address, _ = served
    async with httpx.AsyncClient(base_url=address) as client:
        contract = (await client.get("/openapi.json")).json()
    alone = {"$ref": "#/components/schemas/WrittenShown"}
    kinds = {f"/v1/{kind.path}" for kind in KINDS.values()}
    writing = {
        (method, path, status): answer["content"]["application/json"]["schema"]
        for path, methods in contract["paths"].items()
        for method in {"post", "put", "patch"} & set(methods)
        for status, answer in methods[method]["responses"].items()
        if "/".join(path.split("/")[:3]) in kinds and status in {"200", "201"}
    }
    assert len(writing) > 2 * len(kinds)
    assert [asked for asked, schema in writing.items() if alone not in schema.get("anyOf", ())] == []
