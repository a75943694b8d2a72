"""What an earlier version kept of how chances fared: it breaks nothing, and what does not read is learnt anew."""

import orjson
import pytest

from service.operations.fits import kept_fits
from service.operations.network import Network
from tests.operations.test_fits import same, tended, tied
from tests.operations.test_uptake import keen_half
from tests.operations.worlds import write_world


@pytest.mark.parametrize("patience", [0.0, 60.0])
async def test_a_summary_of_an_earlier_form_is_learnt_anew(network: Network, patience: float) -> None:
    await write_world(network, keen_half())
    first = await tied(network)
    (row,) = await network.ask("uptake/fits", {"audience": "everyone"})
    told = orjson.loads(row["learnt"])
    for name in ("brier", "simpler", "curve"):
        del told["summary"][name]
    told["fit"]["intercept"] += 0.5
    older = {"id": row["id"], "properties": {"learnt": orjson.dumps(told).decode()}}
    await network.write("uptake/keep_fit", older)
    assert await kept_fits(network) == []
    again = await tied(tended(network, patience))
    assert same(again, first)
    assert again.chances.summary == first.chances.summary
    (kept,) = await kept_fits(network)
    assert kept.id == row["id"]
    assert kept.chances.summary == first.chances.summary
