"""What schemathesis is told of this service: NDJSON, and what a schema can't say of a request that is right but for it.

Loaded by schemathesis itself, as the configuration beside this file says.
"""

import json
import re
from typing import Any

import schemathesis

NDJSON = "application/x-ndjson"
LINK = r"\w+Ids?(\.\d+)?"
SEMANTIC = {
    LINK: (
        r"There is no such item|That is a \w+|.* is not an id|An item can't be linked to itself|"
        r"That was not said in this conversation|That amplification is of something else|"
        r"This key writes only as its own person|It could be seen by people who can't see what it was drawn from|"
        r"This used something that came of what it made|.* itself, by some way round|What it answers or follows, .*|"
        r"Nobody grants themselves anything"
    ),
    "id": r".* is not an id",
    "Idempotency-Key": r"With this key somebody could find out who told the story",
    "from|to": r"The path would end where it starts|A path has two ends",
    "personId": r"There is no such person|Nobody invites themselves",
    "role": r"Nobody gives themselves a task in a community",
    "answer": r"Only the invited person answers",
    "audience": (
        r"It could be seen by people who can't see what it was drawn from|.* is not an id|"
        r"You don't belong to this audience, or there is no such one|A grant is its giver's alone to see|"
        r"You can't see this item, so you can't choose who else does"
    ),
    r"\w+At|at|since|until|from|before": (
        r"`\w+` is (in the future|before `\w+`|out of range|not an instant)|The window (ends|starts) .*"
    ),
    "asOf": (
        r"There is no evidence up to .*|.* is in the future|`asOf` is not an instant|"
        r"No whole month has ended since the first evidence|Nothing had been told by .*|It did not exist on .*"
    ),
    "item|knowledge|topic|purpose|community|organisation": r".* is (not an id|of the kind [a-z ]+)",
    "budget|for|groupBy|leaves|meet|merge|outsideOnly|reachOf|scope|through|avoid|person|people|exclude|of": r".*",
    "stage": r"`stage` is none of this network's",
    r"(dimensions|pyramid)(\.\d+.*)?": r"This name comes twice|That is no part|.* stands in (no|several) layers?",
    "after": r".* is not a cursor of this list",
    "query": r"The query holds (no words|control characters)",
    "statement": r".*",
    "body": r"The body is nested too deep .*",
}
"""The only reasons for which a request that the schema allows is refused as wrong: by the field, in its words."""


@schemathesis.check
def refuses_what_the_schema_allows_only_for_what_it_cannot_say(_context: Any, response: Any, case: Any) -> None:
    """A 422 to data that is right by the schema names a field and one of the reasons above."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 422:
        return
    if case.path == "/v1/jobs":
        return  # what a question takes is said by its own route
    for problem in json.loads(response.content)["problems"]:
        field, wrong = str(problem["field"]), problem["wrong"]
        known = any(
            re.fullmatch(name, field) and re.fullmatch(reason, wrong, re.DOTALL) for name, reason in SEMANTIC.items()
        )
        assert known, f"the schema allows what is refused as {field}: {wrong}"


@schemathesis.serializer(NDJSON)
def as_lines(_context: Any, value: Any) -> bytes:
    """The rows as they come."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@schemathesis.deserializer(NDJSON)
def lines(_context: Any, response: Any) -> Any:
    """The first row: the schema is that of one."""
    first = response.content.splitlines()[:1]
    return json.loads(first[0]) if first else None
