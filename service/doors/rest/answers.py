"""What the routes of computed answers share: who asks, for which moment and audience, and the answer as JSON."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import TypeAdapter

from service.doors.http.authentication import viewer_of_request
from service.doors.http.contract import problem_responses
from service.doors.rest.schemas import AskedInstant
from service.model.ids import ID_FORM
from service.model.viewer import Viewer

Asking = Annotated[Viewer, Depends(viewer_of_request)]
_COMPUTED_ON: Any = {"max_length": 300, "json_schema_extra": {"pattern": f"^(everyone|community:{ID_FORM})$"}}
AsOf = Annotated[
    AskedInstant | None,
    Query(alias="asOf", description="For which moment, an instant with an offset; the newest evidence, else."),
]
Audience = Annotated[
    str,
    Query(description="`everyone`, or `community:ID` for that and one community that you belong to.", **_COMPUTED_ON),
]
SeenAudience = Annotated[
    str | None,
    Query(
        description="`everyone`, or `community:ID` of your own. All that you may see, where nothing is said.",
        **_COMPUTED_ON,
    ),
]
PROBLEMS = problem_responses(401, 404, 422, 500, 503)


def shown(answer: object, headers: dict[str, str] | None = None) -> Response:
    """An answer as JSON, just as its dataclass declares it."""
    content = TypeAdapter(type(answer)).dump_json(answer, by_alias=True)
    return Response(content, media_type="application/json", headers=headers)


def responses(of: type, description: str) -> dict[int | str, dict[str, Any]]:
    """What a route may answer, for the contract."""
    return {200: {"model": of, "description": description}, **PROBLEMS}
