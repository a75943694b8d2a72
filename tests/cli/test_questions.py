"""Commands of questions that are written by hand take what the question takes, like those made from its declaration."""

from pathlib import Path

import pytest
import typer

from service.cli import app
from service.cli.questions import OWN
from service.graph.session import Graph
from service.model.questions import QUESTIONS
from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from service.settings import Settings
from tests.cli.running import retell
from tests.operations.worlds import START, Row, World, write_world

COMMANDS = {"amplificationPaths": "paths", "detectedCommunities": "communities"}
CALLED = {"from": "from_", "firstMembers": "members"}
"""What the command calls differently."""
ANN, BO, NO_CHANGE = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 9))


@pytest.mark.parametrize("question", sorted(OWN))
def test_a_command_written_by_hand_takes_all_that_its_question_asks(question: str) -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, typer.core.TyperGroup)
    taken = {parameter.name for parameter in root.commands[COMMANDS.get(question, question)].params}
    asks = {CALLED.get(name, field.attribute) for name, field in QUESTIONS[question].asks.items()}
    assert asks - taken == set()


async def test_such_a_command_waits_for_the_change_that_is_named(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    network = Network(empty_graph)
    rows: list[Row] = [{"type": "Person", "id": ANN, "name": "Ann"}, {"type": "Person", "id": BO, "name": "Bo"}]
    heard: Row = {"type": "Observation", "byId": BO, "toId": ANN, "at": START.isoformat()}
    await write_world(network, World([*rows, heard]))
    key = await create_key(network, OPERATOR, name="reader", scopes=frozenset({Scope.read}))
    for words in (("paths", "Ann", "Bo"), ("communities", "--detected")):
        refused = await retell(settings, tmp_path, *words, "--after", NO_CHANGE, key=key.token)
        assert refused.exit_code == 1
        assert refused.stderr == "retell: after: There is no such change. Give the id that a write answered.\n"
