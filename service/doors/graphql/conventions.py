"""Conventions, changed by who administers; what they are is a question, with a field like every other."""

from dataclasses import asdict
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from service.doors.graphql.answers import Info, answer_type
from service.doors.graphql.items import enumeration
from service.doors.graphql.mutations import ProblemShown
from service.model import conventions as declared
from service.model.credit import PyramidSurface
from service.model.errors import RetellError
from service.operations import conventions


def _said(cls: type) -> dict[str, str]:
    return {name: str(field.description) for name, field in cls.__pydantic_fields__.items()}  # type: ignore[attr-defined]


_DIMENSION, _LAYER = _said(declared.StageDimensionDraft), _said(declared.PyramidLayerDraft)
_CONVENTIONS = _said(declared.ConventionsDraft)
_SURFACE: Any = enumeration(PyramidSurface)


@strawberry.input(description="A dimension as it is to be.")
class StageDimensionInput:
    """A dimension, whole."""

    name: str = strawberry.field(description=_DIMENSION["name"])
    stages: list[str] = strawberry.field(description=_DIMENSION["stages"])


@strawberry.input(description="A layer as it is to be.")
class PyramidLayerInput:
    """A layer, whole."""

    name: str = strawberry.field(description=_LAYER["name"])
    surface: Any = strawberry.field(
        graphql_type=_SURFACE, default=PyramidSurface.unknown, description=_LAYER["surface"]
    )
    parts: list[str] = strawberry.field(default_factory=list, description=_LAYER["parts"])


@strawberry.type(name="ConventionsPayload", description="What changing the conventions answers.")
class ConventionsPayload:
    """The conventions, or what was wrong."""

    conventions: Any = strawberry.field(
        default=None,
        graphql_type=answer_type(declared.Conventions) | None,
        description="The conventions as they stand now.",
    )
    problems: list[ProblemShown] = strawberry.field(default_factory=list, description="Empty where all went well.")


async def _change_conventions(
    info: Info,
    dimensions: Annotated[
        list[StageDimensionInput] | None, strawberry.argument(description=_CONVENTIONS["dimensions"])
    ] = UNSET,
    pyramid: Annotated[
        list[PyramidLayerInput] | None, strawberry.argument(description=_CONVENTIONS["pyramid"])
    ] = UNSET,
    if_version: Annotated[
        int | None, strawberry.argument(description="Change them only at this version; otherwise a conflict.")
    ] = None,
) -> ConventionsPayload:
    given = {"dimensions": dimensions, "pyramid": pyramid}
    changes = {name: _plain(part) for name, part in given.items() if part is not UNSET}
    try:
        found = await conventions.change_conventions(
            info.context.network, info.context.viewer, changes, if_version=if_version
        )
    except RetellError as error:
        return ConventionsPayload(
            problems=[ProblemShown(kind=error.kind, **asdict(problem)) for problem in error.problems]
        )
    return ConventionsPayload(conventions=found)


def _plain(part: Any) -> Any:
    if part is None:
        return None
    return [
        {name: value.value if isinstance(value, Enum) else value for name, value in vars(one).items()} for one in part
    ]


@strawberry.type
class ConventionsMutations:
    """Settling on something else."""

    change_conventions: ConventionsPayload = strawberry.field(
        resolver=_change_conventions,
        description="Change what the network calls its stages and layers: what is left out stays, null brings back "
        "what was shipped. Administrators only.",
    )
