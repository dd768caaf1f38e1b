"""A copy of the source tree, for tests that build it or change it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bounds", "simulators", "proofs_check", "figures", "quantbc")


def sources() -> list[Path]:
    """Relative paths of all files that git tracks or would add: what a clone holds."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in map(Path, sorted(set(listed))) if (ROOT / path).is_file()]


def copied(destination: Path) -> Path:
    """The tree as a clone would hold it."""
    for path in sources():
        (destination / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, destination / path)
    return destination
