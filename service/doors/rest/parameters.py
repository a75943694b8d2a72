"""Parameters of an address: what is not known there is refused, before anything is read or written."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from service.doors.http.authentication import viewer_of_request
from service.model.errors import Invalid, Problem
from service.model.viewer import Viewer


async def refuse_unknown_parameters(request: Request, _viewer: Annotated[Viewer, Depends(viewer_of_request)]) -> None:
    """A `dryRun` where there is none would be written for real; who may not ask at all is told that first."""
    if not request.query_params:
        return
    known = _known(request.scope["route"])
    right = f"The parameters of this address are {', '.join(known)}." if known else "This address takes no parameters."
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise Invalid.of([Problem(field=name, wrong=f"There is no `{name}` here", right=right) for name in unknown])


def _known(route: APIRoute) -> list[str]:
    """The parameters that a route declares, one by one or as the fields of a model."""
    found: list[str] = []
    for declared in route.dependant.query_params:
        of = declared.field_info.annotation
        if isinstance(of, type) and issubclass(of, BaseModel):
            found += [field.alias or name for name, field in of.model_fields.items()]
        else:
            found.append(declared.alias)
    return found
