"""From what a caller gives to a draft, and from what is wrong with it to problems in the caller's own words.

A problem names the field and what would be right. It repeats what was written there only where that is one short word
in the place of another: never what may be a text or a key.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import EnumType
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from service.model.errors import Invalid, Problem
from service.model.fields import DeclaredField
from service.model.items import Draft
from service.model.kinds import KINDS, Kind

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of ours another's clock may run before what it dates counts as the future."""

_SHORT_WORD = re.compile(r"[\w.:-]{1,30}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_INSTANT_FORM = "Give an instant in ISO 8601 with an offset, like 2026-03-01T09:30:00Z."
_WORDS = {
    "missing": ("`{path}` is missing", "{description}"),
    "unexpected_keyword_argument": ("{label} has no field of this name", "Its fields are {fields}."),
    "enum": ("{given} is none of the permitted values of `{path}`", "Give one of {members}."),
    "string_too_long": ("`{path}` is too long", "Give at most {max_length} character{s}."),
    "string_too_short": ("`{path}` is too short", "Give at least {min_length} character{s}."),
    "too_long": ("`{path}` is too long", "Give at most {max_length} {entries}."),
    "too_short": ("`{path}` is too short", "Give at least {min_length} {entries}."),
    "greater_than_equal": ("`{path}` is out of range", "Give a number that is at least {ge}."),
    "greater_than": ("`{path}` is out of range", "Give a number that is more than {gt:g}."),
    "less_than": ("`{path}` is out of range", "Give a number that is less than {lt:g}."),
    "less_than_equal": ("`{path}` is out of range", "Give a number that is at most {le}."),
    "string_type": ("`{path}` is not text", "Give a text."),
    "string_unicode": ("`{path}` is not valid Unicode", "Give text without half surrogate pairs."),
    "string_pattern_mismatch": ("`{path}` has not the form that it needs", "{description}"),
    "string_pattern_mismatch audience": (
        "That is no audience",
        "Give {audiences}.",
    ),
    "list_type": ("`{path}` is not a list", "Give a list of ids."),
    "timezone_aware": ("`{path}` does not say in which time zone", _INSTANT_FORM),
    "instant": ("`{path}` is not an instant", _INSTANT_FORM),
    "finite_number": ("`{path}` is not a finite number", "Give a finite number."),
    "float_type": ("`{path}` is not a number", "Give a number."),
    "float_parsing": ("`{path}` is not a number", "Give a number."),
    "int_type": ("`{path}` is not a whole number", "Give a whole number."),
    "int_parsing": ("`{path}` is not a whole number", "Give a whole number."),
    "bool_type": ("`{path}` is neither true nor false", "Give true or false."),
    "bool_parsing": ("`{path}` is neither true nor false", "Give true or false."),
    "dict_type": ("`{path}` is not an object", "Give an object: {description}"),
    "dataclass_type": ("That is not an object", "Give an object with the fields of a {label}."),
}
"""What is wrong and what would be right, by pydantic's kind of error, or by that and the field."""

_ITEMS = "everyone, organisation:ID, community:ID or person:ID, with a UUID as ID"
_ANSWERS = "everyone, or community:ID for a community that you belong to"
"""For whom items are, and on which audiences answers are computed."""

_HAPPENED = frozenset({"at", "happenedAt", "eventAt", "since", "from"})
_FROM_UNTIL = (("since", "until"), ("from", "until"))
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the drafts of one kind are read, built once."""

    kind: Kind
    adapter: TypeAdapter[Draft]
    instants: tuple[str, ...]
    numbers: tuple[str, ...]
    booleans: tuple[str, ...]
    spans: tuple[tuple[str, str], ...]
    past: tuple[str, ...]


@cache
def _reader(label: str) -> _Reader:
    kind = KINDS[label]
    types = {name: field.type for name, field in kind.given.items()}
    return _Reader(
        kind=kind,
        adapter=TypeAdapter(kind.draft),
        instants=tuple(name for name, type in types.items() if type in {datetime, AwareDatetime}),
        numbers=tuple(name for name, type in types.items() if type is int),
        booleans=tuple(name for name, type in types.items() if type is bool),
        spans=tuple(span for span in _FROM_UNTIL if set(span) <= types.keys()),
        past=tuple(name for name in types if name in _HAPPENED),
    )


def kind_named(word: object, field: str = "type") -> Kind:
    """The kind of a label, or `Invalid`."""
    kind = KINDS.get(word) if isinstance(word, str) else None
    if kind is None:
        wrong = f"`{field}` is missing" if word is None else f"{_repeated(word)} is no kind of item"
        raise Invalid(wrong, right=f"Give one of {', '.join(KINDS)}.", field=field)
    return kind


def read_draft(kind: Kind, body: Mapping[str, object], now: datetime) -> Draft:
    """The draft that a caller's body stands for; `Invalid` with every problem of its fields."""
    reader = _reader(kind.label)
    problems = _loose_values(reader, body)
    if problems:
        raise Invalid.of(problems)
    try:
        draft = reader.adapter.validate_python(body, by_alias=True, by_name=False)
    except ValidationError as error:
        raise Invalid.of(problems_of(kind.label, kind.given, error)) from None
    problems = _times_out_of_order(reader, draft, now)
    if problems:
        raise Invalid.of(problems)
    return draft


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC; where it is there already, without the arithmetic, which is a tenth of a bulk row."""
    return instant.astimezone(UTC) if instant.utcoffset() else instant.replace(tzinfo=UTC)


def instants_not_meant(fields: Iterable[str], given: Mapping[str, object]) -> list[Problem]:
    """Values that would be read as an instant that nobody meant: 5, or "5"."""
    problems = []
    for name in fields:
        value = given.get(name)
        if value is None or isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.match(value)):
            continue
        problems.append(Problem(field=name, wrong=f"`{name}` is not an instant", right=_INSTANT_FORM))
    return problems


def read_changes(kind: Kind, changes: Mapping[str, object]) -> None:
    """Refuse changes that no item of the kind could take; whether the whole is right is known with what is recorded."""
    reader = _reader(kind.label)
    clearable = {name for name, field in kind.given.items() if field.optional or (field.many and not field.required)}
    given = {name: value for name, value in changes.items() if value is not None or name not in clearable}
    problems = _loose_values(reader, given)
    if not problems:
        try:
            reader.adapter.validate_python(given, by_alias=True, by_name=False)
        except ValidationError as error:
            problems = problems_of(kind.label, kind.given, error, but={"missing"})
    if problems:
        raise Invalid.of(problems)


def _loose_values(reader: _Reader, body: Mapping[str, object]) -> list[Problem]:
    """Values that would be read as something that nobody meant: 5 as an instant, `true` as a number, "no" as false."""
    problems = instants_not_meant(reader.instants, body)
    for name in reader.numbers:
        value = body.get(name)
        # 5.0 is a whole number too: JSON has but one kind of number.
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if value is not None and (not whole or isinstance(value, bool)):
            problems.append(Problem(field=name, wrong=f"`{name}` is not a whole number", right="Give a whole number."))
    problems += [
        Problem(field=name, wrong=f"`{name}` is neither true nor false", right="Give true or false.")
        for name in reader.booleans
        if not isinstance(body.get(name, False), bool)
    ]
    return problems


def _times_out_of_order(reader: _Reader, draft: Draft, now: datetime) -> list[Problem]:
    problems: list[Problem] = []

    def wrong(name: str, how: str, right: str) -> None:
        problems.append(Problem(field=name, wrong=f"`{name}` is {how}", right=right))

    values: dict[str, datetime] = {}
    for name in reader.instants:
        value: datetime | None = getattr(draft, reader.kind.given[name].attribute)
        if value is None:
            continue
        try:
            values[name] = in_utc(value)
        except OverflowError:
            wrong(name, "out of range", "Give a year from 1 to 9999, in UTC.")
            continue
        if name in reader.past and values[name] > now + CLOCK_TOLERANCE:
            wrong(name, "in the future", "Give an instant at most five minutes ahead.")
    for start, end in reader.spans:
        if start in values and end in values and values[end] < values[start]:
            wrong(end, f"before `{start}`", f"Give an instant not before `{start}`.")
    return problems


def problems_of(
    label: str, fields: Mapping[str, DeclaredField], error: ValidationError, *, but: Collection[str] = ()
) -> list[Problem]:
    """What pydantic refused, in the caller's own words; `label` names what the fields belong to."""
    details = [one for one in error.errors(include_url=False) if one["type"] not in but]
    return [problem_of(detail, detail["loc"], label=label, fields=fields) for detail in details[:_MOST_PROBLEMS]]


def problem_of(
    detail: ErrorDetails | Mapping[str, Any],
    place: Sequence[str | int],
    *,
    label: str = "",
    fields: Mapping[str, DeclaredField] = MappingProxyType({}),
) -> Problem:
    """One thing that pydantic refused at a place, in words; they say more where the fields are known."""
    path = ".".join(str(step) for step in place) or None
    name = str(place[0]) if place else ""
    field = fields.get(name)
    context = detail.get("ctx", {})
    type = "instant" if detail["type"].startswith(("datetime", "date_")) else detail["type"]
    if type == "extra_forbidden" and fields:  # a model's way of saying what a dataclass calls an unexpected keyword
        type = "unexpected_keyword_argument"
    wrong, right = _WORDS.get(f"{type} {name}") or _WORDS.get(type) or ("`{path}` is wrong", "{description}")
    most = context.get("min_length", context.get("max_length"))
    words = {
        "path": path or "The body",
        "given": _repeated(detail.get("input")),
        "s": "" if most == 1 else "s",
        "entries": "entry" if most == 1 else "entries",
        "label": label,
        "fields": ", ".join(fields),
        "audiences": _ITEMS if "organisation" in str(context.get("pattern")) else _ANSWERS,
        "description": field.description if field else f"{detail['msg']}.",
        "members": ", ".join(_members(field.type if field else None) or _expected(context)),
        **context,
    }
    return Problem(field=path, wrong=wrong.format_map(words), right=right.format_map(words))


def _repeated(given: object) -> str:
    """What was given, where it is one short word; a text or a key may stand there by mistake, and is not told."""
    return f"`{given}`" if isinstance(given, str | int) and _SHORT_WORD.fullmatch(str(given)) else "What was given"


def _members(type: Any) -> list[str]:
    members: list[Any] = list(type) if isinstance(type, EnumType) else []
    return [str(member.value) for member in members]


def _expected(context: Mapping[str, Any]) -> list[str]:
    """What pydantic says it expected, without its quotes and its `or`: 'a', 'b' or 'c'."""
    expected = str(context.get("expected", ""))
    return re.findall(r"'([^']*)'", expected) or re.split(r", | or ", expected)
