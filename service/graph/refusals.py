"""The driver's errors in the service's own family: each failure of the database as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConnectionPoolError,
    ConstraintError,
    DatabaseUnavailable,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from service.model.errors import Conflict, Invalid, RetellError, TooLarge, Unavailable

_LIMITS = ("TransactionTimedOut", "MemoryPoolOutOfMemory", "MemoryLimitExceeded", "TransactionOutOfMemory")

_OTHERS_WERE_QUICKER = ("EntityNotFound", "ArithmeticError")
"""What a statement of ours ends in that finds less than it was sent for: see `cypher/writing/save.cypher`."""


@contextmanager
def in_our_words(*, statement_is_theirs: bool = False) -> Iterator[None]:
    """Raise what the driver raises as a `RetellError`; what only a fault of ours can cause stays as it is."""
    try:
        yield
    except (Neo4jError, DriverError) as error:
        ours = _ours(error, statement_is_theirs=statement_is_theirs)
        if ours is None:
            raise
        raise ours from error


def _ours(error: Neo4jError | DriverError, *, statement_is_theirs: bool) -> RetellError | None:  # noqa: PLR0911  # a table
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    if isinstance(error, AuthError):
        return Unavailable(
            "The database refuses the user or the password",
            right="Set RETELL_NEO4J_USER and RETELL_NEO4J_PASSWORD to those of that server.",
        )
    if code.endswith("DatabaseNotFound"):
        return Unavailable(
            "The server has no database of that name",
            right="Set RETELL_NEO4J_DATABASE to one that exists, or unset it for the server's default.",
        )
    if isinstance(error, IncompleteCommit):
        return Unavailable(
            "The connection to the database broke during the commit: the change may or may not have been written",
            right="Send it again with the same idempotency key.",
        )
    if isinstance(error, ServiceUnavailable | SessionExpired | DatabaseUnavailable | ConnectionPoolError):
        return Unavailable("The database does not answer", right="Check that Neo4j runs; then try again.")
    if any(limit in code for limit in _LIMITS):
        return TooLarge(
            "This needs more time or memory than one transaction may have",
            right="Ask for less, or send it in parts.",
            field="statement" if statement_is_theirs else None,
        )
    if isinstance(error, TransientError):
        return Unavailable(
            "The database was busy with conflicting changes and gave up", right="Send the request again."
        )
    if isinstance(error, ConstraintError):
        return Conflict("Something with this identity exists already", right="Update that one, or choose another id.")
    if not statement_is_theirs and code.endswith(_OTHERS_WERE_QUICKER):
        return Conflict("Others have changed the same items meanwhile", right="Send the request again.")
    if statement_is_theirs and code.startswith("Neo.ClientError."):
        return Invalid(error.message or code, right="Correct the statement; it may only read.", field="statement")
    return None


def worth_another_try(error: RetellError) -> bool:
    """Whether somebody else was in the way for a moment: a deadlock, or one who wrote the same first."""
    cause = error.__cause__
    quicker = isinstance(cause, Neo4jError) and (cause.code or "").endswith(_OTHERS_WERE_QUICKER)
    return quicker or isinstance(cause, TransientError | ConstraintError)


def is_taken_back(error: Exception) -> bool:
    """Whether a transaction that failed is known to have left nothing, so that it may be sent once more.

    Not known is what became of it where the connection broke, or where the database does not say why it failed.
    """
    if isinstance(error, RetellError):
        return not isinstance(error, Unavailable) or worth_another_try(error)
    if isinstance(error, Neo4jError):
        return (error.code or "").startswith("Neo.ClientError.")
    return isinstance(error, TypeError | ValueError | OverflowError)  # a parameter that could not be sent at all
