"""Finding things by their words: `/v1/search`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from service.doors.http.authentication import BEARER
from service.doors.rest.answers import Asking, link_to_next, responses, shown
from service.model.search import SearchedKind, SearchResults
from service.operations import search as searching

router = APIRouter(prefix="/v1", tags=["Search"], dependencies=[Depends(BEARER)])


@router.get(
    "/search",
    operation_id="search",
    summary="Search everything that has words",
    responses=responses(SearchResults, "A page of what was found, the best first."),
)
async def search(
    request: Request,
    viewer: Asking,
    *,
    query: Annotated[
        str, Query(description='Plain words, "phrases" in double quotes, beginnings of words with a star at the end.')
    ],
    kinds: Annotated[
        list[SearchedKind] | None, Query(max_length=20, description="Which kinds; all, where nothing is said.")
    ] = None,
    first: Annotated[int, Query(ge=1, le=searching.LARGEST_PAGE, description="How many at most.")] = 20,
    after: Annotated[str | None, Query(max_length=1_000, description="The endCursor of the page before.")] = None,
) -> Response:
    """One ranked list over all kinds; the `Link` header leads to the next page."""
    answer = await searching.search(request.app.state.network, viewer, query, kinds=kinds, first=first, after=after)
    return shown(answer, link_to_next(request, answer.page.end_cursor) if answer.page.has_next_page else {})
