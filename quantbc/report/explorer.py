"""The interactive part of the report: bounds by term, at values the reader chooses.

Sliders move through lists of values; a script looks the bound up in the tables of `explorer_statements`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from markupsafe import Markup

import bounds
from quantbc.report.explorer_statements import SETTINGS, Explorer, Settings
from quantbc.report.page import environment, script
from quantbc.report.typeset import formula, symbol

__all__ = ["Slider", "fragment", "sliders"]

_MOST = 1e6
"""Bounds above this are not distinguished: it is a thousand times the longest horizon."""


@dataclass(frozen=True)
class Slider:
    """One quantity that the reader may change.

    Attributes:
        name: of the quantity.
        mark: how it is written.
        meaning: one phrase.
        unit: after the value; empty for a pure number.
        values: what can be chosen, increasing.
        start: the value at first, one of them.

    Raises:
        ParameterError: the values do not increase, or the start is not one of them.

    Example:
        >>> Slider("H", Markup("H"), "horizon", "steps", (1.0, 2.0), 2.0).to_json()
        {'name': 'H', 'unit': 'steps', 'values': [1.0, 2.0], 'start': 1}
    """

    name: str
    mark: Markup
    meaning: str
    unit: str
    values: tuple[float, ...]
    start: float

    def __post_init__(self) -> None:
        if len(self.values) < 2 or any(
            left >= right for left, right in zip(self.values, self.values[1:], strict=False)
        ):
            raise bounds.ParameterError(f"values of {self.name} must be two or more, increasing, got {self.values!r}")
        if self.start not in self.values:
            raise bounds.ParameterError(f"start of {self.name} must be one of its values, got {self.start!r}")

    @property
    def last(self) -> int:
        """Position of the largest value."""
        return len(self.values) - 1

    def to_json(self) -> dict[str, Any]:
        """As plain values; the start as a position."""
        return {
            "name": self.name,
            "unit": self.unit,
            "values": list(self.values),
            "start": self.values.index(self.start),
        }


def _spread(low: float, high: float, count: int, *kept: float) -> tuple[float, ...]:
    """Whole numbers of two digits, evenly spread in their logarithms, with both ends and what must not be missing."""
    values = np.geomspace(low, high, count)
    unit = 10.0 ** np.maximum(np.floor(np.log10(values)) - 1, 0)
    rounded = {*(np.round(values / unit) * unit).tolist(), low, high, *kept}
    return tuple(float(value) for value in sorted(rounded) if low <= value <= high)


def sliders(settings: Settings) -> tuple[Slider, ...]:
    """What the reader may change, in the order of the page.

    Example:
        >>> [slider.name for slider in sliders(Settings())]
        ['H', 'K', 'n', 'eta', 'lipschitz']
    """
    powers = [2.0**exponent for exponent in range(1, 13) if settings.bins[0] <= 2**exponent <= settings.bins[1]]
    eta = np.round(np.arange(settings.decays[0], settings.decays[1] + 1e-9, 0.01), 2)
    slopes = np.round(np.arange(0.0, settings.slopes[1] + 1e-9, settings.slopes[0]), 3)
    return (
        Slider("H", symbol("H"), "horizon", "steps", _spread(*settings.horizons, 120, 50), 50.0),
        Slider("K", formula("K"), "bins per dimension", "bins", _spread(*settings.bins, 80, *powers), 64.0),
        Slider("n", symbol("n"), "demonstrations", "episodes", _spread(*settings.demonstrations, 145), 10_000.0),
        Slider("eta", symbol("eta"), "gain decay per step", "", tuple(eta.tolist()), 0.5),
        Slider("lipschitz", symbol("lipschitz"), "Lipschitz constant of the policy", "", tuple(slopes.tolist()), 0.5),
    )


def _fixed(settings: Settings) -> tuple[tuple[Markup, str], ...]:
    """What the sliders leave alone, with symbols."""
    names = ("C", "L_x", "L_u", "delta", "sigma")
    marks = [(symbol(name), f"{getattr(settings, name):g}") for name in names]
    marks += [(symbol("log_class_size"), f"log {settings.class_size}")]
    marks += [(symbol("log_model_class_size"), f"log {settings.model_class_size}")]
    return (*marks, (Markup("actions"), f"[{settings.low:g}, {settings.high:g}], one dimension, uniform bins"))


def fragment() -> Markup:
    """The interactive part as HTML, without a heading; its styles, script and tables come with it.

    Example:
        >>> "<noscript>" in fragment()
        True
    """
    explorer, offered = Explorer(), sliders(SETTINGS)
    package = files("quantbc.report")
    data = explorer.to_json() | {"sliders": [slider.to_json() for slider in offered], "most": _MOST}
    data["confidence"] = 1 - SETTINGS.delta
    template = environment().get_template("explorer.html")
    text = template.render(
        sliders=offered,
        statements=[(shown, bounds.catalog[shown.key]) for shown in explorer.shown],
        fixed=_fixed(SETTINGS),
        confidence=data["confidence"],
        data=data,
        style=Markup(package.joinpath("explorer.css").read_text(encoding="utf-8")),  # noqa: S704 - of this package
        script=Markup(script()),  # noqa: S704 - of this package
    )
    return Markup(text)  # noqa: S704 - the template escapes
