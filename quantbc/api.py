"""What `import quantbc` offers: the commands as functions. Each loads what it needs when it is called.

Statements are named by key or given as objects of the catalog, files as `str` or `Path`. Results of functions are
documented dataclasses or lists of plain rows; their attributes are stable, their text is not.

Example:
    >>> import quantbc
    >>> quantbc.evaluate("theorem_8", H=50, n=1000, bins=64, low=-1, high=1)
    theorem_8 (sharp): 0.789868 = 0.00861787 imitation + 0.78125 quantization
    >>> quantbc.plan("theorem_8", "horizon", target=0.5, n=1000, eps_q=0.01).value
    49
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantbc.errors import ProblemError, optional

if TYPE_CHECKING:
    import bounds
    from bounds.planning import Solution
    from bounds.tolerance import Tolerated
    from proofs_check.report import VerifyReport
    from quantbc.audit.certify import Certificate
    from quantbc.audit.run import Audit, Data
    from quantbc.problem.file import Problem


_BOX = ("low", "high", "dimension", "norm")
_FIELDS = {
    "gain": "C",
    "decay": "eta",
    "tv-lipschitz": "L",
    "action": "names.actions",
    "observation": "names.observations",
    "episode-ends": "names.episode_ends",
}
"""Settings that have another name than the flag of the command line."""


def _named(statement: str | bounds.Theorem) -> bounds.Theorem:
    from bounds import Theorem
    from quantbc.commands.bound import theorem_named

    if isinstance(statement, Theorem):
        return statement
    if not isinstance(statement, str):
        raise ProblemError(f"statement must be a key of the catalog or one of its objects, got {statement!r}")
    return theorem_named(statement, "statement")


def _path(name: str, value: str | Path) -> Path:
    if not isinstance(value, str | PathLike):
        raise ProblemError(f"{name} must be a path, got {value!r}"[:200])
    return Path(value)


@contextmanager
def _settings(kind: type[Any], given: Mapping[str, Any]) -> Iterator[Any]:
    """The settings of that kind; one value stands for a tuple of one.

    Errors inside name settings as they are called here, not by their flags.
    """
    from bounds.errors import did_you_mean

    known: dict[str, Any] = {field.name: field for field in fields(kind)}

    def called(flag: re.Match[str]) -> str:
        name = _FIELDS.get(flag[1], flag[1].replace("-", "_"))
        return f"{name}s" if name not in known and f"{name}s" in known else name

    for name in given:
        if name not in known:
            message = f"settings must be among {', '.join(known)}, got {name!r}"
            raise ProblemError("; ".join(filter(None, (message, did_you_mean(name, known)))))
    several = {name for name, field in known.items() if field.default == ()}
    try:
        yield kind(**{k: (v,) if k in several and isinstance(v, str | int) else v for k, v in given.items()})
    except ProblemError as error:
        raise ProblemError(re.sub("--([a-z]+(?:-[a-z]+)*)", called, str(error))) from None


def evaluate(statement: str | bounds.Theorem, *, form: str | None = None, **values: Any) -> bounds.Evaluation:
    """Evaluate a bound by term, at any values that broadcast; a notebook shows it as a table.

    Args:
        statement: its key, or the object.
        form: ``"sharp"`` (default where it exists) or ``"simple"``.
        **values: the statement's symbols; in place of `eps_q` also `bins` with `low`, `high` and, if not 1 and the
            largest entry, `dimension` and `norm`.

    Raises:
        ProblemError: no such statement, or bins without their range.
        ParameterError, AssumptionError: as `bounds.evaluate`.
    """
    import bounds
    from bounds.quantization import eps_q

    if "bins" in values:
        if "eps_q" in values:
            raise ProblemError(f"give bins or eps_q, not both: got {values['bins']} and {values['eps_q']}")
        missing = [name for name in _BOX[:2] if name not in values]
        if missing:
            raise ProblemError(f"bins needs low and high, the range of an action; {' and '.join(missing)} not given")
        values["eps_q"] = eps_q(values.pop("bins"), **{name: values.pop(name) for name in _BOX if name in values})
    return bounds.evaluate(_named(statement), form, **values)


def plan(
    statement: str | bounds.Theorem,
    solve_for: str,
    *,
    target: float | None = None,
    tolerance: float | None = None,
    **values: Any,
) -> Solution | Tolerated | int:
    """A bound inverted.

    Args:
        statement: its key, or the object.
        solve_for: ``"demos"``, ``"bins"``, ``"horizon"``, ``"chunk"`` or ``"validation"``.
        target: total regret to stay below.
        tolerance: deviation of the state to stay below, its unit; one of the two is given.
        **values: the other symbols, and what the solver of `bounds.planning` or `bounds.tolerance` takes.

    Raises:
        ProblemError: no such statement.
        ParameterError: no such unknown, or not one of target and tolerance.
        UnreachableError, UnreachableToleranceError: no value will do.
    """
    from bounds import plan as plans

    return plans.plan(_named(statement), solve_for, target=target, tolerance=tolerance, **values)


def load(path: str | Path) -> Problem:
    """A problem file.

    Raises:
        ProblemError: the file cannot be read, or does not describe a study.
    """
    from quantbc.problem.file import load

    return load(_path("path", path))


def simulate(
    problem: str | Path | Problem, *, out: str | Path | None = None, workers: int = 1, cluster: str | None = None
) -> list[dict[str, Any]]:
    """Run a study; results stored by an earlier run are reused.

    Args:
        problem: the study, or its file.
        out: folder of the results; out/NAME by default.
        workers: processes.
        cluster: address of a Dask scheduler that computes the cells instead.

    Returns:
        One row a cell, as `quantbc simulate --json` prints them.

    Raises:
        ProblemError: the problem or the folder is not usable.
    """
    from quantbc.commands.simulate import compute
    from quantbc.problem.file import Problem
    from quantbc.sweeps.findings import Selection
    from quantbc.sweeps.store import Store, kept_in
    from quantbc.sweeps.study import sweep_of

    study = problem if isinstance(problem, Problem) else load(_path("problem", problem))
    sweep = sweep_of(study)
    with Store(kept_in(_path("out", out) if out is not None else Path("out") / study.name)) as store:
        compute(sweep, store, workers=workers, cluster=cluster)
        return list(Selection(store, (sweep,)).rows())


def verify(*statements: str | bounds.Theorem, kernel: bool = False) -> VerifyReport:
    """Check proofs, their mutants and random systems.

    Args:
        *statements: keys of statements or of other proofs, or objects of the catalog; all if there is none.
        kernel: whether to compile the kernel's sources afresh.

    Raises:
        ProblemError: a key names no proof, the kernel cannot be asked, or the extra `proofs` is missing.
    """
    with optional("proofs", "proofs"):
        from quantbc.commands.verify import checked

    return checked([name if isinstance(name, str) else _named(name).key for name in statements], kernel=kernel)


def audit(data: Data, *, workers: int = 1, cluster: str | None = None, **settings: Any) -> Audit:
    """Measure action tokenizers on demonstrations: which one, how many bins, and why.

    Args:
        data: demonstrations, a file or folder of any layout; or actions, shape (N, d), of one episode; or arrays by
            name: actions, observations and episode_ends.
        workers: processes that read the files of a folder; the answer is the same for any number.
        cluster: address of a Dask scheduler that does so instead.
        **settings: fields of `quantbc.audit.settings.Settings`: tokenizers, bins, chunk, ranges, mask, relative_to,
            periodic, tolerance, …; a field that holds several values takes one as well.

    Raises:
        ProblemError: the data or a setting is not usable.
    """
    from quantbc.audit.run import Settings
    from quantbc.audit.run import audit as of_data
    from quantbc.sweeps.executors import connect

    with _settings(Settings, settings) as chosen, connect(workers=workers, cluster=cluster) as crew:
        return of_data(data, chosen, crew=crew)


def certify(data: str | Path, predictions: str | Path, **settings: Any) -> Certificate:
    """Certify a trained policy from its errors on held-out demonstrations.

    Args:
        data: demonstrations.
        predictions: what the policy plays at their states, row by row.
        **settings: fields of `quantbc.audit.certify.Settings`.

    Raises:
        ProblemError: a file or setting is not usable.
    """
    from quantbc.audit.certify import Settings
    from quantbc.audit.certify import certify as of_paths

    with _settings(Settings, settings) as chosen:
        return of_paths(_path("data", data), _path("predictions", predictions), chosen)


def __getattr__(name: str) -> Mapping[str, bounds.Theorem]:
    """The catalog, loaded when it is asked for."""
    if name != "catalog":
        raise AttributeError(f"quantbc.api has no {name!r}")
    from bounds import catalog

    return catalog
