"""What each resolution finds in who listens to whom, and which of them the ties speak for."""

import asyncio
from typing import Final

import numpy as np

from service.measures.communities import undirected
from service.measures.detection_sweep import RESOLUTIONS, Stability, Swept, pick, sweep
from service.model.resolutions import (
    CommunityResolutions,
    CommunityResolutionsQuestion,
    ResolutionFound,
    RunAgreement,
    SweepBasis,
)
from service.model.viewer import Viewer
from service.operations.detection import NO_EVIDENCE, UNSTABLE, WEAK
from service.operations.finding import METHOD, RULE
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing

SIZES_SHOWN: Final = 10
CAUTION: Final = (
    "A plateau, where neighbouring resolutions find the same number, is a better sign than a single peak. Mutual "
    "information is high between two runs that leave everybody alone or together, so read it beside the sizes."
)


async def community_resolutions(
    network: Network, viewer: Viewer, asked: CommunityResolutionsQuestion
) -> CommunityResolutions:
    """The sweep over resolutions on the audience's ties, and the one picked by the rule that the answer states.

    With ten runs, the one picked is that of `detectedCommunities`. `Invalid` for a moment without evidence.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    swept, picked = await asyncio.to_thread(_swept, tied, asked.seed, asked.runs)
    rows = [_row(one, picked=one.found.resolution == picked) for one in swept] if picked is not None else []
    stable = next((one.across_ties.adjusted_mutual_information for one in rows if one.picked), None)
    return CommunityResolutions(
        resolutions=rows,
        picked=picked,
        rule=RULE,
        reason=NO_EVIDENCE if picked is None else None,
        caution=(WEAK if stable is not None and stable < UNSTABLE else "") + CAUTION,
        basis=SweepBasis(**tied.basis, method=METHOD, seed=asked.seed, runs=asked.runs),
    )


def _swept(tied: Standing, seed: int, runs: int) -> tuple[list[Swept], float | None]:
    ties = undirected(tied.ties)
    swept = sweep(ties, resolutions=RESOLUTIONS, seed=seed, runs=runs) if len(ties.weights) else []
    picked = pick(ties, seed=seed, runs=runs)
    return swept, picked.resolution if picked else None


def _row(swept: Swept, *, picked: bool) -> ResolutionFound:
    found = swept.found
    return ResolutionFound(
        resolution=found.resolution,
        picked=picked,
        communities=len(found.sizes),
        sizes=list(found.sizes[:SIZES_SHOWN]),
        median_size=float(np.median(found.sizes)) if found.sizes else None,
        modularity=found.modularity,
        estimate=swept.estimate,
        across_seeds=_agreement(swept.across_seeds),
        across_ties=_agreement(swept.across_ties),
    )


def _agreement(stability: Stability) -> RunAgreement:
    return RunAgreement(
        adjusted_mutual_information=stability.adjusted_mutual_information,
        normalised_mutual_information=stability.normalised_mutual_information,
    )
