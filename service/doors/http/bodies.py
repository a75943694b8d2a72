"""JSON bodies, read strictly: UTF-8, no NaN, no lone surrogates, a bounded depth, and errors that name the place."""

import re
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from service.model.errors import Invalid

_PLACE = re.compile(r" at line (\d+) column (\d+)$")


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; raises Invalid for anything else, TooLarge over the route's limit."""
    body = parsed(await request.body())
    if not isinstance(body, dict):
        raise Invalid("The body is not a JSON object", right="Send one object: {…}.", field="body")
    return body


def parsed(raw: bytes) -> Any:
    """One JSON value out of bytes."""
    if not raw.strip():
        raise Invalid("The body is empty", right="Send one JSON value.", field="body")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid(
            f"The body is not UTF-8 at byte {error.start}", right="Send JSON in UTF-8.", field="body"
        ) from None
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise _refused(str(error)) from None


def _refused(said: str) -> Invalid:
    place = _PLACE.search(said)
    where = f"line {place[1]}, column {place[2]}" if place else "an unknown place"
    why = _PLACE.sub("", said)
    if why == "recursion limit exceeded":
        return Invalid(f"The body is nested too deep at {where}", right="Nest at most 200 deep.", field="body")
    return Invalid(f"The body is not JSON: {why} at {where}", right="Send one JSON value.", field="body")
