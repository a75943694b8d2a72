"""Conventions: what the network calls the stages of a community and the layers of the pyramid, and who says so."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, get_type_hints

import structlog
from pydantic import TypeAdapter, ValidationError

from service.access.permissions import require
from service.model.answers import Basis
from service.model.conventions import (
    Conventions,
    ConventionsDraft,
    ConventionsQuestion,
    PyramidLayerDraft,
    StageDimension,
    StageDimensionDraft,
)
from service.model.credit import PyramidLayer
from service.model.errors import Conflict, Invalid, Problem
from service.model.fields import declared_fields
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.facts import Ask
from service.operations.network import Network
from service.operations.validation import problems_of

audit = structlog.get_logger("retell.audit")
OUTSIDE: Final = "outside"
PARTS: Final = ("derived alone", "derived together", "derived before", "told", "surfaced", "tested", "feedback")
"""What the layers of the pyramid are given, each to one of them; and `outside`, to one or none."""

_DIMENSIONS: Final = TypeAdapter(list[StageDimension])
_PYRAMID: Final = TypeAdapter(list[PyramidLayer])
_DRAFT: Final = TypeAdapter(ConventionsDraft)
_DRAFTS: Final = {name: TypeAdapter(hint) for name, hint in get_type_hints(ConventionsDraft).items()}
_FIELDS: Final = declared_fields(ConventionsDraft)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What holds now; `own` is what was said otherwise than shipped, as JSON, by part."""

    dimensions: list[StageDimension]
    pyramid: list[PyramidLayer]
    version: int = 0
    changed_at: datetime | None = None
    own: Mapping[str, str | None]

    @property
    def stages(self) -> list[str]:
        """The stages of all dimensions, each once."""
        return list(dict.fromkeys(stage for one in self.dimensions for stage in one.stages))


async def conventions(network: Network, _viewer: Viewer, _asked: ConventionsQuestion) -> Conventions:
    """What the network has settled on, for everybody who may ask anything; always as it is now."""
    return _shown(await settled(network.ask))


async def change_conventions(
    network: Network, viewer: Viewer, changes: Mapping[str, object], *, if_version: int | None = None
) -> Conventions:
    """Settle on something else from now on, for every question, also about what has been; nothing recorded is changed.

    What is left out stays, and null brings back what was shipped. A stage that is not named any more stays in the
    histories of those who reached it, and lies on no dimension.

    Raises:
        Forbidden: the viewer does not administer.
        Invalid: a field is wrong, a name comes twice, or a part stands in no layer or in two.
        Conflict: the conventions are at another version than the one given, or somebody was quicker.
    """
    require(viewer, Scope.administer)
    draft = _read(changes)
    before = await settled(network.ask)
    if if_version not in {None, before.version}:
        wrong = f"The conventions have changed: they are at version {before.version} now"
        raise Conflict(wrong, right="Read them again, then change them.", field="ifVersion")
    own = {**before.own, **{name: _kept(name, getattr(draft, name)) for name in changes}}
    if own == before.own:
        return _shown(before)
    given = {"version": before.version, "now": datetime.now(UTC), **own}
    if not await network.write("conventions/keep", given):
        raise Conflict("Somebody else is changing the conventions", right="Read them again, then change them.")
    audit.info("conventions.changed", principal=viewer.principal, version=before.version + 1, parts=sorted(changes))
    return _shown(await settled(network.ask))


async def settled(ask: Ask) -> Settled:
    """What holds now, for whichever question needs it."""
    return settled_from(await ask("conventions/kept", {}))


def settled_from(found: Iterable[Mapping[str, Any]]) -> Settled:
    """What holds by what is kept; what was shipped where nothing is."""
    for kept in found:
        own = {name: kept[name] for name in _FIELDS}
        changed_at = datetime.fromisoformat(kept["changedAt"]) if kept["changedAt"] else None
        return Settled(
            dimensions=_DIMENSIONS.validate_json(own["dimensions"]) if own["dimensions"] else _shipped().dimensions,
            pyramid=_PYRAMID.validate_json(own["pyramid"]) if own["pyramid"] else _shipped().pyramid,
            version=kept["version"],
            changed_at=changed_at,
            own=own,
        )
    return _shipped()


@cache
def _shipped() -> Settled:
    said = tomllib.loads((files(__package__) / "conventions.toml").read_text(encoding="utf-8"))
    return Settled(
        dimensions=_DIMENSIONS.validate_python(said["dimension"]),
        pyramid=_PYRAMID.validate_python(said["layer"]),
        own=dict.fromkeys(_FIELDS),
    )


def _shown(found: Settled) -> Conventions:
    return Conventions(
        dimensions=found.dimensions,
        pyramid=found.pyramid,
        version=found.version,
        changed_at=found.changed_at,
        basis=Basis(as_of=datetime.now(UTC), audience=EVERYONE),
    )


def _kept(name: str, part: object) -> str | None:
    return None if part is None else _DRAFTS[name].dump_json(part).decode()


def _read(changes: Mapping[str, object]) -> ConventionsDraft:
    """The changes as they are meant; `Invalid` with every problem of them."""
    try:
        draft = _DRAFT.validate_python(dict(changes), by_alias=True, by_name=False)
    except ValidationError as error:
        raise Invalid.of(problems_of("Conventions", _FIELDS, error)) from None
    problems = [*_wrong_stages(draft.dimensions or ()), *_wrong_layers(draft.pyramid or ())]
    if problems:
        raise Invalid.of(problems)
    return draft


def _wrong_stages(dimensions: Sequence[StageDimensionDraft]) -> Iterator[Problem]:
    yield from _twice("dimensions.{}.name", [one.name for one in dimensions])
    for place, one in enumerate(dimensions):
        yield from _twice(f"dimensions.{place}.stages.{{}}", one.stages)


def _wrong_layers(layers: Sequence[PyramidLayerDraft]) -> Iterator[Problem]:
    yield from _twice("pyramid.{}.name", [one.name for one in layers])
    placed = [
        (part, f"pyramid.{place}.parts.{{}}", at)
        for place, one in enumerate(layers)
        for at, part in enumerate(one.parts)
    ]
    for part, path, at in placed:
        if part not in {*PARTS, OUTSIDE}:
            yield Problem(
                field=path.format(at), wrong="That is no part", right=f"Give of {', '.join((*PARTS, OUTSIDE))}."
            )
    counts = Counter(part for part, *_ in placed)
    for part in (*PARTS, OUTSIDE):
        if layers and (counts[part] > 1 or (counts[part] == 0 and part != OUTSIDE)):
            wrong = f"`{part}` stands in {'several layers' if counts[part] else 'no layer'}"
            yield Problem(field="pyramid", wrong=wrong, right="Give it to one layer.")


def _twice(path: str, names: Sequence[str]) -> Iterator[Problem]:
    """The names that come a second time, in large or small letters; nobody could tell them apart."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name.strip().casefold() in seen:
            yield Problem(field=path.format(place), wrong="This name comes twice", right="Give each name once.")
        seen.add(name.strip().casefold())
