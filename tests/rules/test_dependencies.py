"""What the service imports is declared, and what is declared is needed."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.rules.sources import ROOT, SERVICE, files

DISTRIBUTIONS = packages_distributions()
NEEDED_WITHOUT_AN_IMPORT = {
    "httptools": "uvicorn parses HTTP with it",
    "neo4j-rust-ext": "the driver packs and unpacks with it, twice as fast",
}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {normal(re.split(r"[<>=\[ ;]", requirement)[0]) for requirement in project["dependencies"]}


def imported() -> set[str]:
    modules = set[str]()
    for path in files(SERVICE, ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])
    return modules - sys.stdlib_module_names - {"service"}


def distributions_of(module: str) -> set[str]:
    return {normal(distribution) for distribution in DISTRIBUTIONS.get(module, [])}


def test_every_import_is_declared() -> None:
    # The Java packages that JPype opens have no distribution; whatever else has none would not start at all.
    undeclared = {module for module in imported() if (found := distributions_of(module)) and not found & declared()}
    assert undeclared == set()


def test_every_declared_package_is_imported_or_has_a_reason() -> None:
    used = set[str]().union(*(distributions_of(module) for module in imported()))
    assert declared() - used == set(NEEDED_WITHOUT_AN_IMPORT)
