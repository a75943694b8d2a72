"""Amplification, what happened: a guide's cascade has the planted depth and size, its virality what networkx finds."""

from typing import Any

import networkx as nx
import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused

DOCUMENT = """
query ($id: ID!) { cascade(item: $id) {
  size depth breadths trees { structuralVirality } acts { amplification { id } parentId person { id } }
} }
"""


def lesson(doors: Doors, *, closed: bool) -> Any:
    return [one for one in doors.planted.of("lessons") if (one.seen_by != "everyone") is closed][-1 if closed else 1]  # type: ignore[attr-defined]


async def asked(doors: Doors, viewer: str, item: str) -> dict[str, Answer]:
    graphql = await doors.graphql(viewer, DOCUMENT, id=item)
    return {
        "graphql": graphql if isinstance(graphql, Refused) else graphql["cascade"],
        "rest": await doors.rest(viewer, f"cascades/{item}"),
        "command": await doors.command(viewer, "cascade", item),
    }


def virality(parents: tuple[int, ...]) -> float:
    """The mean distance over all pairs, by networkx, the telling being node -1."""
    tree = nx.Graph((act, parent) for act, parent in enumerate(parents))
    count = tree.number_of_nodes()
    return float(2 * nx.wiener_index(tree) / (count * (count - 1)))


async def test_the_cascade_of_a_guide_has_the_planted_form(doors: Doors) -> None:
    planted = lesson(doors, closed=False)
    for viewer in VIEWERS:
        for answer in (await asked(doors, viewer, planted.knowledge)).values():
            assert isinstance(answer, dict)
            assert {one["amplification"]["id"] for one in answer["acts"]} == set(planted.amplifications)
            assert (answer["size"], answer["depth"]) == (planted.size + 1, planted.depth)
            assert answer["trees"][0]["structuralVirality"] == pytest.approx(virality(planted.parents))
            parents = {one["amplification"]["id"]: one["parentId"] for one in answer["acts"]}
            for act, parent in zip(planted.amplifications, planted.parents, strict=True):
                assert parents[act] == (None if parent < 0 else planted.amplifications[parent])


async def test_a_cascade_inside_a_closed_community_is_seen_from_inside_alone(doors: Doors) -> None:
    planted = lesson(doors, closed=True)
    for answer in (await asked(doors, INSIDE, planted.knowledge)).values():
        assert isinstance(answer, dict)
        assert answer["size"] == planted.size + 1
    for viewer in (ADMINISTRATOR, OUTSIDE):
        for refused in (await asked(doors, viewer, planted.knowledge)).values():
            assert refused == Refused("not_found")


async def test_without_its_last_act_the_cascade_is_smaller_by_one(doors: Doors) -> None:
    planted = lesson(doors, closed=False)
    leaf = next(act for act in range(len(planted.parents)) if act not in planted.parents)
    await doors.delete(f"amplifications/{planted.amplifications[leaf]}")
    for viewer in VIEWERS:
        for answer in (await asked(doors, viewer, planted.knowledge)).values():
            assert isinstance(answer, dict)
            assert answer["size"] == planted.size
