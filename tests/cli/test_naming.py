"""Names in commands: every parameter knows which kinds it may name, and a name is found among these alone."""

import json
from pathlib import Path

import pytest

from service.cli import asking
from service.cli.naming import KINDS_OF, SCOPES, id_of, ids_of, scope_of
from service.graph.session import Graph
from service.model.crossing import Crossing
from service.model.errors import Invalid, NotFound
from service.model.kinds import KINDS
from service.model.questions import QUESTIONS
from service.model.viewer import Scope, Viewer
from service.operations.answering import answer
from service.operations.keys import OPERATOR, create_key, viewer_of
from service.operations.network import Network
from service.settings import Settings
from tests.cli.running import retell
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, write_world

NAMES = ("Person", "Community", "Organisation", "Topic", "Purpose")
CLOSED = "00000000-0000-4000-8000-0000000000c1"
ANN, GUIDE, STORY, CY, BO = (f"00000000-0000-4000-8000-00000000001{number}" for number in range(5))


def _id(kind: str) -> str:
    return f"00000000-0000-4000-8000-{NAMES.index(kind) + 1:012d}"


ROWS: list[Row] = [
    {"type": "Community", "id": CLOSED, "name": "closed"},
    *({"type": kind, "id": _id(kind), "name": "11"} for kind in NAMES),
    {"type": "Person", "id": ANN, "name": "Ann"},
    {"type": "Person", "name": "Ann"},
    {"type": "Person", "id": BO, "name": "Bo"},
    {"type": "Topic", "name": "secret", "audience": f"community:{CLOSED}"},
    {"type": "ExplicitKnowledge", "id": GUIDE, "title": 'How to "hand over": a guide', "content": "Words."},
    {"type": "ExplicitKnowledge", "title": 'How to "hand over": a guide, the second', "content": "Words."},
    {"type": "Story", "id": STORY, "title": 'How to "hand over": a guide', "content": "Words."},
]


def heard(teller: str, listener: str) -> Row:
    return {"type": "Observation", "byId": listener, "toId": teller, "at": START.isoformat()}


def test_every_parameter_that_names_an_item_says_which_kinds_it_may_name() -> None:
    fields = [field for question in QUESTIONS.values() for field in question.asks.values()]
    naming = {field.name for field in fields if field.names_item}
    assert naming == set(KINDS_OF)
    assert all(KINDS[kind].named or "title" in KINDS[kind].given for kinds in KINDS_OF.values() for kind in kinds)
    assert {field.name for field in fields} >= set(SCOPES)


async def test_a_name_is_found_among_the_kinds_of_its_parameter(empty_graph: Graph) -> None:
    network, stranger = Network(empty_graph), viewer()
    await write_world(network, World(ROWS))
    for field, kind in (("topic", "Topic"), ("organisation", "Organisation"), ("purpose", "Purpose")):
        assert await id_of(network, stranger, "11", field) == _id(kind)
    assert await ids_of(network, stranger, ["11", _id("Topic"), "a/b"], "merge") == [
        _id("Community"),
        _id("Topic"),
        "a/b",
    ]
    assert await id_of(network, stranger, "topic:11", "to") == _id("Topic")
    assert await id_of(network, stranger, f"topic:{_id('Topic')}", "to") == _id("Topic")
    assert await id_of(network, stranger, 'How to "hand over": a guide', "knowledge") == GUIDE
    assert await id_of(network, stranger, 'story:How to "hand over": a guide', "item") == STORY
    assert await scope_of(network, stranger, "organisation:11", "scope") == f"organisation:{_id('Organisation')}"
    assert await scope_of(network, stranger, "person:11", "for") == f"person:{_id('Person')}"
    for word in ("network", "everyone", f"community:{CLOSED}", "community:a/b", CLOSED):
        assert await scope_of(network, stranger, word, "scope") == word
    assert await scope_of(network, stranger, "11", "audience") == f"community:{_id('Community')}"
    assert await scope_of(network, stranger, "Bo", "for") == f"person:{BO}"
    with pytest.raises(Invalid, match="3 are called '11'") as sorts:
        await scope_of(network, stranger, "11", "scope")
    assert sorts.value.problems[0].right.startswith("Write `community:11`, `organisation:11` or `topic:11`, or give")
    with pytest.raises(NotFound, match="no community, organisation or topic called 'Bo'"):
        await scope_of(network, stranger, "Bo", "scope")

    with pytest.raises(Invalid) as several:
        await id_of(network, stranger, "11", "to")
    (problem,) = several.value.problems
    assert problem.field == "to"
    assert problem.wrong == "4 are called '11', of the kinds community, organisation, person, topic"
    assert problem.right.startswith("Write `community:11`, `organisation:11`, `person:11` or `topic:11`, or give one")
    assert f"{_id('Topic')} (topic)" in problem.right
    with pytest.raises(Invalid, match="2 are called 'Ann'") as namesakes:
        await id_of(network, stranger, "Ann", "person")
    assert f"{ANN} (person)" in namesakes.value.problems[0].right
    assert "Write" not in namesakes.value.problems[0].right

    for field, kinds in (
        ("topic", "topic"),
        ("from", "person or community"),
        ("to", "person, community, organisation or topic"),
        ("item", "story or explicit knowledge"),
    ):
        with pytest.raises(NotFound) as nothing:
            await id_of(network, stranger, "secret", field)
        assert nothing.value.problems[0].wrong == f"There is no {kinds} called 'secret' that you may see"
    with pytest.raises(NotFound, match="no community called 'topic"):
        await id_of(network, stranger, "topic:11", "community")


