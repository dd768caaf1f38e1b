"""The walk of a problem file passes each package once: whoever was called never calls back into where it came from."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from figures import style
from quantbc import cli
from quantbc.commands import simulate
from tests.tree import PACKAGES, ROOT

STUDY = """
name = "walk"
[system]
type = "tabular"
P = [[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]]
R = [[1.0, 0.5], [0.0, 0.25]]
initial = [0.5, 0.5]
actions = [0.0, 1.0]
[[experts]]
name = "best"
[[quantizers]]
type = "uniform"
bins = 2
[sweep]
horizons = [4]
demonstrations = [5]
seeds = [0]
"""


def room(path: str) -> str | None:
    """The package that a file belongs to; of the front door, its room."""
    try:
        parts = Path(path).relative_to(ROOT).with_suffix("").parts
    except ValueError:
        return None
    if parts[0] not in PACKAGES:
        return None
    return ".".join(parts[:2]) if parts[0] == "quantbc" else parts[0]


@contextmanager
def walked() -> Iterator[set[tuple[str, ...]]]:
    """All ways from outside to a call, as the rooms on the stack, neighbours that are alike counted once.

    An iterator that is pulled from elsewhere is no call back: its own way begins with it.
    """
    stack: list[tuple[str, ...]] = [()]
    rooms: dict[str, str | None] = {}
    found: set[tuple[str, ...]] = set()

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if event == "call":
            file = frame.f_code.co_filename
            own = rooms[file] if file in rooms else rooms.setdefault(file, room(file))
            way = () if own is not None and frame.f_code.co_flags & inspect.CO_GENERATOR else stack[-1]
            stack.append(way if own is None or way[-1:] == (own,) else (*way, own))
            found.add(stack[-1])
        elif event == "return" and len(stack) > 1:
            stack.pop()

    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(None)


def returning(ways: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Ways that enter a room twice."""
    return sorted(way for way in ways if len(set(way)) < len(way))


def test_a_study_goes_from_room_to_room_and_never_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "walk.toml").write_text(STUDY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(simulate, "PROBLEM_FIGURES", {"ladder": simulate.PROBLEM_FIGURES["ladder"]})
    monkeypatch.setattr(style, "FORMATS", ("svg",))
    monkeypatch.setattr(sys, "argv", ["quantbc", "simulate", "walk.toml", "--workers", "1"])
    with walked() as ways, pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert returning(ways) == []
    entered = {name for way in ways for name in way}
    assert entered >= {"quantbc.problem", "quantbc.sweeps", "quantbc.tables", *PACKAGES[:4]}


def test_a_call_back_is_seen() -> None:
    def placed(package: str, name: str, **names: Callable[[], None]) -> Callable[[], None]:
        code = compile(f"def f():\n    {name}()\n", str(ROOT / package / "made_up.py"), "exec")
        exec(code, names)  # noqa: S102 – of this test
        return names["f"]

    inner = placed("bounds", "int")
    with walked() as straight:
        placed("figures", "g", g=placed("simulators", "g", g=inner))()
    with walked() as back:
        placed("bounds", "g", g=placed("simulators", "g", g=inner))()
    assert returning(straight) == []
    assert returning(back) == [("bounds", "simulators", "bounds")]
