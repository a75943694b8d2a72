"""The fields of what the model declares, as every room knows them: of a noun, or of a question's parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from service.model.ids import NamesItem
from service.model.items import Link


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """One field."""

    name: str
    """As callers and the graph write it, in camelCase."""
    attribute: str
    """As Python writes it."""
    type: Any
    """The Python type without its annotations: `str`, `datetime`, an enum, `int`, `bool` or a list of one of them."""
    optional: bool
    """Whether it may be null."""
    required: bool
    """Whether a caller must give it."""
    description: str
    link: Link | None = None
    names_item: bool = False
    """Whether it is the id of an item, or a list of ids."""
    kinds: tuple[str, ...] = ()
    """Of which kinds that item may be, where this is said of a question's parameter."""
    default: Any = None
    """What holds where a caller gives nothing."""
    limits: str = ""
    """From where to where it may go, in words: `1 to 50`."""

    @property
    def described(self) -> str:
        """What it is, and within which limits."""
        return f"{self.description} From {self.limits}." if self.limits else self.description

    @property
    def many(self) -> bool:
        """Whether it is a list."""
        return get_origin(self.type) is list


def declared_fields(cls: type) -> Mapping[str, DeclaredField]:
    """The fields of a pydantic dataclass, by their outer name."""
    fields: dict[str, FieldInfo] = cls.__pydantic_fields__  # type: ignore[attr-defined]
    hints = get_type_hints(cls, include_extras=True)
    found = (_field(attribute, info, hints[attribute]) for attribute, info in fields.items())
    return MappingProxyType({field.name: field for field in found})


def _field(attribute: str, info: FieldInfo, hint: Any) -> DeclaredField:
    bare, extras = _unwrapped(hint)
    options = get_args(bare) if get_origin(bare) in {Union, UnionType} else (bare,)
    real = []
    for option in options:
        if option is not type(None):
            inner, more = _unwrapped(option)
            if get_origin(inner) is list:
                element, further = _unwrapped(get_args(inner)[0])
                inner, more = list[element], [*more, *further]  # type: ignore[valid-type]
            real.append(inner)
            extras += more
    return DeclaredField(
        name=info.alias or to_camel(attribute),
        attribute=attribute,
        type=real[0],
        optional=type(None) in options,
        required=info.is_required(),
        description=info.description or "",
        link=next((extra for extra in extras if isinstance(extra, Link)), None),
        names_item=any(isinstance(extra, NamesItem) for extra in extras),
        kinds=next((extra.kinds for extra in reversed(extras) if isinstance(extra, NamesItem)), ()),
        limits=_limits(info),
        default=None if info.is_required() else info.get_default(call_default_factory=True, validated_data={}),
    )


def _limits(info: FieldInfo) -> str:
    least = next((one.ge for one in info.metadata if hasattr(one, "ge")), None)
    most = next((one.le for one in info.metadata if hasattr(one, "le")), None)
    return f"{least:g} to {most:g}" if isinstance(least, int | float) and isinstance(most, int | float) else ""


def _unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    extras: list[Any] = []
    while get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        extras += more
    return hint, extras
