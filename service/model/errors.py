"""One family of errors, raised by any room and translated once by each door.

RetellError
├── Invalid        the request is wrong: a field, what was wrong with it, what would be right
├── NotFound       no such thing for this viewer (hidden and absent are the same answer)
├── Conflict       not as things stand: a stale version, a key used twice, a thing that exists, a job not done
├── Forbidden      the key may not do this at all, whatever it names
├── Unauthenticated    no key, or one that is unknown or revoked
├── TooLarge       a body, a line, a statement's answer or a document over its limit
├── TooMany        more of one's own under way at once than one may have
└── Unavailable    the database is down, starting, too old or refuses the password
"""

from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(kw_only=True, slots=True)
class Problem:
    """One thing that is wrong: `field` is a path in the caller's own words (`tellerId`, `rows.3.at`, `statement`)."""

    field: str | None
    wrong: str
    right: str


class RetellError(Exception):
    """What went wrong, in a form that every door can show; `kind` names the branch of the family."""

    kind: ClassVar[str] = "internal"

    def __init__(self, wrong: str, *, right: str = "", field: str | None = None) -> None:
        super().__init__(wrong)
        self.problems: list[Problem] = [Problem(field=field, wrong=wrong, right=right)]

    @classmethod
    def of(cls, problems: list[Problem]) -> "RetellError":
        """An error that reports several problems at once; the first is its message."""
        error = cls(problems[0].wrong, right=problems[0].right, field=problems[0].field)
        error.problems = problems
        return error

    def shown(self) -> list[dict[str, str | None]]:
        """The problems as plain data, alike at every door."""
        return [{"kind": self.kind, **asdict(problem)} for problem in self.problems]


class Invalid(RetellError):
    """The request itself is wrong."""

    kind = "invalid"


class NotFound(RetellError):
    """Nothing of that id that this viewer can see."""

    kind = "not_found"


class Conflict(RetellError):
    """It conflicts with what there is: another version, a thing that exists, what a key came with, a job not done."""

    kind = "conflict"


class Forbidden(RetellError):
    """The key has not the scope for this."""

    kind = "forbidden"


class Unauthenticated(RetellError):
    """No key was given, or it is unknown, revoked or malformed."""

    kind = "unauthenticated"


class TooLarge(RetellError):
    """Over a stated limit."""

    kind = "too_large"


class TooMany(RetellError):
    """More of one's own is under way than one may have at once."""

    kind = "too_many"


class Unavailable(RetellError):
    """The database can't be used now; the message says why in one sentence."""

    kind = "unavailable"
