"""The import contracts hold, and each of them would notice a bad line."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.rules.sources import ROOT, SERVICE, name

# A module that breaks a contract, its line, and how the linter says so.
BAD_LINES = {
    "measures/knows_operations.py": ("import service.operations", "service.measures.knows_operations"),
    "measures/knows_access.py": ("import service.access", "service.measures.knows_access -> service.access"),
    "attic/__init__.py": ('"""A room that no layer names."""', "- service.attic"),
    "doors/rest/knows_graphql.py": (
        "import service.doors.graphql",
        "service.doors.rest.knows_graphql -> service.doors",
    ),
    "doors/rest/knows_graph.py": ("import service.graph.session", "service.doors.rest.knows_graph -> service.graph"),
    "doors/rest/knows_measures.py": ("import service.measures", "service.doors.rest.knows_measures -> service.measure"),
    "operations/knows_neo4j.py": ("from neo4j import Record", "service.operations.knows_neo4j -> neo4j"),
}


def lint_imports(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def test_every_import_contract_holds() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout


def test_every_import_contract_breaks_on_a_bad_line(tmp_path: Path) -> None:
    shutil.copytree(SERVICE, tmp_path / "service", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place, (line, _) in BAD_LINES.items():
        bad = tmp_path / "service" / place
        bad.parent.mkdir(exist_ok=True)
        bad.write_text(f"{line}\n", encoding="utf-8")

    said = lint_imports(tmp_path).stdout

    assert "Contracts: 0 kept, 4 broken." in said
    assert {place: sign for place, (_, sign) in BAD_LINES.items() if sign not in said} == {}


def test_every_folder_of_modules_is_a_package_for_only_those_are_linted() -> None:
    folders = {path.parent for path in SERVICE.rglob("*.py")}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
