"""A row: one item as somebody wants it written, read from what they gave, before the graph has been asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Literal
from uuid import UUID

from service.model.errors import Invalid
from service.model.ids import as_id, derived_id, is_reference, new_id, split_reference
from service.model.items import Draft, Link
from service.model.kinds import KINDS, Kind
from service.operations.validation import kind_named, read_changes, read_draft

Mode = Literal["create", "put", "ensure", "update"]
"""`put` makes or replaces, `ensure` makes and leaves alone what is there, `update` changes the fields given."""
Accounts = Mapping[tuple[str, str], tuple[str, str]]
"""What is known of accounts: source and external id -> the account's id and its person's."""

_as_id = lru_cache(maxsize=20_000)(as_id)
_derived_id = lru_cache(maxsize=20_000)(derived_id)
"""The same few people and items are named again and again in a stream."""

_RECORDED = ("createdAt", "updatedAt", "version", "author")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an export says that a service recorded, kept where the item is made anew."""

    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int | None = None
    author: str | None = None


@dataclass(slots=True, kw_only=True)
class Row:
    """One item as it is to be written."""

    line: int
    kind: Kind
    mode: Mode
    word: str | None
    """The id, or the reference of a person, that the caller named it by; nothing where the service makes one."""
    draft: Draft | None
    """The whole item; nothing in an update, whose draft is read once the recorded item is known."""
    changes: Mapping[str, object] = field(default_factory=dict)
    """In an update, the fields given."""
    words: Mapping[str, list[str]]
    """The ids in the link fields given, by field; and references, where they may be accounts of people."""
    names_audience: bool = True
    """Whether the caller says who may see it; a draft says everyone where nothing is said."""
    recorded: Recorded | None = None
    if_version: int | None = None
    made_id: str = ""
    """The id that the service gives it where the caller gives none."""

    def id(self, accounts: Accounts) -> str:
        """The id of the item; a reference to a person may be known as an account, and an account by what it names."""
        if self.word is None:
            known = accounts.get(account_of(self)) if self.kind.label == "Account" else None
            return known[0] if known else self.made_id
        return named_id(self.word, accounts)


def named_id(word: str, accounts: Accounts) -> str:
    """The id that a row's word names: itself, or the person whose account it refers to, or else what it derives."""
    if not is_reference(word):
        return word
    source, _, external_id = word.partition("/")
    known = accounts.get((source, external_id))
    return known[1] if known else _derived_id(source, external_id)


def whole_row(
    kind: Kind, mode: Mode, body: Mapping[str, object], *, now: datetime, line: int = 0, if_version: int | None = None
) -> Row:
    """The row that a body stands for; it may hold `id` and, from an export, what was recorded."""
    given = dict(body)
    word = _own_word(given.pop("id", None), kind)
    recorded = _recorded(given) if any(name in given for name in _RECORDED) else None
    draft = read_draft(kind, given, now)
    row = Row(
        line=line,
        kind=kind,
        mode=mode,
        word=word,
        draft=draft,
        names_audience="audience" in body,
        words={name: _words(getattr(draft, link.attribute), name, link) for name, link in link_fields(kind.label)},
        recorded=recorded,
        if_version=if_version,
    )
    if word is None:
        row.made_id = account_id(*account_of(row)) if kind.label == "Account" else new_id()
    return row


def typed_row(body: Mapping[str, object], *, now: datetime, line: int, only_if_new: bool = False) -> Row:
    """The row of a file or a bulk request, which says its type; with an id it is put, without one created.

    With `onlyIfNew` an item that is there already stays as it is.
    """
    rest = dict(body)
    kind = kind_named(rest.pop("type", None))
    only_if_new = _flag(rest.pop("onlyIfNew", only_if_new))
    mode: Mode = "put" if rest.get("id") is not None or kind.label == "Account" else "create"
    if only_if_new and mode == "put":
        mode = "ensure"
    return whole_row(kind, mode, rest, now=now, line=line)


