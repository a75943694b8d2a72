"""The catalogue's files are typed: what the header says is what the text does."""

from pathlib import Path

import pytest

from service.graph.catalogue import Catalogue, load

RULE = "// Who may see.\n// parameters: audiences\nitem.audience IN $audiences\n"
STORY = """// Stories of one person,
// the newest first.
// parameters: person, audiences
// result: rows
MATCH (p:Person {id: $person})-[:TOLD]->(story) // a comment with $nothing
WHERE visible(p) AND visible(story) AND story.text <> 'costs $5'
RETURN story.id AS id
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "stories").mkdir()
    (tmp_path / "rules" / "visible.cypher").write_text(RULE, encoding="utf-8")
    (tmp_path / "stories" / "told_by.cypher").write_text(STORY, encoding="utf-8")
    return tmp_path


def _conditions(catalogue: Catalogue) -> str:
    return catalogue.statement("stories/told_by").text.splitlines()[1]


def test_a_statement_is_known_by_its_path_with_its_sentence_and_its_parameters(folder: Path) -> None:
    statement = load(folder).statement("stories/told_by")
    assert statement.doc == "Stories of one person, the newest first."
    assert statement.parameters == ("person", "audiences")
    assert statement.headers["result"] == "rows"


def test_the_rule_stands_where_visible_stood(folder: Path) -> None:
    expected = "WHERE (p.audience IN $audiences) AND (story.audience IN $audiences) AND story.text <> 'costs $5'"
    assert _conditions(load(folder)) == expected


def test_the_rule_can_be_taken_out_of_one_place_at_a_time(folder: Path) -> None:
    whole = load(folder)
    first, second = (_conditions(whole.without_rule("stories/told_by", place)) for place in (0, 1))
    assert first == "WHERE true AND (story.audience IN $audiences) AND story.text <> 'costs $5'"
    assert second == "WHERE (p.audience IN $audiences) AND true AND story.text <> 'costs $5'"
    assert len(whole.statement("stories/told_by").rules) == 2
    with pytest.raises(IndexError):
        whole.without_rule("stories/told_by", 2)


@pytest.mark.parametrize("declared", ["person", "person, audiences, more", ""])
def test_parameters_that_are_not_those_used_are_refused_by_name(folder: Path, declared: str) -> None:
    path = folder / "stories" / "told_by.cypher"
    path.write_text(STORY.replace("person, audiences", declared, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"stories/told_by\.cypher declares"):
        load(folder)


def test_a_statement_says_what_kind_of_result_it_gives(folder: Path) -> None:
    path = folder / "stories" / "told_by.cypher"
    path.write_text(STORY.replace("result: rows", "result: many"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"stories/told_by\.cypher needs a header `// result: `"):
        load(folder)
