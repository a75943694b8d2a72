"""What a calibration says in words, beside its scores: of a scope, of the network, and within its own horizon."""

from typing import Any

from service.operations.answering import answer
from service.operations.network import Network
from tests.operations.test_uptake import FIRST, STRANGER, keen_half, person
from tests.operations.worlds import Row, World, write_world

HALF = "00000000-0000-4000-8002-000000000001"
SILENT = "00000000-0000-4000-8002-000000000002"


async def calibrated(network: Network, **asked: object) -> Any:
    return await answer(network, STRANGER, "calibration", asked)


async def test_a_verdict_says_of_a_scope_what_its_own_scores_say(network: Network) -> None:
    rows: list[Row] = [{"type": "Person", "id": person(number), "name": f"P{number}"} for number in range(100, 110)]
    for id, people in ((HALF, range(6)), (SILENT, range(100, 110))):
        rows.append({"type": "Community", "id": id, "name": f"Club {id[-1]}"})
        since = {"type": "Membership", "communityId": id, "since": FIRST.isoformat()}
        rows.extend({**since, "personId": person(number)} for number in people)
    await write_world(network, World([*keen_half(weeks=60).rows, *rows]))
    whole = await calibrated(network)
    assert whole.scores is not None
    assert whole.verdict.startswith("What was learnt foretold better than every simpler way")
    assert f"{whole.scores.log_loss:.4f}" in whole.verdict

    half = await calibrated(network, scope=f"community:{HALF}")
    assert half.scores is not None
    whole = await calibrated(network, asOf=half.basis.as_of)  # of a scope it is told up to the end of a month
    assert half.scores.log_loss != whole.scores.log_loss
    own, general = half.verdict.split(" Of the network as a whole: ")
    assert own.startswith("Of Club 1 alone: ")
    assert f"{half.scores.log_loss:.4f}" in own
    assert f"{whole.scores.log_loss:.4f}" not in own
    assert f"{whole.scores.log_loss:.4f}" in general
    best = max(half.simpler, key=lambda one: -one.scores.log_loss)
    assert best.way.value.replace("_", " ") in own

    silent = await calibrated(network, scope=f"community:{SILENT}")
    assert silent.scores is None
    assert silent.reason
    assert "foretold better" not in silent.verdict
    assert "Club 2" in silent.verdict


async def test_the_basis_of_a_calibration_is_of_its_own_horizon(network: Network) -> None:
    await write_world(network, keen_half(weeks=60))
    for days in (30, 60):
        found = await calibrated(network, horizonDays=days)
        basis = found.basis.calibration
        assert (basis.horizon_days, found.basis.horizon_days) == (days, days)
        assert basis.learnt == found.learnt
        assert (basis.log_loss, basis.brier) == (found.scores.log_loss, found.scores.brier)
        assert [(one.way, one.log_loss) for one in basis.simpler] == [
            (one.way, one.scores.log_loss) for one in found.simpler
        ]
        assert basis.curve == found.curve
        assert basis.base_rate == found.fit.base_rate
    long = await calibrated(network, horizonDays=365)
    assert (long.basis.calibration.horizon_days, long.basis.calibration.learnt) == (365, long.learnt)


async def test_a_calibration_that_could_not_learn_says_so_of_its_own_horizon(network: Network) -> None:
    await write_world(network, keen_half(weeks=3))
    found = await calibrated(network, horizonDays=10)
    assert not found.learnt
    assert found.basis.calibration.horizon_days == 10
    assert not found.basis.calibration.learnt
    assert "prior" in found.basis.calibration.warning
