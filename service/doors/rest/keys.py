"""Keys: made, listed and revoked by an administrator."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.doors.http.authentication import BEARER
from service.doors.http.contract import problem_responses
from service.doors.rest.answers import Asking, shown
from service.doors.rest.schemas import HAS_AN_ID, NAMES_AN_ITEM
from service.model.viewer import Scope
from service.operations import keys

router = APIRouter(prefix="/v1/keys", tags=["Keys"], dependencies=[Depends(BEARER)])
PROBLEMS = problem_responses(401, 403, 404, 409, 413, 422, 500, 503)


class KeyDraft(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S", description="What the key is for.")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4, description="What it may do.")]
    personId: Annotated[  # noqa: N815
        Annotated[str, Field(**NAMES_AN_ITEM)] | None, Field(description="The person whose key it is.")
    ] = None


class KeyMade(BaseModel):
    """A key just made."""

    id: Annotated[str, Field(description="The key's id, by which it is revoked.")]
    token: Annotated[str, Field(description="The key itself, shown this once: `Authorization: Bearer TOKEN`.")]


@router.post(
    "",
    operation_id="createKey",
    summary="Make a key",
    status_code=201,
    responses={201: {"model": KeyMade, "description": "The key, its token shown this once."}, **PROBLEMS},
)
async def create_key(request: Request, viewer: Asking, draft: KeyDraft) -> Response:
    """Makes a key for a person or a system. Administrators only."""
    made = await keys.create_key(
        request.app.state.network, viewer, name=draft.name, scopes=draft.scopes, person_id=draft.personId
    )
    return Response(orjson.dumps({"id": made.id, "token": made.token}), 201, media_type="application/json")


@router.get(
    "",
    operation_id="listKeys",
    summary="List the keys",
    responses={200: {"model": list[keys.Key], "description": "Every key, the newest first."}, **PROBLEMS},
)
async def list_keys(request: Request, viewer: Asking) -> Response:
    """Lists every key without its secret. Administrators only."""
    return shown(await keys.list_keys(request.app.state.network, viewer))


@router.delete(
    "/{id}",
    operation_id="revokeKey",
    summary="Revoke a key",
    status_code=204,
    responses={204: {"description": "It opens nothing any more, everywhere within a second."}, **PROBLEMS},
)
async def revoke_key(
    request: Request, viewer: Asking, id: Annotated[str, Path(description="The key's id.", **HAS_AN_ID)]
) -> Response:
    """Revokes a key; doing it twice is as good as once. Administrators only."""
    await keys.revoke_key(request.app.state.network, viewer, id)
    return Response(status_code=204)
