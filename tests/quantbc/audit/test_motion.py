"""Idle steps and angles that are cut open."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.run import Settings, audit


def spinning(tmp_path: Path) -> Path:
    path = tmp_path / "spin.npz"
    angle = (np.arange(400) * 0.1 + np.pi) % (2 * np.pi) - np.pi
    np.savez(path, actions=np.stack([angle, np.sin(angle)], axis=1))
    return path


def test_jumps_near_a_turn_are_found_and_periodic_settles_them(tmp_path: Path) -> None:
    path = spinning(tmp_path)
    plain, told = (audit(path, Settings(tokenizers=("uniform",), bins=(8,), periodic=p)) for p in ((), ("0",)))
    assert any("dimension 0 jumps by about 2π at 6 places" in text for text in plain.verdict.breaks)
    assert told.verdict.breaks == ()


def test_errors_go_around_the_circle(tmp_path: Path) -> None:
    """rt1's left edges: an angle just below π is executed as the edge below it; octo's ends wrap to the other end."""
    path = spinning(tmp_path)
    settings = {"tokenizers": ("octo_normal",), "bins": (16,)}
    plain, told = (audit(path, Settings(**settings, periodic=p)).reports[0][0].usage for p in ((), ("0",)))
    assert told.max_error[0] <= np.pi
    assert told.max_error[0] <= plain.max_error[0]
    assert told.max_error[1] == plain.max_error[1]


def test_idle_steps_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "idle.npz"
    rng = np.random.default_rng(0)
    np.savez(path, actions=np.repeat(rng.normal(size=(100, 2)), 4, axis=0))
    document = audit(path, Settings(tokenizers=("uniform",), bins=(8,))).to_dict()
    assert document["idle"] == 300 / 399
    row = document["tokenizers"][0]
    assert 1 / 8 <= row["commonest_token"] < 1
    assert all(0 < share < 1 for share in row["boundary_mass"])


def test_d4rl_promises_actions_inside_the_unit_box(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    said = []
    for largest in (1.0, 1.5):
        with h5py.File(tmp_path / f"{largest}.hdf5", "w") as file:
            file["actions"] = np.linspace(-1, largest, 100)[:, None]
            file["terminals"] = np.arange(100) % 50 == 49
        found = audit(tmp_path / f"{largest}.hdf5", Settings(tokenizers=("uniform",), bins=(8,))).verdict
        said.append([text for text in found.breaks if "promise" in text])
    assert said[0] == []
    assert "actions reach 1.5 (dimensions 0), where d4rl files promise" in said[1][0]
