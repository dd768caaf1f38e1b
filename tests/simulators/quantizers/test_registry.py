"""Every tokenizer is built by its name, here and from other distributions, and one name is one map."""

from importlib.metadata import EntryPoint
from typing import Any

import numpy as np
import pytest

from simulators.errors import DomainError, ShapeError
from simulators.quantizers import registry
from simulators.quantizers.base import PerChunk, Quantizer
from simulators.quantizers.entry import Entry
from simulators.quantizers.measure import measure
from simulators.quantizers.registry import build, entries, entry, fit, names, register
from simulators.quantizers.scalar import uniform
from simulators.quantizers.statistics import Statistics

DATA = np.random.default_rng(0).normal(size=(600, 3)) * [0.1, 1.0, 20.0] + [0.0, 4.0, -7.0]
NAMES = pytest.mark.parametrize("name", list(entries()))
ADAPTED = pytest.mark.parametrize("name", [one for one, found in entries().items() if found.compared])


def make(name: str, size: int | None = None) -> tuple[Quantizer, np.ndarray]:
    """The tokenizer, and the data as it takes them."""
    chosen = entry(name)
    arguments: dict[str, Any] = {} if size is None else {str(chosen.size): size}
    steps = chosen.steps(arguments)
    data = np.tile(DATA, 3)[:, :7] if name == "rt1_arm" else DATA
    u = data if steps is None else data[: len(data) // steps * steps].reshape(-1, steps, 3)
    return build(name, arguments, actions=u, rng=np.random.default_rng(0)), u


@NAMES
def test_what_a_quantizer_promises_holds(name: str) -> None:
    q, u = make(name)
    tokens, codes = q.encode(u), q.decode(q.encode(u))
    assert np.array_equal(q.quantize(u), codes)
    assert codes.shape == u.shape
    assert (q.unit, q.steps) == (("step", 1) if u.ndim == 2 else ("chunk", u.shape[1]))
    errors, counts = q.sup_errors(u.shape[-1]), q.token_counts(u.shape[-1])
    if errors is not None:
        assert q.sup_error == pytest.approx(errors.max())
        assert np.all(np.abs(codes - q.project(u)) <= errors + 1e-9)
    if counts is not None:
        rows = tokens.reshape(len(u), -1)
        assert rows.shape[1] == len(counts)
        assert np.all((rows >= q.first_token) & (rows < q.first_token + np.array(counts)))
    if q.monotone:
        order = np.argsort(u, axis=0)
        assert np.all(np.diff(np.take_along_axis(codes, order, axis=0), axis=0) >= 0)


@NAMES
def test_facts_can_be_reported(name: str) -> None:
    q, u = make(name)
    m = measure(q, u)
    assert m.distinct_actions >= 1
    for value in (m.max_error, m.bias, m.zero_action, m.clipped):
        assert np.isfinite(value).all()
    assert entry(name).summary


@ADAPTED
def test_errors_on_raw_data_are_small_and_more_bins_are_better(name: str) -> None:
    chosen = entry(name)
    whole = "rng" in chosen.fitted
    u = measure(*make(name)).average_error / DATA.std(axis=0)
    assert np.all(u < (1.2 if whole else 0.15))
    if chosen.size != "steps":
        few, many = (
            measure(*make(name, size)).average_error / DATA.std(axis=0)
            for size in (2 if whole else 8, 16 if whole else 64)
        )
        assert many.mean() < (0.9 if whole else 0.2) * few.mean()


def test_the_bare_name_takes_actions_as_they_are_and_the_normalized_variant_has_another() -> None:
    bare, q99 = build("openvla"), build("openvla_q99", actions=DATA)
    assert (bare.name, q99.name) == ("openvla", "openvla_q99+openvla")
    assert (bare.cells, q99.cells) == (255, 255)
    assert bare.quantize([3.0]).item() == pytest.approx(1 - 1 / 255)
    assert q99.quantize([[0.0, 4.0, -7.0]])[0] == pytest.approx([0, 4, -7], abs=0.4)


def test_the_range_comes_from_arguments_or_from_data() -> None:
    fixed = fit("uniform", {"bins": 4, "low": 0.0, "high": 2.0})
    assert (fixed.normalizer, fixed.quantizer.quantize([0.1]).item()) == (None, 0.25)
    box = Statistics({"low": [0.0, -1.0], "high": [2.0, 1.0]})
    assert build("uniform", {"bins": 4}, statistics=box).quantize([[0.1, 0.1]]).tolist() == [[0.25, 0.25]]
    with pytest.raises(DomainError, match="uniform takes low and high together, got low"):
        build("uniform", {"low": 0.0}, actions=DATA)


def test_old_names_that_mean_one_thing_still_do() -> None:
    assert entry("fast_dct") is entry("fast_openpi")
    assert set(registry.ALIASES.values()) <= set(names())
    assert not set(registry.ALIASES) & set(names())


def test_bad_requests_are_refused() -> None:
    rng = np.random.default_rng(0)
    for arguments, message in (
        ({"bin": 4}, "uniform takes bins, high, low, got 'bin'; did you mean 'bins'?"),
        ({"bins": 0}, "bins must be an integer >= 1, got 0"),
    ):
        with pytest.raises(DomainError, match=message.replace("?", r"\?")):
            build("uniform", arguments, actions=DATA)
    with pytest.raises(DomainError, match=r"tokenizer must be one of uniform, .*, got 'gpt'"):
        build("gpt", actions=DATA, rng=rng)
    with pytest.raises(DomainError, match="openvla_q99 must be fitted to actions or to their statistics"):
        build("openvla_q99")
    with pytest.raises(DomainError, match="statistics must hold q01, got low, high"):
        build("openvla_q99", statistics=Statistics({"low": [0.0], "high": [1.0]}))
    with pytest.raises(DomainError, match="kmeans must be fitted with actions, got none"):
        build("kmeans", rng=rng)
    with pytest.raises(DomainError, match="kmeans must be fitted with rng, got none"):
        build("kmeans", actions=DATA)
    with pytest.raises(ShapeError, match="quantizer must have 3 dimensions, got 7"):
        build("rt1_arm", actions=DATA)
    with pytest.raises(ShapeError, match="at least one action"):
        build("uniform", actions=np.zeros((0, 2)))


class Holds(PerChunk):
    """A chunk executes its first action, in tenths, all along."""

    name = "holds"

    def __init__(self, steps: int = 4) -> None:
        self.steps = steps

    def encode(self, u: Any) -> Any:
        return np.rint(10 * self.chunks("u", u)[..., 0, :]).astype(int)

    def decode(self, token: Any) -> Any:
        return np.repeat(np.asarray(token)[..., None, :] / 10, self.steps, axis=-2)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {})


