"""What the command can't understand it refuses like everything else: the field, what is wrong, what would be right."""

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.cli.usage import MOMENT

HELP = "shows what it takes; a name of several words stands in quotes."


def asked(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False, prog_name="retell")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("reach anna --runs many", "runs: `runs` is not a whole number. Give a whole number."),
        ("reach anna --as-of yesterday", f"asOf: `asOf` is not an instant. {MOMENT}"),
        ("paths anna ben --as-of 2026-02-30", f"asOf: `asOf` is not an instant. {MOMENT}"),
        ("import ties x --listener a --teller b --since z", f"since: `since` is not an instant. {MOMENT}"),
        ("communities --resolution fine", "resolution: `resolution` is not a number. Give a number."),
        ("serve --port 65536", "port: `port` is out of range. Give a number that is at most 65535."),
        (
            "crossing --group-by colour",
            (
                "groupBy: `colour` is none of the permitted values of `groupBy`. "
                "Give one of standing, profession, organisation, community."
            ),
        ),
        ("key revoke", "keyId: `keyId` is missing. Give `keyId`: The key's id, as `retell key list` shows it."),
        ("key create", "name: `name` is missing. Give `--name`: What the key is for."),
        ("reach anna --runs", "runs: `runs` has no value. Write it behind `--runs`."),
        ("conventions --json=3", "json: `json` takes no value. Write `--json` alone."),
        (
            "lineage x --depth 3",
            (
                "--depth: There is no `--depth` here. "
                "The options of `retell lineage` are --audience, --json, --key, --data."
            ),
        ),
        ("raech anna", f"No such command 'raech'. Did you mean 'reach'? `retell --help` {HELP}"),
        ("paths anna kowalska ben", f"Got unexpected extra argument(s) (ben). `retell paths --help` {HELP}"),
    ],
)
def test_what_is_not_understood_is_named_with_what_would_be_right(words: str, said: str) -> None:
    result = asked(*words.split())
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"retell: {said}\n")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("reach anna --runs 10 --runs 20", "runs"),
        ("paths anna ben -k 3 --k 4", "k"),
        ("paths anna ben --explain --no-explain", "explain"),
        ("key create --name a --name b", "name"),
        ("export all.ndjson --key a --key b", "key"),
    ],
)
def test_of_what_is_given_twice_nothing_goes_unheard(words: str, field: str) -> None:
    result = asked(*words.split())
    assert (result.exit_code, result.stderr) == (2, f"retell: {field}: `{field}` comes 2 times. Give it once.\n")


@pytest.mark.slow
def test_what_may_be_repeated_may_be() -> None:
    several = ("paths anna ben --avoid carl --avoid dora", "reach --people anna --people ben")
    for words in several:
        assert "No key was given" in asked(*words.split()).stderr
    assert asked("reach", "--runs", "1", "--runs", "2", "--help").exit_code == 0
