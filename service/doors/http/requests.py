"""Every HTTP request: an id in and out, a limit on its body, one line in the log, and never a trace in the answer.

The log says method, route, status and duration: no address with what it names, no header, no body.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.doors.http.problems import REQUEST_ID, internal_problem, problem_response
from service.model.errors import TooLarge, Unavailable
from service.model.ids import new_id
from service.operations.failures import log_failure

MEBIBYTE = 1024 * 1024
MOST_BYTES = 8 * MEBIBYTE
"""The largest body where a route has no limit of its own."""
_MOST_DRAINED = 64 * MEBIBYTE
_DRAINING_SECONDS = 5.0
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")

_current: ContextVar[str] = ContextVar("request_id", default="")
log = structlog.get_logger("retell.requests")


def request_id() -> str:
    """The id of the request that is being answered; empty outside of one."""
    return _current.get()


class RequestMiddleware:
    """Wraps the whole application. `limits` gives routes (by their exact path) body limits of their own, in bytes."""

    def __init__(self, app: ASGIApp, limits: Mapping[str, int] | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.app = app
        self.limits = limits or {}
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens in it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        id = given if _ACCEPTED_ID.fullmatch(given) else new_id()
        scope[REQUEST_ID] = id
        token = _current.set(id)
        exchange = _Exchange(id, headers, self.limits.get(scope["path"], self.most_bytes), receive, send)
        started = time.perf_counter()
        try:
            with structlog.contextvars.bound_contextvars(request_id=id):
                await self._answer(scope, exchange)
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                route = getattr(scope.get("route"), "path", None) or "unmatched"
                status = exchange.status or 499  # the client left before the answer, as others number it
                log.info("request", method=scope["method"], route=route, status=status, milliseconds=milliseconds)
        finally:
            _current.reset(token)

    async def _answer(self, scope: Scope, exchange: "_Exchange") -> None:
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            if not _is_ending(scope):
                raise
            # The server has no patience left, and would log a trace of that; what has begun it breaks off itself.
            if not exchange.status:
                error = Unavailable("The service is ending", right="Try again in a moment.")
                await problem_response(error, request=Request(scope))(scope, exchange.receive, exchange.send)
        except Exception as error:
            log_failure(error)
            if exchange.status:
                raise  # the answer has begun: all that is left is to break it off, so that it doesn't look whole
            await internal_problem(exchange.id)(scope, exchange.receive, exchange.send)


def _is_ending(scope: Scope) -> bool:
    """Whether the service has been told to end."""
    ending: asyncio.Event | None = getattr(scope["app"].state, "ending", None)
    return ending is not None and ending.is_set()


class _Exchange:
    """One request's two ends, counted."""

    def __init__(self, id: str, headers: Headers, most_bytes: int, receive: Receive, send: Send) -> None:
        self.id = id
        self.status = 0
        self._most_bytes = most_bytes
        self._receive, self._send = receive, send
        self._taken = 0
        self._over = False
        self._ended = False
        declared = headers.get("content-length", "")
        self._declared = int(declared) if declared.isdecimal() else 0
        self._waits_for_consent = headers.get("expect", "").lower() == "100-continue"

    async def receive(self) -> Message:
        """The next piece of the body; raises TooLarge where it goes over the limit."""
        if self._declared > self._most_bytes:
            self._over = True
            raise self._too_large()
        message = await self._receive()
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)
            if self._taken > self._most_bytes:
                self._over = True
                raise self._too_large()
        return message

    async def send(self, message: Message) -> None:
        """Pass a piece of the answer on, with the request's id."""
        if message["type"] == "http.response.start":
            if self._over and not (self._waits_for_consent and self._taken == 0):
                await self._drain()
            self.status = message["status"]
            MutableHeaders(scope=message)["x-request-id"] = self.id
        await self._send(message)

    async def _drain(self) -> None:
        """Read on for a while: a client that is still sending would see a broken connection and not the answer."""
        drained = 0
        try:
            async with asyncio.timeout(_DRAINING_SECONDS):
                while not self._ended and drained < _MOST_DRAINED:
                    message = await self._receive()
                    drained += len(message.get("body", b""))
                    self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        except TimeoutError:
            self._ended = True

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"The body is larger than {self._most_bytes:,} bytes",
            right=f"Send at most {self._most_bytes:,} bytes at a time; /v1/bulk takes more, line by line.",
            field="body",
        )
