"""What the routes of computed answers share: who asks, and the answer as JSON."""

from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import TypeAdapter

from service.doors.http.authentication import viewer_of_request
from service.doors.http.contract import problem_responses
from service.model.viewer import Viewer

Asking = Annotated[Viewer, Depends(viewer_of_request)]
PROBLEMS = problem_responses(401, 403, 404, 413, 422, 500, 503)


def shown(answer: object, headers: dict[str, str] | None = None) -> Response:
    """An answer as JSON, just as its dataclass declares it."""
    of: type = type(answer)
    content = _adapter(of).dump_json(answer, by_alias=True)
    return Response(content, media_type="application/json", headers=headers)


def link_to_next(request: Request, end_cursor: str | None) -> dict[str, str]:
    """The header that leads from a page to the next one."""
    following = request.url.include_query_params(after=end_cursor)
    return {"Link": f'<{following.path}?{following.query}>; rel="next"'}


@cache
def _adapter(of: type) -> TypeAdapter[Any]:
    return TypeAdapter(of)


def responses(of: type, description: str) -> dict[int | str, dict[str, Any]]:
    """What a route may answer, for the contract."""
    return {200: {"model": of, "description": description}, **PROBLEMS}
