"""What the explorer shows: statements as sums of products of tables, every number from `bounds.evaluate`.

The parts of a bound depend on few symbols each: the radius on n, the drift on the horizon, the gains and, as a factor,
the quantization error. Tables of two or three axes therefore hold what a grid over five symbols would. That a product
of tables is the term is not assumed: the tests compare with the evaluation at points off the grid, in a browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.amplitudes import contraction
from bounds.quantization import eps_q
from quantbc.report.explorer_tables import CENTRED_WIDTH, Axis, Table

__all__ = ["SETTINGS", "Explorer", "Settings", "Shown"]

_CEILING = 1e60  # far above every number that is shown, far below the largest float
_FINE = 1e-4  # quantum of the large tables: half of it, 0.005 %, is a tenth of what three digits allow
_SMALLEST_STATE = 2  # the first action moves the second state: at H = 1 nothing has moved


@dataclass(frozen=True)
class Settings:
    """What the sliders do not change, and how far they go.

    Attributes:
        stochastic: statement for a stochastic expert.
        binned: statement for binned Lipschitz policies.
        models: statement for augmentation.
        gaussian: statement on a Gaussian policy's TV-Lipschitz constant.
        C: gain constant.
        L_x: Lipschitz constant of the reward in the state.
        L_u: Lipschitz constant of the reward in the action.
        delta: probability with which a bound may fail.
        class_size: policies in the class.
        model_class_size: transition models.
        sigma: standard deviation of the stochastic (Gaussian) policy, whose TV-Lipschitz constant is computed.
        low: smallest action.
        high: largest action.
        horizons: smallest and largest H.
        bins: smallest and largest K.
        demonstrations: smallest and largest n.
        decays: smallest and largest eta.
        slopes: smallest positive and largest Lipschitz constant of the policy; 0 is offered too.
    """

    stochastic: str = "theorem_2"
    binned: str = "binning_lipschitz"
    models: str = "theorem_7_deterministic"
    gaussian: str = "proposition_5_gaussian"
    C: float = 0.5
    L_x: float = 1.0
    L_u: float = 1.0
    delta: float = 0.05
    class_size: int = 256
    model_class_size: int = 256
    sigma: float = 1.0
    low: float = -0.5
    high: float = 0.5
    horizons: tuple[int, int] = (1, 1000)
    bins: tuple[int, int] = (2, 4096)
    demonstrations: tuple[float, float] = (1.0, 1e9)
    decays: tuple[float, float] = (0.0, 1.05)
    slopes: tuple[float, float] = (0.05, 1.5)

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, tuple) and not value[0] < value[1]:
                raise bounds.ParameterError(f"{entry.name} must be a smaller and a larger value, got {value!r}")
        first = {"horizons": "H", "demonstrations": "n", "decays": "eta", "slopes": "lipschitz"}
        for name, of in first.items():
            bounds.SYMBOLS[of].array(getattr(self, name))
        if self.slopes[0] <= 0:
            raise bounds.ParameterError(f"slopes must start above 0, got {self.slopes[0]!r}")
        self.eps_q(self.bins)

    def eps_q(self, bins: Any) -> NDArray[np.float64]:
        """Quantization error of uniform bins."""
        return eps_q(bins, low=self.low, high=self.high)

    def tv_lipschitz(self, lipschitz: Any) -> NDArray[np.float64]:
        """TV-Lipschitz constant of the Gaussian policy: the bound of Proposition 5 at distance 1."""
        theorem = bounds.catalog[self.gaussian]
        return bounds.evaluate(theorem, "simple", lipschitz=lipschitz, distance=1.0, sigma=self.sigma).total


SETTINGS = Settings()


@dataclass(frozen=True)
class Shown:
    """A statement and the tables its terms are made of.

    Attributes:
        key: of the catalog.
        name: short name.
        label: what else the choice says; may be empty.
        terms: for each term the products that add up to it, as names of tables; no product is 0.
        note: what else the reader should know; may be empty.
    """

    key: str
    name: str
    label: str
    terms: Mapping[str, Sequence[Sequence[str]]]
    note: str

    def __post_init__(self) -> None:
        theorem = bounds.catalog[self.key]
        if set(self.terms) != set(theorem.terms):
            raise bounds.ParameterError(f"terms must be those of {self.key}, got {', '.join(self.terms)}")
        if theorem.ceiling != "H":
            raise bounds.ParameterError(f"the trivial bound must be H, got {theorem.ceiling!r} for {self.key}")


_SHOWN = (
    Shown(
        SETTINGS.stochastic,
        "Theorem 2",
        "stochastic expert",
        {
            "imitation": [["steps", "radius_stochastic"]],
            "decoupling": [["parted"]],
            "drift": [["drift_open", "bin_width"]],
        },
        "The policy is a quantized Gaussian one: L is what Proposition 5 gives for the Lipschitz constant chosen.",
    ),
    Shown(
        SETTINGS.binned,
        "Binned Lipschitz policies",
        "",
        {
            "imitation": [["steps", "radius_deterministic"]],
            "decoupling": [],
            "drift": [["direct", "bin_width"], ["drift_closed", "reward_slope", "bin_width"]],
        },
        "",
    ),
    Shown(
        SETTINGS.models,
        "Theorem 7",
        "augmentation",
        {
            "imitation": [["steps", "radius_models"]],
            "decoupling": [],
            "drift": [["drift_open", "bin_width"]],
        },
        "Nothing need be smooth: the Lipschitz constant does not enter.",
    ),
)


def _logarithmic(low: float, high: float, step: float) -> NDArray[np.float64]:
    """Nodes at most ``step`` apart in their logarithms, both ends exact."""
    count = int(np.ceil(np.log(high / low) / step)) + 1
    nodes = np.geomspace(low, high, count)
    nodes[[0, -1]] = low, high
    return nodes


def _horizons(first: int, last: int) -> NDArray[np.float64]:
    """Whole numbers: every small one, then ever fewer; closer together where an unstable system loses its track."""
    every, middle = np.arange(first, 11), _logarithmic(10, 60, 0.2)
    return np.unique(np.round(np.concatenate([every, middle, _logarithmic(60, last, 0.07)])))


def _decays(high: float, *, step: float, widest: float) -> NDArray[np.float64]:
    """From 0 up: ``step`` apart in the centred coordinate, above 1 at most ``widest`` apart in value."""
    start = float(np.arcsinh(-1 / CENTRED_WIDTH))
    below = 1 + CENTRED_WIDTH * np.sinh(np.linspace(start, 0, int(np.ceil(-start / step)) + 1))
    nodes = [0.0, *below[1:].tolist()]
    while nodes[-1] < high:
        gap = step * float(np.hypot(CENTRED_WIDTH, nodes[-1] - 1))
        nodes.append(min(nodes[-1] + min(gap, widest), high))
    return np.array(nodes)


@dataclass(frozen=True)
class Explorer:
    """The tables of the interactive part.

    Attributes:
        settings: fixed values and ranges.

    Example:
        >>> sorted(Explorer().quantities)
        ['jump_rate', 'loop']
    """

    settings: Settings = SETTINGS

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Statements, in the order of the choice."""
        return _SHOWN

    def evaluate(self, key: str, *, H: Any, K: Any, n: Any, eta: Any, lipschitz: Any) -> bounds.Evaluation:
        """A statement at values of the sliders; arguments broadcast. This is what the page must agree with."""
        values = {"H": H, "n": n, "eta": eta, "lipschitz": lipschitz, "eps_q": self.settings.eps_q(K)}
        return self._evaluate(key, **values, L=self.settings.tv_lipschitz(lipschitz))

    @property
    def quantities(self) -> Mapping[str, Sequence[str]]:
        """Quantities that are not sliders but axes of tables, as products of tables."""
        return {"loop": ["loop"], "jump_rate": ["tv_lipschitz", "eps_q"]}

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every table by name."""
        return {**self._factors(), **self._radii(), **self._sums()}

    def _evaluate(self, key: str, **values: Any) -> bounds.Evaluation:
        """A statement at the values it takes; fixed ones need not be given."""
        theorem, given = bounds.catalog[key], self.settings
        fixed = {"C": given.C, "L_x": given.L_x, "L_u": given.L_u, "delta": given.delta}
        sizes = {"log_class_size": np.log(given.class_size), "log_model_class_size": np.log(given.model_class_size)}
        taken = {name for need in theorem.needs for names in need.alternatives for name in names}
        every = fixed | sizes | values
        return bounds.evaluate(theorem, **{name: value for name, value in every.items() if name in taken})

    def _term(self, key: str, term: str, **values: Any) -> NDArray[np.float64]:
        """A term at the largest quantization error; symbols that are not given are as small as they can be."""
        least: dict[str, Any] = {"H": 1, "n": 1, "eta": 0, "L": 0, "lipschitz": 0, "eps_q": self._coarsest}
        return np.asarray(self._evaluate(key, **least | values).terms[term])

    @property
    def _coarsest(self) -> float:
        return float(self.settings.eps_q(self.settings.bins[0]))

    def _factors(self) -> dict[str, Table]:
        """Powers and straight lines, for which two nodes are exact."""
        given = self.settings
        K, H = np.array(given.bins), np.array(given.horizons)
        slopes, decays = np.array(given.slopes), np.array(given.decays)
        zero_slope = {"lipschitz": 0.0}
        imitation = self._term(given.stochastic, "imitation", H=H)
        margin = contraction(np.asarray(given.C), decays[:, None], np.array([0.0, given.slopes[1]]))[1]
        return {
            "steps": Table((Axis("H", H, "log"),), imitation / imitation[0]),
            "eps_q": Table((Axis("K", K, "log"),), given.eps_q(K)),
            "bin_width": Table((Axis("K", K, "log"),), given.eps_q(K) / self._coarsest),
            "tv_lipschitz": Table((Axis("lipschitz", slopes, "log"),), given.tv_lipschitz(slopes), zero=zero_slope),
            "loop": Table((Axis("eta", decays), Axis("lipschitz", [0.0, given.slopes[1]])), 1 - margin, False),
            "direct": Table((Axis("H", H, "log"),), self._term(given.binned, "drift", H=H, C=0.0)),
            "reward_slope": self._reward_slope(),
        }

    def _reward_slope(self) -> Table:
        """How a displacement of the state costs more when the policy answers to it."""
        given = self.settings
        slopes = np.array([0.0, given.slopes[1]])
        lone = self._term(given.binned, "drift", H=2, L_x=1.0, L_u=0.0)
        moved = self._term(given.binned, "drift", H=2, lipschitz=slopes)
        moved = moved - self._term(given.binned, "drift", H=2, C=0.0)
        return Table((Axis("lipschitz", slopes),), moved / lone, False)

    def _radii(self) -> dict[str, Table]:
        given = self.settings
        n = _logarithmic(*given.demonstrations, 0.25)
        keys = {"stochastic": given.stochastic, "deterministic": given.binned, "models": given.models}
        return {
            f"radius_{name}": Table((Axis("n", n, "log"),), self._term(key, "imitation", n=n))
            for name, key in keys.items()
        }

    def _sums(self) -> dict[str, Table]:
        """What is summed over the horizon."""
        given = self.settings
        H = _horizons(_SMALLEST_STATE, given.horizons[1])
        zero = {"H": 1.0}
        decays = _decays(given.decays[1], step=0.3, widest=0.0015)
        loops = _decays(given.decays[1] + given.C * given.slopes[1], step=0.15, widest=0.1)
        rates = _logarithmic(
            float(given.tv_lipschitz(given.slopes[0]) * given.eps_q(given.bins[1])),
            float(given.tv_lipschitz(given.slopes[1]) * given.eps_q(given.bins[0])),
            0.42,
        )
        horizon, decay = Axis("H", H, "log"), Axis("eta", decays, "centred")
        every = np.concatenate([[1.0], H])
        drift_open = self._term(given.stochastic, "drift", H=every, eta=decays[:, None])
        drift_closed = self._term(given.binned, "drift", H=H, eta=loops[:, None], L_x=1.0, L_u=0.0)
        parted = self._term(given.stochastic, "decoupling", H=H, eta=decays[:, None], L=1.0, eps_q=rates[:, None, None])
        return {
            "drift_open": Table((decay, Axis("H", every, "log")), drift_open, True, _FINE, {}, _CEILING),
            "drift_closed": Table((Axis("loop", loops, "centred"), horizon), drift_closed, True, _FINE, zero, _CEILING),
            "parted": Table(
                (Axis("jump_rate", rates, "log"), decay, horizon),
                parted,
                True,
                _FINE,
                zero | {"jump_rate": 0.0},
            ),
        }

    def to_json(self) -> dict[str, Any]:
        """As plain values, for the page."""
        return {
            "tables": {name: table.to_json() for name, table in self.tables.items()},
            "quantities": dict(self.quantities),
            "centred_width": CENTRED_WIDTH,
            "statements": {shown.key: self._reads(shown) for shown in self.shown},
        }

    def _reads(self, shown: Shown) -> dict[str, Any]:
        """Terms, and the sliders and quantities they are looked up by."""
        tables = {name for products in shown.terms.values() for names in products for name in names}
        axes = {axis.of for name in tables for axis in self.tables[name].axes}
        quantities = axes & set(self.quantities)
        behind = {axis.of for name in quantities for table in self.quantities[name] for axis in self.tables[table].axes}
        return {
            "terms": dict(shown.terms),
            "quantities": sorted(quantities),
            "symbols": sorted((axes | behind) - quantities),
        }
