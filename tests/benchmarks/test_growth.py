"""Growth: exponents of synthetic curves are found, and every curve's work runs and is drawn."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import growth
from benchmarks.curves import AXES, CURVES, Curve, peak_bytes, slope
from benchmarks.growth import exponents, main, measure
from benchmarks.growth_figure import draw, spread
from figures.style import SMALL, styled


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_a_power_law_is_found(power: float) -> None:
    sizes = [10, 20, 40, 80, 160]
    fit = slope(sizes, [3.0 * size**power for size in sizes])
    assert fit.value == pytest.approx(power, abs=1e-9)
    assert not fit.exceeds(power)
    assert fit.exceeds(power - 0.1)


def test_the_interval_holds_the_exponent_of_a_noisy_law() -> None:
    sizes = [10, 20, 40, 80, 160, 320]
    wobble = [1.1, 0.9, 1.05, 0.95, 1.1, 0.9]
    fit = slope(sizes, [size**2 * factor for size, factor in zip(sizes, wobble, strict=True)])
    assert fit.low < 2 < fit.high
    assert fit.high - fit.low > 0.05
    assert not fit.low < 1.5
    assert fit.exceeds(1.5)


def test_memory_is_what_the_work_holds_at_its_peak() -> None:
    def work() -> None:
        for _ in range(3):
            np.ones(500_000)  # 4 MB, given back each time

    assert 4e6 <= peak_bytes(work) < 5e6
    assert peak_bytes(lambda: None) < 1e4


def test_every_axis_has_curves_and_every_curve_enough_sizes() -> None:
    assert {curve.axis for curve in CURVES} == set(AXES) == {"H", "S", "K", "cells"}
    for curve in CURVES:
        assert 3 <= curve.quick <= len(curve.sizes)
        assert list(curve.sizes) == sorted(set(curve.sizes))


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: f"{curve.work}-{curve.axis}")
def test_every_work_runs_at_its_smallest_size(curve: Curve) -> None:
    curve.prepare(curve.sizes[0])()


def synthetic(extra: float = 0.0) -> list[dict[str, object]]:
    """Tables as `measure` makes them, of curves that keep to their powers, or exceed them."""
    return [
        {"work": curve.work, "axis": curve.axis, "size": size, "time_exponent": curve.time}
        | {"memory_exponent": curve.memory}
        | {"seconds": 1e-6 * size ** (curve.time + extra), "bytes": 1e3 * size ** (curve.memory + extra)}
        for curve in CURVES
        for size in curve.sizes
    ]


def test_a_curve_that_outgrows_its_exponent_is_named() -> None:
    assert not any(fit["above"] for fit in exponents(synthetic()))
    assert all(fit["above"] for fit in exponents(synthetic(0.2)))
    assert len(exponents(synthetic())) == 2 * len(CURVES)


def test_a_row_holds_seconds_and_bytes() -> None:
    curve = Curve("sum", "cells", (1000, 2000, 4000), 3, 1, 1, lambda size: lambda: np.ones(size).sum())
    rows = measure(curve, quick=True)
    assert [row["size"] for row in rows] == [1000, 2000, 4000]
    assert all(row["seconds"] > 0 for row in rows)
    assert all(8 * row["size"] <= row["bytes"] < 8 * row["size"] + 4000 for row in rows)


def test_the_figure_is_legible_and_keeps_its_labels_apart() -> None:
    with styled():
        figure = draw(synthetic())
    assert figure.get_figwidth() <= 5.5
    texts = [text for axes in figure.axes for text in axes.texts]
    assert len(texts) == 2 * len(CURVES)
    assert all(text.get_fontsize() >= SMALL for text in texts)
    figure.draw_without_rendering()
    tight, page = figure.get_tightbbox(), figure.bbox_inches
    assert min(tight.x0, tight.y0) > -0.03
    assert max(tight.x1 - page.x1, tight.y1 - page.y1) < 0.03
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_labels_move_apart_and_keep_their_order() -> None:
    places = spread([0.5, 0.2, 0.5, 0.52], 0.1)
    assert min(np.diff(sorted(places))) >= 0.1 - 1e-9
    assert places[1] == 0.2
    assert places[3] > max(places[:3])


def test_the_command_writes_table_and_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(growth, "_all", lambda quick, advance: synthetic())
    assert main(["--out", str(tmp_path), "--json"]) == 0
    assert {file.name for file in tmp_path.iterdir()} == {f"growth.{kind}" for kind in ("csv", "png", "svg", "pdf")}
    assert len(json.loads(capsys.readouterr().out)["exponents"]) == 2 * len(CURVES)


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(SystemExit) as stop:
        main(["--out", str(tmp_path / "taken")])
    assert stop.value.code == 2
    assert "--out must be a folder" in capsys.readouterr().err
