"""A dump opened for reading: its files, what is to be called what, and one pass over everything before any row."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from service.exchange.rows import Advance, Unreadable
from service.exchange.stackexchange.fields import (
    Fields,
    day_or_instant,
    instant,
    number,
    optional_number,
    tags,
    text,
)
from service.exchange.stackexchange.index import ANSWER, QUESTION, Index, Post
from service.exchange.stackexchange.xml import records
from service.model.errors import Invalid

ACCEPTED = 1
"""The vote of one who accepts an answer to a question of theirs."""

NEEDED = ("Users", "Posts")
READ = ("Users", "Tags", "PostLinks", "Posts", "Votes", "Comments")
_TIMES_READ = {"Posts": 3}


@dataclass(frozen=True, kw_only=True)
class Site:
    """How a site is called here."""

    source: str
    """The first half of every reference: `source/question-1`."""
    name: str
    """The community's name."""
    purpose: str | None = None
    language: str = "en"
    """A BCP 47 tag."""


@dataclass(frozen=True, kw_only=True)
class Dump:
    """A dump whose files have all been read through once."""

    site: Site
    files: dict[str, Path]
    index: Index
    advance: Advance
    counted: Counter[str] = field(default_factory=Counter)
    """What is in the dump and becomes no row by design, by what it is: votes without a voter and the like."""

    def reference(self, kind: str, number: object) -> str:
        """What stands for one of the site's things in a row: `source/question-1`."""
        return f"{self.site.source}/{kind}-{number}"

    def person(self, user: int) -> str:
        """What stands for a user's person: the account itself."""
        return f"{self.site.source}/{user}"

    def subject(self, post: Post) -> str | None:
        """The story or contribution that a post became; nothing for a wiki or an answer whose author is gone."""
        if post.kind == QUESTION:
            return self.reference("question", post.id)
        return self.reference("answer", post.id) if post.kind == ANSWER and post.owner else None


def files_of(folder: Path) -> dict[str, Path]:
    """The dump's files by their names without `.xml`; Invalid where the folder is not a dump."""
    right = "Name the folder that holds the unpacked dump: Users.xml, Posts.xml, Comments.xml, Votes.xml and so on."
    if not folder.is_dir():
        raise Invalid(f"{folder} is not a folder", right=right, field="path")
    files = {path.stem.lower(): path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".xml"}
    missing = [name for name in NEEDED if name.lower() not in files]
    if missing:
        named = " and no ".join(f"{name}.xml" for name in missing)
        raise Invalid(f"{folder} has no {named}", right=right, field="path")
    return {name: files[name.lower()] for name in READ if name.lower() in files}


def ignored_files(folder: Path) -> list[str]:
    """XML files beside the dump's that are not read: Badges.xml, PostHistory.xml and whatever a later dump adds."""
    names = {name.lower() for name in READ}
    return sorted(path.name for path in folder.glob("*.[xX][mM][lL]") if path.stem.lower() not in names)


def bytes_to_read(files: dict[str, Path]) -> int:
    """How many bytes `advance` will be told of: each file once to check and index it, and then for its rows."""
    return sum(path.stat().st_size * _TIMES_READ.get(name, 2) for name, path in files.items())


@contextmanager
def opened(folder: Path, site: Site, advance: Advance) -> Iterator[Dump]:
    """The dump in a folder, read through once: a file that is cut, broken or not of a dump is refused here.

    So what is wrong with the XML comes up before the first row of it is written.
    """
    if "/" in site.source or not site.source.strip():
        raise Invalid(
            f"{site.source!r} can't name a source", right="Give a short word without a slash.", field="source"
        )
    dump = Dump(site=site, files=files_of(folder), index=Index(), advance=advance)
    try:
        _read_through(dump)
        yield dump
    finally:
        dump.index.close()


def _read_through(dump: Dump) -> None:
    notes = {"Users": _user, "Tags": _tag, "PostLinks": _link, "Posts": _post, "Votes": _vote, "Comments": _comment}
    for name, path in dump.files.items():
        for record in records(path, name.lower(), dump.advance):
            with suppress(Unreadable):  # reported with its line by the pass that makes rows
                notes[name](dump.index, record.fields)
    dump.index.conclude()


def _user(index: Index, fields: Fields) -> None:
    instant(fields, "CreationDate")
    index.add_user(number(fields, "Id"))


def _tag(index: Index, fields: Fields) -> None:
    index.add_tags([text(fields, "TagName")])


def _link(index: Index, fields: Fields) -> None:
    index.add_link(number(fields, "Id"), number(fields, "PostId"), instant(fields, "CreationDate"))


def _post(index: Index, fields: Fields) -> None:
    post = post_of(fields)
    index.add_post(post)
    index.add_tags(tags(post.tags))
    if post.kind in {QUESTION, ANSWER}:
        channel = "question" if post.kind == QUESTION else "answer"
        index.add_words(post.id, post.question, post.created, post.owner, channel)
        if fields.get("LastEditDate"):
            editor = optional_number(fields, "LastEditorUserId")
            index.add_words(post.id, post.question, instant(fields, "LastEditDate"), editor, "edit")


def _vote(index: Index, fields: Fields) -> None:
    if number(fields, "VoteTypeId") == ACCEPTED:
        index.add_acceptance(number(fields, "PostId"), day_or_instant(fields, "CreationDate"))


def _comment(index: Index, fields: Fields) -> None:
    post = index.post(number(fields, "PostId"))
    if post:
        author = optional_number(fields, "UserId")
        index.add_words(post.id, post.question, instant(fields, "CreationDate"), author, "comment")


def post_of(fields: Fields) -> Post:
    """What other records have to know of a post's record."""
    post, kind = number(fields, "Id"), number(fields, "PostTypeId")
    if kind in {QUESTION, ANSWER}:
        text(fields, "Body")
    return Post(
        id=post,
        kind=kind,
        owner=optional_number(fields, "OwnerUserId"),
        question=number(fields, "ParentId") if kind == ANSWER else post,
        accepted=optional_number(fields, "AcceptedAnswerId") if kind == QUESTION else None,
        created=instant(fields, "CreationDate"),
        title=text(fields, "Title") if kind == QUESTION else None,
        tags=fields.get("Tags", "") if kind == QUESTION else "",
    )


def known_post(dump: Dump, fields: Fields) -> Post:
    """A post's record once every user is known: an owner whose account is not in the dump is nobody."""
    post = post_of(fields)
    return post if dump.index.is_person(post.owner) else replace(post, owner=None)
