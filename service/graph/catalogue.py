"""The query catalogue: every statement of `cypher/`, read once, its header checked against its text.

A file is one statement. Its leading `//` lines are its header: sentences that say what it answers, then `key: value`
lines, of which `parameters` names the parameters that the statement takes and `result` says what comes back. In the
text `visible(NAME)` stands for the one rule of who may see what, in `rules/visible.cypher`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from service.data import data_path

RESULTS = ("one", "rows", "value", "write")
_RULE = "rules/visible"
_HEADER = re.compile(r"([a-z]+): (.+)")
_VISIBLE = re.compile(r"\bvisible\((\w+)\)")
_ITEM = re.compile(r"\bitem\b")
_NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`""", re.DOTALL)
_PARAMETER = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One file of the catalogue. `written` is its text as it stands there; `text` has the rule in place."""

    name: str
    doc: str
    headers: Mapping[str, str]
    parameters: tuple[str, ...]
    written: str
    text: str

    @property
    def rules(self) -> tuple[tuple[int, int], ...]:
        """Where in `written` each `visible(NAME)` starts and ends."""
        return tuple(found.span() for found in _VISIBLE.finditer(self.written))


class Catalogue:
    """Statements by name, which is the path under `cypher/` without its ending: `edges/story_teller`."""

    def __init__(self, statements: Mapping[str, Statement]) -> None:
        self._statements = MappingProxyType(dict(statements))

    def statement(self, name: str) -> Statement:
        """The statement of that name; a KeyError where the catalogue has none."""
        return self._statements[name]

    def folder(self, name: str) -> tuple[Statement, ...]:
        """The statements under one folder, in order of their names."""
        return tuple(self._statements[each] for each in sorted(self._statements) if each.startswith(f"{name}/"))

    def names(self) -> tuple[str, ...]:
        """Every name, in order."""
        return tuple(sorted(self._statements))

    def without_rule(self, name: str, occurrence: int) -> "Catalogue":
        """The same catalogue with one `visible(NAME)` of one statement (counted from 0) always true: for the tests."""
        statement = self._statements[name]
        start, end = statement.rules[occurrence]
        opened = statement.written[:start] + "true" + statement.written[end:]
        text = _with_rule(opened, self._statements[_RULE].written)
        return Catalogue({**self._statements, name: replace(statement, text=text)})


@cache
def catalogue() -> Catalogue:
    """The catalogue that the service runs with."""
    return load(data_path("cypher"))


def load(folder: Path) -> Catalogue:
    """Read every statement under `folder`.

    Raises:
        ValueError: a header that misses `result`, or whose `parameters` are not those that the text uses.
    """
    rule = _parsed(_RULE, (folder / f"{_RULE}.cypher").read_text(encoding="utf-8"), "")
    statements = {_RULE: rule}
    for path in folder.rglob("*.cypher"):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name != _RULE:
            statements[name] = _parsed(name, path.read_text(encoding="utf-8"), rule.written)
    return Catalogue(statements)


def _parsed(name: str, content: str, rule: str) -> Statement:
    lines = content.strip().splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith("//")), len(lines))
    said = [line.removeprefix("//").strip() for line in lines[:end]]
    headers = {found[1]: found[2].strip() for line in said if (found := _HEADER.fullmatch(line))}
    written = "\n".join(lines[end:]).strip().removesuffix(";")
    text = _with_rule(written, rule)
    declared = tuple(filter(None, (each.strip() for each in headers.get("parameters", "").split(","))))
    used = set(_PARAMETER.findall(_NOT_CODE.sub("", text)))
    if used != set(declared):
        raise ValueError(f"cypher/{name}.cypher declares the parameters {sorted(declared)} and uses {sorted(used)}")
    if name != _RULE and headers.get("result") not in RESULTS:
        raise ValueError(f"cypher/{name}.cypher needs a header `// result: ` with one of {', '.join(RESULTS)}")
    doc = " ".join(line for line in said if not _HEADER.fullmatch(line))
    return Statement(name, doc, MappingProxyType(headers), declared, written, text)


def _with_rule(written: str, rule: str) -> str:
    return _VISIBLE.sub(lambda found: "(" + _ITEM.sub(found[1], rule) + ")", written)
