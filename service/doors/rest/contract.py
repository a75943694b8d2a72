"""The contract: OpenAPI as the routes declare it, with the schemas of the bodies that operations validate."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.doors.http.contract import problem_schemas
from service.doors.rest.schemas import draft_schemas

DESCRIPTION = """People, their stories, the insights in those, the knowledge made of them, and how it travels.

Lists are pages with cursors, newest first. Writes take an `Idempotency-Key` and `If-Match`. Every problem is
`application/problem+json` and names the field, what was wrong and what would be right."""


def install_contract(app: FastAPI) -> None:
    """Let the app show its contract at /openapi.json."""

    def contract() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _contract(app)
        return app.openapi_schema

    app.openapi = contract  # type: ignore[method-assign]


def _contract(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    schemas: dict[str, Any] = made.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {**problem_schemas(), **draft_schemas()}
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for routes in made["paths"].values():
        for route in routes.values():
            for parameter in route.get("parameters", ()):
                parameter["schema"] = _never_null(parameter["schema"])
    return made


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What an address or a header holds is there or not, and never null."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**options[0], **rest} if len(options) == 1 else schema