async def test_what_an_answer_is_about_has_its_name_beside_its_id_to_be_read(
    empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, works = Network(empty_graph), []
    await write_world(network, World([*ROWS, heard(ANN, BO)]))
    scope = f"community:{_id('Community')}"
    monkeypatch.setattr(asking, "run_as", lambda work, *_: works.append(work))

    async def asked(network: Network, viewer: Viewer) -> Crossing:
        found: Crossing = await answer(network, viewer, "crossing", {"scope": scope})
        return found

    for json_wanted in (False, True):
        asking.ask_as(asked, None, None, json=json_wanted)
    read, plain = [await work(network, viewer()) for work in works]
    assert (read.basis.scope, plain.basis.scope) == (f"{scope} (11)", scope)
    assert read.basis.audience == "everyone"


@pytest.mark.slow
async def test_reach_takes_people_as_arguments_and_as_options(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    network = Network(empty_graph)
    await write_world(network, World([*ROWS, {"type": "Person", "id": CY, "name": "Cy"}, heard(_id("Person"), CY)]))
    key = await create_key(network, OPERATOR, name="reader", scopes=frozenset({Scope.read}))
    moment = "2025-02-01T02:00:00+02:00"
    asked = ("reach", "11", "--people", "Cy", "--as-of", moment, "--json")
    told = await retell(settings, tmp_path, *asked, key=key.token)
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["basis"]["asOf"] == "2025-02-01T00:00:00Z"
    assert {person["id"] for person in json.loads(told.stdout)["tellers"]} == {_id("Person"), CY}
    change = ("--leaves", "Cy", "--connections-of", "11", "--amplifiers-for", "person:11", "--budget", "1")
    compared = await retell(settings, tmp_path, "what-if", *change, "--json", key=key.token)
    assert compared.exit_code == 0, compared.stderr
    assert json.loads(compared.stdout)["connections"]["person"]["id"] == _id("Person")
    assert json.loads(compared.stdout)["amplifiers"]["for"]["id"] == _id("Person")
    nobody = await retell(settings, tmp_path, "reach", key=key.token)
    assert nobody.exit_code == 1
    assert nobody.stderr.startswith("retell: people: ")


@pytest.mark.slow
async def test_a_name_alone_will_do_wherever_a_command_takes_an_id(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    network = Network(empty_graph)
    await write_world(network, World([*ROWS, {"type": "Person", "id": CY, "name": "Cy"}, heard(BO, CY)]))
    key = await create_key(network, OPERATOR, name="reader", scopes=frozenset({Scope.read}))
    member = await retell(settings, tmp_path, "key", "create", "--name", "hers", "--person", "Bo", key=key.token)
    assert member.exit_code == 0, member.stderr
    assert (await viewer_of(network, member.stdout.strip())).person_id == BO
    told = await retell(settings, tmp_path, "amplifiers", "--for", "Bo", "--budget", "1", "--json", key=key.token)
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["for"]["id"] == BO
    shown = await retell(settings, tmp_path, "show", "Bo", "--json", key=key.token)
    assert json.loads(shown.stdout)["id"] == BO
    read = await retell(settings, tmp_path, "show", "Bo", key=key.token)
    day, time = json.loads(shown.stdout)["at"].rstrip("Z").split("T")
    assert f"\nat: {day} {time[:5]} UTC\n" in read.stdout
    for command in (["cascade", STORY], ["lineage", GUIDE], ["communities", "--detected"]):
        other = await retell(settings, tmp_path, *command, "--audience", "closed", key=key.token)
        assert f"There is no audience community:{CLOSED} that you belong to" in other.stderr
