"""Answers as tables: whatever the width, each figure stands whole beside its name, and no line is too long."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from rich.console import Console

from service.cli.rendering import print_fields
from service.model.answers import ItemReference, PersonReference

WIDTHS = (80, 100, 120)
DOCKERS, WRITERS = (ItemReference(id=name, kind="Community", title=name) for name in ("Dockers", "Writers"))


@dataclass
class Group:
    name: str
    item: ItemReference
    size: int


@dataclass
class Scores:
    opportunities: int
    log_loss: float | None
    calibration_error: float


@dataclass
class Rank:
    measure: str
    best: int


@dataclass
class Spanner:
    rank: int
    person: PersonReference
    group: Group
    brokered_pairs: int
    scores: Scores
    betweenness_deviation: float
    effective_size: float
    constraint_of_ties: float
    participation_coefficient: float
    within_community_z: float
    gatekeeper_openings: int
    representative_openings: int
    ranges: list[Rank]
    reason: str | None


@dataclass
class Few:
    way: str
    count: int


@dataclass
class Told:
    item: ItemReference
    times: int
    reason: str


@dataclass
class Answer:
    people: list[Spanner]
    ways: list[Few]
    contributions: list[Few] | list[Told]


def spanner(number: int) -> Spanner:
    return Spanner(
        rank=number,
        person=PersonReference(id=f"{number}", name=f"Anna-Magdalena Wilcken-Hohenstein {number}"),
        group=Group("Dockers", DOCKERS, 417) if number % 2 else Group("Writers", WRITERS, 98),
        brokered_pairs=102938,
        scores=Scores(opportunities=6758, log_loss=0.08157, calibration_error=0.00731),
        betweenness_deviation=0.001324,
        effective_size=57.31,
        constraint_of_ties=0.01193,
        participation_coefficient=0.9491,
        within_community_z=-0.1094,
        gatekeeper_openings=15506,
        representative_openings=11799,
        ranges=[Rank("bridging", 23), Rank("closeness", 191)],
        reason="A group under eight cannot have a hub [since z] cannot exceed the root of its size."
        if number
        else None,
    )


def printed(answer: object, width: int) -> str:
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as captured:
        print_fields(console, answer)
    return captured.get()


def plain(shown: str) -> str:
    """The words without the frames and breaks between them."""
    return " ".join(shown.split())


ANSWER = Answer(people=[spanner(number) for number in range(3)], ways=[Few("recency", 7)], contributions=[])


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_of_a_wide_table_stands_whole(width: int) -> None:
    shown = printed(ANSWER, width)
    assert max(len(line) for line in shown.splitlines()) <= width
    figures = ("102938", "6758", "0.08157", "0.00731", "0.001324", "57.31", "0.01193", "0.9491", "-0.1094", "15506")
    for figure in (*figures, "11799"):
        assert len(re.findall(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", shown)) == 3, figure
    assert "bri…" not in shown


@pytest.mark.parametrize("width", WIDTHS)
def test_what_has_no_column_stands_under_its_row_with_its_name(width: int) -> None:
    shown = plain(printed(ANSWER, width))
    assert shown.count("ranges: measure bridging, best 23 · measure closeness, best 191") == 3
    assert (
        shown.count("reason: A group under eight cannot have a hub [since z] cannot exceed the root of its size.") == 2
    )
    assert "representative openings 11799" in shown


@pytest.mark.parametrize("width", WIDTHS)
def test_names_are_words_and_a_named_thing_is_called_by_its_name(width: int) -> None:
    shown = plain(printed(ANSWER, width))
    assert "brokeredPairs" not in shown
    assert "Dockers (size 417)" in shown
    assert shown.count("Writers (size 98)") == 2
    assert "contributions: none" in shown


def test_what_rows_are_about_stands_first_though_its_title_is_long() -> None:
    told = ItemReference(id="1", kind="Story", title="How the ward learnt to hand over " + "again and " * 8 + "again")
    shown = printed(
        Answer([], [], [Told(told, 4, "Nobody had told it before, and so nobody could have missed it.")]), 80
    )
    assert re.search(r"(?m)^How the ward .* 4 *$", shown)
    assert shown.count("again") == 9


def test_a_table_that_fits_is_a_table() -> None:
    shown = printed(ANSWER, 80)
    assert re.search(r"│ recency │ +7 │", shown)


def test_a_long_list_within_a_row_says_how_many_more_there_are() -> None:
    row = spanner(1)
    row.ranges = [Rank(f"measure number {number}", number) for number in range(200)]
    shown = plain(printed(Answer([row], [], []), 80))
    assert "measure measure number 0, best 0 ·" in shown
    (more,) = re.findall(r"· … and (\d+) more", shown)
    assert int(more) == 200 - shown.count("measure measure number")
    assert int(more) > 180


def test_of_many_rows_the_first_are_shown_and_the_rest_counted() -> None:
    shown = printed(Answer([spanner(number) for number in range(60)], [], []), 80)
    assert "… and 10 more; --json shows all." in shown
    assert re.search(r"(?m)^ *49 +Anna-Magdalena", shown)
    assert not re.search(r"(?m)^ *50 +Anna-Magdalena", shown)


@dataclass
class Quarter:
    until: datetime
    figure: float


@dataclass
class Trend:
    indicator: str
    quarters: list[Quarter]


@dataclass
class Profile:
    indicators: list[Trend]


def test_what_goes_on_in_time_within_a_row_begins_with_the_newest() -> None:
    """Ten years of quarters are cut: the last ones are those that are read."""
    quarters = [Quarter(datetime(2016 + at // 4, 1 + 3 * (at % 4), 1, tzinfo=UTC), at / 40) for at in range(40)]
    shown = plain(printed(Profile([Trend("power", quarters)]), 120))
    assert "quarters: until 2025-10-01, figure 0.975 · until 2025-07-01, figure 0.95" in shown
    assert re.search(r"… and \d+ more", shown)
    assert "2016" not in shown
