"""Text that people give: kept as it came, shown as plain text and as sanitised HTML."""

from html import unescape

import nh3
from markdown_it import MarkdownIt

from service.model.vocabulary import Vocabulary

_BLOCKS = ("</p>", "</li>", "</h1>", "</h2>", "</h3>", "</h4>", "</blockquote>", "</pre>", "<br>", "</tr>")

_TAGS = nh3.ALLOWED_TAGS - {"img"}

# Without tables: a few lines of one can ask for more cells than there is time for.
_MARKDOWN = MarkdownIt("commonmark")


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
    marked = as_html(content, text_format)
    for block in _BLOCKS:
        marked = marked.replace(block, block + "\n")
    lines = (line.strip() for line in unescape(nh3.clean(marked, tags=set())).splitlines())
    return "\n".join(line for line in lines if line)
