"""What is asked: how a question declares its parameters, and those that many questions share.

A question's parameters are one keyword-only dataclass: the arguments of the GraphQL field, the query of the REST route
and the options of the command come from it, and so does their validation.
"""

from typing import Annotated, Final, TypeVar, cast, dataclass_transform

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import PydanticKnownError

from service.model.ids import ID_FORM, UUID_FORM
from service.model.items import CAMEL, Instant
from service.model.viewer import EVERYONE
from service.model.vocabulary import Vocabulary

T = TypeVar("T")

NETWORK = "network"

WINDOWS: Final = (3, 6, 12)
"""Months over which what a group does is counted, up to the end of a calendar quarter.

Windows of other lengths or ends, taken from each other, would tell of single months.
"""


@dataclass_transform(kw_only_default=True)
def asked(cls: type[T]) -> type[T]:
    """Declare a question's parameters: a keyword-only dataclass that speaks camelCase and refuses the unknown."""
    return cast("type[T]", pydantic_dataclass(cls, kw_only=True, config=CAMEL))


class GroupBy(Vocabulary):
    """By what people are put into groups."""

    community = "community", "The declared community that they have belonged to the longest."
    organisation = "organisation", "The organisation of their position; of several, that held the longest."
    profession = "profession", "The profession of that position."
    standing = "standing", "The standing of that position: professional, patient, carer ..."
    detected = "detected", "The community that who listens to whom puts them into, as `detectedCommunities` finds it."


def _is_window(months: int) -> int:
    if months not in WINDOWS:
        raise PydanticKnownError("enum", {"expected": ", ".join(map(str, WINDOWS))})
    return months


WindowMonths = Annotated[
    int,
    AfterValidator(_is_window),
    Field(
        description="Over how many whole months it is counted, up to the end of the last calendar quarter: 3, 6 or 12.",
        json_schema_extra={"enum": [*WINDOWS]},
    ),
]

ComputedOn = Annotated[
    str,
    StringConstraints(max_length=300, pattern=rf"^(everyone|community:{ID_FORM})$"),
    Field(description="`everyone`, or `community:ID` for that and one community that you belong to."),
]
"""The audience on which an answer is computed."""

SeenBy = Annotated[
    str | None,
    StringConstraints(max_length=300, pattern=rf"^(everyone|community:{ID_FORM})$"),
    Field(description="`everyone`, or `community:ID` of your own. All that you may see, where nothing is said."),
]
"""The audience whose sight an answer is limited to; the viewer's own, where none is given."""

AsOf = Annotated[
    Instant | None,
    Field(description="For which moment, an instant with an offset: nothing later is looked at. The newest, else."),
]

PeopleScope = Annotated[
    str,
    StringConstraints(max_length=300, pattern=rf"^({NETWORK}|(organisation|community|topic):{ID_FORM})$"),
    Field(
        description=(
            "Whom it is about: `network` for everybody, `organisation:ID`, `community:ID`, or `topic:ID` for who told "
            "or knows about it."
        )
    ),
]

RegisteredScope = Annotated[
    str,
    Field(
        max_length=300,
        pattern=rf"^(network|(organisation|community):{ID_FORM})$",
        description="Whom it is about: `network`, `organisation:ID` or `community:ID`.",
    ),
]
"""Whom numbers may be told of that tell of nobody in company of a few."""

ChangeId = Annotated[
    str | None,
    Field(
        max_length=36,
        json_schema_extra={"pattern": f"^{UUID_FORM}$"},
        description=(
            "A change that has to be counted in: its id, as a write gave it. With `asOf`, what it wrote counts as far "
            "as it is of that moment or before."
        ),
    ),
]

Seed = Annotated[int, Field(ge=0, le=2**31 - 1, description="The same seed gives the same answer.")]


@asked
class TieQuestion:
    """What every question shares that rests on who listens to whom."""

    as_of: AsOf = None
    audience: ComputedOn = EVERYONE
    after: ChangeId = None
