"""A sweep is data; a cell's randomness depends on its settings and seed, its key on the code as well."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantbc.commands import report
from quantbc.errors import ProblemError
from quantbc.sweeps import gallery, study
from quantbc.sweeps import sweep as module_of_sweep
from quantbc.sweeps.sweep import Axis, Computation, Sweep


@dataclass(frozen=True)
class Ours:
    bins: int


@dataclass(frozen=True)
class Theirs:
    bins: int


def sweep(*axes: Axis, seeds: tuple[int, ...] = (0, 1), version: str = "1") -> Sweep:
    return Sweep("small", axes, seeds, version)


def keys(made: Sweep) -> set[str]:
    return {cell.key for cell in made.cells()}


@pytest.fixture
def afresh() -> Iterator[None]:
    """Versions are computed anew, as in a new process."""
    module_of_sweep._code_version.cache_clear()
    yield
    module_of_sweep._code_version.cache_clear()


H = Axis("H", (5, 10))
BINS = Axis("bins", (Ours(8), Ours(16)), ("few", "many"))


def test_cells_are_the_product_of_axes_and_seeds() -> None:
    made = sweep(H, BINS)
    cells = list(made.cells())
    assert len(cells) == made.size == len(keys(made)) == 8
    assert cells[0].row({"regret": 0.5}) == {"H": 5, "bins": "few", "seed": 0, "regret": 0.5}
    assert cells[-1].settings == {"H": 10, "bins": Ours(16)}


def test_a_longer_axis_leaves_the_other_cells_as_they_were() -> None:
    assert keys(sweep(H, BINS)) < keys(sweep(Axis("H", (7, 10, 5)), BINS))


def test_order_of_axes_and_labels_do_not_matter() -> None:
    assert keys(sweep(H, BINS)) == keys(sweep(Axis("bins", (Ours(16), Ours(8))), H))


def test_settings_seed_type_and_version_all_matter() -> None:
    sweeps = [
        sweep(H),
        sweep(Axis("n", (5, 10))),
        sweep(Axis("H", (5.0, 10.0))),
        sweep(H, seeds=(2, 3)),
        sweep(H, version="2"),
        sweep(H, Axis("delta", (0.05,))),
        sweep(Axis("H", (Ours(5), Ours(10)))),
        sweep(Axis("H", (Theirs(5), Theirs(10)))),
    ]
    assert len(set().union(*map(keys, sweeps))) == sum(made.size for made in sweeps)


def test_randomness_depends_on_settings_and_seed_but_not_on_the_version() -> None:
    first = [cell.rng().random() for cell in sweep(H, BINS).cells()]
    assert first == [cell.rng().random() for cell in sweep(H, BINS, version="2").cells()]
    assert len(set(first)) == len(first)


PLAIN = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.booleans(),
    st.builds(Ours, st.integers()),
)
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)


@settings(deadline=None, max_examples=30)
@given(values=st.lists(NESTED, min_size=1, max_size=4, unique_by=repr))
def test_a_description_read_back_has_the_same_cells(values: list[object]) -> None:
    made = sweep(Axis("a", tuple(values)), H)
    again = Sweep.from_json(made.to_json())
    assert [(c.key, c.labels, c.digest) for c in again.cells()] == [(c.key, c.labels, c.digest) for c in made.cells()]
    assert again.to_json() == made.to_json()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Axis("H", ()), "axis H must have values that all differ"),
        (lambda: Axis("H", (5, 5)), "axis H must have values that all differ"),
        (lambda: Axis("H", (5, 10), ("same", "same")), "axis H must have 2 labels"),
        (lambda: Axis("H", (5, 10), ("one",)), "axis H must have 2 labels"),
        (lambda: Axis("H", (object(),)), "values of axis H must be plain and finite: object"),
        (lambda: Axis("H", (float("nan"),)), "values of axis H must be plain and finite"),
        (lambda: sweep(H, H), "axes must have different names"),
        (lambda: sweep(Axis("seed", (1,))), "none of them 'seed'"),
        (lambda: sweep(H, seeds=()), "seeds must be"),
        (lambda: sweep(H, seeds=(1, 1)), "seeds must be"),
        (lambda: sweep(H, seeds=(-1,)), "seeds must be"),
    ],
)
def test_what_is_no_sweep_is_refused(make: object, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.usefixtures("afresh")
def test_the_version_follows_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    part = tmp_path / "edited_package" / "part.py"
    part.parent.mkdir()
    (part.parent / "__init__.py").touch()

    def version(text: str, module: str) -> str:
        part.write_text(text)
        module_of_sweep._code_version.cache_clear()  # as in a new process
        return Computation(dict, (module,)).version

    for module in ("edited_package", "edited_package.part"):
        assert version("x = 1\n", module) == version("x = 1\n", module) != version("x = 2\n", module)


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("module", ["sweep", "batches"])
def test_the_version_follows_what_seeds_and_runs_every_cell(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that seeds otherwise computes other numbers under the same keys, so it must not be accepted."""
    (tmp_path / "part.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    edited = tmp_path / f"{module}.py"
    real = module_of_sweep.find_spec

    def find(name: str) -> object:
        spec = real(name)
        if name == f"quantbc.sweeps.{module}":
            edited.write_text(Path(str(spec.origin)).read_text() + "\n# seeds otherwise\n")
            return SimpleNamespace(origin=str(edited))  # the module keeps its own
        return spec

    before = Computation(dict, ("part",)).version
    monkeypatch.setattr(module_of_sweep, "find_spec", find)
    module_of_sweep._code_version.cache_clear()
    assert Computation(dict, ("part",)).version != before


@pytest.mark.usefixtures("afresh")
def test_the_version_follows_the_numerical_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    before = Computation(dict, ("part",)).version
    monkeypatch.setattr(module_of_sweep, "version", lambda name: "99.0")
    module_of_sweep._code_version.cache_clear()
    assert Computation(dict, ("part",)).version != before


_PACKAGES = ("bounds", "simulators", "proofs_check", "figures", "quantbc")
_RUNNING = {
    *("quantbc", "quantbc.errors", "quantbc.output", "quantbc.sweeps", "quantbc.commands", "quantbc.report"),
    *(f"quantbc.sweeps.{name}" for name in ("engine", "executors", "findings", "store", "summary")),
    *("proofs_check", "quantbc.report.blocks", "quantbc.interrupts", "figures.files"),
}
"""Modules that say and keep what was computed, and packages that hold nothing but others; no result depends on them."""


def imported(module: str) -> set[str]:
    """What of ours a module imports, at whatever place, and what that imports in turn."""
    todo, seen = [module], set[str]()
    while todo:
        name = todo.pop()
        spec = find_spec(name) if name.split(".")[0] in _PACKAGES else None
        if name in seen or spec is None or spec.origin is None:
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for found in names:
                with suppress(ModuleNotFoundError):
                    todo += [found] if find_spec(found) else []
    return seen


@pytest.mark.parametrize(
    ("computation", "roots"),
    [
        (study.COMPUTATION, ("quantbc.sweeps.study",)),
        (gallery.COMPUTATION, ("quantbc.sweeps.gallery",)),
        (report.AUDIT, ("quantbc.audit.run",)),
        (report.CHECKS, ("quantbc.commands.verify", "quantbc.report.checks")),
    ],
    ids=["study", "figures", "audit", "checks"],
)
def test_the_version_covers_whatever_a_result_depends_on(computation: Computation, roots: tuple[str, ...]) -> None:
    """Otherwise an edit would leave old numbers under the keys of new ones."""
    covered = (*module_of_sweep._ALWAYS, *computation.modules)
    needed = {name for root in roots for name in imported(root)} - _RUNNING
    assert len(needed) > 5
    left_out = {name for name in needed if not any(name == c or name.startswith(f"{c}.") for c in covered)}
    assert not left_out


def test_two_functions_of_a_module_have_two_versions() -> None:
    assert Computation(keys, ("quantbc.sweeps.sweep",)).version != Computation(sweep, ("quantbc.sweeps.sweep",)).version


def test_a_computation_without_sources_has_no_version() -> None:
    with pytest.raises(ProblemError, match="must have source files, got 'no_such_module'"):
        _ = Computation(dict, ("no_such_module",)).version


@pytest.mark.parametrize("labels", [([1],), ({},), (None,)])
def test_labels_are_plain(labels: tuple[object, ...]) -> None:
    with pytest.raises(ProblemError, match="plain labels, got"):
        Axis("H", (10,), labels)  # type: ignore[arg-type]
    with pytest.raises(ProblemError, match="a text for a name"):
        Axis(5, (10,))  # type: ignore[arg-type]
