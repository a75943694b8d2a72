"""What is true of the demonstration, worked out from its rows in plain Python."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from service.model.ids import derived_id
from tests.operations.listening import Act, evidence
from tests.operations.worlds import World

Row = dict[str, Any]


def named(word: str) -> str:
    """The id that a reference in a row stands for."""
    source, slash, rest = word.partition("/")
    return derived_id(source, rest) if slash else word


class Truth:
    """The rows, their references read as ids."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = [_resolved(row) for row in rows]
        self._acts: dict[tuple[str, ...], list[Act]] = {}

    def of(self, kept: Collection[str]) -> "Truth":
        """The same of those rows alone whose items are kept."""
        found = Truth(())
        found.rows = [row for row in self.rows if "id" not in row or row["id"] in kept]
        return found

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """Each row by its id."""
        return {row["id"]: row for row in self.rows if "id" in row}

    @cached_property
    def by_type(self) -> dict[str, list[Row]]:
        """The rows of each kind."""
        found = defaultdict(list)
        for row in self.rows:
            found[row["type"]].append(row)
        return found

    def acts(self, *audiences: str) -> list[Act]:
        """All evidence that everyone may see, and besides what is for these audiences."""
        if audiences not in self._acts:
            self._acts[audiences] = evidence(World(self.rows), ("everyone", *audiences))
        return self._acts[audiences]

    def ids(self, label: str, audiences: frozenset[str]) -> set[str]:
        """The ids of a kind that these audiences may see."""
        return {row["id"] for row in self.by_type[label] if row.get("audience", "everyone") in audiences}

    def audiences(self, person: str | None) -> frozenset[str]:
        """The audiences that a person belongs to today."""
        if person is None:
            return frozenset({"everyone"})
        now = datetime.now(UTC)
        found = {"everyone", f"person:{person}"}
        for label, link, word in (
            ("Membership", "communityId", "community"),
            ("Position", "organisationId", "organisation"),
        ):
            found |= {
                f"{word}:{row[link]}"
                for row in self.by_type[label]
                if row["personId"] == person and (not row.get("until") or datetime.fromisoformat(row["until"]) > now)
            }
        return frozenset(found)


def _resolved(row: Row) -> Row:
    found = dict(row)
    for name, value in row.items():
        if name == "id" or (name.endswith("Id") and name != "externalId"):
            found[name] = named(value) if isinstance(value, str) else value
        elif name.endswith("Ids"):
            found[name] = [named(one) for one in value]
        elif name == "audience" and ":" in value:
            word, _, whose = value.partition(":")
            found[name] = f"{word}:{named(whose)}"
    return found
