"""The command line. Bad input is one line on stderr and exit status 2, a failed claim status 1, interruption 130."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.exceptions
import typer.main

from quantbc import __version__, interrupts
from quantbc.commands.data import audit, certify
from quantbc.commands.options import Json, StatementCommand, option, saying_flags, with_statement_flags
from quantbc.errors import LostError, ProblemError, missing_extra, require_own_packages
from quantbc.output import shown

__all__ = ["app", "main"]  # what typer is shown is no function to call

app = typer.Typer(
    name="quantbc",
    help="Regret bounds for behavior cloning with quantized actions: computed, proved, measured.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
"""The command line; `main` runs it."""

_LINE = 300
"""Characters of a refusal."""
_LONGEST = 100_000
_UNREAD = 141
"""Exit status if whoever reads stdout stops reading, as of other programs that SIGPIPE ends."""


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


@app.command()
def theorems(
    key: Annotated[str | None, typer.Argument(help="Statement to show in full.", show_default=False)] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX align blocks.")] = False,
    json: Json = False,
) -> None:
    """List all statements, or show one: claim, assumptions, source, terms."""
    from quantbc.commands.theorems import show

    show(key, latex=latex, json=json)


Statement = Annotated[str, typer.Option("--theorem", help="Key of a statement, e.g. theorem_2.")]
Form = Annotated[str | None, typer.Option(help="sharp (default) or simple.", show_default=False)]
Extra = Annotated[
    list[str] | None, typer.Option("--set", help="NAME=VALUE: set a symbol by name; repeatable.", show_default=False)
]


@app.command(cls=StatementCommand)
@with_statement_flags
def bound(
    theorem: Statement,
    deviation: Annotated[
        bool, typer.Option("--deviation", help="Also bound the state deviation at each step.")
    ] = False,
    form: Form = None,
    set_: Extra = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the inequality in LaTeX, with these values.")] = False,
    json: Json = False,
    **flags: Any,
) -> None:
    """Evaluate one statement at given values, term by term."""
    from quantbc.commands.bound import run

    run(theorem, form, flags, set_ or [], deviation=deviation, latex=latex, json=json)


@app.command(cls=StatementCommand)
@with_statement_flags
def plan(
    theorem: Statement,
    solve_for: Annotated[
        str, typer.Option(help="demos, bins, horizon, chunk or validation (held-out trajectories); omit its own flag.")
    ],
    target: Annotated[float | None, option("--target", "Total regret to stay below.")] = None,
    tolerance: Annotated[
        float | None, option("--tolerance", "State deviation to stay below, instead of --target.")
    ] = None,
    probability: Annotated[
        float, typer.Option(help="Probability that labels agree (--tolerance) or the certificate holds (validation).")
    ] = 0.95,
    diameter: Annotated[float | None, option("--diameter", "Largest possible action error, for validation.")] = None,
    grows: Annotated[
        str | None, option("--grows", "Find the best bins for a growing class: tabular, nonstationary or softmax.")
    ] = None,
    states: Annotated[int | None, option("--states", "States of a tabular class.")] = None,
    features: Annotated[int | None, option("--features", "Inputs per logit of a softmax class.")] = None,
    weight_bits: Annotated[int, typer.Option(help="Bits per weight of a softmax class.")] = 32,
    form: Form = None,
    set_: Extra = None,
    json: Json = False,
    **flags: Any,
) -> None:
    """Invert a bound: demonstrations, bins, horizon, chunk or held-out data for a target regret or deviation."""
    from quantbc.commands.plan import Aim, Growth, run

    growth = None if grows is None else Growth(grows, states, features, weight_bits)
    aim = Aim(solve_for, target, tolerance, probability, diameter, growth)
    run(theorem, form, aim, flags, set_ or [], json=json)


@app.command()
def simulate(
    problem: Annotated[Path, typer.Argument(help="Problem file (TOML).")],
    store: Annotated[Path | None, option("--store", "Results file (default: results.sqlite in --out).")] = None,
    out: Annotated[Path | None, option("--out", "Output folder for tables and plots (default: out/NAME).")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes.", show_default="one per core")] = None,
    cluster: Annotated[str | None, option("--cluster", "Address of a Dask scheduler, tcp://host:port.")] = None,
    resume: Annotated[bool, typer.Option(help="Compute only cells missing from the store, or recompute all.")] = True,
    json: Json = False,
) -> None:
    """Clone an expert on a simulated system and compare the measured regret with its bound."""
    from quantbc.commands.simulate import simulate as command

    if workers is not None and cluster is not None:
        raise ProblemError(f"give --workers or --cluster, not both: got {workers} and {cluster!r}")
    status = command(problem, store=store, out=out, workers=workers, cluster=cluster, resume=resume, json=json)
    raise typer.Exit(status)


@app.command()
def results(
    store: Annotated[Path, typer.Argument(help="Results file of a study (results.sqlite).")],
    where: Annotated[list[str] | None, option("--where", "AXIS=VALUE: restrict to these cells; repeatable.")] = None,
    csv: Annotated[Path | None, option("--csv", "Also write the cells to this CSV file.")] = None,
    parquet: Annotated[Path | None, option("--parquet", "Also write the cells to this Parquet file.")] = None,
    json: Json = False,
) -> None:
    """Summarize a study's results file: violations, coverage, slopes."""
    from quantbc.commands.results import results as command

    raise typer.Exit(command(store, where=where or [], csv=csv, parquet=parquet, json=json))


