from pathlib import Path

from tests.concepts.table import BEGIN, CONCEPTS, QUESTIONS_BEGIN, README, markdown, questions


def test_the_readme_shows_the_tables_as_they_are() -> None:
    text = README.read_text(encoding="utf-8")
    assert BEGIN in text
    assert QUESTIONS_BEGIN in text
    assert markdown() in text, "write it anew: python -m tests.concepts.table"
    assert questions() in text, "write it anew: python -m tests.concepts.table"


def test_each_concept_that_works_has_a_journey_and_each_journey_a_concept() -> None:
    journeys = {path.stem for path in Path(__file__).parent.glob("test_*.py")} - {Path(__file__).stem}
    assert {one.journey for one in CONCEPTS if one.journey} == journeys
