"""An answer that is made while its request is still being read, for clients that read nothing before they sent all.

Most HTTP clients do that. A server that waits for such a client to read, before it reads on, waits for ever: so what
the client has not taken yet is kept, in a file from one mebibyte on, and reading goes on. And nothing but the answer
reads the request: Starlette's own streaming response would, to see the client leave, and lose what it read.
"""

import asyncio
from tempfile import SpooledTemporaryFile

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_IN_MEMORY = 1024 * 1024
_AT_ONCE = 64 * 1024


class DuplexResponse(StreamingResponse):
    """A stream whose making reads the request; it is made to its end, whether or not the client takes it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI names them
        """Make the answer and send it, each at its own speed."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
            made, sent, more = 0, 0, asyncio.Event()

            async def make() -> None:
                nonlocal made
                async for piece in self.body_iterator:
                    kept.seek(made)
                    made += kept.write(piece if not isinstance(piece, str) else piece.encode())
                    more.set()

            making = asyncio.create_task(make())
            making.add_done_callback(lambda _: more.set())
            try:
                while not (making.done() and sent == made):
                    await more.wait()
                    more.clear()
                    while sent < made:
                        kept.seek(sent)
                        piece = kept.read(_AT_ONCE)
                        sent += len(piece)
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                await making  # what broke the making breaks the answer off
            finally:
                making.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