def update_row(kind: Kind, word: str, changes: Mapping[str, object], *, if_version: int | None) -> Row:
    """The row that changes some fields of a recorded item."""
    read_changes(kind, changes)
    words = {name: _words(changes[name], name, link) for name, link in link_fields(kind.label) if name in changes}
    return Row(
        line=0,
        kind=kind,
        mode="update",
        word=_own_word(word, kind),
        draft=None,
        changes=changes,
        words=words,
        if_version=if_version,
    )


def merged_body(
    kind: Kind, properties: Mapping[str, Any], links: Mapping[str, Any], changes: Mapping[str, object]
) -> dict[str, object]:
    """A recorded item in the caller's words, with some fields changed; null clears what may be left out."""
    body: dict[str, object] = {
        name: properties[name] for name, given in kind.given.items() if not given.link and name in properties
    }
    for name, given in kind.links.items():
        ids = list(links.get(name, ()))
        if given.many or ids:
            body[name] = ids if given.many else ids[0]
    for name, value in changes.items():
        known = kind.given.get(name)
        if value is None and known is not None and known.many:
            body[name] = []
        elif value is None and known is not None and known.optional:
            body.pop(name, None)
        else:
            body[name] = value
    return body


def account_of(row: Row) -> tuple[str, str]:
    """The source and external id of an Account's row."""
    return getattr(row.draft, "source"), getattr(row.draft, "external_id")  # noqa: B009 -- a draft of that kind has them


def account_id(source: str, external_id: str) -> str:
    """The id of the account itself: derived, so that it is written once, and another than its person's."""
    return derived_id("account", f"{source}/{external_id}")


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("`onlyIfNew` is neither true nor false", right="Give true or false.", field="onlyIfNew")
    return value


def _own_word(value: object, kind: Kind) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= 300:  # noqa: PLR2004 -- the longest reference
        raise Invalid("`id` is neither an id nor a reference", right="Give a UUID, or source/externalId.", field="id")
    return _named(value, "id", persons=kind.label == "Person")


@dataclass(frozen=True, slots=True)
class LinkField:
    """A link field of a kind, with what reading its words asks again and again."""

    attribute: str
    link: Link
    many: bool
    persons: bool
    """Whether a reference in it may be the account of a person."""


@cache
def link_fields(label: str) -> tuple[tuple[str, LinkField], ...]:
    """The link fields of a kind by name."""
    links = KINDS[label].links.items()
    return tuple(
        (name, LinkField(given.attribute, given.link, given.many, "Person" in given.link.to))
        for name, given in links
        if given.link
    )


def _words(value: object, name: str, link: LinkField) -> list[str]:
    """The words in a link field; what is no text is left for the draft's own validation to name."""
    if isinstance(value, str):
        return [_named(value, name, persons=link.persons)]
    if not isinstance(value, list):
        return []
    return [
        _named(word, f"{name}.{position}", persons=link.persons)
        for position, word in enumerate(value)
        if isinstance(word, str)
    ]


def _named(word: str, path: str, *, persons: bool) -> str:
    """The id that a word names; a reference is kept as it is where it may be the account of a person."""
    if persons and is_reference(word):
        split_reference(word, path)
        return word
    return _as_id(word, path)


def _recorded(given: dict[str, object]) -> Recorded:
    version, author = given.pop("version", None), given.pop("author", None)
    if version is not None and (not isinstance(version, int) or isinstance(version, bool) or version < 1):
        raise Invalid("`version` is not a version", right="Give a whole number from 1.", field="version")
    if author is not None:
        author = _author(author)
    return Recorded(
        created_at=_instant(given, "createdAt"), updated_at=_instant(given, "updatedAt"), version=version, author=author
    )


def _author(value: object) -> str:
    try:
        return str(UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        raise Invalid("`author` is not an id", right="Give a person's UUID.", field="author") from None


def _instant(given: dict[str, object], name: str) -> datetime | None:
    value = given.pop(name, None)
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        instant = value
    if instant is not None and (not isinstance(instant, datetime) or instant.tzinfo is None):
        raise Invalid(f"`{name}` is not an instant", right="Give an instant in ISO 8601 with an offset.", field=name)
    return instant
