"""Whether the service can answer: `GET /health`, for what starts, watches and restarts it."""

from fastapi import APIRouter, Request

router = APIRouter()


@router.get("/health", include_in_schema=False)
async def health(request: Request) -> dict[str, str]:
    """`ready` after one look-up in the graph; 503 with the reason while the database does not answer. Needs no key."""
    await request.app.state.network.ask("server/warm_up", {"id": ""})
    return {"status": "ready"}
