"""Amplification, how far to trust what is likely: chances are learnt, and beat what simpler ways would have said."""

import math
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Doors, Refused
from tests.concepts.truth import Truth
from tests.operations.listening import evidence
from tests.operations.worlds import World

HORIZON = timedelta(days=90).total_seconds()


def counted(truth: Truth, audiences: tuple[str, ...], until: float) -> tuple[int, int]:
    """How many tellings there were to somebody who had listened before, as far as known by then; how many taken up."""
    world = World(truth.rows)
    seen = world.seen_by(audiences)
    acts = [act for act in evidence(world, audiences) if math.isfinite(act.at) and act.at <= until]
    began: dict[str, dict[str, float]] = defaultdict(dict)
    for act in sorted(acts, key=lambda one: one.at):
        began[act.teller].setdefault(act.listener, act.at)
    surfaced: dict[str, tuple[str, str, str]] = {}
    for row in seen.values():
        if row["type"] == "Surfacing" and datetime.fromisoformat(row["at"]).timestamp() <= until:
            first = (row["at"], row.get("id", ""), row["fromId"])
            surfaced[row["revealedId"]] = min(surfaced.get(row["revealedId"], first), first)
    reacted: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for act in acts:
        row = seen[act.id]
        item = row.get("ofId") or row.get("repliesToId") or ""
        item = surfaced[item][2] if item in surfaced else item
        reacted[item, act.teller, act.listener].append(act.at)
    opportunities = uptakes = 0
    for id, row in seen.items():
        teller = row.get({"Story": "tellerId", "Contribution": "personId"}.get(row["type"], ""))
        at = datetime.fromisoformat(row["at"]).timestamp() if "at" in row else math.inf
        if teller in seen and at + HORIZON <= until:
            for listener, since in began[teller].items():
                if since < at:
                    times = sorted(reacted[id, teller, listener])
                    place = bisect_left(times, at + 1e-9)
                    opportunities += 1
                    uptakes += place < len(times) and times[place] <= at + HORIZON
    return opportunities, uptakes


async def test_what_is_learnt_beats_simpler_ways_and_rests_on_what_an_oracle_counts(doors: Doors) -> None:
    answers = await doors.asked(ADMINISTRATOR, "calibration")
    found: Any = answers["graphql"]
    assert answers["rest"] == answers["command"] == found
    until = datetime.fromisoformat(found["basis"]["asOf"]).timestamp()
    assert (found["fit"]["opportunities"], found["fit"]["uptakes"]) == counted(doors.truth, ("everyone",), until)
    assert found["learnt"]
    assert found["passedOn"] == found["basis"]["calibration"]["passedOn"]
    assert 0 < found["passedOn"]["factor"] < 1
    assert found["warning"] is None
    assert found["scores"]["auc"] > 0.7
    assert found["scores"]["calibrationError"] < 0.02
    for one in found["simpler"]:
        assert one["gain"] > 3 * one["gainError"]
        assert one["scores"]["opportunities"] == found["scores"]["opportunities"]
    whole = [one for one in found["quarters"] if one["scores"]["opportunities"] > 1_000]
    assert len(whole) >= 4
    assert all(one["scores"]["logLoss"] < one["bestSimplerLogLoss"] for one in whole)


async def test_an_answer_that_rests_on_chances_says_how_they_fared(doors: Doors) -> None:
    carrier: Any = doors.planted.of("carriers")[0]
    one, other = carrier.pairs[0]
    for answer in (await doors.asked(OUTSIDE, "amplificationPaths", **{"from": one, "to": other})).values():
        basis: Any = answer["basis"]  # type: ignore[index]
        assert basis["learnt"]
        assert basis["calibration"]["learnt"]
        assert basis["calibration"]["logLoss"] < basis["calibration"]["bestSimplerLogLoss"]
        assert basis["calibration"]["trainedUntil"] < basis["asOf"]
        assert basis["baseRate"] == pytest.approx(basis["calibration"]["baseRate"])


@pytest.mark.slow
async def test_on_a_community_its_members_alone_are_told_and_count_what_they_may_see(doors: Doors) -> None:
    confidence: Any = doors.planted.of("confidence")[0]
    open_to_all: Any = await doors.told(INSIDE, "calibration")
    inside = await doors.asked(INSIDE, "calibration", audience=confidence.seen_by)
    whole: Any = inside["rest"]
    until = datetime.fromisoformat(whole["basis"]["asOf"]).timestamp()
    assert inside["graphql"] == inside["command"] == whole
    counts = counted(doors.truth, ("everyone", confidence.seen_by), until)
    assert (whole["fit"]["opportunities"], whole["fit"]["uptakes"]) == counts
    assert whole["fit"] != open_to_all["fit"]
    for viewer in set(VIEWERS) - {INSIDE}:
        refused = await doors.asked(viewer, "calibration", audience=confidence.seen_by)
        assert all(isinstance(one, Refused) for one in refused.values())
