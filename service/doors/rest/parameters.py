"""Parameters of an address: what is not known there, or comes twice, is refused before anything is read or written."""

from typing import Annotated, Any, get_args, get_origin

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from service.doors.http.authentication import viewer_of_request
from service.model.errors import Invalid, Problem
from service.model.viewer import Viewer


async def refuse_unknown_parameters(request: Request, _viewer: Annotated[Viewer, Depends(viewer_of_request)]) -> None:
    """A `dryRun` where there is none would be written for real; who may not ask at all is told that first.

    Of two values of what is no list, one would go unheard.
    """
    if not request.query_params:
        return
    known = _known(request.scope["route"])
    right = f"The parameters of this address are {', '.join(known)}." if known else "This address takes no parameters."
    problems = [
        Problem(field=name, wrong=f"There is no `{name}` here", right=right)
        for name in request.query_params
        if name not in known
    ]
    problems += [
        Problem(field=name, wrong=f"`{name}` comes {count} times", right="Give it once.")
        for name, many in known.items()
        if not many and (count := len(request.query_params.getlist(name))) > 1
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
