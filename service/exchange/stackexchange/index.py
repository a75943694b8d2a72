"""What a reader has to know of the whole dump before it can read one record: on disk, so that memory stays flat."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.exchange.stackexchange.fields import from_milliseconds, milliseconds

QUESTION: Final = 1
ANSWER: Final = 2

_SAME_MOMENT: Final = 1000
"""Milliseconds: the site records the links of a text while it saves that text."""

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE user (id INTEGER PRIMARY KEY);
CREATE TABLE tag (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE post (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, owner INTEGER, question INTEGER,
                   accepted INTEGER, created INTEGER NOT NULL, title TEXT, tags TEXT);
CREATE INDEX answers ON post (question, created, id);
CREATE TABLE acceptance (answer INTEGER PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE link (id INTEGER PRIMARY KEY, post INTEGER NOT NULL, at INTEGER NOT NULL,
                   author INTEGER, channel TEXT, distance INTEGER);
CREATE INDEX links ON link (post, at);
CREATE TABLE proven (user INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Post:
    """What other records have to know of a question or an answer."""

    id: int
    kind: int
    """1 a question, 2 an answer; wikis and the like have other numbers."""
    owner: int | None
    """The user who wrote it; nobody where the account is gone."""
    question: int
    """The question that it belongs to, itself where it is one."""
    accepted: int | None
    """A question's accepted answer."""
    created: datetime
    title: str | None
    tags: str


class Index:
    """Users, posts, acceptances and who wrote which link, in a private file that goes away with the reader."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def add_user(self, user: int) -> None:
        """Note that an account is there. Accounts below 1 are the site's own programs, not people."""
        if user > 0:
            self._database.execute("INSERT OR IGNORE INTO user VALUES (?)", (user,))

    def add_tags(self, names: Iterable[str]) -> None:
        """Note tags, whether they are listed or only used."""
        self._database.executemany("INSERT OR IGNORE INTO tag VALUES (?)", ((name,) for name in names))

    def add_post(self, post: Post) -> None:
        """Note a post; the users have to be there first."""
        values = (
            post.id, post.kind, self._known(post.owner), post.question, post.accepted,
            milliseconds(post.created), post.title, post.tags,
        )  # fmt: skip
        self._database.execute("INSERT OR IGNORE INTO post VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def add_acceptance(self, answer: int, at: datetime) -> None:
        """Note when an answer was accepted, the last time if it was more than once."""
        self._database.execute(
            "INSERT INTO acceptance VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
            (answer, milliseconds(at)),
        )

    def add_link(self, link: int, post: int, at: datetime) -> None:
        """Note a link between posts, before what was written is noted."""
        self._database.execute(
            "INSERT OR IGNORE INTO link (id, post, at) VALUES (?, ?, ?)", (link, post, milliseconds(at))
        )

    def add_words(self, post: int, question: int, at: datetime, author: int | None, channel: str) -> None:
        """Note that somebody wrote in a question's thread: whoever did so at a link's moment made the link."""
        moment = milliseconds(at)
        self._database.execute(
            "UPDATE link SET author = ?3, channel = ?4, distance = abs(at - ?5) WHERE post IN (?1, ?2)"
            " AND at BETWEEN ?5 - ?6 AND ?5 + ?6 AND (distance IS NULL OR distance > abs(at - ?5))",
            (post, question, self._known(author), channel, moment, _SAME_MOMENT),
        )

    def conclude(self) -> None:
        """Work out what needs everything noted: whose answers were accepted by somebody else."""
        self._database.execute(
            "INSERT OR IGNORE INTO proven SELECT a.owner FROM post q JOIN post a ON a.id = q.accepted"
            " WHERE a.question = q.id AND a.owner IS NOT NULL AND a.owner IS NOT q.owner"
        )

    def is_person(self, user: int | None) -> bool:
        """Whether a user is somebody whose account is in the dump."""
        return self._known(user) is not None

    def is_proven(self, user: int) -> bool:
        """Whether somebody else accepted an answer of theirs."""
        return self._one("SELECT 1 FROM proven WHERE user = ?", user) is not None

    def tags(self) -> Iterator[str]:
        """Every tag, in the order of their names."""
        for (name,) in self._database.execute("SELECT name FROM tag ORDER BY name"):
            yield name

    def post(self, post: int) -> Post | None:
        """A post, where the dump has it."""
        found = self._one("SELECT * FROM post WHERE id = ?", post)
        if found is None:
            return None
        number, kind, owner, question, accepted, created, title, tags = found
        return Post(number, kind, owner, question, accepted, from_milliseconds(created), title, tags)

    def accepted_at(self, answer: int) -> datetime | None:
        """When an answer was accepted, where a vote says so."""
        found = self._one("SELECT at FROM acceptance WHERE answer = ?", answer)
        return None if found is None else from_milliseconds(found[0])

    def place(self, answer: Post) -> int:
        """An answer's place among its question's answers by time, from 0."""
        found = self._one(
            "SELECT count(*) FROM post WHERE question = ? AND kind = ? AND (created, id) < (?, ?)",
            answer.question, ANSWER, milliseconds(answer.created), answer.id,
        )  # fmt: skip
        return int(found[0]) if found else 0

    def author_of_link(self, link: int) -> tuple[int, str] | None:
        """Who wrote a link and in what, where somebody on record wrote at that moment."""
        found = self._one("SELECT author, channel FROM link WHERE id = ? AND author IS NOT NULL", link)
        return None if found is None else (found[0], found[1])

    def _known(self, user: int | None) -> int | None:
        return user if user is not None and self._one("SELECT 1 FROM user WHERE id = ?", user) else None

    def _one(self, query: str, *values: object) -> tuple | None:  # type: ignore[type-arg]
        row: tuple | None = self._database.execute(query, values).fetchone()  # type: ignore[type-arg]
        return row
