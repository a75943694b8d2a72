"""Every kind of item as a collection: list, read, create, change, delete, and put by one's own reference."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from service.doors.http.authentication import BEARER
from service.doors.http.bodies import json_object
from service.doors.http.contract import problem_responses
from service.doors.rest.answers import Asking, link_to_next
from service.doors.rest.schemas import HAS_AN_ID, REFERENCE, WrittenShown, item_model, list_model, list_query
from service.model.errors import Invalid, NotFound
from service.model.kinds import KINDS, Kind
from service.model.viewer import Viewer
from service.operations import reading, writing
from service.operations.network import Network

_ETAG = re.compile(r'\*|"?([0-9]{1,18})"?')
ItemId = Annotated[str, Path(description="The item's id.", **HAS_AN_ID)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=200,
        description="A word of your own for this write; sent again, it happens once. Where you tell a story "
        "without a teller, a random UUID, by which nobody finds you.",
        json_schema_extra={"minLength": 1},
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        description='Write only if the item still has this ETag: `"3"`. Else 412.',
        json_schema_extra={"pattern": f"^({_ETAG.pattern})$"},
    ),
]
IfNoneMatch = Annotated[str | None, Header(description="Answer 304 if the item still has this ETag.")]
PROBLEMS = problem_responses(401, 403, 404, 409, 412, 413, 422, 500, 503)


def items_router() -> APIRouter:
    """The routes of every kind under /v1."""
    router = APIRouter(prefix="/v1", dependencies=[Depends(BEARER)])
    for kind in KINDS.values():
        _reads(router, kind)
        _writes(router, kind)
    _by_account(router, KINDS["Person"])
    return router


def _reads(router: APIRouter, kind: Kind) -> None:
    path, label = f"/{kind.path}", kind.label
    query: Any = list_query(label)

    async def listed(request: Request, viewer: Asking, wanted: Annotated[Any, Query()]) -> Response:
        given = {name: value for name, value in wanted.model_dump().items() if value is not None and name != "order"}
        conditions = [name for name in given if name not in {"first", "after"}]
        answer = await reading.page(
            _network(request), viewer, label, order=wanted.order, values=given, filters=conditions
        )
        place = answer["page"]
        headers = link_to_next(request, place["endCursor"]) if place["hasNextPage"] else {}
        return Response(orjson.dumps(answer), media_type="application/json", headers=headers)

    listed.__annotations__["wanted"] = Annotated[query, Query()]
    router.add_api_route(
        path,
        listed,
        methods=["GET"],
        tags=[label],
        operation_id=f"list{label}",
        summary=f"List: {kind.many}",
        description=f"{kind.description} Newest first unless `order` says otherwise; `Link` leads to the next page.",
        responses={200: {"model": list_model(label), "description": "A page."}, **PROBLEMS},
    )

    async def one(request: Request, viewer: Asking, id: ItemId, if_none_match: IfNoneMatch = None) -> Response:
        item = await reading.get(_network(request), viewer, label, id)
        if if_none_match is not None and _etag(item) in if_none_match:
            return Response(status_code=304, headers={"ETag": _etag(item)})
        return _shown(item)

    router.add_api_route(
        f"{path}/{{id}}",
        one,
        methods=["GET"],
        tags=[label],
        operation_id=f"get{label}",
        summary=f"Read one: {kind.one}",
        description=f"{kind.description} 404 where it is absent or hidden, which look alike.",
        responses={
            200: {"model": item_model(label), "description": "The item."},
            304: {"description": "Unchanged."},
            **PROBLEMS,
        },
    )


def _writes(router: APIRouter, kind: Kind) -> None:
    path, label = f"/{kind.path}", kind.label
    answers = _written(label)

    async def create(request: Request, viewer: Asking, idempotency_key: IdempotencyKey = None) -> Response:
        asked = writing.Request(idempotency_key=idempotency_key)
        written = await writing.create(_network(request), viewer, label, await json_object(request), request=asked)
        return await _answer(_network(request), viewer, kind, written)

    router.add_api_route(
        path,
        create,
        methods=["POST"],
        status_code=201,
        tags=[label],
        operation_id=f"create{label}",
        summary=f"Create: {kind.one}",
        description=kind.description,
        responses={
            201: answers,
            200: {**answers, "description": "A repeated write: the item as it stands."},
            **PROBLEMS,
        },
        openapi_extra=_body(f"{label}Draft"),
    )

    async def change(
        request: Request,
        viewer: Asking,
        id: ItemId,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        asked = writing.Request(idempotency_key=idempotency_key, if_version=version_of(if_match))
        written = await writing.update(_network(request), viewer, label, id, await json_object(request), request=asked)
        return await _answer(_network(request), viewer, kind, written)

    router.add_api_route(
        f"{path}/{{id}}",
        change,
        methods=["PATCH"],
        tags=[label],
        operation_id=f"update{label}",
        summary=f"Change: {kind.one}",
        description="Changes the fields that are given; null clears an optional one.",
        responses={200: answers, **PROBLEMS},
        openapi_extra=_body(f"{label}Changes"),
    )

    async def delete(
        request: Request,
        viewer: Asking,
        id: ItemId,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        asked = writing.Request(idempotency_key=idempotency_key, if_version=version_of(if_match))
        written = await writing.delete(_network(request), viewer, label, id, request=asked)
        return Response(status_code=204, headers=_change(written))

    router.add_api_route(
        f"{path}/{{id}}",
        delete,
        methods=["DELETE"],
        status_code=204,
        tags=[label],
        operation_id=f"delete{label}",
        summary=f"Delete: {kind.one}",
        description="Deletes the item, its text and the evidence that rests on it; 409 where something else needs it.",
        responses={204: {"description": "Gone."}, **PROBLEMS},
    )

    async def put(
        request: Request,
        viewer: Asking,
        *,
        source: Annotated[str, Path(max_length=100, description="Your system, as a short stable word.")],
        externalId: Annotated[str, Path(max_length=190, description="The item's id over there.")],  # noqa: N803
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        asked = writing.Request(idempotency_key=idempotency_key, if_version=version_of(if_match))
        body = await json_object(request)
        written = await writing.put(_network(request), viewer, label, f"{source}/{externalId}", body, request=asked)
        return await _answer(_network(request), viewer, kind, written)

    router.add_api_route(
        f"{path}/by-reference/{{source}}/{{externalId}}",
        put,
        methods=["PUT"],
        tags=[label],
        operation_id=f"put{label}",
        summary=f"Create or replace by your own reference: {kind.one}",
        description="Writes without reading first: the reference always names the same item, so a retry happens once.",
        responses={200: answers, 201: {**answers, "description": "Created."}, **PROBLEMS},
        openapi_extra=_body(f"{label}Draft"),
    )


def _by_account(router: APIRouter, kind: Kind) -> None:
    async def put(
        request: Request,
        viewer: Asking,
        *,
        source: Annotated[str, Path(max_length=100, description="The other system, as a short stable word.")],
        externalId: Annotated[str, Path(max_length=190, description="The person's id over there.")],  # noqa: N803
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        asked = writing.Request(idempotency_key=idempotency_key, if_version=version_of(if_match))
        body = await json_object(request)
        written = await writing.put_person_by_account(
            _network(request), viewer, source, externalId, body, request=asked
        )
        return await _answer(_network(request), viewer, kind, written)

    answers = _written(kind.label)
    router.add_api_route(
        f"/{kind.path}/by-account/{{source}}/{{externalId}}",
        put,
        methods=["PUT"],
        tags=[kind.label],
        operation_id="putPersonByAccount",
        summary="Create or replace a person by their account elsewhere",
        description="Writes the person and the account without reading first; a retry happens once.",
        responses={200: answers, 201: {**answers, "description": "Created."}, **PROBLEMS},
        openapi_extra=_body(f"{kind.label}Draft"),
    )


def _written(label: str) -> dict[str, Any]:
    return {
        "model": item_model(label) | WrittenShown,
        "description": "The item as it stands now; only its id and version where its writer may not see it.",
    }


def _network(request: Request) -> Network:
    network: Network = request.app.state.network
    return network


async def _answer(network: Network, viewer: Viewer, kind: Kind, written: writing.Written) -> Response:
    status = 201 if written.created else 200
    headers = {**_change(written), "Location": f"/v1/{kind.path}/{written.id}"}
    if written.item is not None:
        return _shown(written.item, status, headers)
    try:
        item = await reading.get(network, viewer, kind.label, written.id)
    except NotFound:
        item = {"id": written.id, "version": written.version}
    return _shown(item, status, headers)


def _shown(item: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    shown = {**(headers or {}), "ETag": _etag(item)}
    return Response(orjson.dumps(item), status, shown, media_type="application/json")


def _etag(item: Mapping[str, Any]) -> str:
    return f'"{item["version"]}"'


def _change(written: writing.Written) -> dict[str, str]:
    return {"Retell-Change": written.change_id} if written.change_id else {}


def version_of(if_match: str | None) -> int | None:
    """The version that an `If-Match` names; none where it is left out or takes any."""
    if if_match is None:
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Invalid(
            f"{if_match!r} is not an ETag of ours", right='Give the ETag as it was shown: `"3"`.', field="If-Match"
        )
    return int(found[1]) if found[1] else None


def _body(schema: str) -> dict[str, Any]:
    reference = {"$ref": REFERENCE.format(model=schema)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}}
