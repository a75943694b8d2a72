"""A Stack Exchange data dump, the folder of XML files that public dumps and company instances share, as rows."""

from collections.abc import Iterator
from itertools import chain

from service.exchange.rows import Row, Unread
from service.exchange.stackexchange.carried import links, votes
from service.exchange.stackexchange.dump import Dump, Site, bytes_to_read, files_of, ignored_files, opened
from service.exchange.stackexchange.people import community, people, topics
from service.exchange.stackexchange.posts import answers, comments, questions


def rows(dump: Dump) -> Iterator[Row | Unread]:
    """Everything in the dump, in an order in which a row's links lead to rows before it; always the same order."""
    return chain(
        community(dump),
        people(dump),
        topics(dump),
        questions(dump),
        answers(dump),
        comments(dump),
        links(dump),
        votes(dump),
    )


__all__ = ["Dump", "Site", "bytes_to_read", "files_of", "ignored_files", "opened", "rows"]
