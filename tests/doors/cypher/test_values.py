"""Every type of the graph is shown without loss."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.statements import ask

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BERLIN = "2024-10-27T02:30:00"

SHOWN: list[tuple[str, Any]] = [
    ("null", None),
    ("true", True),
    ("'√ ü 🙂 \\' \\n'", "√ ü 🙂 ' \n"),
    ("9007199254740991", 9007199254740991),
    ("9007199254740992", {"$type": "Integer", "value": "9007199254740992"}),
    ("-9223372036854775808", {"$type": "Integer", "value": "-9223372036854775808"}),
    ("1.0", 1.0),
    ("toFloat('NaN')", {"$type": "Float", "value": "NaN"}),
    ("1.0 / 0.0", {"$type": "Float", "value": "Infinity"}),
    ("-1.0 / 0.0", {"$type": "Float", "value": "-Infinity"}),
    ("date('2024-02-29')", {"$type": "Date", "value": "2024-02-29"}),
    ("date('0001-01-01')", {"$type": "Date", "value": "0001-01-01"}),
    ("localtime('10:00:00.000000001')", {"$type": "LocalTime", "value": "10:00:00.000000001"}),
    ("time('10:00:00.5-01:30')", {"$type": "ZonedTime", "value": "10:00:00.5-01:30"}),
    ("time('10:00Z')", {"$type": "ZonedTime", "value": "10:00:00Z"}),
    ("localdatetime('2024-01-01T00:00:00.123')", {"$type": "LocalDateTime", "value": "2024-01-01T00:00:00.123"}),
    (
        "datetime('2024-01-01T00:00:00.123456789Z')",
        {"$type": "ZonedDateTime", "value": "2024-01-01T00:00:00.123456789Z"},
    ),
    ("datetime('2024-01-01T00:00-03:30')", {"$type": "ZonedDateTime", "value": "2024-01-01T00:00:00-03:30"}),
    # The hour that comes twice: the offset says which of the two it is.
    (
        f"datetime('{BERLIN}+02:00[Europe/Berlin]')",
        {"$type": "ZonedDateTime", "value": f"{BERLIN}+02:00[Europe/Berlin]"},
    ),
    (
        f"datetime('{BERLIN}+01:00[Europe/Berlin]')",
        {"$type": "ZonedDateTime", "value": f"{BERLIN}+01:00[Europe/Berlin]"},
    ),
    (
        "datetime('2050-07-01T12:00:00[Europe/Berlin]')",
        {"$type": "ZonedDateTime", "value": "2050-07-01T12:00:00+02:00[Europe/Berlin]"},
    ),
    ("duration('P1Y2M3DT4H5M6.7S')", {"$type": "Duration", "value": "P14M3DT14706.7S"}),
    ("duration('PT-0.5S')", {"$type": "Duration", "value": "P0M0DT-0.5S"}),
    ("point({x: 1, y: 2.5})", {"$type": "Point", "srid": 7203, "coordinates": [1.0, 2.5]}),
    (
        "point({longitude: 1, latitude: 2, height: 3})",
        {"$type": "Point", "srid": 4979, "coordinates": [1.0, 2.0, 3.0]},
    ),
    (
        "[1, [null, 'a'], {a: {b: 9007199254740993}}]",
        [1, [None, "a"], {"a": {"b": {"$type": "Integer", "value": "9007199254740993"}}}],
    ),
    ("{`$type`: 'Date', value: 'mine'}", {"$type": "Map", "value": {"$type": "Date", "value": "mine"}}),
    ("{}", {}),
    ("[]", []),
]


async def asked(client: httpx.AsyncClient, statement: str, **parameters: Any) -> Any:
    answer = await client.post("/v1/cypher", json={"statement": statement, "parameters": parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("expression", "shown"), SHOWN)
async def test_each_type_has_its_form(client: httpx.AsyncClient, expression: str, shown: Any) -> None:
    answer = await asked(client, f"RETURN {expression} AS value")
    assert answer["rows"] == [[shown]]
    assert type(answer["rows"][0][0]) is type(shown)


async def test_bytes_are_base64(client: httpx.AsyncClient, network: Network) -> None:
    async with network.graph.transaction() as transaction:
        await transaction.run("MERGE (b:TestBytes {id: 1}) SET b.bytes = $bytes", {"bytes": bytes(range(256))})
    answer = await asked(client, "MATCH (b:TestBytes) RETURN b.bytes AS bytes")
    await network.graph.write("MATCH (b:TestBytes) DELETE b")
    assert answer["rows"][0][0]["$type"] == "Bytes"
    assert len(answer["rows"][0][0]["value"]) == 344


async def test_floats_and_integers_stay_apart_in_the_text(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/cypher", json={"statement": "RETURN 1 AS a, 1.0 AS b, 1e22 AS c, -0.0 AS d"})
    assert '"rows":[[1,1.0,1e22,-0.0]]' in answer.text.replace("1e+22", "1e22")


async def test_nodes_relationships_and_paths(client: httpx.AsyncClient) -> None:
    statement = "MATCH p = (a:Person {name: 'Ada'})-[t:TOLD]->(s:Story) RETURN a, t, s, p LIMIT 1"
    person, told, story, path = (await asked(client, statement))["rows"][0]
    assert (person["$type"], told["$type"], path["$type"]) == ("Node", "Relationship", "Path")
    assert person["labels"] == ["Item", "Person"]
    assert person["properties"]["name"] == "Ada"
    assert person["properties"]["createdAt"]["$type"] == "ZonedDateTime"
    assert told["type"] == "TOLD"
    assert (told["startElementId"], told["endElementId"]) == (person["elementId"], story["elementId"])
    assert path["nodes"] == [person, story]
    assert path["relationships"] == [told]


async def test_a_path_walked_against_its_relationships_keeps_their_direction(client: httpx.AsyncClient) -> None:
    ((path,),) = (await asked(client, "MATCH p = (:Story)<-[:TOLD]-(:Person) RETURN p LIMIT 1"))["rows"]
    first, second = path["nodes"]
    assert first["labels"] == ["Item", "Story"]
    assert path["relationships"][0]["startElementId"] == second["elementId"]


@pytest.mark.parametrize("expression", ["date({year: 12000})", "localdatetime({year: -5})"])
async def test_what_cannot_be_shown_says_how_to_ask_instead(client: httpx.AsyncClient, expression: str) -> None:
    answer = await client.post("/v1/cypher", json={"statement": f"RETURN 1 AS one, {expression} AS far"})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert "`far`" in problem["wrong"]
    assert "toString(far)" in problem["right"]


async def row(network: Network, statement: str, parameters: dict[str, Any]) -> list[Any]:
    async with ask(network, OPERATOR, statement, parameters) as answer:
        (only,) = [json.loads(line) async for line in answer.rows()]
    return list(only)


@SLOW
@given(
    st.datetimes(min_value=datetime(1972, 1, 1)),  # noqa: DTZ001 - the zone is drawn beside it
    st.integers(0, 999),
    st.sampled_from(["", "Z", "+05:45", "-09:30", "+18:00", "[Europe/Berlin]", "[America/St_Johns]", "[Pacific/Apia]"]),
)
async def test_a_shown_moment_read_again_is_the_same(
    network: Network, moment: Any, nanoseconds: int, zone: str
) -> None:
    text = moment.isoformat(timespec="microseconds") + f"{nanoseconds:03d}"
    for function in ("datetime", "localdatetime", "date", "time", "localtime"):
        bare = {"date": text[:10], "time": text[11:], "localtime": text[11:]}.get(function, text)
        takes_zone = function == "datetime" or (function == "time" and not zone.startswith("["))
        given_text = bare + zone if takes_zone else bare
        (shown,) = await row(network, f"RETURN {function}($text) AS value", {"text": given_text})
        statement = (
            f"WITH {function}($text) AS one, {function}($shown) AS other "
            "RETURN one = other AS same, toString(one) = toString(other) AS alike"
        )
        assert await row(network, statement, {"text": given_text, "shown": shown["value"]}) == [True, True]


@SLOW
@given(*[st.integers(-10_000, 10_000)] * 3, st.integers(-(10**12), 10**12))
async def test_a_shown_duration_read_again_is_the_same(
    network: Network, months: int, days: int, seconds: int, nanoseconds: int
) -> None:
    parts = {"months": months, "days": days, "seconds": seconds, "nanoseconds": nanoseconds}
    (shown,) = await row(network, "RETURN duration($parts) AS value", {"parts": parts})
    statement = "RETURN duration($parts) = duration($shown) AS same"
    assert await row(network, statement, {"parts": parts, "shown": shown["value"]}) == [True]


@SLOW
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
async def test_what_went_in_as_a_parameter_comes_out(network: Network, value: Any) -> None:
    (shown,) = await row(network, "RETURN $value AS value", {"value": value})
    assert json.dumps(unwrapped(shown), sort_keys=True) == json.dumps(value, sort_keys=True)


def unwrapped(shown: Any) -> Any:
    if isinstance(shown, list):
        return [unwrapped(one) for one in shown]
    if isinstance(shown, dict) and shown.get("$type") == "Integer":
        return int(shown["value"])
    if isinstance(shown, dict):
        inner = shown["value"] if shown.get("$type") == "Map" else shown
        return {name: unwrapped(one) for name, one in inner.items()}
    return shown
