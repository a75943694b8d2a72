"""Search: everything one may see that has the words, once, in one order, and nothing else."""

import re

import pytest

from service.model.errors import Invalid
from service.model.search import SearchResults
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.search import search
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


CLUB = _id(900)
CLOSED = f"community:{CLUB}"
WORDS = ["ward", "night", "falls", "handover", "tea", "carer"]


def _world() -> World:
    """Sixty stories with two of six words each, a third of them the club's; and a few other kinds."""
    stories: list[Row] = [
        {
            "type": "Story",
            "id": _id(number),
            "title": f"About {WORDS[number % 6]}",
            "content": f"It was **{WORDS[number // 6 % 6]}** again, number {number}.",
            "audience": CLOSED if number % 3 == 0 else "everyone",
        }
        for number in range(60)
    ]
    others: list[Row] = [
        {"type": "Person", "id": _id(100), "name": "Night Nurse"},
        {"type": "Topic", "id": _id(101), "name": "Falls at night"},
        {
            "type": "TacitInsight",
            "id": _id(102),
            "content": "<p>Warm light &amp; <script>x</script>tea</p>",
            "format": "html",
        },
        {"type": "TacitInsight", "id": _id(103), "content": "Tea at night", "audience": CLOSED},
    ]
    return World([{"type": "Community", "id": CLUB, "name": "Club"}, *stories, *others])


def _matching(world: World, who: Viewer, *words: str) -> set[str]:
    found = set()
    for id, row in world.seen_by(who.audiences).items():
        text = " ".join(str(row.get(name, "")) for name in ("name", "title", "content")).lower()
        if set(re.findall(r"\w+", text)) & set(words):
            found.add(id)
    return found


async def _all(network: Network, who: Viewer, query: str, *, first: int = 7) -> list[SearchResults]:
    pages = [await search(network, who, query, first=first)]
    while pages[-1].page.has_next_page:
        pages.append(await search(network, who, query, first=first, after=pages[-1].page.end_cursor))
    return pages


async def test_every_page_together_is_what_one_may_see_that_has_a_word(network: Network) -> None:
    world = _world()
    await write_world(network, world)
    counts = set()
    for who in (viewer(), viewer(CLUB)):
        pages = await _all(network, who, "night tea")
        results = [result for page in pages for result in page.items]
        ids = [result.item.id for result in results]
        assert len(ids) == len(set(ids))
        assert set(ids) == _matching(world, who, "night", "tea")
        assert [result.rank for result in results] == list(range(1, len(results) + 1))
        (whole,) = await _all(network, who, "night tea", first=100)
        assert [result.item.id for result in whole.items] == ids
        counts.add(len(ids))
    assert len(counts) == 2


async def test_a_phrase_a_beginning_and_kinds_narrow_what_is_found(network: Network) -> None:
    await write_world(network, _world())

    async def ids(query: str, *kinds: str) -> list[str]:
        found = await search(network, viewer(), query, kinds=kinds or None, first=100)
        return [result.item.id for result in found.items]

    assert await ids('"night nurse"') == [_id(100)]
    assert await ids('"nurse night"') == []
    assert await ids("nur*") == [_id(100)]
    assert await ids("night", "Topic") == [_id(101)]
    assert set(await ids("night", "Topic", "Person")) == {_id(100), _id(101)}
    assert await ids("script") == []
    assert await ids('title:night AND "') == await ids("title:night")


async def test_highlights_say_where_the_words_stand(network: Network) -> None:
    await write_world(network, _world())
    (found,) = (await search(network, viewer(), '"warm light"')).items
    assert (found.item.kind, found.item.title) == ("TacitInsight", "Warm light & tea")
    (highlight,) = found.highlights
    assert (highlight.field, [(piece.text, piece.marked) for piece in highlight.pieces]) == (
        "text",
        [("Warm light", True), (" & tea", False)],
    )
    named = (await search(network, viewer(), "nurse")).items[0]
    assert [(one.field, [piece.text for piece in one.pieces if piece.marked]) for one in named.highlights] == [
        ("title", ["Nurse"])
    ]


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("query", {"query": "the of"}),
        ("first", {"first": 0}),
        ("first", {"first": 101}),
        ("kinds", {"kinds": ["Membership"]}),
        ("kinds", {"kinds": []}),
        ("after", {"after": "nonsense"}),
        ("after", {"after": "é"}),
        ("after", {"after": "WzFd"}),
    ],
)
async def test_what_is_wrong_is_named(network: Network, field: str, asked: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        await search(network, viewer(), **{"query": "ward", **asked})  # type: ignore[arg-type]
    assert refused.value.problems[0].field == field


async def test_a_cursor_belongs_to_its_list(network: Network) -> None:
    await write_world(network, _world())
    page = await search(network, viewer(), "night", first=2)
    with pytest.raises(Invalid) as refused:
        await search(network, viewer(), "tea", first=2, after=page.page.end_cursor)
    assert refused.value.problems[0].field == "after"
