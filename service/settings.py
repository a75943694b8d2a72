"""What the environment says: which Neo4j to use, and where the data and the fetched jars are kept."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Where the graph is. Without a `neo4j_uri` the service starts a Neo4j of its own in `data`."""

    neo4j_uri: str | None
    neo4j_user: str
    neo4j_password: str
    neo4j_database: str | None
    data: Path
    cache: Path


def settings_from_environment(data: Path | None = None) -> Settings:
    """Read `RETELL_NEO4J_URI`, `_USER`, `_PASSWORD`, `_DATABASE`, `RETELL_DATA` and `RETELL_CACHE`.

    `data` (the `--data` option) wins over `RETELL_DATA`; the default is the user's own data folder, so that the
    command finds the same network from whichever folder it runs.
    """
    home = Path.home()
    user_data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "retell"
    user_cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "retell"
    return Settings(
        neo4j_uri=os.environ.get("RETELL_NEO4J_URI") or None,
        neo4j_user=os.environ.get("RETELL_NEO4J_USER") or "neo4j",
        neo4j_password=os.environ.get("RETELL_NEO4J_PASSWORD", ""),
        neo4j_database=os.environ.get("RETELL_NEO4J_DATABASE") or None,
        data=(data or Path(os.environ.get("RETELL_DATA") or user_data)).expanduser().resolve(),
        cache=Path(os.environ.get("RETELL_CACHE") or user_cache).expanduser().resolve(),
    )
