"""One real Neo4j for the whole run: the one that Retell starts itself, or the one that RETELL_NEO4J_URI names."""

import os
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
from xdist.scheduler import LoadFileScheduling

from service.graph import embedded
from service.graph.engine_directory import Connection
from service.graph.opening import open_graph
from service.graph.session import Graph, Parameters, Row, Transaction
from service.operations import predictions
from service.settings import Settings, settings_from_environment
from tests.emptying import emptied

# A slow machine is no fault of the code: properties are held by their examples, not by the clock.
hypothesis.settings.register_profile("retell", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("retell")


DEMONSTRATION = "tests/concepts/"
"""What needs the demonstration, which is loaded once in the process that runs it."""
LONG = (DEMONSTRATION, "tests/doors/rest/test_contract.py", "tests/rules/test_visibility.py")
"""What takes longest, or would be the last to begin."""
KEEP_PLAN = "CYPHER replan=skip "
"""Before a statement: run it by the plan that there is, however much the graph has changed."""


class OneDemonstration(LoadFileScheduling):  # type: ignore[misc]  # it carries no types
    """Gives a process one file after another, and all that needs the demonstration to one of them."""

    def _split_scope(self, nodeid: str) -> str:
        return DEMONSTRATION if nodeid.startswith(DEMONSTRATION) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneDemonstration:
    """How the processes share the tests, where there are several."""
    return OneDemonstration(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and run the tests of the demonstration in one go."""
    items.sort(key=lambda item: next((n for n, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG)))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Where the process's Neo4j is; started once, in a folder of its own."""
    settings = settings_from_environment(tmp_path_factory.mktemp("engine"))
    if settings.neo4j_uri:
        yield Connection(settings.neo4j_uri, settings.neo4j_user, settings.neo4j_password)
        return
    with embedded.start(settings.data, settings.cache) as started:
        yield started.connection


@pytest.fixture(scope="session")
def settings(engine: Connection, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that connect to the run's Neo4j."""
    return Settings(
        neo4j_uri=engine.uri,
        neo4j_user=engine.user,
        neo4j_password=engine.password,
        neo4j_database=os.environ.get("RETELL_NEO4J_DATABASE") or None,
        data=tmp_path_factory.mktemp("data"),
        cache=settings_from_environment().cache,
    )


@pytest.fixture(scope="session")
def plans_kept() -> Iterator[None]:
    """Plan each statement once: each test empties the graph and fills it, and all would be planned anew for that.

    What fills it with much has the database forget its plans afterwards (`db.prepareForReplanning`).
    """
    read_or_write, stream = Graph._auto_commit, Transaction.stream  # noqa: SLF001

    def auto_commit(self: Graph, access: str, text: str, parameters: Parameters | None) -> Awaitable[list[Row]]:
        return read_or_write(self, access, KEEP_PLAN + text, parameters)

    def streamed(self: Transaction, text: str, parameters: Parameters | None = None) -> AsyncIterator[Row]:
        return stream(self, KEEP_PLAN + text, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Graph, "_auto_commit", auto_commit)
        patch.setattr(Transaction, "stream", streamed)
        yield


@pytest.fixture(scope="session", autouse=True)
def predictions_written_at_once() -> Iterator[None]:
    """Gather no predictions: what is written a second later would be written into the next test's graph."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predictions, "GATHER_SECONDS", 0.0)
        yield


@pytest_asyncio.fixture(scope="session")
async def graph(settings: Settings, plans_kept: None) -> AsyncIterator[Graph]:  # noqa: ARG001
    """The run's graph, migrated and warm; what earlier tests left is still in it."""
    async with await open_graph(settings) as opened:
        yield opened


@pytest_asyncio.fixture
async def empty_graph(graph: Graph) -> Graph:
    """The run's graph with nothing in it but its schema."""
    return await emptied(graph)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the checkout, or the one that RETELL_SHARED_DATA names."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("RETELL_SHARED_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not here: {folder}")
    return folder
