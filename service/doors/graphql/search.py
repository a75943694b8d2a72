"""`search`: one ranked list over all kinds that have words."""

from typing import Annotated, Any

import strawberry

from service.doors.graphql.answers import Info, answer_type
from service.doors.graphql.items import enumeration
from service.model.search import SearchedKind, SearchResults
from service.operations import search

_KIND: Any = enumeration(SearchedKind)


async def _search(
    info: Info,
    query: Annotated[
        str,
        strawberry.argument(description='Plain words, "phrases" in double quotes, beginnings of words with a star.'),
    ],
    kinds: Annotated[
        list[_KIND] | None, strawberry.argument(description="Which kinds to search; all, where nothing is said.")
    ] = None,
    first: Annotated[int, strawberry.argument(description="How many at most: 1 to 100.")] = 20,
    after: Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")] = None,
) -> Any:
    return await search.search(info.context.network, info.context.viewer, query, kinds=kinds, first=first, after=after)


@strawberry.type
class SearchQuestions:
    """Finding things by their words."""

    search: Any = strawberry.field(
        resolver=_search,
        graphql_type=answer_type(SearchResults) | None,
        description="What one may see whose words match, the best first, over all kinds in one list.",
    )
