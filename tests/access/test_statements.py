"""The lexer refuses whatever is not surely a read, however it is dressed up."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.access.statements import DENIED as DENIED_WORDS
from service.access.statements import PROCEDURES, admitted
from service.model.errors import Invalid
from tests.access.statement_table import ADMINISTRATION, ALLOWED, CALLS, DENIED, DISGUISED, OUTSIDE, WRITES

# A procedure that is refused for its case alone is allowed in another.
MISSPELT = {f"call {name.lower()}()" for name in PROCEDURES}
PLAIN = WRITES + OUTSIDE + ADMINISTRATION + tuple(call for call in CALLS if call.lower() not in MISSPELT)
PIECE = re.compile(r"'[^']*'|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|\.\.|\s+|.", re.DOTALL)
BLANKS = st.sampled_from(
    [" ", "\n", "\t", "\r\n", "\r", "\f", "/**/", "/* ' */", '/* " ` \\ */', "// ` '\n", "// */\r", "/*//*/"]
)


def refused(statement: str) -> bool:
    try:
        admitted(statement)
    except Invalid:
        return True
    return False


@pytest.mark.parametrize("statement", DENIED)
def test_what_may_do_more_than_read_is_refused_with_its_place(statement: str) -> None:
    with pytest.raises(Invalid) as caught:
        admitted(statement)
    (problem,) = caught.value.problems
    assert problem.field == "statement"
    assert re.match(r"Line \d+, column \d+: ", problem.wrong)
    assert problem.right


@pytest.mark.parametrize("statement", ALLOWED)
def test_reads_are_let_through(statement: str) -> None:
    assert admitted(statement).text


@given(st.sampled_from(PLAIN), st.data())
def test_blanks_comments_and_case_never_open_the_door(statement: str, data: st.DataObject) -> None:
    pieces = PIECE.findall(statement)
    dressed = []
    for piece in pieces:
        if not piece.startswith(("'", "`")):
            case = data.draw(st.sampled_from(["upper", "lower", "swapcase", "strip"]))
            piece = getattr(piece, case)() or piece  # noqa: PLW2901
        dressed += [data.draw(BLANKS) if piece.isspace() else piece, data.draw(st.just("") | BLANKS)]
    assert refused("".join(dressed))


@given(st.sampled_from(ALLOWED), st.sampled_from(sorted(DENIED_WORDS)), st.data())
def test_a_denied_word_is_refused_wherever_it_stands_outside_quotes(
    statement: str, word: str, data: st.DataObject
) -> None:
    sent = admitted(statement).text
    pieces = PIECE.findall(sent)
    place = data.draw(st.integers(0, len(pieces)))
    before, after = "".join(pieces[:place]), "".join(pieces[place:])
    if '"' in sent or "\\" in sent:
        return  # the test's own splitting knows neither; the table has these cases
    assert refused(f"{before} {data.draw(st.sampled_from([word, word.lower(), word.capitalize()]))} {after}")


@given(st.sampled_from(PLAIN), st.data())
def test_backticks_make_a_name_of_what_they_enclose_and_of_nothing_else(statement: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(statement)))
    end = data.draw(st.integers(start, len(statement)))
    dressed = f"{statement[:start]}`{statement[start:end]}`{statement[end:]}"
    try:
        sent = admitted(dressed).text
    except Invalid:
        return
    outside = re.sub(r"`(?:[^`]|``)*`|'[^']*'", " ", sent).upper()
    assert not set(re.findall(r"[A-Z_]\w*", outside)) & set(DENIED_WORDS)


@given(st.text(alphabet=st.sampled_from("\\'\"`/*\n\r SETu0027;$(){}.CALL"), max_size=40))
@example("/''*")
@example("/''/")
def test_what_is_sent_holds_no_comment_and_reads_the_same_again(middle: str) -> None:
    try:
        once = admitted(f"RETURN 1 {middle}").text
    except Invalid:
        return
    assert admitted(once).text == once
    without_quotes = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`]|``)*`", "…", once, flags=re.DOTALL)
    assert "//" not in without_quotes
    assert "/*" not in without_quotes
    assert "\r" not in without_quotes


@pytest.mark.parametrize("statement", ALLOWED)
def test_positions_stay_where_they_were(statement: str) -> None:
    assert len(admitted(statement).text) == len(statement)


def test_what_is_remembered_leaves_literals_out() -> None:
    shape = admitted("MATCH (p:Person) WHERE p.name = 'Ada' /* Ada */ AND p.age > 36 RETURN \"Ada\"").shape
    assert shape == "MATCH ( p : Person ) WHERE p . name = … AND p . age > … RETURN …"


def test_the_place_counts_lines_and_columns_from_one() -> None:
    with pytest.raises(Invalid, match=r"^Line 2, column 3: SET writes\.$"):
        admitted("MATCH (n)\n  SET n.a = 1")


def test_every_disguise_is_refused_for_the_disguise_or_what_it_hides() -> None:
    assert all(refused(statement) for statement in DISGUISED)
