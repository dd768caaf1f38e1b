"""Given ranges and statistics files of three projects."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.ranges import read_range
from quantbc.audit.run import Settings, audit
from quantbc.errors import ProblemError

STATS = {
    "min": [0.0, -1.0],
    "max": [2.0, 1.0],
    "mean": [1.0, 0.0],
    "std": [0.5, 0.5],
    "q01": [0.1, -0.9],
    "q99": [1.9, 0.9],
}
FILES: dict[str, Any] = {
    "lerobot": {"observation.state": STATS, "action": STATS | {"count": [10]}},
    "openpi": {"norm_stats": {"state": STATS, "actions": {k: STATS[k] for k in ("mean", "std", "q01", "q99")}}},
    "openvla": {"bridge": {"action": STATS | {"mask": [True, False]}, "proprio": STATS, "num_transitions": 9}},
    "plain": {"low": [0, -1], "high": [2, 1]},
}


@pytest.mark.parametrize("project", FILES)
def test_files_of_projects(project: str, tmp_path: Path) -> None:
    path = tmp_path / "stats.json"
    path.write_text(json.dumps(FILES[project]))
    found = read_range(str(path), 2)
    name = "low" if project in ("plain", "lerobot") else "q01"
    assert found.known[name].tolist() == STATS["min" if name == "low" else name]
    assert (None if found.mask is None else found.mask.tolist()) == ([True, False] if project == "openvla" else None)


def test_an_archive_and_a_choice_of_several(tmp_path: Path) -> None:
    np.savez(tmp_path / "range.npz", low=[-1.0], high=[3.0])
    assert read_range(str(tmp_path / "range.npz"), 1).known["high"].tolist() == [3.0]
    path = tmp_path / "two.json"
    path.write_text(json.dumps({"a": {"action": STATS}, "b": {"action": STATS | {"max": [9.0, 9.0]}}}))
    with pytest.raises(ProblemError, match="one set of action statistics, got a/action, b/action; choose with"):
        read_range(str(path), 2)
    assert read_range(f"{path}#b", 2).known["high"].tolist() == [9.0, 9.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no json", "--range must be a JSON file"),
        ("[]", "got none; choose with"),
        ('{"low": [0], "high": [1]}', "must hold 2 finite numbers for low"),
        ('{"low": [0, 1], "high": [1, 0]}', "must have low <= high"),
        ('{"low": [0, NaN], "high": [1, 1]}', "must hold 2 finite numbers for low"),
        ('{"low": [0, "x"], "high": [1, 1]}', "must hold lists of numbers, got low"),
        ('{"mean": [0, 0], "std": [1, -1]}', "must have std >= 0"),
        ('{"low": [0, 0], "high": [1, 1], "mask": [1]}', "must hold a mask of 2 booleans"),
    ],
)
def test_what_fits_not_is_refused(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "stats.json"
    path.write_text(content)
    with pytest.raises(ProblemError, match=message):
        read_range(str(path), 2)


@pytest.mark.parametrize("given", ["1,-1", "0,inf", "1,2,3", "nowhere.json"])
def test_numbers_out_of_order_and_no_file(given: str) -> None:
    with pytest.raises(ProblemError, match="--range must"):
        read_range(given, 2)


def test_a_given_range_clips_and_is_said(tmp_path: Path) -> None:
    path = tmp_path / "demo.npz"
    np.savez(path, actions=np.linspace(-2, 2, 401)[:, None])
    found = audit(path, Settings(tokenizers=("uniform",), bins=(256,), ranges="-1,1"))
    usage = found.reports[0][0].usage
    assert usage.max_clip.item() == pytest.approx(1.0)
    assert usage.clipped.item() == pytest.approx(200 / 401)
    assert any("scaled by low, high of -1,1" in text for text in found.warnings)


def test_a_mask_lets_a_gripper_pass_and_openvla_clips_it_at_1(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "demo.npz"
    np.savez(path, actions=np.stack([rng.normal(size=500), 850.0 * rng.integers(0, 2, 500)], axis=1))
    errors = [
        audit(path, Settings(tokenizers=("openvla_q99",), mask=mask)).reports[0][0].usage.max_error[1].item()
        for mask in (None, "0", "!1")
    ]
    assert errors == pytest.approx([425 / 255, 849 + 1 / 255, 849 + 1 / 255], rel=0.01)
