"""What stands under an answer: what it was computed from, no more than holds of it, and what its figures are."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from service.cli import answers
from service.cli.tables import print_table
from service.cli.wording import meaning
from service.model.answers import (
    CalibrationSummary,
    ChanceBasis,
    EvidenceKind,
    EvidenceWeight,
    PersonReference,
    TieBasis,
)
from service.model.boundaries import Spanner
from service.model.conversion import ConversionStage, ConversionStep
from service.model.credit import HiddenContribution
from service.model.crossing import MixingCell
from service.model.expertise import Answerer, KnowingPerson
from service.model.participation import ParticipationStep
from service.operations.credit import INTERVAL

AT = datetime(2026, 7, 1, tzinfo=UTC)
BASIS = TieBasis(
    as_of=AT,
    audience="everyone",
    window="all there is",
    people=12,
    ties=30,
    evidence=70,
    undated_evidence=0,
    half_life_days=180,
    weights=[EvidenceWeight(kind=EvidenceKind.reply, weight=0.8)],
)
CHANCES = ChanceBasis(**vars(BASIS), base_rate=0.1, learnt=True, prior="Learnt.")
STEP = ConversionStep(
    from_stage=ConversionStage.derived,
    to_stage=ConversionStage.tested,
    of="knowledge",
    count=60,
    converted=40,
    abandoned=9,
    waiting=11,
    half_days=50.0,
    half_lower=41.0,
    half_upper=None,
    median_days=46.0,
    median_lower=None,
    median_upper=None,
    curve=[],
    reason=None,
)


def rests_on(*, learnt: bool) -> TieBasis:
    """A basis whose summary says this; what else a summary says is of no concern here."""
    basis = replace(BASIS)
    basis.calibration = cast("CalibrationSummary", SimpleNamespace(learnt=learnt))
    return basis


def under(basis: TieBasis) -> str:
    with answers.console.capture() as captured:
        answers.print_basis(basis)
    return " ".join(captured.get().split())


@pytest.mark.parametrize("basis", [BASIS, replace(CHANCES, learnt=False), rests_on(learnt=True)])
def test_the_acts_that_an_answer_rests_on_stand_under_it(basis: TieBasis) -> None:
    assert "12 people, 30 ties and 70 acts of evidence by then." in under(basis)


def test_what_is_counted_agrees_with_its_number() -> None:
    alone = replace(BASIS, people=1, ties=1, evidence=1)
    assert "1 person, 1 tie and 1 act of evidence by then." in under(alone)


@pytest.mark.parametrize("basis", [BASIS, replace(CHANCES, learnt=False), rests_on(learnt=False)])
def test_what_a_ties_weight_is_made_of_is_said_to_be_that(basis: TieBasis) -> None:
    assert "In the weight of a tie an act counts half after 180 days; when fresh, reply 0.8." in under(basis)


@pytest.mark.parametrize("basis", [CHANCES, rests_on(learnt=True)])
def test_weights_stand_under_no_chance_that_was_learnt_without_them(basis: TieBasis) -> None:
    assert "weight" not in under(basis)
    assert "180" not in under(basis)


def test_what_days_a_half_and_a_median_are_is_said_under_them() -> None:
    with answers.console.capture() as captured:
        print_table(answers.console, "steps", [STEP])
    shown = " ".join(captured.get().split())
    assert "half days: By how many days a half of all has converted, by the curve that counts abandonment" in shown
    assert "median days: Kaplan and Meier's median: after how many days a half would have, if nothing" in shown
    assert "empty where it never comes to that" in shown
    assert "half lower: The lower end of its 95 % interval." in shown
    assert "median upper:" not in shown  # none has one


def test_what_a_measure_is_that_its_heading_does_not_tell_is_said_under_the_table_that_has_it() -> None:
    answerer = Answerer(
        asked=9,
        answered=6,
        rate=0.67,
        rate_low=0.35,
        rate_high=0.88,
        median_hours=None,
        open=0,
        said_lately=2,
        reason=None,
    )
    knowing = KnowingPerson(
        rank=1,
        person=PersonReference(id="1", name="Rhona"),
        expertise=9.5,
        supporters=15,
        correctors=2,
        right_low=0.65,
        right_high=0.97,
        told=4,
        evidence=[],
        answers=answerer,
        items=[],
    )
    with answers.console.capture() as captured:
        print_table(answers.console, "people", [knowing])
    shown = " ".join(captured.get().split())
    for attribute in ("expertise", "right_low", "right_high"):
        described = KnowingPerson.__pydantic_fields__[attribute].description  # type: ignore[attr-defined]
        assert f"{attribute.replace('_', ' ')}: {described}" in shown
    assert "rate low: The lower end of Wilson's interval for it." in shown  # of what is opened within a row
    assert "supporters: How many" not in shown  # the heading says it
    course = {attribute: meaning(ParticipationStep, attribute) for attribute in ("depth", "heard_ratio", "told")}
    assert course["depth"] == "Their coreness as a share of the deepest; 0 where nobody is tied."
    assert "against a member's equal share" in (course["heard_ratio"] or "")
    assert course["told"] is None
    assert "in standard deviations above its mean (z)" in (meaning(Spanner, "within") or "")


def test_of_how_many_draws_the_bounds_of_hidden_credit_are_is_said_under_them() -> None:
    for attribute in ("hidden_low", "hidden_high"):
        assert f"its {INTERVAL:.0%} interval".replace("%", " %") in (meaning(HiddenContribution, attribute) or "")


def test_why_a_cell_is_blank_is_said_under_a_table_with_blank_ones() -> None:
    told = MixingCell(teller="clinical", listener="patient", ties=19)
    for cells, said in (([told, replace(told, ties=None)], True), ([told, replace(told, ties=0)], False)):
        with answers.console.capture() as captured:
            print_table(answers.console, "matrix", cells)
        shown = " ".join(captured.get().split())
        assert ("empty where it is withheld: fewer than five people stand behind them" in shown) is said