@pytest.mark.usefixtures("empty")
def test_a_tokenizer_can_be_registered_once() -> None:
    found = register(Holds, "holds")
    assert (found.summary, found.default_size, found.compared) == (str(Holds.__doc__), 4, True)
    assert build("holds", {"steps": 2}).quantize([[[0.31], [9.0]]]).ravel().tolist() == [0.3, 0.3]
    for again in (Entry("holds", Holds, "x"), Entry("uniform", uniform, "x")):
        with pytest.raises(DomainError, match="name must be new"):
            register(again)
    with pytest.raises(DomainError, match="name must not be empty"):
        register(Holds)


@pytest.mark.parametrize("value", ["tests.simulators.quantizers.test_registry:Holds"])
def test_installed_distributions_offer_theirs(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("theirs", value, registry.GROUP)
    monkeypatch.setattr(registry, "_installed", lambda: (point,))
    assert build("theirs").name == "holds"
    assert "theirs" in names()
    for broken, message in (
        (
            EntryPoint("theirs", "no.such.module:x", registry.GROUP),
            "entry point 'theirs' of quantbc.quantizers must load",
        ),
        (EntryPoint("uniform", value, registry.GROUP), "must have a new name, got 'uniform'"),
    ):
        monkeypatch.setattr(registry, "_installed", lambda broken=broken: (broken,))
        with pytest.raises(DomainError, match=message):
            entries()


def test_one_that_cannot_be_loaded_does_not_keep_others_from_use(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("theirs", "no.such.module:x", registry.GROUP)
    monkeypatch.setattr(registry, "_installed", lambda: (broken,))
    assert (build("openvla").name, names()[-1]) == ("openvla", "theirs")
    with pytest.raises(DomainError, match=r"entry point 'theirs' of .* must load"):
        build("theirs")
