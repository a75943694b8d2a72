"""One community has several sizes: each answer that tells one says which it is."""

from inspect import get_annotations
from types import ModuleType
from typing import get_args

import pytest

from service.model import boundaries, certainty, crossing, detection, era, health, histories, overview, participation
from service.model.crossing import STANDS_STILL
from service.model.detection import OF_WHO_IS_TIED

SAID = {
    "overview.DeclaredCommunity.size": "at that moment",
    "participation.ParticipationStep.members": "at any time of the window",
    "boundaries.GroupReference.size": "each in one group",
    **dict.fromkeys(
        (
            "detection.DetectedCommunity.size",
            "certainty.CertainCommunity.size",
            "histories.CommunityMoment.size",
            "histories.CommunityLife.size",
            "histories.HistoryMoment.people",
        ),
        OF_WHO_IS_TIED,
    ),
    **dict.fromkeys(
        (
            "crossing.CrossingGroup.people",
            "crossing.VoiceShare.people",
            "era.EraQuarter.people",
            "health.HealthBasis.members",
            "participation.CommunityParticipation.members",
        ),
        STANDS_STILL,
    ),
}
ROOMS = (boundaries, certainty, crossing, detection, era, health, histories, overview, participation)
OTHERS = {
    "detection.DeclaredAgreement.people",
    "detection.DistinctiveTopic.people",
}
"""Counts that are of no group: of everybody, of those compared, of a topic's."""


def described(room: ModuleType) -> dict[str, str]:
    """The numbers of people that a module's answers tell, each with its description."""
    name = room.__name__.rpartition(".")[2]
    answers = (one for one in vars(room).values() if getattr(one, "__module__", "") == room.__name__)
    return {
        f"{name}.{answer.__name__}.{field}": str(answer.__pydantic_fields__[field].description)
        for answer in answers
        if hasattr(answer, "__pydantic_fields__")
        for field, of in get_annotations(answer).items()
        if field in {"size", "members", "people"} and get_args(of)[0] in (int, int | None)
    }


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__.rpartition(".")[2])
def test_a_number_of_people_says_of_whom_it_is(room: ModuleType) -> None:
    for name, said in described(room).items():
        if name not in OTHERS:
            assert SAID[name] in said, said


def test_every_such_sentence_is_in_use() -> None:
    assert {name for room in ROOMS for name in described(room)} - OTHERS == SAID.keys()
