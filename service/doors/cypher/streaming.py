"""An answer to a statement, sent while it is read: nothing is kept but the piece under way."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.statements import Answer, Limits, ask

JSON = "application/json"
NDJSON = "application/x-ndjson"
_PIECE = 64 * 1024


class Streamed(Response):
    """Runs the statement when it is sent, in one task, so that its transaction ends with the answer or its reader."""

    def __init__(
        self,
        network: Network,
        viewer: Viewer,
        statement: str,
        parameters: Mapping[str, Any],
        limits: Limits,
        *,
        as_lines: bool,
    ) -> None:
        super().__init__(
            media_type=NDJSON if as_lines else JSON, headers={"Cache-Control": "no-store", "Vary": "Accept"}
        )
        del self.headers["content-length"]
        self._network, self._viewer, self._limits = network, viewer, limits
        self._statement, self._parameters = statement, parameters
        self._framed = lines if as_lines else as_object

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer; what is wrong before its first row is raised, and answered as a problem."""
        asked = ask(self._network, self._viewer, self._statement, self._parameters, self._limits)
        async with _while_connected(receive), asked as answer:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in _pieces(self._framed(answer)):
                await self._send(send, piece)
        await send({"type": "http.response.body", "body": b""})

    async def _send(self, send: Send, piece: bytes) -> None:
        try:
            async with asyncio.timeout(self._limits.seconds):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            raise ClientDisconnect from None  # who does not read for so long keeps others waiting


@asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[None]:
    """End what is under way when its reader leaves."""

    async def listen(leaving: asyncio.Timeout) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        leaving.reschedule(asyncio.get_running_loop().time())

    leaving = asyncio.timeout(None)
    try:
        async with leaving:
            listener = asyncio.create_task(listen(leaving))
            try:
                yield
            finally:
                listener.cancel()
    except TimeoutError:
        if leaving.expired():
            raise ClientDisconnect from None
        raise


async def as_object(answer: Answer) -> AsyncIterator[bytes]:
    """The answer as one JSON object, piece by piece."""
    yield b'{"columns":' + orjson.dumps(answer.columns) + b',"rows":['
    separator = b""
    async for row in answer.rows():
        yield separator + row
        separator = b","
    yield b"]," + _ending(answer)[1:]


async def lines(answer: Answer) -> AsyncIterator[bytes]:
    """The answer as NDJSON: its columns, its rows, and how it ended."""
    yield b'{"columns":' + orjson.dumps(answer.columns) + b"}\n"
    async for row in answer.rows():
        yield b'{"row":' + row + b"}\n"
    yield _ending(answer) + b"\n"


def _ending(answer: Answer) -> bytes:
    return orjson.dumps(
        {
            "rowCount": answer.count,
            "truncated": answer.truncated,
            "milliseconds": answer.milliseconds,
            "problems": answer.problems,
        }
    )


async def _pieces(frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces worth sending."""
    held: list[bytes] = []
    size = 0
    async for frame in frames:
        held.append(frame)
        size += len(frame)
        if size >= _PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
