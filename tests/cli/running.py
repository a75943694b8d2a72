"""The `retell` command inside this process: one of its own takes two seconds to load what is loaded here already.

`tests/cli/test_imports.py` runs it as a process of its own, as a person does.
"""

import asyncio
from pathlib import Path

from typer.testing import CliRunner, Result

from service.cli import app
from service.doors.http.logs import configure_logs
from service.settings import Settings


def environment_of(settings: Settings, folder: Path) -> dict[str, str]:
    """What names the run's Neo4j and a data folder to the command; its tables are as wide as they like."""
    return {
        "RETELL_NEO4J_URI": settings.neo4j_uri or "",
        "RETELL_NEO4J_USER": settings.neo4j_user,
        "RETELL_NEO4J_PASSWORD": settings.neo4j_password,
        "RETELL_DATA": str(folder),
        "COLUMNS": "200",
    }


async def retell(settings: Settings, folder: Path, *words: str | Path, key: str | None = None) -> Result:
    """What the command says, and how it ends; an error that it does not turn into a sentence is raised here."""

    def run() -> Result:
        environment = {**environment_of(settings, folder), "RETELL_KEY": key}
        configure_logs()
        try:
            return CliRunner().invoke(app, list(map(str, words)), env=environment, catch_exceptions=False)
        finally:
            configure_logs()  # `retell cypher` has them written into its audit log

    return await asyncio.to_thread(run)
