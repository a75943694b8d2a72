"""The demonstration: a network of our own making, loaded into an empty database, with two keys to try it with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from service.exchange.demo import Demo, demo
from service.model.errors import Conflict, NotFound
from service.model.viewer import Scope
from service.operations import reading
from service.operations.bulk import Line, write_rows
from service.operations.keys import OPERATOR, create_key, list_keys
from service.operations.network import Network

ADMINISTRATOR = "demo: administrator"
MEMBER = "demo: member"


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """The two keys of the demonstration, shown once."""

    administrator: str
    member: str
    member_name: str


async def load_demo(network: Network, *, keys_wanted: bool) -> DemoKeys | None:
    """Load the demonstration unless it is there already, and make its keys where they are wanted and not made yet.

    A load that was interrupted is gone on with. Raises `Conflict` where the database holds another network.
    """
    if any(key.name == ADMINISTRATOR for key in await list_keys(network, OPERATOR)):
        return None
    made = demo()
    await _refuse_another(network, made)
    async for outcome in write_rows(network, OPERATOR, _lines(made)):
        if outcome.problems:
            raise Conflict(
                f"Row {outcome.line} of the demonstration was refused: {outcome.problems[0]['wrong']}",
                right="Name an empty folder with --data.",
            )
    return await _keys(network, made) if keys_wanted else None


async def _refuse_another(network: Network, made: Demo) -> None:
    found = await reading.page(network, OPERATOR, "Person", values={"first": 1})
    if not found["items"]:
        return
    try:
        await reading.get(network, OPERATOR, "Person", made.planted.member)
    except NotFound:
        raise Conflict(
            "This database holds another network than the demonstration",
            right="Leave --demo out, or name an empty folder with --data.",
        ) from None


async def _lines(made: Demo) -> AsyncIterator[Line]:
    for number, row in enumerate(made.rows, 1):
        yield Line(number, row)


async def _keys(network: Network, made: Demo) -> DemoKeys:
    member = await reading.get(network, OPERATOR, "Person", made.planted.member)
    theirs = await create_key(
        network, OPERATOR, name=MEMBER, scopes=[Scope.read, Scope.contribute], person_id=member["id"]
    )
    # Last, because a demonstration that has this key is a complete one.
    ours = await create_key(network, OPERATOR, name=ADMINISTRATOR, scopes=[Scope.administer])
    return DemoKeys(ours.token, theirs.token, str(member["name"]))
