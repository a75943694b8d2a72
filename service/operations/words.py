"""A searcher's words: read as plain words, told to Lucene without its syntax, and marked where they are found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from service.model.errors import Invalid
from service.model.search import Piece

LONGEST_QUERY: Final = 300
MOST_WORDS: Final = 32
SHORTEST_PREFIX: Final = 2
PASSAGE: Final = 240
"""Characters of a text that a passage shows."""

_PART: Final = re.compile(r'"([^"]*)"|([^\s"]+)')
_SINGLE: Final = r"぀-ヿ㐀-鿿"  # scripts that write no spaces: each sign stands for itself
_TOKEN: Final = re.compile(rf"[{_SINGLE}]|[^\W{_SINGLE}]+")
_EDGES: Final = re.compile(r"^\W+|\W+$")
_SPECIAL: Final = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|])')
_STOP: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with",
    )
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word, a phrase of several, or the beginning of a word; its tokens are in lower case."""

    shown: str
    tokens: tuple[str, ...]
    prefix: bool = False
    quoted: bool = False

    def lucene(self) -> str:
        """The term in Lucene's syntax, of which nothing comes from the searcher."""
        if self.prefix:
            return _SPECIAL.sub(r"\\\1", self.tokens[0]) + "*"
        return '"' + re.sub(r'(["\\])', r"\\\1", self.shown.lower()) + '"'


def terms_of(query: str) -> tuple[Term, ...]:
    """What is searched for: words, phrases in double quotes, and with a star at the end the beginnings of words.

    Words that stand in every text (the, of, and) are left out, unless they are in quotes. `Invalid`, field `query`,
    where nothing is left to search for, or it is too long.
    """
    if len(query) > LONGEST_QUERY:
        raise _refused(f"The query has {len(query)} characters", f"Give at most {LONGEST_QUERY}.")
    if not query.isprintable() and any(ord(sign) < ord(" ") and not sign.isspace() for sign in query):
        raise _refused("The query holds control characters", "Give plain words.")
    try:
        query.encode()
    except UnicodeEncodeError:
        raise _refused("The query is not valid Unicode", "Give plain words.") from None
    terms = tuple(dict.fromkeys(_terms(query)))
    telling = tuple(term for term in terms if term.quoted or term.prefix or not _STOP.issuperset(term.tokens))
    if not terms:
        raise _refused("The query holds no words", 'Give words, "a phrase" or the beginning of a word: amplif*.')
    if not telling:
        raise _refused(
            "The query holds only words that stand in nearly every text",
            'Add a word that says what it is about, or put them in quotes: "to be".',
        )
    if len(telling) > MOST_WORDS:
        raise _refused(f"The query has {len(telling)} words", f"Give at most {MOST_WORDS}.")
    return telling


def lucene(terms: Sequence[Term]) -> str:
    """The query for any of the terms."""
    return " OR ".join(term.lucene() for term in terms)


def marked(text: str, terms: Sequence[Term]) -> list[Piece]:
    """The whole text in pieces, those that the terms match marked."""
    return list(_pieces(text, _spans(text, terms), 0, len(text)))


def passage(text: str, terms: Sequence[Term]) -> list[Piece]:
    """The passage of a long text around the first match, or its beginning where none is found."""
    spans = _spans(text, terms)
    first = spans[0][0] if spans else 0
    start = 0 if first < PASSAGE // 3 else _word_start(text, first - PASSAGE // 3)
    end = min(len(text), start + PASSAGE)
    if end < len(text):
        end = max(_word_start(text, end), spans[0][1] if spans else 0)
    pieces = list(_pieces(text, spans, start, end))
    before = [Piece(text="… ", marked=False)] if start > 0 else []
    after = [Piece(text=" …", marked=False)] if end < len(text) else []
    return before + pieces + after


def _refused(wrong: str, right: str) -> Invalid:
    return Invalid(wrong, right=right, field="query")


def _terms(query: str) -> Iterator[Term]:
    for quoted, word in _PART.findall(query):
        given = quoted or word
        tokens = tuple(_TOKEN.findall(given.lower()))
        if not tokens:
            continue
        if word.endswith("*") and len(tokens) == 1:
            if len(tokens[0]) < SHORTEST_PREFIX:
                raise _refused(
                    f"{word!r} stands for too many words", f"Give {SHORTEST_PREFIX} letters before the star."
                )
            yield Term(f"{tokens[0]}*", tokens, prefix=True)
        else:
            shown = _EDGES.sub("", " ".join(given.split()))
            yield Term(shown, tokens, quoted=bool(quoted))


def _spans(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in the text, in order and apart from each other."""
    found = [(token.group().lower(), token.start(), token.end()) for token in _TOKEN.finditer(text)]
    words = [word for word, _, _ in found]
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(found):
        length = max((_length(words, place, term) for term in terms), default=0)
        if length:
            spans.append((found[place][1], found[place + length - 1][2]))
        place += length or 1
    return spans


def _length(words: Sequence[str], place: int, term: Term) -> int:
    """How many words from a place on the term matches."""
    if term.prefix:
        return int(words[place].startswith(term.tokens[0]))
    return len(term.tokens) if tuple(words[place : place + len(term.tokens)]) == term.tokens else 0


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for begins, ends in spans:
        if begins < start or ends > end:
            continue
        if begins > at:
            yield Piece(text=text[at:begins], marked=False)
        yield Piece(text=text[begins:ends], marked=True)
        at = ends
    if at < end:
        yield Piece(text=text[at:end], marked=False)


def _word_start(text: str, place: int) -> int:
    """The end of the last space before a place, so that no word is cut; the place itself in a text without spaces."""
    found = max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) + 1
    return found if place - found < PASSAGE // 3 else place
