"""Cascades: what became of something that was told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures import cascades as measured
from service.measures.ties import Evidence
from service.model.amplification import CARRIED, AmplificationKind
from service.model.answers import ItemReference, PersonReference
from service.model.cascades import Cascade, CascadeAct, CascadeBasis, CascadeQuestion, CascadeSize, CascadeTree
from service.model.ids import as_id
from service.model.viewer import EVERYONE, Viewer
from service.operations.network import Network
from service.operations.projection import Scope, evidence_of, scope_of, seen_by, up_to
from service.operations.scopes import item_named

MOST_ACTS: Final = 20_000
RULE: Final = (
    "Where an act does not say after which it came, or says one that can't be, it is taken to have followed the latest "
    "earlier act by somebody to whom its person had listened before, or else the telling. Who listens to whom is "
    "known from evidence open to everyone, or to the audience that was named."
)


@dataclass(frozen=True, slots=True)
class _Acts:
    """The acts as columns; row 0 of `parents`, `times` and `people` is the telling."""

    rows: Mapping[str, list[Any]]
    people: NDArray[np.int32]
    times: NDArray[np.float64]
    parents: measured.Parents
    shape: measured.Cascade

    def id_of(self, row: int) -> str | None:
        """The id of an act; none for the telling."""
        return self.rows["acts"][row - 1] if row > 0 else None


async def cascade(network: Network, viewer: Viewer, asked: CascadeQuestion) -> Cascade:
    """Who carried an item further and after whom, up to a moment (now, where none is given).

    It holds what the viewer may see, or what the named audience may. An unknown or hidden item is `NotFound`, one of a
    kind that can't be carried further, and a moment before it came to be, `Invalid`. Where nobody carried it, `reason`
    says so.
    """
    seen = seen_by(viewer, asked.audience)
    item = as_id(asked.item, "item")
    root = await _root(network, seen, item)
    until = up_to(asked.as_of, since=_instant(root["time"] / 1000))
    parameters = {"item": item, "until": until, "most": MOST_ACTS + 1, "audiences": list(seen.audiences)}
    (rows,) = await network.ask("cascades/acts", parameters)
    truncated = len(rows["acts"]) > MOST_ACTS
    rows = {name: column[:MOST_ACTS] for name, column in rows.items()}
    heard_by = scope_of(viewer, asked.audience or EVERYONE)
    acts = await _acts(network, heard_by, root, rows)
    return _answer(seen, root, acts, truncated=truncated)


async def _root(network: Network, scope: Scope, item: str) -> dict[str, Any]:
    rows = await network.ask("cascades/root", {"item": item, "audiences": list(scope.audiences)})
    found = ItemReference(id=item, kind=rows[0]["kind"]) if rows else None
    item_named(found, item, "item", CARRIED, scope)
    return rows[0]


async def _acts(network: Network, scope: Scope, root: Mapping[str, Any], rows: Mapping[str, list[Any]]) -> _Acts:
    evidence, numbers = await evidence_of(network, scope)
    return await asyncio.to_thread(_parented, root, rows, evidence, numbers)


def _parented(
    root: Mapping[str, Any], rows: Mapping[str, list[Any]], evidence: Evidence, numbers: Mapping[str, int]
) -> _Acts:
    own = dict(numbers)
    people = [own.setdefault(person, len(own)) for person in rows["people"]]
    teller = own.setdefault(root["authors"][0][0], len(own)) if len(root["authors"]) == 1 else -1
    involved = np.array([teller, *people], dtype=np.int32)
    times = np.array([root["time"], *rows["times"]], dtype=np.float64) / 1000
    places = {act: row for row, act in enumerate(rows["acts"], start=1)}
    named = np.array([-1, *(places.get(parent, -1) for parent in rows["parents"])], dtype=np.int64)
    heard = measured.first_heard(evidence, np.unique(involved))
    parents = measured.inferred_parents(involved, times, named, heard)
    return _Acts(rows, involved, times, parents, measured.cascade(parents.rows))


def _answer(scope: Scope, root: Mapping[str, Any], acts: _Acts, *, truncated: bool) -> Cascade:
    rows, shape = acts.rows, acts.shape
    grown = measured.growth(acts.times)
    carried = [_act(acts, row) for row in range(1, len(acts.times))]
    return Cascade(
        item=ItemReference(id=root["id"], kind=root["kind"], title=root["title"]),
        told_at=_instant(acts.times[0]),
        authors=[PersonReference(id=id, name=name) for id, name in sorted(root["authors"])],
        acts=carried,
        trees=[
            CascadeTree(
                root_id=acts.id_of(tree.root),
                size=tree.size,
                depth=tree.depth,
                structural_virality=tree.structural_virality,
            )
            for tree in shape.trees
        ],
        size=shape.size,
        depth=shape.depth,
        breadths=list(shape.breadths),
        growth=[
            CascadeSize(at=_instant(at), size=int(size)) for at, size in zip(grown.times, grown.sizes, strict=True)
        ],
        truncated=truncated,
        reason=None if carried else "Nobody has carried it further, as far as this audience may see.",
        basis=CascadeBasis(
            as_of=_instant(acts.times.max()),
            audience=scope.name,
            acts=len(carried),
            people=len(set(rows["people"])),
            inferred_parents=sum(act.inferred_parent for act in carried),
            rule=RULE,
            most_acts=MOST_ACTS,
        ),
    )


def _act(acts: _Acts, row: int) -> CascadeAct:
    place, rows = row - 1, acts.rows
    return CascadeAct(
        amplification=ItemReference(id=rows["acts"][place], kind="Amplification"),
        person=PersonReference(id=rows["people"][place], name=rows["names"][place]),
        kind=AmplificationKind[rows["kinds"][place]],
        channel=rows["channels"][place] or None,
        at=_instant(acts.times[row]),
        depth=int(acts.shape.depths[row]),
        parent_id=acts.id_of(int(acts.parents.rows[row])),
        inferred_parent=bool(acts.parents.inferred[row]) or rows["inferred"][place],
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
