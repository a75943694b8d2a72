"""Text that is plain already is not parsed, and comes out as if it had been."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from service.model.texts import TextFormat, as_html, as_text

MARKS = "\n .,;:?!'\"()“”-*_#>+=~`[]<&\\|1\t"
WORDS = some.text(some.sampled_from("aZé字" + MARKS), max_size=30) | some.text(max_size=30)


class _Words(HTMLParser):
    """What a browser shows of some HTML, each block on lines of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as declared
        if tag == "br":
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "li", "h1", "h2", "h3", "h4", "blockquote", "pre", "tr"}:
            self.said.append("\n")


@given(WORDS)
@example('What helped was time.\n\n"She asked", he said - twice (or more)!\nA second line: done;  and two spaces ')
@example("a\n-")
@example("a\n=")
@example("a\n1) b")
@example("\na")
def test_the_text_is_what_its_html_says(content: str) -> None:
    shown = _Words()
    shown.feed(as_html(content, TextFormat.markdown))
    shown.close()
    lines = (line.strip() for line in "".join(shown.said).splitlines())
    assert as_text(content, TextFormat.markdown) == "\n".join(line for line in lines if line)


MARKED = {
    "a *b*": "a b",
    "a\n# b": "a\nb",
    "1. a": "a",
    "R&amp;D": "R&D",
    "<b>a</b>": "a",
    "a\\* b": "a* b",
    "a\n\n    b": "a\nb",
}


@pytest.mark.parametrize("content", MARKED)
def test_marks_are_taken_out(content: str) -> None:
    assert as_text(content, TextFormat.markdown) == MARKED[content]
