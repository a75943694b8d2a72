"""A searcher's words: plain words only, told to Lucene without its syntax, marked where they stand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.model.errors import Invalid
from service.operations.words import LONGEST_QUERY, MOST_WORDS, PASSAGE, lucene, marked, passage, terms_of


@pytest.mark.parametrize(
    ("query", "shown", "told"),
    [
        ("ward handover", ["ward", "handover"], '"ward" OR "handover"'),
        ('the "end of life" care', ["end of life", "care"], '"end of life" OR "care"'),
        ("amplif* of stories", ["amplif*", "stories"], 'amplif* OR "stories"'),
        ("AND title:x OR (y)~2 -z /re/", ["title:x", "y)~2", "z", "re"], '"title:x" OR "y)~2" OR "z" OR "re"'),
        ("don't C:\\ a\\b", ["don't", "C", "a\\b"], '"don\'t" OR "c" OR "a\\\\b"'),
        ('"unclosed phrase', ["unclosed", "phrase"], '"unclosed" OR "phrase"'),
        ('"to be"', ["to be"], '"to be"'),
        ("ward ward", ["ward"], '"ward"'),
        ("self-efficacy*", ["self-efficacy"], '"self-efficacy"'),
    ],
)
def test_words_are_read_as_plain_words(query: str, shown: list[str], told: str) -> None:
    terms = terms_of(query)
    assert [term.shown for term in terms] == shown
    assert lucene(terms) == told


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "* ? !",
        "the of and",
        "a*",
        '""',
        "w" * (LONGEST_QUERY + 1),
        " ".join(f"w{number}" for number in range(MOST_WORDS + 1)),
        "ward\x00",
        "\ud800",
    ],
)
def test_a_query_that_says_nothing_is_refused(query: str) -> None:
    with pytest.raises(Invalid) as refused:
        terms_of(query)
    assert refused.value.problems[0].field == "query"
    assert refused.value.problems[0].right


@given(st.text(max_size=60))
def test_nothing_of_a_query_is_syntax(query: str) -> None:
    try:
        told = lucene(terms_of(query))
    except Invalid:
        return
    part = r'"(?:[^"\\]|\\["\\])*"|[^\W]+\*'
    assert re.fullmatch(rf"(?:{part})(?: OR (?:{part}))*", told)


@given(st.text(max_size=200), st.sampled_from(["ward", "night fall", '"she fell"', "fal*", "é"]))
def test_the_pieces_of_a_text_put_together_are_the_text(text: str, query: str) -> None:
    terms = terms_of(query)
    assert "".join(piece.text for piece in marked(text, terms)) == text


def test_words_phrases_and_beginnings_are_marked() -> None:
    text = "She fell at night; the Night nurse, falling asleep, saw she fell."
    assert _marked(text, '"she fell" night fall*') == ["She fell", "night", "Night", "falling", "she fell"]
    assert _marked("知识管理", "识管") == ["识管"]
    assert _marked("Don't stop", "don't") == ["Don't"]
    assert _marked("<b>ward</b>", "ward") == ["ward"]


def _marked(text: str, query: str) -> list[str]:
    return [piece.text for piece in marked(text, terms_of(query)) if piece.marked]


def test_a_passage_is_short_and_holds_the_first_match() -> None:
    text = "word " * 500 + "the handover went well " + "word " * 500
    pieces = passage(text, terms_of("handover"))
    shown = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.marked] == ["handover"]
    assert len(shown) <= PASSAGE + 10
    assert (shown[:2], shown[-2:]) == ("… ", " …")
    assert "".join(piece.text for piece in passage("a short one", terms_of("absent"))) == "a short one"
    assert len("".join(piece.text for piece in passage("x" * 5_000, terms_of("absent")))) <= PASSAGE + 10


@given(st.text(alphabet="ab \n.é识", max_size=900), st.sampled_from(["ab", "a*b", "ba*", '"a b"', "识"]))
def test_a_passage_is_a_part_of_its_text(text: str, query: str) -> None:
    shown = "".join(piece.text for piece in passage(text, terms_of(query)))
    assert shown.removeprefix("… ").removesuffix(" …") in text
