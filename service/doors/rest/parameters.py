"""Parameters of an address: what is not known there, or comes twice, is refused before anything is read or written."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.datastructures import QueryParams

from service.doors.http.authentication import viewer_of_request
from service.model.errors import Invalid, Problem
from service.model.viewer import Viewer


async def refuse_unknown_parameters(request: Request, _viewer: Annotated[Viewer, Depends(viewer_of_request)]) -> None:
    """A `dryRun` where there is none would be written for real; who may not ask at all is told that first."""
    if request.query_params:
        refuse_all_but(_known(request.scope["route"]), request.query_params)


def refuse_all_but(known: Mapping[str, bool], given: QueryParams) -> None:
    """Refuse all that is given and not known, and what is no list and given twice: one of two would go unheard.

    `known` says of each parameter whether it is a list.
    """
    right = f"The parameters of this address are {', '.join(known)}." if known else "This address takes no parameters."
    problems = [
        Problem(field=name, wrong=f"There is no `{name}` here", right=right) for name in given if name not in known
    ]
    problems += [
        Problem(field=name, wrong=f"`{name}` comes {count} times", right="Give it once.")
        for name, many in known.items()
        if not many and (count := len(given.getlist(name))) > 1
    ]
    if problems:
        raise Invalid.of(problems)


def _known(route: APIRoute) -> dict[str, bool]:
    """The parameters that a route declares, one by one or as the fields of a model, and which of them are lists."""
    found: dict[str, bool] = {}
    for declared in route.dependant.query_params:
        of = declared.field_info.annotation
        if isinstance(of, type) and issubclass(of, BaseModel):
            found |= {field.alias or name: _is_list(field.annotation) for name, field in of.model_fields.items()}
        else:
            found[declared.alias] = _is_list(of)
    return found


def _is_list(of: Any) -> bool:
    return get_origin(of) is list or any(_is_list(one) for one in get_args(of))
