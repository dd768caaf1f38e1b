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

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from quantbc.errors import ProblemError, optional

if TYPE_CHECKING:
    import bounds
    from bounds.planning import Solution
    from bounds.tolerance import Tolerated
    from proofs_check.report import VerifyReport
    from quantbc.audit.certify import Certificate
    from quantbc.audit.run import Audit, Data
    from quantbc.problem.file import Problem


_S = TypeVar("_S")
_BOX = ("low", "high", "dimension", "norm")


def statement(key: str | bounds.Theorem) -> bounds.Theorem:
    """A statement by its key, or as it is.

    Raises:
        ProblemError: no such key.
    """
    from quantbc.commands.bound import theorem_named

    return theorem_named(key, "statement") if isinstance(key, str) else key


def evaluate(key: str | bounds.Theorem, *, form: str | None = None, **values: Any) -> bounds.Evaluation:
    """Evaluate a bound by term, at any values that broadcast; a notebook shows it as a table.

    Args:
        key: the statement.
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
    return bounds.evaluate(statement(key), form, **values)


def plan(
    key: str | bounds.Theorem,
    solve_for: str,
    *,
    target: float | None = None,
    tolerance: float | None = None,
    **values: Any,
) -> Solution | Tolerated | int:
    """A bound inverted.

    Args:
        key: the statement.
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

    return plans.plan(statement(key), solve_for, target=target, tolerance=tolerance, **values)


def load(path: str | Path) -> Problem:
    """A problem file.

    Raises:
        ProblemError: the file cannot be read, or does not describe a study.
    """
    from quantbc.problem.file import load

    return load(Path(path))


def simulate(problem: str | Path | Problem, *, out: str | Path | None = None, workers: int = 1) -> list[dict[str, Any]]:
    """Run a study; results stored by an earlier run are reused.

    Args:
        problem: the study, or its file.
        out: folder of the results; out/NAME by default.
        workers: processes.

    Returns:
        One row a cell, as `quantbc simulate --json` prints them.

    Raises:
        ProblemError: the problem or the folder is not usable.
    """
    from quantbc.commands.simulate import compute
    from quantbc.sweeps.findings import Selection
    from quantbc.sweeps.store import Store, kept_in
    from quantbc.sweeps.study import sweep_of

    study = load(problem) if isinstance(problem, str | Path) else problem
    sweep = sweep_of(study)
    with Store(kept_in(Path(out) if out is not None else Path("out") / study.name)) as store:
        compute(sweep, store, workers=workers)
        return list(Selection(store, (sweep,)).rows())


def verify(*keys: str, kernel: bool = False) -> VerifyReport:
    """Check proofs, their mutants and random systems.

    Args:
        *keys: proofs or statements; all if there is none.
        kernel: whether to compile the kernel's sources afresh.

    Raises:
        ProblemError: a key names no proof, the kernel cannot be asked, or the extra `proofs` is missing.
    """
    with optional("proofs", "proofs"):
        from quantbc.commands.verify import checked

    return checked(keys, kernel=kernel)


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

    with connect(workers=workers, cluster=cluster) as crew:
        return of_data(data, _settings(Settings, settings), crew=crew)


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

    return of_paths(Path(data), Path(predictions), _settings(Settings, settings))


def _settings(kind: type[_S], given: dict[str, Any]) -> _S:
    """Settings from keywords; one value stands for a tuple of one."""
    from dataclasses import fields
    from difflib import get_close_matches

    known: dict[str, Any] = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ProblemError(f"settings must be among {', '.join(known)}, got {name!r}{hint}")
    several = {name for name, field in known.items() if field.default == ()}
    return kind(**{k: (v,) if k in several and isinstance(v, str | int) else v for k, v in given.items()})


def __getattr__(name: str) -> Mapping[str, bounds.Theorem]:
    """The catalog, loaded when it is asked for."""
    if name != "catalog":
        raise AttributeError(f"quantbc.api has no {name!r}")
    from bounds import catalog

    return catalog
