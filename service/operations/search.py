"""Search: one ranked list over all kinds that have words, and never what the viewer may not see."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from service.model.answers import ItemReference
from service.model.errors import Invalid
from service.model.search import Highlight, Piece, SearchedKind, SearchPage, SearchResult, SearchResults
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.words import Term, lucene, marked, passage, terms_of

LARGEST_PAGE: Final = 100
LONGEST_TITLE: Final = 120
"""Signs of its text by which an item without a title is named."""

_LAST_RANK: Final = 10_000
"""How far down a list one may page."""


async def search(
    network: Network,
    viewer: Viewer,
    query: str,
    *,
    kinds: Sequence[str] | None = None,
    first: int = 20,
    after: str | None = None,
) -> SearchResults:
    """A page of the items whose words match any word of the query, the best first.

    `Invalid` for a query without a telling word, an unknown kind, a page out of range or a cursor of another list.
    """
    terms = terms_of(query)
    wanted = _kinds(kinds)
    if not 1 <= first <= LARGEST_PAGE:
        raise Invalid(f"{first} items are not a page", right=f"Give 1 to {LARGEST_PAGE}.", field="first")
    list_name = blake2b(repr((terms, wanted)).encode(), digest_size=6).hexdigest()
    before = _rank(after, list_name) if after is not None else 0
    parameters = {
        "query": lucene(terms),
        "kinds": wanted,
        "before": before,
        "first": first + 1,
        "audiences": list(viewer.audiences),
    }
    await network.ask("search/settled", {})
    rows = await network.ask("search/ranked", parameters)
    shown = rows[:first]
    last = before + len(shown)
    return SearchResults(
        items=[_result(row, rank, terms) for rank, row in enumerate(shown, start=before + 1)],
        words=[term.shown for term in terms],
        page=SearchPage(has_next_page=len(rows) > first, end_cursor=_cursor(last, list_name) if shown else None),
    )


def _kinds(kinds: Sequence[str] | None) -> list[str]:
    known = [kind.value for kind in SearchedKind]
    if kinds is None:
        return known
    if unknown := sorted(set(kinds) - set(known)):
        raise Invalid(
            f"{unknown[0]!r} is not a kind that is searched", right=f"Give {', '.join(known)}.", field="kinds"
        )
    if not kinds:
        raise Invalid("No kind is to be searched", right="Leave the kinds out, or give some.", field="kinds")
    return sorted(set(kinds))


def _result(row: Mapping[str, Any], rank: int, terms: Sequence[Term]) -> SearchResult:
    title, text = row["title"], row["text"]
    highlights = []
    if title and _is_marked(pieces := marked(title, terms)):
        highlights.append(Highlight(field="title", pieces=pieces))
    if text and (_is_marked(pieces := passage(text, terms)) or not highlights):
        highlights.append(Highlight(field="text", pieces=pieces))
    item = ItemReference(id=row["id"], kind=row["kind"], title=title or _shortened(text))
    return SearchResult(rank=rank, item=item, highlights=highlights)


def _shortened(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def _is_marked(pieces: Sequence[Piece]) -> bool:
    return any(piece.marked for piece in pieces)


def _cursor(rank: int, list_name: str) -> str:
    # The rank and no score: a score counts words in hidden texts as well, and would tell how often they stand there.
    return base64.urlsafe_b64encode(json.dumps([list_name, rank]).encode()).decode()


def _rank(cursor: str, list_name: str) -> int:
    try:
        name, rank = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if name == list_name and rank in range(_LAST_RANK):
            return int(rank)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        pass
    raise Invalid(
        f"{cursor[:80]!r} is not a cursor of this list",
        right="Give the endCursor of the page before, with the same query and kinds.",
        field="after",
    )
