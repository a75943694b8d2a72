"""How the command refuses what it is given, in the form of every other refusal: field, what is wrong, what is right.

Typer finds what is wrong, and says so in words and a frame of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

import typer
from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from typer.core import TyperCommand, TyperGroup

from service.cli.opening import fail
from service.model.errors import Invalid, Problem, RetellError
from service.operations.validation import problem_of

STATUS: Final = 2
"""What a command ends with that was not understood."""
MOMENT: Final = "Give a day or an instant, like 2026-03-01 or 2026-03-01T09:30:00Z; without an offset it is in UTC."
_CHOICE: Final = re.compile(r"is not one of (.+)\.$", re.DOTALL)


class Root(TyperGroup):
    """The command itself, through which all that is wrong with its words comes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words before the command's name."""
        with _refused():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Read the rest, and run."""
        with _refused():
            return super().invoke(ctx)


class Command(TyperCommand):
    """One command: an option that takes one value is given once, for of two the first would go unheard."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the command's name."""
        *_, given = self.make_parser(ctx).parse_args(list(args))
        rest = super().parse_args(ctx, args)
        options = Counter(_field(one) for one in given if one.param_type_name == "option" and not one.multiple)
        problems = [
            Problem(field=name, wrong=f"`{name}` comes {count} times", right="Give it once.")
            for name, count in options.items()
            if count > 1
        ]
        if problems and not ctx.resilient_parsing:  # as where a shell asks how a line may go on
            raise Invalid.of(problems)
        return rest


def refuse_alike(app: typer.Typer) -> None:
    """Let every command of an app, and of the apps in it, refuse in this way."""
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        if group.typer_instance:
            refuse_alike(group.typer_instance)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except RetellError as error:
        fail(error, STATUS)
    except typer.TyperException as error:
        # Typer's own classes have no public names, and one of them is but a way to show the help.
        name = type(error).__name__
        if name == "NoArgsIsHelpError":
            raise
        problem = _PROBLEMS.get(name, _otherwise)(error)
        fail(Invalid.of([problem]), STATUS)


def _field(param: Any) -> str:
    """What a parameter is called at every door: `asOf` for `--as-of`."""
    return _name(max(param.opts, key=len))


def _name(option: str) -> str:
    return to_camel(option.lstrip("-").replace("-", "_").rstrip("_"))


def _bad(error: Any) -> Problem:
    cause = error.__cause__
    if error.param is None or not isinstance(cause, ValidationError):
        return _otherwise(error)
    detail: dict[str, Any] = dict(cause.errors(include_url=False)[0])
    if found := _CHOICE.search(detail["msg"]):
        detail |= {"type": "enum", "ctx": {"expected": found[1]}}
    name = _field(error.param)
    if detail["type"].startswith("datetime") or "does not match the formats" in detail["msg"]:
        return Problem(field=name, wrong=f"`{name}` is not an instant", right=MOMENT)
    return problem_of(detail, [name])


def _missing(error: Any) -> Problem:
    name = _field(error.param)
    written = max(error.param.opts, key=len) if error.param.param_type_name == "option" else name
    return Problem(field=name, wrong=f"`{name}` is missing", right=f"Give `{written}`: {error.param.help}")


def _unknown(error: Any) -> Problem:
    context = error.ctx
    options = [max(one.opts, key=len) for one in context.command.params if one.param_type_name == "option"]
    right = f"The options of `{context.command_path}` are {', '.join(options)}."
    return Problem(field=error.option_name, wrong=f"There is no `{error.option_name}` here", right=right)


def _without_value(error: Any) -> Problem:
    option, name = error.option_name, _name(error.option_name)
    if "does not take" in error.message:
        return Problem(field=name, wrong=f"`{name}` takes no value", right=f"Write `{option}` alone.")
    return Problem(field=name, wrong=f"`{name}` has no value", right=f"Write it behind `{option}`.")


def _otherwise(error: Any) -> Problem:
    place = error.ctx.command_path if getattr(error, "ctx", None) else "retell"
    wrong, _, meant = error.message.partition(". Did you mean ")
    shown = f"`{place} --help` shows what it takes; a name of several words stands in quotes."
    return Problem(
        field=_field(error.param) if getattr(error, "param", None) else None,
        wrong=wrong.rstrip("."),
        right=f"Did you mean {meant} {shown}" if meant else shown,
    )


_PROBLEMS: Final[Mapping[str, Callable[[Any], Problem]]] = MappingProxyType(
    {"BadParameter": _bad, "MissingParameter": _missing, "NoSuchOption": _unknown, "BadOptionUsage": _without_value}
)
