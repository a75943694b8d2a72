"""Failures that nobody foresaw, logged by where they happened."""

import traceback

import structlog

log = structlog.get_logger("retell.requests")


def log_failure(error: BaseException, **about: str) -> None:
    """Log what nobody foresaw: where it happened, and not what it says, which may quote what somebody wrote."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("failed", error=type(error).__qualname__, frames=frames[-20:], **about)
