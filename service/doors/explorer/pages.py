"""GraphiQL at /graphql, Swagger UI at /docs, and the files that they load, all from the package itself."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"

# Nothing from another host and no script in the page. The editor sets styles of its own, and fonts and icons
# come inside the style sheets.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}


class ForBrowsers(APIRoute):
    """A route for those who ask for HTML; it lets every other request pass to the routes after it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match as any route does, but only a request that accepts `text/html`."""
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            return super().matches(scope)
        return Match.NONE, {}


beside_graphql = APIRouter(route_class=ForBrowsers, include_in_schema=False)
router = APIRouter(include_in_schema=False)


@beside_graphql.get("/graphql")
def graphiql_page() -> HTMLResponse:
    """Answer a browser at /graphql with GraphiQL."""
    return page("graphiql.html")


@router.get("/docs")
def docs_page() -> HTMLResponse:
    """Answer at /docs with Swagger UI over /openapi.json."""
    return page("docs.html")


def page(name: str) -> HTMLResponse:
    """Read a page of the package and forbid it to load anything from elsewhere."""
    return HTMLResponse((STATIC / name).read_text(encoding="utf-8"), headers=HEADERS)


def add_pages(app: FastAPI) -> None:
    """Add the pages to an app, before the GraphQL door: both answer GET /graphql."""
    app.include_router(beside_graphql)
    app.include_router(router)
    app.mount("/pages", StaticFiles(directory=STATIC), name="pages")
