"""Text that people give: kept as it came, shown as plain text and as sanitised HTML."""

import re
from html import unescape
from typing import Final

import nh3
from markdown_it import MarkdownIt

from service.model.vocabulary import Vocabulary

_BLOCKS = ("</p>", "</li>", "</h1>", "</h2>", "</h3>", "</h4>", "</blockquote>", "</pre>", "<br>", "</tr>")

_TAGS = nh3.ALLOWED_TAGS - {"img"}

# Without tables: a few lines of one can ask for more cells than there is time for.
_MARKDOWN = MarkdownIt("commonmark")

_WORDS: Final = r"(?:[^\W\d_](?:[^\W_]|[ ,.;:?!'\"()“”-])*+)?"
_PLAIN: Final = re.compile(rf"{_WORDS}(?:\n{_WORDS})*")
"""Lines of words that Markdown means nothing by."""


class TextFormat(Vocabulary):
    """How a text was written."""

    markdown = "markdown", "Markdown, as CommonMark has it."
    html = "html", "HTML; what is not safe is taken out of what is shown."


def as_html(content: str, text_format: str) -> str:
    """The content as HTML that is safe to put in a page: no scripts, styles, forms, frames or event handlers.

    No pictures either: one that another host sends would tell that host who reads, and when.
    """
    raw = content if text_format == TextFormat.html else _MARKDOWN.render(content)
    return nh3.clean(raw, tags=_TAGS, link_rel="noopener noreferrer nofollow", url_schemes={"http", "https", "mailto"})


def as_text(content: str, text_format: str) -> str:
    """The content as plain text: what is searched, and shown where no markup is wanted."""
    if text_format == TextFormat.markdown and _PLAIN.fullmatch(content):
        return _lines(content)  # what the parser would come to, in a hundredth of its time
    marked = as_html(content, text_format)
    for block in _BLOCKS:
        marked = marked.replace(block, block + "\n")
    return _lines(unescape(nh3.clean(marked, tags=set())))


def _lines(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
