"""Who is asking over HTTP: the key in `Authorization: Bearer …`."""

from fastapi.security import HTTPBearer
from starlette.requests import Request

from service.model.errors import Unauthenticated
from service.model.viewer import Viewer
from service.operations.keys import viewer_of

BEARER = HTTPBearer(auto_error=False, description="A key made by `retell key create`.")
"""Says in the contract that a route takes a key; `viewer_of_request` reads it."""


async def viewer_of_request(request: Request) -> Viewer:
    """The viewer whose key came with the request; raises Unauthenticated without one. Needs `app.state.network`."""
    return await viewer_of(request.app.state.network, _token(request))


def _token(request: Request) -> str | None:
    given = request.headers.getlist("authorization")
    if not given:
        return None
    scheme, _, token = given[0].strip().partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header is not a key", right="Send it once: Authorization: Bearer KEY.")
    return token.strip()