@app.command()
def verify(
    keys: Annotated[
        list[str] | None, typer.Argument(help="Statements to check (default: all).", show_default=False)
    ] = None,
    kernel: Annotated[
        bool, typer.Option("--kernel", help="Recompile the kernel proofs (needs Rocq; takes minutes).")
    ] = False,
    json: Json = False,
) -> None:
    """Show what is proved, algebra checked, checked on cases or assumed; refute mutants; test on exact systems."""
    from quantbc.commands.verify import run

    raise typer.Exit(run(keys or [], json=json, kernel=kernel))


@app.command()
def figures(
    names: Annotated[
        list[str] | None, typer.Argument(help="Figures to draw (default: all).", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Output folder for figures and their tables.")] = Path("out/figures"),
    quick: Annotated[bool, typer.Option("--quick", help="Use small settings, for a first look.")] = False,
    no_captions: Annotated[bool, typer.Option("--no-captions", help="Write captions to text files instead.")] = False,
    latex_fonts: Annotated[bool, typer.Option("--latex-fonts", help="Use Computer Modern.")] = False,
) -> None:
    """Compute and plot figures: bound against measurement."""
    from figures.style import Look
    from quantbc.commands.figures import draw

    raise typer.Exit(draw(names or [], out=out, quick=quick, look=Look(not no_captions, latex_fonts)))


app.command()(saying_flags(audit))
app.command()(saying_flags(certify))


@app.command()
def report(
    problem: Annotated[
        Path | None,
        typer.Argument(help="Problem file (TOML); without one, --audit or --certify: a small built-in study."),
    ] = None,
    data: Annotated[Path | None, option("--audit", "Demonstrations to audit: a file or folder.")] = None,
    certify: Annotated[Path | None, option("--certify", "JSON of a certificate, from certify --json.")] = None,
    out: Annotated[Path, typer.Option(help="Output folder for the page and its data.")] = Path("out/report"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Use small settings for the figures, for a first look.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a self-contained HTML page with bounds, checks and plots."""
    from quantbc.commands.report import Extent
    from quantbc.commands.report import report as command

    raise typer.Exit(command(problem, audit=data, certify=certify, out=out, extent=Extent(quick=quick), json=json))


def main() -> None:
    """Run the command line, or show the help; exit with 0, 1 (a claim failed), 2 (bad input) or 130 (interrupted)."""
    _prepare_streams()
    with interrupts.guarded():
        try:
            status = _run()
        except KeyboardInterrupt:
            status = interrupts.STATUS
        if status == interrupts.STATUS:  # typer, too, makes this number of it
            _refuse("interrupted", status=status)
        if interrupts.received():  # nothing that runs at the end of a process may take its time
            os._exit(status)
    sys.exit(status)


@cache
def _command() -> Any:
    """Built once a process: it takes ten times as long as a refusal."""
    return typer.main.get_command(app)


def _run() -> int:
    """The status of a command whose reader may leave early."""
    stdout = sys.stdout
    try:
        return _answer()
    except MemoryError as error:
        return _refuse(f"memory must suffice for this input: {str(error) or 'none is left'}")
    except BrokenPipeError:
        pass
    except SystemExit:
        if sys.stdout is stdout:
            raise
        sys.stdout = stdout  # typer has put another in its place, for the same reason
    _mute()
    return _UNREAD


def _answer() -> int:
    try:
        require_own_packages()
        status = _command()(sys.argv[1:] or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except typer.exceptions.TyperException as error:
        return _refuse(error.format_message())
    except ProblemError as error:
        return _refuse(str(error))
    except ValueError as error:
        if not isinstance(error, _input_errors()):
            raise
        return _refuse(str(error))
    except ModuleNotFoundError as error:
        if (line := missing_extra(error.name)) is None:
            raise
        return _refuse(line)
    except LostError as error:
        return _refuse(str(error), status=1)
    except BrokenPipeError:
        raise
    except OSError as error:
        _mute()
        return _refuse(f"{error.filename or 'standard output'}: {error.strerror or error}")
    return status if isinstance(status, int) else 0


def _input_errors() -> tuple[type[ValueError], ...]:
    """Errors that blame the input; imported only once something has gone wrong."""
    from bounds import errors as of_bounds
    from simulators import errors as of_simulators

    return (
        of_bounds.ParameterError,
        of_bounds.AssumptionError,
        of_simulators.ShapeError,
        of_simulators.DomainError,
        of_simulators.ProbabilityError,
        of_simulators.StabilityError,
        of_simulators.RealizabilityError,
    )


def _prepare_streams() -> None:
    while (null := os.open(os.devnull, os.O_RDWR)) <= 2:  # a closed stream's number is no file's
        pass
    os.close(null)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started this
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as this runs
        elif isinstance(stream, io.TextIOWrapper):  # a file name need not be text that can be printed
            stream.reconfigure(errors="backslashreplace")


def _mute() -> None:
    """What is still in the buffer of stdout cannot be written; trying again at the end would only be another error."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(message: str, *, status: int = 2) -> int:
    if interrupts.received() and status != interrupts.STATUS:
        return (
            interrupts.STATUS
        )  # the error may be an echo of it: a library's, where a function of ours was interrupted
    line = shown(f"quantbc: {' '.join(message.split())}", _LONGEST)
    if len(line) > _LINE:  # what is required stands first, what was given last
        line = f"{line[: _LINE // 2]} … {line[3 - _LINE // 2 :]}"
    with suppress(OSError):  # nobody reads it
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    return status
