"""The command line. Bad input ends in one line on stderr and exit status 2, a failed claim in exit status 1."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.exceptions

from quantbc import __version__
from quantbc.errors import ProblemError

__all__ = ["app", "main"]

app = typer.Typer(
    name="quantbc",
    help="Regret bounds for behavior cloning with quantized actions: computed, proved, measured.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"quantbc {__version__}\n")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Regret bounds for behavior cloning with quantized actions: computed, proved, measured."""


def option(flag: str, text: str) -> Any:
    """An optional value."""
    return typer.Option(flag, help=text, show_default=False)


@app.command()
def theorems(
    key: Annotated[str | None, typer.Argument(help="Show this statement in full.", show_default=False)] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX align blocks.")] = False,
    json: Json = False,
) -> None:
    """List the statements, or show one: claim, assumptions, source, terms."""
    from quantbc.commands.theorems import show

    show(key, latex=latex, json=json)


@app.command()
def bound(
    theorem: Annotated[str, typer.Option(help="Key of the statement, e.g. theorem_2.")],
    horizon: Annotated[int | None, option("--horizon", "H, steps in an episode.")] = None,
    bins: Annotated[int | None, option("--bins", "Uniform bins per action dimension.")] = None,
    low: Annotated[float | None, option("--low", "Smallest action, with --bins.")] = None,
    high: Annotated[float | None, option("--high", "Largest action, with --bins.")] = None,
    dimension: Annotated[int | None, option("--dimension", "Action dimensions, with --bins (1).")] = None,
    norm: Annotated[str | None, option("--norm", "linf (default) or l2, with --bins.")] = None,
    eps_q: Annotated[float | None, option("--eps-q", "Quantization error, instead of --bins.")] = None,
    demos: Annotated[float | None, option("--demos", "n, number of demonstrations.")] = None,
    delta: Annotated[float | None, option("--delta", "Probability with which the bound may fail (0.05).")] = None,
    class_size: Annotated[int | None, option("--class-size", "N, policies in the class.")] = None,
    log_class_size: Annotated[float | None, option("--log-class-size", "log N, nats.")] = None,
    model_class_size: Annotated[int | None, option("--model-class-size", "M, transition models.")] = None,
    log_model_class_size: Annotated[float | None, option("--log-model-class-size", "log M, nats.")] = None,
    gain: Annotated[float | None, option("--gain", "C, gain constant.")] = None,
    decay: Annotated[float | None, option("--decay", "eta, gain decay per step.")] = None,
    tv_lipschitz: Annotated[float | None, option("--tv-lipschitz", "L, TV-Lipschitz constant of policies.")] = None,
    kernel_lipschitz: Annotated[float | None, option("--kernel-lipschitz", "L_P, of the transition kernel.")] = None,
    lipschitz: Annotated[float | None, option("--lipschitz", "ell, of policies before binning.")] = None,
    relaxation: Annotated[float | None, option("--relaxation", "k: actions within k eps_q count as equal.")] = None,
    reward_state: Annotated[float | None, option("--reward-state", "L_x, of the reward (1).")] = None,
    reward_action: Annotated[float | None, option("--reward-action", "L_u, of the reward (1).")] = None,
    set_: Annotated[list[str] | None, option("--set", "NAME=VALUE for any other symbol; repeatable.")] = None,
    form: Annotated[str | None, option("--form", "sharp (default) or simple.")] = None,
    json: Json = False,
) -> None:
    """Evaluate one statement at given values, term by term."""
    from quantbc.commands import bound as command

    command.run(
        theorem,
        form,
        command.symbols(
            {
                "H": horizon,
                "eps_q": command.quantization(
                    bins=bins, low=low, high=high, dimension=dimension, norm=norm, eps_q=eps_q
                ),
                "n": demos,
                "delta": delta,
                "class_size": class_size,
                "log_class_size": log_class_size,
                "model_class_size": model_class_size,
                "log_model_class_size": log_model_class_size,
                "C": gain,
                "eta": decay,
                "L": tv_lipschitz,
                "L_P": kernel_lipschitz,
                "lipschitz": lipschitz,
                "k": relaxation,
                "L_x": reward_state,
                "L_u": reward_action,
            },
            set_ or [],
        ),
        json=json,
    )


@app.command()
def simulate(
    problem: Annotated[Path, typer.Argument(help="Problem file (TOML).")],
    store: Annotated[Path | None, option("--store", "Results file (default: results.sqlite in --out).")] = None,
    out: Annotated[Path | None, option("--out", "Folder for tables and plots (default: out/NAME).")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="one a core")] = None,
    cluster: Annotated[str | None, option("--cluster", "Address of a Dask scheduler, tcp://host:port.")] = None,
    json: Json = False,
) -> None:
    """Clone an expert on a simulated system and compare measured regret with its bound."""
    from quantbc.commands.simulate import simulate as command

    if workers is not None and cluster is not None:
        raise ProblemError(f"give --workers or --cluster, not both: got {workers} and {cluster!r}")
    raise typer.Exit(command(problem, store=store, out=out, workers=workers, cluster=cluster, json=json))


@app.command()
def figures(
    names: Annotated[
        list[str] | None, typer.Argument(help="Figures to draw (default: all).", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for figures and their tables.")] = Path("out/figures"),
    quick: Annotated[bool, typer.Option("--quick", help="Small settings, for a first look.")] = False,
) -> None:
    """Compute and draw figures: bound against measurement."""
    from quantbc.commands.figures import draw

    draw(names or [], out=out, quick=quick)


def main() -> None:
    """Run the command line and exit with 0, 1 (a claim failed) or 2 (bad input)."""
    status: object = None
    try:
        status = app(standalone_mode=False)
    except typer.exceptions.TyperException as error:
        _refuse(error.format_message() + _offending(error))
    except ValueError as error:
        if not isinstance(error, _input_errors()):
            raise
        _refuse(str(error))
    except KeyboardInterrupt:
        _refuse("interrupted", status=1)
    except OSError as error:
        _refuse(f"{error.filename or 'file'}: {error.strerror or error}")
    sys.exit(status if isinstance(status, int) else 0)


def _offending(error: BaseException) -> str:
    """The value behind a parsing error, which its own message leaves out."""
    details: list[dict[str, object]] = getattr(error.__cause__, "errors", list)()
    return f", got {details[0]['input']!r}" if details else ""


def _input_errors() -> tuple[type[ValueError], ...]:
    """Errors that blame the input; imported only once something has gone wrong."""
    from bounds import errors as of_bounds
    from simulators import errors as of_simulators

    return (
        ProblemError,
        of_bounds.ParameterError,
        of_bounds.AssumptionError,
        of_simulators.ShapeError,
        of_simulators.DomainError,
        of_simulators.ProbabilityError,
        of_simulators.StabilityError,
        of_simulators.RealizabilityError,
    )


def _refuse(message: str, *, status: int = 2) -> None:
    sys.stderr.write(f"quantbc: {' '.join(message.split())}\n")
    sys.exit(status)
