"""Communities as their people declared them."""

from datetime import UTC, datetime
from typing import Final

from service.model.answers import Basis, PersonReference
from service.model.errors import Invalid
from service.model.overview import DeclaredCommunities, DeclaredCommunity
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.projection import VIEWER, up_to

MOST_SHOWN: Final = 1_000


async def declared_communities(
    network: Network, viewer: Viewer, *, as_of: datetime | None = None, first_members: int = 5
) -> DeclaredCommunities:
    """The communities that the viewer may see, with purposes, stage and members at a moment: now, if none is given."""
    _check("firstMembers", first_members, 1, MOST_SHOWN)
    at = up_to(as_of)
    parameters = {"at": at, "shown": first_members, "audiences": list(viewer.audiences)}
    rows = await network.ask("communities/overview", parameters)
    return DeclaredCommunities(
        communities=[
            DeclaredCommunity(
                id=row["id"],
                name=row["name"],
                purposes=row["purposes"],
                stage=row["stage"],
                stage_at=datetime.fromtimestamp(row["stageAt"] / 1000, UTC) if row["stageAt"] is not None else None,
                size=row["size"],
                members=[
                    PersonReference(id=id, name=name) for id, name in zip(row["people"], row["names"], strict=True)
                ],
            )
            for row in rows
        ],
        basis=Basis(as_of=min(at, datetime.now(UTC)), audience=VIEWER),
    )


def _check(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise Invalid(f"{field} is {value}", right=f"Give {least:g} to {most:g}.", field=field)
