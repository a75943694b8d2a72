"""The real community beside the checkout as a history: its rows read in plain Python, no database."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from service.exchange.stackexchange import Site
from service.measures.ties import Evidence
from service.measures.uptake_signals import CONTRIBUTION, STORY, History, Tellings
from tests.exchange.dumps import read

Row = Mapping[str, Any]
ALL_REACTIONS = ("answer", "comment", "adapt", "adopt", "cite", "endorse")
KINDS = {"Amplification": 0, "Contribution": 1, "Feedback": 2}
AUTHOR = {"Story": "tellerId", "Contribution": "personId", "TacitInsight": "heldById"}


def real_history(folder: Path, reactions: Collection[str] = ALL_REACTIONS, *, mentions: bool = True) -> History:
    """What was told there and who reacted; a comment is on whoever it mentions, or (not `mentions`) on the author."""
    found, _, _ = read(folder, Site(source="real", name="A real community"))
    rows = [row.body for row in found]
    by_id = {str(row["id"]): row for row in rows if "id" in row}
    people = {id: number for number, id in enumerate(sorted(id for id in by_id if by_id[id]["type"] == "Person"))}
    told = sorted((_at(row), str(row["id"])) for row in rows if row["type"] in {"Story", "Contribution"} and _by(row))
    numbers = {id: number for number, (_, id) in enumerate(told)}
    acts = [act for row in rows for act in _acts(row, by_id, reactions, mentions=mentions)]
    tellers = [people[str(_by(by_id[id]))] for _, id in told]
    about = [numbers.get(_source(item), -1) for *_, item in acts]
    return History(
        people=len(people),
        evidence=Evidence(
            listeners=np.array([people[act[0]] for act in acts], dtype=np.int32),
            tellers=np.array([people[act[1]] for act in acts], dtype=np.int32),
            kinds=np.array([act[2] for act in acts], dtype=np.int8),
            times=np.array([act[3] for act in acts]),
        ),
        about=np.array(about, dtype=np.int64),
        tellings=Tellings(
            tellers=np.array(tellers, dtype=np.int32),
            times=np.array([at for at, _ in told]),
            kinds=np.array([STORY if by_id[id]["type"] == "Story" else CONTRIBUTION for _, id in told], dtype=np.int8),
            answering=np.array([numbers.get(str(by_id[id].get("repliesToId")), -1) for _, id in told], dtype=np.int64),
        ),
    )


def _at(row: Row) -> float:
    return datetime.fromisoformat(row["at"]).timestamp()


def _by(row: Row) -> str | None:
    return row.get(AUTHOR.get(row["type"], ""))


def _source(item: str) -> str:
    """The answer that an insight or piece of knowledge was read from: the three share the site's number."""
    _, _, name = item.partition("/")
    kind, _, number = name.partition("-")
    return f"real/answer-{number}" if kind in {"insight", "knowledge"} else item


def _acts(
    row: Row, by_id: Mapping[str, Row], reactions: Collection[str], *, mentions: bool
) -> Iterator[tuple[str, str, int, float, str]]:
    kind = {"Contribution": "answer", "Feedback": "comment"}.get(row["type"], row.get("kind", ""))
    if row["type"] not in KINDS or kind not in reactions:
        return
    item = row.get("ofId") or row.get("repliesToId") or ""
    listener = row.get("byId") or row["personId"]
    author = _by(by_id[_source(item)]) if _source(item) in by_id else None
    teller = (row.get("toId") if mentions else None) or author
    if teller and teller != listener:
        yield listener, teller, KINDS[row["type"]], _at(row), item if teller == author else ""
