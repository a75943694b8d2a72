"""The questions whose answers are computed, each a command made from its declaration."""

from collections.abc import Callable
from datetime import datetime
from inspect import Parameter, Signature
from typing import Annotated, Any, get_args

import typer
from pydantic import AwareDatetime

from service.cli.answers import INSTANTS, AsJson, in_utc, print_answer, print_json
from service.cli.asking import ask_as
from service.cli.naming import SCOPES, id_of, ids_of, scope_of
from service.cli.opening import Data, Key
from service.model.fields import DeclaredField
from service.model.questions import QUESTIONS, Question
from service.model.viewer import Viewer
from service.operations.network import Network

OWN = frozenset({"amplificationPaths", "cascade", "lineage", "detectedCommunities"})
"""Questions whose command is written by hand, for an answer that is best read in a form of its own."""


def add_questions(app: typer.Typer) -> None:
    """Add a command for each question."""
    for question in QUESTIONS.values():
        if question.name not in OWN:
            app.command(question.words, help=question.summary)(_command(question))


def _command(question: Question) -> Callable[..., None]:
    def asked(*, json: bool, key: str | None, data: Any, **given: Any) -> None:
        from service.operations.answering import answer

        async def answered(network: Network, viewer: Viewer) -> Any:
            words = {name: await _word(network, viewer, question.asks[name], given) for name in question.asks}
            return await answer(network, viewer, question.name, words)

        found = ask_as(answered, data, key, json=json)
        print_json(found) if json else print_answer(found)

    # Typer reads the arguments and options from the signature.
    asks = sorted(question.asks.values(), key=lambda field: not (field.required and not field.many))
    parameters = [parameter for field in asks for parameter in _parameters(field)]
    shared = {"json": (AsJson, False), "key": (Key, None), "data": (Data, None)}
    parameters += [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=of)
        for name, (of, default) in shared.items()
    ]
    asked.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    asked.__annotations__ = {one.name: one.annotation for one in parameters}
    return asked


def _parameters(field: DeclaredField) -> list[Parameter]:
    """The argument or the option of a field; what has to be given, and may be several, is taken in both ways."""
    if not (field.required and field.many):
        return [_parameter(field)]
    described = typer.Argument(help=field.described, metavar=f"[{field.name.upper()}]...")
    option = typer.Option(f"--{_dashed(field.name)}", help="The same, one by one.")
    of: Any = list[get_args(field.type)[0]] | None  # type: ignore[misc]
    ways = ((field.attribute, described), (_as_option(field), option))
    return [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[of, way]) for name, way in ways]


def _as_option(field: DeclaredField) -> str:
    return f"{field.attribute}_option"


def _parameter(field: DeclaredField) -> Parameter:
    single = get_args(field.type)[0] if field.many else field.type
    instant = single in {datetime, AwareDatetime}
    of: Any = datetime if instant else single
    if field.many:
        of = list[of]
    default = Parameter.empty if field.required else field.default
    described: Any
    if field.required:
        described = typer.Argument(help=field.described, metavar=field.name.upper())
    else:
        described = typer.Option(
            f"--{_dashed(field.name)}", help=field.described, formats=INSTANTS if instant else None
        )
    of = of | None if field.optional else of
    return Parameter(field.attribute, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[of, described])


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


async def _word(network: Network, viewer: Viewer, field: DeclaredField, given: dict[str, Any]) -> Any:
    """A parameter as the question takes it: names read as ids, days as instants in UTC."""
    value = given[field.attribute]
    if field.required and field.many:
        value = [*(value or ()), *(given[_as_option(field)] or ())]
    if isinstance(value, datetime):
        return in_utc(value)
    if field.names_item and field.many:
        return await ids_of(network, viewer, value, field.name)
    if field.names_item and value is not None:
        return await id_of(network, viewer, value, field.name)
    if field.name in SCOPES and value is not None:
        return await scope_of(network, viewer, value, field.name)
    return value
