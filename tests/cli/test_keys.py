"""Keys as the terminal lists them: ids that can be copied whatever its width, or the same as REST gives."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from service.cli import answers, keys
from service.model.viewer import Scope
from service.operations.keys import Key

AT = datetime(2026, 7, 1, tzinfo=UTC)
FIRST, SECOND, OWNER = (f"01890a5d-ac96-774b-bcce-b302099a805{number}" for number in range(3))
KEYS = [
    Key(id=FIRST, name="Import", scopes=[Scope.integrate], person_id=None, created_at=AT, revoked_at=None),
    Key(id=SECOND, name="Anna's", scopes=[Scope.contribute, Scope.read], person_id=OWNER, created_at=AT, revoked_at=AT),
]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "run", lambda *_: KEYS)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_ids_stand_whole_at_any_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(answers.console, "width", width)
    with answers.console.capture() as captured:
        keys.list_()
    shown = captured.get()
    assert all(id in shown for id in (FIRST, SECOND, OWNER))
    assert "contribute, read" in shown


def test_as_json_they_are_what_rest_gives(capsys: pytest.CaptureFixture[str]) -> None:
    keys.list_(json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads(TypeAdapter(list[Key]).dump_json(KEYS, by_alias=True))
    assert [one["personId"] for one in shown] == [None, OWNER]


def test_of_no_key_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "run", lambda *_: [])
    with answers.console.capture() as captured:
        keys.list_()
    assert captured.get().strip() == "There are no keys."
