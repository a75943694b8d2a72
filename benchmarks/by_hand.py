"""HTTP by hand: what a client library takes for a request is more than the service does, and they share the cores."""

import asyncio


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, status: int) -> bytes:
    """Send a request over a connection; the body of its answer, which has to have this status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(size)
    if not head.startswith(b"HTTP/1.1 %d" % status):
        raise SystemExit(body.decode())
    return body
