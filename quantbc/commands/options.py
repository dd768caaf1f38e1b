"""Flags that name the theory's symbols: one table, shared by every command that evaluates a statement."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption
from typer.exceptions import TyperException

from quantbc.errors import ProblemError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
"""A flag of every command."""


def option(flag: str, text: str) -> Any:
    """An optional value of a command, None by default."""
    return typer.Option(flag, help=text, show_default=False)


def numbers(flag: str, text: str) -> tuple[float, ...]:
    """The numbers of a list such as ``0.1,0.1,0.02``.

    Raises:
        ProblemError: not numbers.

    >>> numbers("--tolerance", "0.1,0.02")
    (0.1, 0.02)
    """
    try:
        return tuple(map(float, text.split(",")))
    except ValueError:
        raise ProblemError(f"{flag} must be a number, or numbers separated by commas, got {text!r}") from None


@dataclass(frozen=True)
class Flag:
    """A command-line flag.

    Attributes:
        name: keyword it arrives under; for symbols, their name in `bounds.SYMBOLS`.
        flag: what is typed.
        kind: type of its value.
        text: help.
    """

    name: str
    flag: str
    kind: type
    text: str

    def parameter(self) -> inspect.Parameter:
        """The flag as an optional parameter of a command."""
        option = typer.Option(self.flag, help=self.text, show_default=False)
        optional: Any = self.kind | None  # a type made at run time, for typer to read
        annotation = Annotated[optional, option]
        return inspect.Parameter(self.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


SYMBOLS = (
    Flag("H", "--horizon", int, "H, steps per episode."),
    Flag("eps_q", "--eps-q", float, "Quantization error, instead of --bins."),
    Flag("n", "--demos", float, "n, number of demonstrations."),
    Flag("delta", "--delta", float, "Probability that the bound fails (0.05)."),
    Flag("class_size", "--class-size", int, "N, number of policies in the class."),
    Flag("log_class_size", "--log-class-size", float, "log N, in nats."),
    Flag("model_class_size", "--model-class-size", int, "M, number of transition models."),
    Flag("log_model_class_size", "--log-model-class-size", float, "log M, in nats."),
    Flag("C", "--gain", float, "C, gain constant of the dynamics."),
    Flag("eta", "--decay", float, "eta, gain decay per step."),
    Flag("L", "--tv-lipschitz", float, "L, TV-Lipschitz constant of the policies."),
    Flag("L_P", "--kernel-lipschitz", float, "L_P, TV-Lipschitz constant of the transition kernel."),
    Flag("lipschitz", "--lipschitz", float, "ell, Lipschitz constant of the policies before binning."),
    Flag("k", "--relaxation", float, "k: actions within k eps_q of each other are treated as equal."),
    Flag("chunk", "--chunk", int, "T, actions per chunk, for chunked statements."),
    Flag("L_x", "--reward-state", float, "L_x, Lipschitz constant of the reward in the state (1)."),
    Flag("L_u", "--reward-action", float, "L_u, Lipschitz constant of the reward in the action (1)."),
)
"""Flags of symbols whose names are not words; every other symbol has a flag of the same name, see `remaining`."""

BINNING = (
    Flag("bins", "--bins", int, "Uniform bins per action dimension."),
    Flag("low", "--low", float, "Smallest action, with --bins."),
    Flag("high", "--high", float, "Largest action, with --bins."),
    Flag("dimension", "--dimension", int, "Action dimensions, with --bins (1) or by itself."),
    Flag("norm", "--norm", str, "linf (default) or l2, with --bins."),
)
"""Flags from which eps_q is computed."""


def remaining() -> tuple[Flag, ...]:
    """Flags for the remaining symbols in `bounds.SYMBOLS`, derived from their names and meanings.

    Example:
        >>> next(flag.flag for flag in remaining() if flag.name == "average_error")
        '--average-error'
    """
    import bounds  # numpy with it, which the other commands' help does not need

    named = {flag.name for flag in (*SYMBOLS, *BINNING)}
    return tuple(
        Flag(name, "--" + name.replace("_", "-"), float, symbol.meaning)
        for name, symbol in bounds.SYMBOLS.items()
        if name not in named
    )


class StatementCommand(TyperCommand):
    """A command with a flag for every symbol, looked up when the command is used."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own parameters, then the symbols'."""
        more = (
            TyperOption(
                param_decls=[flag.name, flag.flag], type=flag.kind, help=flag.text, rich_help_panel="Other symbols"
            )
            for flag in remaining()
        )
        return [*super().get_params(ctx), *more]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; who types a symbol, such as --H, is told its flag."""
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            if flags := _flags_by_symbol().get(getattr(error, "option_name", "").lstrip("-")):
                error.possibilities = [flags]  # type: ignore[attr-defined]  # an unknown option's
            raise


def with_flags(message: str) -> str:
    """Append the flags of the symbols named in a message, where a flag differs from the symbol's name.

    Example:
        >>> with_flags("theorem_2 needs n, but n was not given")
        'theorem_2 needs n, but n was not given (n is --demos)'
    """
    hints = [f"{name} is {flags}" for name, flags in _flags_by_symbol().items() if re.search(rf"\b{name}\b", message)]
    return f"{message} ({', '.join(hints)})" if hints else message


def _flags_by_symbol() -> dict[str, str]:
    """Flags of each symbol that has one of another name, or several."""
    flags = {flag.name: [flag.flag] for flag in SYMBOLS}
    flags["eps_q"].append("--bins")
    for size in ("class_size", "model_class_size"):
        flags[f"log_{size}"] += flags[size]
    return {name: " or ".join(given) for name, given in flags.items() if given != ["--" + name.replace("_", "-")]}


def saying_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap a command so that errors from `bounds` about symbols also name the corresponding flags."""

    @wraps(command)
    def full(**values: Any) -> None:
        try:
            command(**values)
        except ValueError as error:
            from bounds.errors import ParameterError  # only once something has gone wrong: commands start fast

            if not isinstance(error, ParameterError):
                raise
            raise ProblemError(with_flags(str(error))) from error

    return full


def with_statement_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every flag of the two tables; they arrive in its keyword arguments, None where not given.

    Those of the `remaining` symbols come with `StatementCommand`.
    """
    full = saying_flags(command)
    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    shared = [flag.parameter() for flag in (*BINNING, *SYMBOLS)]
    full.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    return full
