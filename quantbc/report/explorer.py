"""The interactive part of the report: bounds by term, at values the reader chooses.

The page evaluates the catalog's own expressions, printed as JavaScript; no formula is written a second time.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import sympy
from markupsafe import Markup
from sympy.printing.jscode import JavascriptCodePrinter

import bounds
from bounds.quantization import eps_q
from quantbc.report.typeset import environment, formula, symbol


class Settings:
    """Statements of the page, by key, with their names and notes; the one that gives the L of a Gaussian policy."""

    shown = (
        ("theorem_2", "Theorem 2: stochastic expert", "Its policy is Gaussian, then quantized: L is computed."),
        ("binning_lipschitz", "Binned Lipschitz policies", ""),
        ("theorem_7_deterministic", "Theorem 7: augmentation", "No smoothness is required."),
    )
    gaussian = "proposition_5_gaussian"


# What the sliders leave alone, by symbol: 256 policies and models, sigma of the Gaussian policy, the range of actions.
SIZES = dict.fromkeys(("log_class_size", "log_model_class_size"), float(np.log(256)))
FIXED = {"C": 0.5, "L_x": 1.0, "L_u": 1.0, "delta": 0.05, "sigma": 1.0, **SIZES}
LOW, HIGH = -0.5, 0.5


class Slider(NamedTuple):
    """One quantity that the reader may change: how it is written, its values in order, and the one at first."""

    name: str
    mark: Markup
    meaning: str
    unit: str
    values: tuple[float, ...]
    start: float


def sliders() -> tuple[Slider, ...]:
    """What the reader may change, in the order of the page.

    Example:
        >>> [slider.name for slider in sliders()]
        ['H', 'K', 'n', 'eta', 'lipschitz']
    """
    bins, slopes = np.unique([*_spread(2, 4096, 80), *2.0 ** np.arange(1, 13)]), np.arange(31) / 20
    return (
        Slider("H", symbol("H"), "horizon", "steps", _spread(1, 1000, 120, 50), 50.0),
        Slider("K", formula("K"), "bins per dimension", "bins", tuple(bins.tolist()), 64.0),
        Slider("n", symbol("n"), "demonstrations", "episodes", _spread(1, 1e9, 145), 10_000.0),
        Slider("eta", symbol("eta"), "gain decay per step", "", tuple((np.arange(106) / 100).tolist()), 0.5),
        Slider("lipschitz", symbol("lipschitz"), "Lipschitz constant of the policy", "", tuple(slopes.tolist()), 0.5),
    )


def _spread(low: float, high: float, count: int, *kept: float) -> tuple[float, ...]:
    """Whole numbers of two digits, evenly spread in their logarithms, with both ends and what must not be missing."""
    values = np.geomspace(low, high, count)
    unit = 10.0 ** np.maximum(np.floor(np.log10(values)) - 1, 0)
    return tuple(sorted({*(np.round(values / unit) * unit).tolist(), float(low), float(high), *kept}))


def symbols(name: str, value: Any) -> dict[str, Any]:
    """What a slider's value, or an array of them, says about the catalog's symbols."""
    if name == "K":
        return {"eps_q": eps_q(value, low=LOW, high=HIGH)}
    if name == "lipschitz":
        given = {"lipschitz": value, "distance": 1.0, "sigma": FIXED["sigma"]}
        return {"lipschitz": value, "L": bounds.evaluate(bounds.catalog[Settings.gaussian], **given).total}
    return {name: value}


class _Printer(JavascriptCodePrinter):  # type: ignore[misc] # sympy is not typed
    """Sums and products as `run(number, start, low, high, step)`, which goes on from where a smaller high ended."""

    runs = 0

    def _print_Sum(self, expression: Any, start: int = 0, sign: str = "+") -> str:  # noqa: N802 - sympy's name
        (index, low, high), number = expression.limits[0], self.runs
        others = expression.function.free_symbols - {index}
        if not low.is_number or not all(str(letter).startswith("v.") for letter in others):
            raise bounds.ParameterError(f"a sum must run from a number, over its own index alone, got {expression}")
        self.runs += 1
        ends, step = f"{self._print(low)}, {self._print(high)}", self._print(expression.function)
        return f"run({number}, {start}, {ends}, (sofar, {index}) => sofar {sign} ({step}))"

    def _print_Product(self, expression: Any) -> str:  # noqa: N802 - sympy's name
        return self._print_Sum(expression, 1, "*")


def script() -> str:
    """The program of the page, to the letter: the catalog's terms as functions, and what draws them."""
    written = []
    for key, *_ in Settings.shown:
        printer, terms = _Printer(), []
        for name, term in bounds.catalog[key].parts().items():
            own = term.xreplace({letter: sympy.Symbol(f"v.{letter}") for letter in term.free_symbols})
            terms.append(f"{name}: (v, run) => {printer.doprint(own)}")
        written.append(f"{key}: {{{', '.join(terms)}}}")
    program = files("quantbc.report").joinpath("explorer.js").read_text(encoding="utf-8")
    return program.replace("/* statements */", ",\n    ".join(written))


def fragment() -> Markup:
    """The interactive part as HTML, without a heading; its styles, script and numbers come with it.

    Example:
        >>> "<noscript>" in fragment()
        True
    """
    offered: list[dict[str, Any]] = []
    for slider in sliders():
        moved = {of: np.asarray(found).tolist() for of, found in symbols(slider.name, np.array(slider.values)).items()}
        offered.append(slider._asdict() | {"start": slider.values.index(slider.start), "symbols": moved})
    used = {key: [str(s) for s in sum(bounds.catalog[key].parts().values()).free_symbols] for key, *_ in Settings.shown}
    template = environment().get_template("explorer.html")
    text = template.render(
        sliders=offered,
        statements=[(*words, bounds.catalog[words[0]]) for words in Settings.shown],
        fixed=[(symbol(name), f"{value:.4g}") for name, value in FIXED.items()],
        range=(LOW, HIGH),
        data={"fixed": FIXED, "used": used, "sliders": offered},
        script=Markup(script()),  # noqa: S704 - of this package
    )
    return Markup(text)  # noqa: S704 - the template escapes
